"""Joins what is said in channels by itself: outages, reminders, the week; and the figures behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pydantic import SecretStr

from bot.app.known import Kept, Known
from bot.services.lists.queue_past import QueuePast
from bot.services.lists.statistics import Statistics
from bot.services.watching.digest import Digests
from bot.services.watching.outages import Outages
from bot.services.watching.posts import PostBox
from bot.services.watching.reminders import Reminders


@dataclass(frozen=True, slots=True, repr=False)
class Regular:
    """The services of what comes by itself."""

    digests: Digests
    outages: Outages
    reminders: Reminders
    statistics: Statistics

    @classmethod
    def of(
        cls, kept: Kept, known: Known, posts: PostBox, *, reader_key: SecretStr, clock: Callable[[], datetime]
    ) -> "Regular":
        """Join them."""
        statistics = Statistics(QueuePast(known.client, reader_key, clock), clock)
        return cls(
            digests=Digests(statistics, known.watch, kept.guild_settings, posts, clock),
            outages=Outages(known.watch, kept.posts, kept.guild_settings, kept.cursors, clock),
            reminders=Reminders(known.watch, kept.guild_settings, posts, clock),
            statistics=statistics,
        )
