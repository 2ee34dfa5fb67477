"""How the queue is looked at: four small questions while nothing moves; where they differ, what it takes to see why."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pydantic import SecretStr

from bot.reference.client import ReferenceClient
from bot.reference.listing import Entry, Listing
from bot.reference.models import ChangeStatus, PendingChange
from bot.reference.paging import read_pages
from bot.services.reader import as_reader
from bot.services.watching.narrowing import Departures, UnlikeError
from bot.services.watching.queue_memory import QueueMemory, SeenPage, Sight

OPEN_STATUSES = (ChangeStatus.PENDING, ChangeStatus.APPROVED, ChangeStatus.APPLYING)

COUNTED = (ChangeStatus.PENDING, ChangeStatus.APPROVED)
"""Whatever moves changes one of these two counts, or the newest change; what is applying is asked for at every look."""

PAGE = 500
"""Changes a page: the service's limit."""

IN_HAND = (ChangeStatus.APPROVED, ChangeStatus.APPLYING)

NARROWED_TO = 20
"""So many decisions since the last look are searched for in a long list; with more of them, it is read whole."""

SLICE = 25
"""Changes read whole before anybody else gets a turn: one takes the better part of a tenth of a millisecond."""


@dataclass(slots=True)
class Looker:
    """Asks the service with the reader's key, which only watches, and remembers nothing itself."""

    client: ReferenceClient
    reader_key: SecretStr
    memory: QueueMemory

    async def look(self, *, is_list_due: bool) -> Sight:
        """Look once.

        Args:
            is_list_due: whether to list all open changes even if the counts say that nothing moved.

        Raises:
            ReaderKeyError: the service shows the queue to approvers alone.
            ApiError: it did not answer as it should.
        """
        with as_reader():
            seen = None if is_list_due else await self._glance()
            return seen or await self._list()

    async def read(self, change_id: int, *, of_any: bool = False) -> PendingChange:
        """Ask for one change , ``of_any`` process of the service.

        Raises:
            NotFoundError: the service does not have it; further errors as :meth:`look`.
        """
        with as_reader():
            return await self.client.change(self.reader_key, change_id, any_worker=of_any)

    async def find(self, change_ids: Collection[int]) -> list[PendingChange]:
        """Those of many changes that are anywhere in the queue, cheaper than asking for each; errors as in ``look``."""
        found: list[PendingChange] = []
        with as_reader():
            async for page in read_pages(self._page_of_all):
                entries = page.entries or ()
                found += await _whole(page, {e["change_id"] for e in entries if e["change_id"] in change_ids})
        return found

    async def _glance(self) -> Sight | None:
        """The newest changes and two counts; ``None`` when they do not tell what moved."""
        memory = self.memory
        tail = await self.client.listing(self.reader_key, offset=max(memory.total - 1, 0), limit=PAGE)
        new = _after_anchor(tail, memory)
        if new is None or tail.total != memory.total + len(new):
            return None
        for status in COUNTED:
            expected = memory.count(status) + sum(entry["status"] == status for entry in new)
            expected += len(memory.oversized) * (status is ChangeStatus.PENDING)  # a guess, for want of any sign
            count = await self.client.count(self.reader_key, [status])
            if count != expected:
                return await self._narrowed(tail, new)
        if memory.count(ChangeStatus.APPLYING):
            return await self._narrowed(tail, new)
        return await self._sight(tail, new)

    async def _narrowed(self, tail: Listing, new: Sequence[Entry]) -> Sight | None:
        """Find what was decided in a long list; ``None`` where reading it whole costs as little, or is needed."""
        memory = self.memory
        in_hand = await self.client.listing(self.reader_key, statuses=IN_HAND, limit=PAGE)
        entries = {entry["change_id"]: entry for entry in in_hand.entries or ()}
        if in_hand.total != len(entries):
            return None
        newer = [entry["change_id"] for entry in new if entry["status"] == ChangeStatus.PENDING]
        known = [change.change_id for change in memory.in_status(ChangeStatus.PENDING)]
        former = [change_id for change_id in (*known, *newer) if change_id not in entries]
        if len(former) <= PAGE:
            return None
        count = await self.client.count(self.reader_key, [ChangeStatus.PENDING])
        if not 0 <= len(former) - count <= NARROWED_TO:
            return None
        try:
            # each question costs the service one to AI-Horde (90 a minute)
            gone = await Departures(former, self._pending_ids, PAGE, questions=len(former) // PAGE + 1).among(count)
        except UnlikeError:
            return None
        moved = {i: entry for i, entry in entries.items() if memory.entries.get(i) != entry}
        present = frozenset(former).difference(gone) | entries.keys()
        if any(entry["status"] in OPEN_STATUSES and entry["change_id"] not in present for entry in new):
            return None  # ended between two questions: it was never known, so that nobody would miss it
        return await self._sight(tail, new, moved=(in_hand, moved), present=present)

    async def _pending_ids(self, offset: int, limit: int) -> list[int]:
        page = await self.client.listing(self.reader_key, statuses=[ChangeStatus.PENDING], offset=offset, limit=limit)
        return [entry["change_id"] for entry in page.entries or ()]

    async def _sight(
        self,
        tail: Listing,
        new: Sequence[Entry],
        *,
        moved: tuple[Listing, Mapping[int, Entry]] | None = None,
        present: frozenset[int] | None = None,
    ) -> Sight:
        entries = {entry["change_id"]: entry for entry in new}
        page, later = moved or (tail, {})
        # What was asked for later knows better: a sign must never be newer than the change that is kept with it.
        changes = await _whole(tail, entries.keys() - later.keys()) + await _whole(page, later)
        entries |= later
        return Sight(
            moved=tuple(changes),
            entries=entries,
            present=present,
            pages={},
            total=tail.total,
            last_id=new[-1]["change_id"] if new else self.memory.last_id,
        )

    async def _page_of_all(self, offset: int) -> Listing:
        return await self.client.listing(self.reader_key, offset=offset, limit=PAGE)

    async def _list(self) -> Sight:
        memory = self.memory
        moved: list[PendingChange] = []
        entries: dict[int, Entry] = {}
        pages: dict[int, SeenPage] = {}

        async def read(offset: int) -> SeenPage:
            former = memory.pages.get(offset)
            page = await self.client.listing(
                self.reader_key,
                statuses=OPEN_STATUSES,
                offset=offset,
                limit=PAGE,
                former=None if former is None else former.fingerprint,
            )
            if page.entries is None and former is not None:
                pages[offset] = former
            else:
                found = {e["change_id"]: e for e in page.entries or ()}
                other = {i: e for i, e in found.items() if memory.entries.get(i) != e}
                entries.update(other)
                moved.extend(await _whole(page, other))
                pages[offset] = SeenPage(page.fingerprint, tuple(found), page.total, page.oversized)
            return pages[offset]

        async for _ in read_pages(read):
            pass
        present = {change_id for page in pages.values() for change_id in page.change_ids}
        newest, total, last_id = await self._newest()
        moved += [change for change in newest if change.change_id not in present]
        present |= {change.change_id for change in newest if change.status.is_open}
        return Sight(tuple(moved), entries, frozenset(present), pages, total, last_id)

    async def _newest(self) -> tuple[list[PendingChange], int, int]:
        """Read the changes that came in since the last poll, decided ones too, the total and the newest id.

        A change that was decided before the bot ever saw it is in no list of open ones.
        """
        memory = self.memory
        newest: list[PendingChange] = []
        if memory.total:
            new: Sequence[Entry] | None = ()
            is_first, total, last_id = True, memory.total, memory.last_id
            async for page in read_pages(self._page_of_all, offset=memory.total - 1):
                new = _after_anchor(page, memory) if is_first else page.entries or ()
                if new is None:
                    break  # changes were purged: where the new ones begin is not known
                is_first, total = False, page.total
                newest += await _whole(page, {entry["change_id"] for entry in new})
                last_id = 0 if page.oversized else new[-1]["change_id"] if new else last_id
            if new is not None:
                return newest, total, last_id
        total = (await self.client.listing(self.reader_key, offset=0, limit=1)).total
        last = await self.client.listing(self.reader_key, offset=max(total - 1, 0), limit=PAGE)
        entries = last.entries or ()
        return newest, last.total, entries[-1]["change_id"] if entries else 0


def _after_anchor(tail: Listing, memory: QueueMemory) -> tuple[Entry, ...] | None:
    """Entries behind the one that was the newest; ``None`` when it does not stand where it stood."""
    entries = tail.entries or ()
    if not memory.total or (tail.oversized and not memory.last_id):
        return entries
    if not entries or entries[0]["change_id"] != memory.last_id:
        return None
    return entries[1:]


async def _whole(page: Listing, change_ids: Collection[int]) -> list[PendingChange]:
    found: list[PendingChange] = []
    for change in page.whole(change_ids):
        found.append(change)
        if len(found) % SLICE == 0:
            await asyncio.sleep(0)
    return found
