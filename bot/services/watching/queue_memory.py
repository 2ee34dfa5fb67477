"""The queue as last seen, in memory: open changes, by which signs they are known again, and the rows kept of them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.reference.listing import Entry
from bot.reference.models import ChangeStatus, PendingChange
from storage.cards import TrackedChange

DIVIDED_FOR = timedelta(hours=1)
"""A service that contradicted itself is taken for divided until it has not done so for that long."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SeenPage:
    """A page of the list of open changes, which is not read again while it stays byte for byte the same."""

    fingerprint: bytes
    change_ids: tuple[int, ...]
    total: int
    oversized: tuple[int, ...] = ()

    @property
    def length(self) -> int:
        """Changes that it stands for."""
        return len(self.change_ids) + len(self.oversized)


@dataclass(frozen=True, slots=True)
class Sight:
    """What one look saw.

    Attributes:
        moved: changes that are new or other than remembered, whole.
        entries: signs of these, by id.
        present: ids of all open changes, ``None`` when only counts were asked for.
        pages: pages of the list, by offset; empty when it was not read whole.
        total: changes in the queue, decided ones included.
        last_id: of the newest of them, 0 when there is none.
    """

    moved: tuple[PendingChange, ...]
    entries: Mapping[int, Entry]
    present: frozenset[int] | None
    pages: Mapping[int, SeenPage]
    total: int
    last_id: int


@dataclass(slots=True)
class QueueMemory:
    """Spares the file and the service every question whose answer is known already.

    Attributes:
        tracked: rows as the file has them: all that are open, and those that ended since the last look.
        entries: signs of open changes; without them a change is read whole when it is listed next.
        pages: pages of the last list, by offset.
        total, last_id: as in ``Sight``.
        oversized: open changes left out of the last list, each too large to be read: number, 0 where unknown.
    """

    tracked: dict[int, TrackedChange] = field(default_factory=dict)
    entries: dict[int, Entry] = field(default_factory=dict)
    pages: dict[int, SeenPage] = field(default_factory=dict)
    total: int = 0
    last_id: int = 0
    oversized: tuple[int, ...] = ()
    _open: dict[int, PendingChange] = field(default_factory=dict)
    _counts: Counter[ChangeStatus] = field(default_factory=Counter)
    _ended: set[int] = field(default_factory=set)
    _by_model: defaultdict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    _contradicted_at: datetime | None = None

    def contradicted(self, now: datetime) -> None:
        """The service has what it had just said it has not, or the other way round."""
        if not self.is_divided(now):
            log.warning("the service contradicts itself: do several processes of it answer that share no queue?")
        self._contradicted_at = now

    def is_divided(self, now: datetime) -> bool:
        """Whether several processes of the service seem to answer, of which each has a queue of its own."""
        return self._contradicted_at is not None and now - self._contradicted_at < DIVIDED_FOR

    def get(self, change_id: int) -> PendingChange | None:
        """An open change, or ``None``."""
        return self._open.get(change_id)

    def of_model(self, category: str, model_name: str) -> list[PendingChange]:
        """Open changes of one model, by id."""
        return [self._open[change_id] for change_id in sorted(self._by_model.get((category, model_name), ()))]

    def in_status(self, status: ChangeStatus) -> list[PendingChange]:
        """Open changes in one status, by id."""
        if not self._counts[status]:
            return []
        found = [change for change in self._open.values() if change.status is status]
        return sorted(found, key=lambda change: change.change_id)

    def count(self, status: ChangeStatus) -> int:
        """How many open changes are in this status."""
        return self._counts[status]

    def open_ids(self) -> set[int]:
        """Ids of rows that have not ended."""
        return self.tracked.keys() - self._ended

    def put(self, change: PendingChange) -> None:
        """Remember a change as it was just told; one that has ended is not open any more."""
        self.drop(change.change_id)
        if change.status.is_open:
            self._open[change.change_id] = change
            self._counts[change.status] += 1
            self._by_model[change.category, change.model_name].add(change.change_id)

    def drop(self, change_id: int) -> None:
        """Forget an open change, and by which signs it was known; the list that it stood in is read anew."""
        self.pages.clear()
        self.entries.pop(change_id, None)
        change = self._open.pop(change_id, None)
        if change is not None:
            self._counts[change.status] -= 1
            model = (change.category, change.model_name)
            self._by_model[model].discard(change_id)
            if not self._by_model[model]:
                del self._by_model[model]

    def forget_signs(self) -> None:
        """Have every change read whole when it is listed next."""
        self.entries.clear()
        self.pages.clear()

    def keep_rows(self, rows: Iterable[TrackedChange]) -> None:
        """These are in the file now."""
        for row in rows:
            self.tracked[row.change_id] = row
            if row.is_final:
                self._ended.add(row.change_id)
            else:
                self._ended.discard(row.change_id)

    def forget_ended_rows(self) -> None:
        """What had ended before a look begins cannot be contradicted by an answer from before its end any more."""
        for change_id in self._ended:
            del self.tracked[change_id]
        self._ended.clear()

    def take(self, sight: Sight, *, besides: Collection[int]) -> None:
        """Remember what a look saw, but for what was settled meanwhile, of which more is known."""
        for change in sight.moved:
            if change.change_id not in besides:
                self.put(change)
        if sight.present is not None:
            for change_id in [c for c in self._open if c not in sight.present and c not in besides]:
                self.drop(change_id)
        self.entries.update(
            (change_id, entry)
            for change_id, entry in sight.entries.items()
            if change_id in self._open and change_id not in besides
        )
        if not besides:
            self.pages = dict(sight.pages) or self.pages
        if sight.pages:
            self._note_oversized(tuple(number for page in sight.pages.values() for number in page.oversized))
        self.total, self.last_id = sight.total, sight.last_id

    def _note_oversized(self, found: tuple[int, ...]) -> None:
        if found and found != self.oversized:
            log.warning("oversized_changes_skipped", change_ids=found)
        self.oversized = found
