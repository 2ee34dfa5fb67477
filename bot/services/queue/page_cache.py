"""Cache of a person's recent pages, so that turning back costs no request."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from bot.services.polling.queue_snapshot import QueueSnapshot

FRESH_FOR: Final = timedelta(seconds=5)


@dataclass(slots=True)
class PageCache:
    """Pages by key, for some seconds and while no change moved."""

    snapshot: QueueSnapshot
    clock: Callable[[], datetime]
    _pages: dict[Hashable, tuple[Any, datetime, int]] = field(default_factory=dict)

    def get(self, key: Hashable) -> Any:
        """Return a fresh page, None if there is none."""
        page, read_at, revision = self._pages.get(key, (None, self.clock(), -1))
        return page if self._is_fresh(read_at, revision) else None

    def put[PageT](self, key: Hashable, page: PageT) -> PageT:
        """Store a page that was just read, and drop those that are no longer fresh."""
        self._pages = {other: kept for other, kept in self._pages.items() if self._is_fresh(*kept[1:])}
        self._pages[key] = page, self.clock(), self.snapshot.revision
        return page

    def _is_fresh(self, read_at: datetime, revision: int) -> bool:
        return revision == self.snapshot.revision and timedelta() <= self.clock() - read_at < FRESH_FOR
