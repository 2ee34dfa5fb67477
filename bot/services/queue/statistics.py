"""What the queue's past amounts to: open by age, decided by week, how long people wait, who decided."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Self, override

from bot.reference.models import ChangeStatus, Milestones
from bot.services.queue.milestones import MilestoneCache

WEEKS = 8
"""Weeks that are told, the last of them included."""

AGES = (timedelta(days=1), timedelta(days=3), timedelta(days=7))
"""Where one age ends and the next begins."""


@dataclass(frozen=True, slots=True, order=True)
class IsoWeek:
    """A week of ISO 8601, Monday to Sunday, by UTC."""

    year: int
    number: int

    @classmethod
    def of(cls, when: datetime | float) -> Self:
        """The week of a moment; a number is Unix seconds."""
        moment = when.astimezone(UTC) if isinstance(when, datetime) else datetime.fromtimestamp(when, UTC)
        year, number, _ = moment.isocalendar()
        return cls(year, number)

    @property
    def start(self) -> datetime:
        """Its first moment."""
        return datetime.fromisocalendar(self.year, self.number, 1).replace(tzinfo=UTC)

    def back(self, weeks: int = 1) -> "IsoWeek":
        """The week so many weeks before."""
        return IsoWeek.of(self.start - timedelta(weeks=weeks))

    @override
    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02}"


@dataclass(frozen=True, slots=True)
class WeekCount:
    """What was decided in one week; ``number`` is the week's own, 1 to 53."""

    number: int
    approved: int
    rejected: int

    @property
    def decided(self) -> int:
        """Both."""
        return self.approved + self.rejected


@dataclass(frozen=True, slots=True)
class QueueStatistics:
    """The queue as it was at a moment, and the week that is told.

    Attributes:
        read_at: the moment.
        weeks: what was decided in each of ``WEEKS`` weeks, the one that is told last.
        median_wait_s: seconds from proposal to decision of what was decided in that week, ``None`` if nothing was.
        median_wait_all_s: likewise of all those weeks.
        applied: what went live in that week.
        deciders: who decided how much in that week, most first.
        pending: how many wait for a decision.
        approved: how many wait to be applied.
        open_by_age: the pending ones by ``AGES``, the youngest first and the oldest last.
        open_by_category: the pending ones by category, most first.
    """

    read_at: datetime
    weeks: tuple[WeekCount, ...]
    median_wait_s: float | None
    median_wait_all_s: float | None
    applied: int
    deciders: tuple[tuple[str, int], ...]
    pending: int
    approved: int
    open_by_age: tuple[int, ...]
    open_by_category: tuple[tuple[str, int], ...]

    @property
    def week(self) -> WeekCount:
        """The week that is told."""
        return self.weeks[-1]

    @property
    def week_before(self) -> WeekCount:
        """The week before that."""
        return self.weeks[-2]


@dataclass(slots=True)
class StatisticsService:
    """The queue in numbers, out of all that was ever in it."""

    past: MilestoneCache
    clock: Callable[[], datetime]

    async def this_week(self) -> QueueStatistics:
        """The queue now, and the week as far as it has come.

        Raises:
            ReaderKeyError: the service shows its queue to approvers alone.
            ApiError: it did not answer, or has no queue.
        """
        past = await self.past.read()
        return summarised(past.changes, IsoWeek.of(self.clock()), past.read_at)

    async def last_week(self) -> QueueStatistics:
        """The queue now, and the last week that is over; raises as :meth:`this_week`."""
        past = await self.past.read()
        return summarised(past.changes, IsoWeek.of(self.clock()).back(), past.read_at)

    async def waiting_over(self, limit: timedelta) -> tuple[int, ...]:
        """Ids of what is pending for so long, the longest waiting first; raises as :meth:`this_week`."""
        past = await self.past.read()
        last = (past.read_at - limit).timestamp()
        late = [
            change for change in past.changes if change.status is ChangeStatus.PENDING and change.requested_at <= last
        ]
        late.sort(key=lambda change: (change.requested_at, change.change_id))
        return tuple(change.change_id for change in late)


def summarised(changes: Sequence[Milestones], week: IsoWeek, now: datetime) -> QueueStatistics:
    """Count the changes of the queue.

    Args:
        changes: all of them, whatever their status.
        week: the last week to tell of.
        now: when they were read; ages are counted until then.
    """
    begin = week.back(WEEKS - 1).start.timestamp()
    decided: list[list[Milestones]] = [[] for _ in range(WEEKS)]
    applied = 0
    for change in changes:
        if change.decided_at is not None and 0 <= (which := _weeks_after(begin, change.decided_at)) < WEEKS:
            decided[which].append(change)
        applied += change.applied_at is not None and _weeks_after(begin, change.applied_at) == WEEKS - 1
    pending = [change for change in changes if change.status is ChangeStatus.PENDING]
    return QueueStatistics(
        read_at=now,
        weeks=tuple(_week(week.back(WEEKS - 1 - which), each) for which, each in enumerate(decided)),
        median_wait_s=_median_wait(decided[-1]),
        median_wait_all_s=_median_wait(change for each in decided for change in each),
        applied=applied,
        deciders=_deciders(decided[-1]),
        pending=len(pending),
        approved=sum(change.status is ChangeStatus.APPROVED for change in changes),
        open_by_age=_by_age(pending, now),
        open_by_category=_most_first(Counter(change.category for change in pending)),
    )


def _weeks_after(begin: float, when: int) -> int:
    # By UTC each week has as many seconds as the next.
    return int((when - begin) // timedelta(weeks=1).total_seconds())


def _week(week: IsoWeek, decided: Sequence[Milestones]) -> WeekCount:
    rejected = sum(change.status is ChangeStatus.REJECTED for change in decided)
    return WeekCount(week.number, len(decided) - rejected, rejected)


def _median_wait(decided: Iterable[Milestones]) -> float | None:
    # Clocks of several workers may differ: nobody waited less than no time.
    waits = [max((change.decided_at or 0) - change.requested_at, 0) for change in decided]
    return float(median(waits)) if waits else None


def _deciders(decided: Iterable[Milestones]) -> tuple[tuple[str, int], ...]:
    counted: Counter[str] = Counter()
    names: dict[str, str] = {}
    for change in decided:
        is_rejected = change.status is ChangeStatus.REJECTED
        user_id = (change.rejected_by if is_rejected else change.approved_by) or ""
        counted[user_id] += 1
        names[user_id] = (change.rejected_username if is_rejected else change.approved_username) or f"#{user_id}"
    return tuple((names[user_id], count) for user_id, count in _most_first(counted) if user_id)


def _by_age(pending: Iterable[Milestones], now: datetime) -> tuple[int, ...]:
    counts = [0] * (len(AGES) + 1)
    for change in pending:
        age = timedelta(seconds=now.timestamp() - change.requested_at)
        counts[sum(age >= limit for limit in AGES)] += 1
    return tuple(counts)


def _most_first(counted: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0])))
