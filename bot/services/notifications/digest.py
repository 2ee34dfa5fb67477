"""Weekly digests on Monday morning: queue statistics, and models with missing files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import TypeAdapter

from bot.services.card_links import CardLinks
from bot.services.models.verification import ModelVerification, Verification
from bot.services.notifications.reminders import MORNING_HOUR
from bot.services.queue.statistics import AGES, IsoWeek, QueueStatistics, StatisticsService
from storage.deliveries import Deliveries, NewPost
from storage.delivery import DeliveryKind
from storage.guild_settings import GuildSettings, ReviewingGuild

POSTED_WITHIN: Final = timedelta(days=2)
"""A digest that could not be made on Monday is still posted for this long."""

NAMED: Final = 10
"""Largest number of late changes that a digest names; the rest is counted."""

MODELS_MAX: Final = 20
"""Largest number of models that a digest of hosts names; the rest is counted."""


def due_week(now: datetime) -> IsoWeek | None:
    """Return this week from Monday morning on, for as long as digests are posted; else None."""
    week = IsoWeek.of(now)
    morning = week.start + timedelta(hours=MORNING_HOUR)
    return week if morning <= now < morning + POSTED_WITHIN else None


@dataclass(frozen=True, slots=True)
class Digest:
    """Content of a digest.

    Attributes:
        statistics: of the previous week.
        days: limit after which a change is late, in this server.
        late: number of late changes.
        named: the oldest late changes, each with the URL of its card; None where it has none.
    """

    statistics: QueueStatistics
    days: int
    late: int
    named: tuple[tuple[int, str | None], ...]

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "Digest":
        """Read it from the facts of a post."""
        return TypeAdapter(Digest).validate_python(facts)

    def facts(self) -> dict[str, Any]:
        """Return it as the facts of a post (JSON)."""
        facts: dict[str, Any] = TypeAdapter(Digest).dump_python(self, mode="json")
        return facts


@dataclass(slots=True)
class Digests:
    """Queues digests; the delivery worker posts them."""

    statistics: StatisticsService
    card_links: CardLinks
    guild_settings: GuildSettings
    deliveries: Deliveries
    clock: Callable[[], datetime]
    _made: set[tuple[int, IsoWeek]] = field(default_factory=set)

    async def make(self) -> bool:
        """Queue the digests that are due; return whether any was queued.

        Raises:
            ReaderKeyError: the service shows its queue to approvers only.
            ApiError: the service did not answer, or has no queue; the next call tries again.
        """
        week = due_week(self.clock())
        if week is None:
            return False
        due = [
            setting
            for setting in await self.guild_settings.all_with_review_channel()
            if setting.has_digest and (setting.guild_id, week) not in self._made
        ]
        made = [await self._make(setting, week) for setting in due]
        return any(made)

    async def _make(self, setting: ReviewingGuild, week: IsoWeek) -> bool:
        statistics = await self.statistics.last_week()
        self._made.add((setting.guild_id, week))
        if not (statistics.week.decided or statistics.applied):
            return False  # what is open has its cards, and what is late its reminder
        days = setting.reminder_days or AGES[-1].days
        late = [] if setting.reminder_days else await self.statistics.waiting_over(timedelta(days=days))
        named = [(change_id, await self.card_links.url(change_id, setting.guild_id)) for change_id in late[:NAMED]]
        digest = Digest(statistics, days, len(late), tuple(named))
        subject = str(week.back())
        post = NewPost(setting.guild_id, setting.review_channel_id, DeliveryKind.DIGEST, subject, digest.facts())
        return await self.deliveries.add_posts([post], self.clock()) > 0


@dataclass(slots=True)
class HostDigests:
    """Queues digests of live models that differ from their hosts' files, if any do."""

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
        week = due_week(self.clock())
        if week is None or week == self._made:
            return False
        found = await self.verification.recheck_noted()
        self._made = week
        if not found.refuted:
            return False
        shown = Verification(found.refuted[:MODELS_MAX], found.checked, waiting=len(found.refuted[MODELS_MAX:]))
        posts = [
            NewPost(each.guild_id, each.review_channel_id, DeliveryKind.REMINDER, f"hosts {week}", shown.facts())
            for each in await self.guild_settings.all_with_review_channel()
        ]
        return await self.deliveries.add_posts(posts, self.clock()) > 0
