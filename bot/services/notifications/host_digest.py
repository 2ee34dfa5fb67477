"""Weekly digest of live models whose files their hosts do not have as recorded."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.services.links.verification import ModelVerification, Verification
from bot.services.notifications.reminders import MORNING_HOUR
from bot.services.queue.statistics import IsoWeek
from storage.deliveries import Deliveries, NewPost
from storage.delivery import DeliveryKind
from storage.guild_settings import GuildSettings

POSTED_WITHIN: Final = timedelta(days=2)
MODELS_MAX: Final = 20
"""Models of one post; the rest is counted."""


@dataclass(slots=True)
class HostDigests:
    """Queues digests of the weekly sweep; without a finding there is none."""

    verification: ModelVerification
    guild_settings: GuildSettings
    deliveries: Deliveries
    clock: Callable[[], datetime]
    _made: IsoWeek | None = None

    async def make(self) -> bool:
        """Queue the digests of the week on Monday morning; return whether any was queued.

        Raises:
            ApiError: the service did not answer; the next call tries again.
        """
        now = self.clock()
        week = IsoWeek.of(now)
        morning = week.start + timedelta(hours=MORNING_HOUR)
        if self._made == week or not morning <= now < morning + POSTED_WITHIN:
            return False
        found = await self.verification.noted()
        self._made = week
        if not found.refuted:
            return False
        shown = Verification(found.refuted[:MODELS_MAX], found.checked, waiting=len(found.refuted[MODELS_MAX:]))
        posts = [
            NewPost(each.guild_id, each.review_channel_id, DeliveryKind.REMINDER, f"hosts {week}", shown.facts())
            for each in await self.guild_settings.all_with_review_channel()
            if each.review_channel_id is not None
        ]
        return await self.deliveries.add_posts(posts, now) > 0
