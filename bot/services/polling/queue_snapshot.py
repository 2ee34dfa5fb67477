"""The queue as last polled: open changes, their list entries, and their stored rows."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.reference.listing import Entry
from bot.reference.models import ChangeStatus, Operation, PendingChange
from bot.services.checks.record_files import file_keys
from storage.cards import TrackedChange

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ListedPage:
    """Page of the list of open changes; not parsed again while its fingerprint stays the same.

    Attributes:
        unreadable: changes on it that cannot be read, too large or malformed: number, 0 where unknown.
    """

    fingerprint: bytes
    change_ids: tuple[int, ...]
    total: int
    unreadable: tuple[int, ...] = ()

    @property
    def length(self) -> int:
        """Places of the list that the page covers."""
        return len(self.change_ids) + len(self.unreadable)

    @property
    def first_id(self) -> int:
        """First change; 0 where there is none or its id is not known."""
        return next(iter((*self.change_ids, *self.unreadable)), 0)


@dataclass(frozen=True, slots=True)
class PollResult:
    """Differences that one poll found.

    Attributes:
        changes: changes that are new or differ from the snapshot, parsed.
        entries: list entries of these, by id.
        present: ids of all open changes, ``None`` when only counts or a part of the list were read.
        pages: pages of the list of open changes by offset, empty if ``present`` is ``None``.
        unfinished: the part of the list that was read, which the next poll continues.
        unreadable_counts: changes that cannot be read, by status.
        total: length of the whole queue, closed changes included.
        last_id: newest change, 0 when there is none or it cannot be read.
    """

    changes: tuple[PendingChange, ...]
    entries: Mapping[int, Entry]
    present: frozenset[int] | None
    total: int
    last_id: int
    pages: Mapping[int, ListedPage] = field(default_factory=dict)
    unfinished: Mapping[int, ListedPage] = field(default_factory=dict)
    unreadable_counts: Mapping[ChangeStatus, int] = field(default_factory=dict)


@dataclass(slots=True)
class QueueSnapshot:
    """Open changes as last polled or noted; saves requests and database reads.

    Attributes:
        tracked: stored rows of all open changes, and of those that ended since the last poll.
        entries: list entries of open changes; a change without one is parsed when it is listed next.
        pages: pages of the last list of open changes, by offset.
        unfinished: as in ``PollResult``.
        total: as in ``PollResult``; None before the first poll of an installation.
        last_id, unreadable_counts: as in ``PollResult``.
        highest_change_id: the highest number that any change had so far.
        newer: changes noted or purged since the poll began: what is known of them is newer than its answers.
        revision: increases when a change is put or dropped.
        is_polled: the whole list was read since the start, so that a change which is not here is not open.
        unreadable: open changes left out of the last list, each too large or malformed: number, 0 where unknown.
    """

    tracked: dict[int, TrackedChange] = field(default_factory=dict)
    entries: dict[int, Entry] = field(default_factory=dict)
    pages: dict[int, ListedPage] = field(default_factory=dict)
    unfinished: Mapping[int, ListedPage] = field(default_factory=dict)
    total: int | None = None
    last_id: int = 0
    highest_change_id: int = 0
    newer: set[int] = field(default_factory=set)
    is_polled: bool = False
    unreadable: tuple[int, ...] = ()
    unreadable_counts: Counter[ChangeStatus] = field(default_factory=Counter)
    revision: int = 0
    _noted: dict[int, PendingChange] = field(default_factory=dict)
    _open: dict[int, PendingChange] = field(default_factory=dict)
    _counts: Counter[ChangeStatus] = field(default_factory=Counter)
    _ended: set[int] = field(default_factory=set)
    _by_model: defaultdict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    _by_file: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def get(self, change_id: int) -> PendingChange | None:
        """Return an open change, or ``None``."""
        return self._open.get(change_id)

    def last_noted(self, change_id: int) -> PendingChange | None:
        """Return an open change, or an ended one as the service answered since the last poll."""
        return self._open.get(change_id) or self._noted.get(change_id)

    def of_model(self, category: str, model_name: str, *, besides: int | None = None) -> tuple[PendingChange, ...]:
        """Return the open changes of one model, by id."""
        found = sorted(self._by_model.get((category, model_name), ()))
        return tuple(self._open[change_id] for change_id in found if change_id != besides)

    def of_files(self, category: str, record: Mapping[str, Any]) -> list[PendingChange]:
        """Return the open changes of a category with a hash or link of the record's files, by id."""
        found = {change_id for key in file_keys(record) for change_id in self._by_file.get(key, ())}
        changes = [self._open[change_id] for change_id in sorted(found)]
        return [change for change in changes if change.category == category]

    def competing(
        self, category: str, model_name: str, record: Mapping[str, Any], *, besides: int | None = None
    ) -> tuple[PendingChange, ...]:
        """Return the open changes of one model, then those of others with a file of the record."""
        sharing = (each for each in self.of_files(category, record) if each.model_name != model_name)
        of_others = (change for change in sharing if change.change_id != besides)
        return (*self.of_model(category, model_name, besides=besides), *of_others)

    def of_file(self, category: str, key: str) -> list[PendingChange]:
        """Return the open changes of a category with one hash or link (of ``file_keys``), by id."""
        changes = [self._open[change_id] for change_id in sorted(self._by_file.get(key, ()))]
        return [change for change in changes if change.category == category]

    def in_status(self, *statuses: ChangeStatus) -> list[PendingChange]:
        """Return the open changes in these statuses, or all without any, by id."""
        if statuses and not any(self._counts[status] for status in statuses):
            return []
        found = [change for change in self._open.values() if not statuses or change.status in statuses]
        return sorted(found, key=lambda change: change.change_id)

    def seen_since(self, change_id: int) -> int:
        """Count newer changes that are open or ended since the last poll."""
        return sum(seen > change_id for seen in self.tracked)

    def count(self, status: ChangeStatus) -> int:
        """Count the open changes in this status."""
        return self._counts[status]

    def open_ids(self) -> set[int]:
        """Return the ids of rows that are not final."""
        return self.tracked.keys() - self._ended

    def put(self, change: PendingChange) -> None:
        """Store a change as just read; a closed one is dropped."""
        self.drop(change.change_id)
        if change.status.is_open:
            self._open[change.change_id] = change
            self._counts[change.status] += 1
            self._by_model[change.category, change.model_name].add(change.change_id)
            for key in _keys(change):
                self._by_file[key].add(change.change_id)

    def drop(self, change_id: int) -> None:
        """Drop an open change and its entry; the next list is parsed in full."""
        self.revision += 1
        self.pages.clear()
        self.entries.pop(change_id, None)
        change = self._open.pop(change_id, None)
        if change is not None:
            self._counts[change.status] -= 1
            model = (change.category, change.model_name)
            self._by_model[model].discard(change_id)
            if not self._by_model[model]:
                del self._by_model[model]
            for key in _keys(change):
                self._by_file[key].discard(change_id)
                if not self._by_file[key]:
                    del self._by_file[key]

    def forget_entries(self) -> None:
        """Have the list read from its start, and every change on it parsed."""
        self.entries.clear()
        self.pages.clear()
        self.unfinished = {}

    def keep_rows(self, rows: Iterable[TrackedChange]) -> None:
        """Keep rows as they are stored now."""
        for row in rows:
            self.tracked[row.change_id] = row
            if row.is_final:
                self._ended.add(row.change_id)
            else:
                self._ended.discard(row.change_id)

    def note(self, change: PendingChange) -> None:
        """Store a change that the bot read or moved, maybe during a poll."""
        self.newer.add(change.change_id)
        self._noted[change.change_id] = change
        self.put(change)

    def note_purged(self, change_ids: Iterable[int]) -> None:
        """Drop changes that the service purged, maybe during a poll."""
        for change_id in change_ids:
            self.newer.add(change_id)
            self._noted.pop(change_id, None)
            self.drop(change_id)

    def begin_poll(self) -> None:
        """Forget what was noted, and rows of ended changes: no answer is older than these now."""
        self.newer.clear()
        self._noted.clear()
        for change_id in self._ended:
            del self.tracked[change_id]
        self._ended.clear()

    def update(self, result: PollResult, missing: Iterable[PendingChange]) -> None:
        """Take over a poll's result and missing changes; changes noted meanwhile stay.

        Args:
            result: differences that the poll found.
            missing: changes that were on no list, as read one by one.
        """
        newer = self.newer
        for change in result.changes:
            if change.change_id not in newer:
                self._take(change)
        if result.present is not None:
            readable = result.present - {number for page in result.pages.values() for number in page.unreadable}
            for change_id in [c for c in self._open if c not in readable and c not in newer]:
                self.drop(change_id)
        self.entries.update(
            (change_id, entry)
            for change_id, entry in result.entries.items()
            if change_id in self._open and change_id not in newer
        )
        if result.pages:
            if not newer:
                self.pages = dict(result.pages)
            self._note_unreadable(tuple(number for page in result.pages.values() for number in page.unreadable))
            self.unreadable_counts = Counter(result.unreadable_counts)
        self.unfinished = result.unfinished
        self.is_polled = self.is_polled or result.present is not None
        self.total, self.last_id = result.total, result.last_id
        self.highest_change_id = max(self.highest_change_id, result.last_id)
        for change in missing:
            if change.change_id not in newer:
                self._take(change)

    def _take(self, change: PendingChange) -> None:
        """Store a change that the poll read; an ended one is noted for the messages that follow."""
        self.put(change)
        if not change.status.is_open:
            self._noted[change.change_id] = change

    def _note_unreadable(self, found: tuple[int, ...]) -> None:
        if found and found != self.unreadable:
            log.warning("unreadable_changes_skipped", change_ids=found)
        self.unreadable = found


def _keys(change: PendingChange) -> frozenset[str]:
    """Return the hashes and links of a change that would make files live."""
    is_file = change.is_record and change.operation is not Operation.DELETE
    return file_keys(change.payload) if is_file else frozenset()
