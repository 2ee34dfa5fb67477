"""Cache of the dates of all changes, open and closed; for statistics."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import SecretStr

from bot.reference.client import ReferenceClient
from bot.reference.paging import read_pages
from bot.reference.queue_pages import MilestonePage, Milestones
from bot.services.reader_key import with_reader_key

FRESH_FOR = timedelta(minutes=10)
"""Time between reads: the service asks AI-Horde once for each page."""


@dataclass(frozen=True, slots=True)
class MilestoneSnapshot:
    """Changes by id, ascending, and the time of reading."""

    changes: tuple[Milestones, ...]
    read_at: datetime


@dataclass(slots=True)
class MilestoneCache:
    """Reads with the reader key.

    The service lists the oldest first, and closed changes stay as they are. Therefore the closed changes before the
    first open one are not read again, except the last: if it has moved (after a purge), everything is.
    """

    client: ReferenceClient
    reader_key: SecretStr
    clock: Callable[[], datetime]
    _known: MilestoneSnapshot | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def read(self) -> MilestoneSnapshot:
        """Return every change of the queue, at most ``FRESH_FOR`` old.

        Raises:
            ReaderKeyError: the service shows its queue to approvers only.
            ApiError: it did not answer, or has no queue.
        """
        async with self._lock:
            if self._known is None or not timedelta() <= self.clock() - self._known.read_at < FRESH_FOR:
                begun = self.clock()
                closed = _closed_start(self._known.changes) if self._known is not None else ()
                self._known = MilestoneSnapshot(tuple(await self._all_after(closed)), begun)
            return self._known

    async def _all_after(self, closed: tuple[Milestones, ...]) -> list[Milestones]:
        """Read every change, of closed ones only the last; a gap shows that one was purged."""
        kept = list(closed[:-1])
        async for page in read_pages(self._page, offset=len(kept)):
            if closed and page.items[:1] != closed[-1:]:
                return await self._all_after(())
            closed = ()
            kept += page.items
        return kept

    async def _page(self, offset: int) -> MilestonePage:
        with with_reader_key():
            return await self.client.milestones(self.reader_key, offset=offset)


def _closed_start(changes: tuple[Milestones, ...]) -> tuple[Milestones, ...]:
    """Return the closed changes before the first open one."""
    first_open = next((at for at, change in enumerate(changes) if change.status.is_open), len(changes))
    return changes[:first_open]
