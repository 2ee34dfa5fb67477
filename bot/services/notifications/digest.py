"""Tells servers that want it of the week that is over: on Monday morning, once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import TypeAdapter

from bot.services.notifications.channel_posts import ChannelPosts, PostKind
from bot.services.notifications.reminders import MORNING_HOUR
from bot.services.queue.statistics import AGES, IsoWeek, QueueStatistics, StatisticsService
from bot.services.watching.queue_monitor import QueueMonitor
from storage.guild_settings import GuildSetting, GuildSettings

MADE_FOR: Final = timedelta(days=2)
"""A digest that could not be made on Monday is made so long; later it would be old news."""

NAMED: Final = 10
"""Changes that wait too long and are named; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What a digest says.

    Attributes:
        days: after so many days a change waits too long, in this server.
        late: how many do.
        named: the longest waiting of them, each with the address of its card, ``None`` where it has none.
    """

    told: QueueStatistics
    days: int
    late: int
    named: tuple[tuple[int, str | None], ...]

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> "Digest":
        """Take it out of a post."""
        return TypeAdapter(Digest).validate_python(facts)

    def facts(self) -> dict[str, Any]:
        """Put it into a post, as JSON."""
        facts: dict[str, Any] = TypeAdapter(Digest).dump_python(self, mode="json")
        return facts


@dataclass(slots=True)
class Digests:
    """Counts when it is time, and leaves the posting to the worker."""

    statistics: StatisticsService
    watch: QueueMonitor
    guild_settings: GuildSettings
    posts: ChannelPosts
    clock: Callable[[], datetime]
    _made: set[tuple[int, IsoWeek]] = field(default_factory=set)

    async def make(self) -> bool:
        """Have every server told that is due; returns whether there is something to say now.

        Raises:
            ReaderKeyError: the service shows its queue to approvers alone.
            ApiError: it did not answer, or has no queue; tried again at the next look.
        """
        now = self.clock()
        week = IsoWeek.of(now)
        morning = week.start + timedelta(hours=MORNING_HOUR)
        if not morning <= now < morning + MADE_FOR:
            return False
        due = [
            setting
            for setting in await self.guild_settings.all_with_review_channel()
            if setting.has_digest and (setting.guild_id, week) not in self._made
        ]
        made = [await self._make(setting, week) for setting in due]
        return any(made)

    async def _make(self, setting: GuildSetting, week: IsoWeek) -> bool:
        if setting.review_channel_id is None:
            return False
        days = setting.reminder_days or AGES[-1].days
        late = await self.statistics.waiting_over(timedelta(days=days))
        digest = Digest(
            await self.statistics.last_week(),
            days,
            len(late),
            tuple([(change_id, await self._link(change_id, setting.guild_id)) for change_id in late[:NAMED]]),
        )
        self._made.add((setting.guild_id, week))
        kind, subject = PostKind.DIGEST, str(week.back())
        return await self.posts.add(setting.guild_id, setting.review_channel_id, kind, subject, digest.facts())

    async def _link(self, change_id: int, guild_id: int) -> str | None:
        link = await self.watch.card_link(change_id, guild_id)
        return None if link is None else link.url
