"""Statistics of the queue: open changes, decisions per week, waiting times, deciders."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Self, override

from bot.reference.models import ChangeStatus
from bot.reference.queue_pages import Milestones
from bot.services.queue.milestones import MilestoneCache

WEEKS = 8
"""Weeks in the statistics, the reported one included."""

AGES = (timedelta(days=1), timedelta(days=3), timedelta(days=7))
"""Limits between the age groups."""


@dataclass(frozen=True, slots=True, order=True)
class IsoWeek:
    """Week of ISO 8601, Monday to Sunday, in UTC."""

    year: int
    number: int

    @classmethod
    def of(cls, when: datetime | float) -> Self:
        """Return the week of a time; a number is Unix seconds."""
        moment = when.astimezone(UTC) if isinstance(when, datetime) else datetime.fromtimestamp(when, UTC)
        year, number, _ = moment.isocalendar()
        return cls(year, number)

    @property
    def start(self) -> datetime:
        """Start of its Monday."""
        return datetime.fromisocalendar(self.year, self.number, 1).replace(tzinfo=UTC)

    def back(self, weeks: int = 1) -> "IsoWeek":
        """Return the week that many weeks before."""
        return IsoWeek.of(self.start - timedelta(weeks=weeks))

    @override
    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02}"


@dataclass(frozen=True, slots=True)
class WeekCount:
    """Decisions of one week; ``number`` is the week of the year."""

    number: int
    approved: int
    rejected: int

    @property
    def decided(self) -> int:
        """Number of decisions."""
        return self.approved + self.rejected


@dataclass(frozen=True, slots=True)
class QueueStatistics:
    """Statistics of the queue at one time, and of the reported week.

    Attributes:
        weeks: decisions of ``WEEKS`` weeks, the reported one last.
        median_wait_s: median of the seconds from proposal to decision in the reported week, ``None`` without decisions.
        median_wait_all_s: the same over all ``weeks``.
        applied: changes that went live in the reported week.
        deciders: decisions by Horde name in the reported week, most first.
        pending: changes that wait for a decision.
        approved: changes that wait to be applied.
        open_by_age: pending changes by the limits in ``AGES``, the youngest first.
        open_by_category: pending changes by category, most first.
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
        """The reported week."""
        return self.weeks[-1]

    @property
    def week_before(self) -> WeekCount:
        """The week before the reported one."""
        return self.weeks[-2]


@dataclass(slots=True)
class StatisticsService:
    """Computes statistics from the dates of all changes."""

    milestones: MilestoneCache
    clock: Callable[[], datetime]

    async def this_week(self) -> QueueStatistics:
        """Return the statistics of this week so far.

        Raises:
            ReaderKeyError: the service shows its queue to approvers only.
            ApiError: it did not answer, or has no queue.
        """
        snapshot = await self.milestones.read()
        return summarize(snapshot.changes, IsoWeek.of(self.clock()), snapshot.read_at)

    async def last_week(self) -> QueueStatistics:
        """Return the statistics of the last complete week; raises as :meth:`this_week`."""
        snapshot = await self.milestones.read()
        return summarize(snapshot.changes, IsoWeek.of(self.clock()).back(), snapshot.read_at)

    async def waiting_over(self, limit: timedelta) -> tuple[int, ...]:
        """Return ids of changes pending for longer than ``limit``, oldest first."""
        snapshot = await self.milestones.read()
        last = (snapshot.read_at - limit).timestamp()
        pending = (change for change in snapshot.changes if change.status is ChangeStatus.PENDING)
        late = sorted((change.requested_at, change.change_id) for change in pending if change.requested_at <= last)
        return tuple(change_id for _, change_id in late)


def summarize(changes: Sequence[Milestones], week: IsoWeek, now: datetime) -> QueueStatistics:
    """Compute the statistics of the queue.

    Args:
        changes: all of them, in any status.
        week: reported week.
        now: time of reading; ages are counted until then.
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
    # In UTC all weeks are equally long.
    return int((when - begin) // timedelta(weeks=1).total_seconds())


def _week(week: IsoWeek, decided: Sequence[Milestones]) -> WeekCount:
    rejected = sum(change.status is ChangeStatus.REJECTED for change in decided)
    return WeekCount(week.number, len(decided) - rejected, rejected)


def _median_wait(decided: Iterable[Milestones]) -> float | None:
    # Clocks of several workers may differ; a wait is never negative.
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
