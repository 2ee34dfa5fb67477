"""Refusals posted in channels: each reason once in a while, to keep channels quiet."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from bot.reference.errors import RefusalKind
from storage.cursors import Cursors
from storage.errors import StorageError

REPEATED_AFTER: Final = timedelta(minutes=10)

CURSOR: Final = "public_refusals"

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class PublicRefusals:
    """Times of the last posts by channel and reason, kept over restarts."""

    cursors: Cursors
    clock: Callable[[], datetime]
    _posted: dict[str, datetime] = field(default_factory=dict)
    _is_loaded: bool = False

    async def take(self, channel_id: int | None, kind: RefusalKind) -> bool:
        """Return whether a refusal may be posted in the channel now, and note that it is.

        While the database fails, only what was posted since the start counts.
        """
        await self._load()
        if is_free := self._note(f"{channel_id}:{kind}"):
            await self._store()
        return is_free

    async def _load(self) -> None:
        if self._is_loaded:
            return
        try:
            stored = json.loads(await self.cursors.get(CURSOR) or "{}")
        except StorageError as error:
            log.info("public_refusals_not_read", reason=type(error).__name__)
            return
        self._posted = {key: datetime.fromtimestamp(at, UTC) for key, at in stored.items()} | self._posted
        self._is_loaded = True

    def _note(self, key: str) -> bool:
        now = self.clock()
        self._posted = {each: at for each, at in self._posted.items() if timedelta() <= now - at < REPEATED_AFTER}
        is_free = key not in self._posted
        self._posted.setdefault(key, now)
        return is_free

    async def _store(self) -> None:
        try:
            await self.cursors.set(CURSOR, json.dumps({key: at.timestamp() for key, at in self._posted.items()}))
        except StorageError as error:
            log.info("public_refusals_not_stored", reason=type(error).__name__)
