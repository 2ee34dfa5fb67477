"""All changes that ever were in the queue, as dates: read in pages, kept in memory, and brought up to date seldom."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import SecretStr

from bot.reference.client import ReferenceClient
from bot.reference.models import MilestonePage, Milestones
from bot.reference.paging import read_pages
from bot.services.reader import as_reader

FRESH_FOR = timedelta(minutes=10)
"""How long what was read counts: each page costs the service a question to AI-Horde."""

PAGE = 500
"""Changes a page: the service's limit."""


@dataclass(frozen=True, slots=True)
class MilestoneSnapshot:
    """The changes by id, ascending, and when they were read."""

    changes: tuple[Milestones, ...]
    read_at: datetime


@dataclass(slots=True)
class MilestoneCache:
    """Reads with the bot's own key, which only watches.

    The service lists the oldest first and what is closed moves no more, so that only what follows the last of the
    closed beginning is read again; everything, where that one does not stand where it stood (after a purge).
    """

    client: ReferenceClient
    reader_key: SecretStr
    clock: Callable[[], datetime]
    _known: MilestoneSnapshot | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def read(self) -> MilestoneSnapshot:
        """Every change of the queue, at most ``FRESH_FOR`` old.

        Raises:
            ReaderKeyError: the service shows its queue to approvers alone.
            ApiError: it did not answer, or has no queue.
        """
        async with self._lock:
            if self._known is None or not timedelta() <= self.clock() - self._known.read_at < FRESH_FOR:
                begun = self.clock()
                settled = _settled(self._known.changes) if self._known is not None else ()
                self._known = MilestoneSnapshot(tuple(await self._all_after(settled)), begun)
            return self._known

    async def _all_after(self, settled: tuple[Milestones, ...]) -> list[Milestones]:
        """Read every change; of the settled ones only the last again, to check that nothing before it was purged."""
        kept = list(settled[:-1])
        async for page in read_pages(self._page, offset=len(kept)):
            if settled and page.items[:1] != settled[-1:]:
                return await self._all_after(())
            settled = ()
            kept += page.items
        return kept

    async def _page(self, offset: int) -> MilestonePage:
        with as_reader():
            return await self.client.milestones(self.reader_key, offset=offset, limit=PAGE)


def _settled(changes: tuple[Milestones, ...]) -> tuple[Milestones, ...]:
    """The beginning in which nothing moves any more."""
    first_open = next((at for at, change in enumerate(changes) if change.status.is_open), len(changes))
    return changes[:first_open]
