"""Refusals posted in channels: each reason once in a while, to keep channels quiet."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.reference.errors import RefusalKind

REPEATED_AFTER: Final = timedelta(minutes=10)


@dataclass(slots=True)
class PublicRefusals:
    """Times of the last posts by channel and reason, in memory."""

    _posted: dict[tuple[int | None, RefusalKind], datetime] = field(default_factory=dict)

    def take(self, channel_id: int | None, kind: RefusalKind, now: datetime) -> bool:
        """Return whether a refusal may be posted in the channel now, and note that it is."""
        self._posted = {key: at for key, at in self._posted.items() if timedelta() <= now - at < REPEATED_AFTER}
        is_free = (channel_id, kind) not in self._posted
        self._posted.setdefault((channel_id, kind), now)
        return is_free
