"""Polls of the queue: counts and newest changes, and the full list where these moved."""

import asyncio
import sys
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from pydantic import SecretStr

from bot.identity.sliding_window import SlidingWindow
from bot.reference.client import ReferenceClient
from bot.reference.errors import UnavailableError
from bot.reference.listing import FREE_FAILURES, Entry, Listing, PageSize
from bot.reference.models import ChangeStatus, PendingChange
from bot.reference.paging import read_pages
from bot.services.polling.queue_snapshot import ListedPage, PollResult, QueueSnapshot
from bot.services.reader_key import with_reader_key

OPEN_STATUSES = (ChangeStatus.PENDING, ChangeStatus.APPROVED, ChangeStatus.APPLYING)

COUNTED_STATUSES = (ChangeStatus.PENDING, ChangeStatus.APPROVED)
"""Any transition changes one of these counts or the newest id; applying changes are listed at every poll."""

PAGE = 500
"""Changes per page: the service's limit."""

MESSAGE_READS_A_MINUTE = 15
"""Changes read for cards and direct messages, which can wait; reads for people wait for these, too."""

SLICE = 25
"""Changes parsed before other tasks get a turn; one takes up to 0.1 ms."""


@dataclass(slots=True)
class _New:
    """Changes behind the newest known one.

    Attributes:
        changes: those to record; closed ones up to ``highest_id`` are no news, and have only an entry.
    """

    highest_id: int = 0
    changes: list[PendingChange] = field(default_factory=list)
    entries: dict[int, Entry] = field(default_factory=dict)
    unreadable: int = 0
    total: int = 0
    last_id: int = 0

    async def add(self, page: Listing, entries: Collection[Entry]) -> None:
        """Add a page's entries; ``last_id`` becomes 0 if the page has a change that cannot be read."""
        found = {entry["change_id"]: entry for entry in entries}
        news = {i for i, entry in found.items() if i > self.highest_id or entry["status"] in OPEN_STATUSES}
        changes = await _parsed(page, news)
        malformed = news - {change.change_id for change in changes}
        self.changes += changes
        self.entries |= {i: entry for i, entry in found.items() if i not in malformed}
        self.unreadable += len(page.unreadable) + len(malformed)
        self.total = page.total
        if page.unreadable or malformed:
            self.last_id = 0
        elif page.entries:
            self.last_id = page.entries[-1]["change_id"]


@dataclass(slots=True)
class _FullRead:
    """Changes of the open list that differ from the snapshot, and all pages read so far."""

    snapshot: QueueSnapshot
    pages: dict[int, ListedPage]
    changes: list[PendingChange] = field(default_factory=list)
    entries: dict[int, Entry] = field(default_factory=dict)

    @property
    def length(self) -> int:
        """Places of the list that were read so far."""
        return max((offset + page.length for offset, page in self.pages.items()), default=0)

    @property
    def ids(self) -> set[int]:
        """Ids of all changes on the list, of unreadable ones too where the id is known."""
        return {i for page in self.pages.values() for i in (*page.change_ids, *page.unreadable) if i}


@dataclass(slots=True)
class QueuePoller:
    """Reads the queue with the reader key, and compares it with an unchanged snapshot."""

    client: ReferenceClient
    reader_key: SecretStr
    message_reads: SlidingWindow
    _size: PageSize = field(default_factory=PageSize)

    async def poll(self, snapshot: QueueSnapshot, *, is_full_read_due: bool) -> PollResult:
        """Poll once.

        Args:
            snapshot: the queue as last polled.
            is_full_read_due: list all open changes even if the counts did not move.

        Raises:
            ReaderKeyError: the service shows the queue to approvers only.
            ApiError: the service did not answer as expected.
        """
        is_begun = bool(snapshot.unfinished)
        self._size = PageSize(1, FREE_FAILURES) if is_begun else PageSize()
        with with_reader_key(), self.client.key_checks.leave_out_poll():
            if is_full_read_due and not is_begun:
                return await self._read_all(snapshot, None)
            new = await self._read_new(snapshot)
            if new is not None and not is_begun and await self._explains(new, snapshot):
                return PollResult(tuple(new.changes), new.entries, present=None, total=new.total, last_id=new.last_id)
            return await self._read_all(snapshot, new)

    async def read(self, change_id: int) -> PendingChange:
        """Read one change from its own address.

        Raises:
            NotFoundError: the service does not have it; further errors as :meth:`poll`.
        """
        with with_reader_key():
            return await self.client.change(self.reader_key, change_id)

    async def read_for_message(self, change_id: int) -> PendingChange:
        """Read one change for a card or a direct message; errors as :meth:`read`.

        Raises:
            UnavailableError: ``MESSAGE_READS_A_MINUTE`` were read; the message has to wait.
        """
        if self.message_reads.wait(0) is not None:
            raise UnavailableError("Other messages are being read.")
        self.message_reads.record(0)
        with with_reader_key():
            return await self.client.change(self.reader_key, change_id)

    async def find(self, change_ids: Collection[int]) -> list[PendingChange]:
        """Find changes in the list of all, cheaper than one request each. Errors as ``poll``."""
        found: list[PendingChange] = []
        with with_reader_key(), self.client.key_checks.leave_out_poll():
            async for page in read_pages(self._page_of_all):
                entries = page.entries or ()
                found += await _parsed(page, {e["change_id"] for e in entries if e["change_id"] in change_ids})
        return found

    async def _explains(self, new: _New, snapshot: QueueSnapshot) -> bool:
        """Return whether nothing but these changes moved, by the counts."""
        if new.unreadable:
            return False
        unknown = [entry["status"] for i, entry in new.entries.items() if snapshot.get(i) is None]
        for status in COUNTED_STATUSES:
            expected = snapshot.count(status) + snapshot.unreadable_counts[status] + unknown.count(status)
            if await self.client.count(self.reader_key, [status]) != expected:
                return False
        return not await self._has_applying_moved(snapshot)

    async def _has_applying_moved(self, snapshot: QueueSnapshot) -> bool:
        known = {change.change_id for change in snapshot.in_status(ChangeStatus.APPLYING)}
        if not known:
            return False
        page = await self.client.listing(self.reader_key, statuses=[ChangeStatus.APPLYING], limit=PAGE)
        found = {entry["change_id"]: entry for entry in page.entries or ()}
        return found.keys() != known or any(snapshot.entries.get(i) != entry for i, entry in found.items())

    async def _read_new(self, snapshot: QueueSnapshot) -> _New | None:
        """Read the changes behind the newest known one; ``None`` when changes before it were purged.

        A newest change that cannot be read (``last_id`` is 0) is not asked for again.
        """
        known_id, known = snapshot.last_id, snapshot.total or 0
        new = _New(snapshot.highest_change_id, last_id=known_id)
        async for page in read_pages(self._page_of_all, offset=max(known - bool(known_id), 0)):
            entries = page.entries or ()
            if known_id:
                if not entries or entries[0]["change_id"] != known_id:
                    return None
                entries, known_id = entries[1:], 0
            await new.add(page, entries)
            if self._size.is_spent:
                new.total = known + len(new.entries) + new.unreadable  # the next poll continues there
                break
        is_complete = new.total == known + len(new.entries) + new.unreadable
        return new if is_complete else None

    async def _read_all(self, snapshot: QueueSnapshot, new: _New | None) -> PollResult:
        """Read the list of open changes, or a part; ``new`` were behind the newest known one."""
        full, is_whole = _FullRead(snapshot, dict(snapshot.unfinished)), True

        async def read(offset: int) -> ListedPage:
            return await self._read_open_page(offset, full)

        async for page in read_pages(read, offset=full.length):
            is_whole = not self._size.is_spent or full.length >= page.total
            if not is_whole:
                break
        # A change that was decided before the bot ever saw it is on no list of open ones.
        if new is None or not (new.unreadable or self._size.is_spent):
            new = await self._read_end(snapshot)
        present = full.ids
        changes = [change for change in new.changes if change.change_id not in present]
        result = PollResult(
            changes=(*full.changes, *changes),
            entries={**new.entries, **full.entries},
            present=None,
            total=new.total,
            last_id=new.last_id,
        )
        if not is_whole:
            return replace(result, unfinished=full.pages)
        return replace(
            result,
            present=frozenset(present | {change.change_id for change in changes if change.status.is_open}),
            pages=full.pages,
            unreadable_counts=await self._count_unreadable(full),
        )

    async def _read_open_page(self, offset: int, full: _FullRead) -> ListedPage:
        known = full.snapshot.pages.get(offset)
        page = await self.client.listing(
            self.reader_key,
            statuses=OPEN_STATUSES,
            offset=offset,
            limit=PAGE,
            former=None if known is None else known.fingerprint,
            size=self._size,
        )
        if page.entries is None and known is not None:
            full.pages[offset] = known
            return known
        found = {entry["change_id"]: entry for entry in page.entries or ()}
        moved = {i: entry for i, entry in found.items() if full.snapshot.entries.get(i) != entry}
        changes = await _parsed(page, moved)
        malformed = moved.keys() - {change.change_id for change in changes}
        readable = [i for i in found if i not in malformed]
        full.entries |= {i: entry for i, entry in moved.items() if i not in malformed}
        full.changes += changes
        unreadable = (*page.unreadable, *sorted(malformed))
        full.pages[offset] = ListedPage(page.fingerprint, tuple(readable), page.total, unreadable)
        return full.pages[offset]

    async def _count_unreadable(self, full: _FullRead) -> dict[ChangeStatus, int]:
        """Count the changes that cannot be read by status, which their page does not show."""
        if not any(page.unreadable for page in full.pages.values()):
            return {}
        known = {change.change_id: change.status for change in full.snapshot.in_status()}
        known |= {change_id: ChangeStatus(entry["status"]) for change_id, entry in full.entries.items()}
        listed = [known.get(i) for page in full.pages.values() for i in page.change_ids]
        counts = [await self.client.count(self.reader_key, [status]) for status in COUNTED_STATUSES]
        return {
            status: max(count - listed.count(status), 0) for status, count in zip(COUNTED_STATUSES, counts, strict=True)
        }

    async def _read_end(self, snapshot: QueueSnapshot) -> _New:
        """Read the changes behind the newest known one, also after purges before it.

        Of a queue that was never polled only the length and the newest change: its history is no news.
        """
        is_polled = snapshot.total is not None
        new = await self._read_new(snapshot) if is_polled else None
        if new is not None:
            return new
        length = await self.client.count(self.reader_key, ())
        if not is_polled:
            return await self._read_from(length - 1, sys.maxsize)
        new = await self._read_from(length - PAGE, snapshot.highest_change_id)
        is_whole = len(new.entries) == new.total or min(new.entries, default=0) <= snapshot.highest_change_id
        return new if is_whole else await self._read_from(0, snapshot.highest_change_id)

    async def _read_from(self, offset: int, highest_id: int) -> _New:
        new = _New(highest_id)
        async for page in read_pages(self._page_of_all, offset=max(offset, 0)):
            await new.add(page, page.entries or ())
        return new

    async def _page_of_all(self, offset: int) -> Listing:
        return await self.client.listing(self.reader_key, offset=offset, limit=PAGE, size=self._size)


async def _parsed(page: Listing, change_ids: Collection[int]) -> list[PendingChange]:
    found: list[PendingChange] = []
    for change in page.parse(change_ids):
        found.append(change)
        if len(found) % SLICE == 0:
            await asyncio.sleep(0)
    return found
