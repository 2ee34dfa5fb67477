"""Tells the review channels that the service is away or read-only, once, and in the same place that it is back."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog

from bot.errors import BotError
from bot.reference.errors import ApiError, MalformedReplyError, ReadOnlyError, is_outage
from bot.services.watching.queue_monitor import QueueMonitor
from storage.cursors import Cursors
from storage.guild_settings import GuildSettings
from storage.posts import PostKey, PostKind, Posts

AWAY_AFTER = timedelta(seconds=60)
"""An apply makes the service deaf for up to a minute (8.6.2); what is shorter is no outage."""

AWAY_AFTER_LOOKS = 2
"""One failed look proves nothing, however long the pause before it was."""

CURSOR = "outage"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outage:
    """An outage that was told.

    Attributes:
        since: Unix seconds; it is the same outage as long as this is the same.
        highest_id: of the newest change seen before it.
    """

    since: int
    is_read_only: bool
    highest_id: int

    @property
    def subject(self) -> str:
        """What makes its posts the same ones."""
        return str(self.since)

    def facts(self, *, until: int | None = None, came_in: int = 0) -> dict[str, int | bool | None]:
        """What its posts say."""
        return {"since": self.since, "is_read_only": self.is_read_only, "until": until, "came_in": came_in}


@dataclass(slots=True)
class Outages:
    """Compares how things stand after each look with what was told; what was told survives a restart."""

    watch: QueueMonitor
    posts: Posts
    guild_settings: GuildSettings
    cursors: Cursors
    clock: Callable[[], datetime]
    _failed_looks: int = 0
    _told: Outage | None = None
    _is_loaded: bool = False

    async def note(self) -> None:
        """Have said what is to be said after the look that just ended, well or not."""
        if not self._is_loaded:
            text = await self.cursors.get(CURSOR)
            self._told, self._is_loaded = Outage(**json.loads(text)) if text else None, True
        problem = self.watch.problem
        if problem is None:
            self._failed_looks = 0
            if self._told is not None:
                await self._end(self._told)
            return
        self._failed_looks += 1
        is_read_only = isinstance(problem, ReadOnlyError)
        if not is_read_only and not _is_away(problem):
            return  # nobody is kept from anything by what hides the queue from the bot alone
        if self._told is None:
            await self._begin(is_read_only=is_read_only)
        elif self._told.is_read_only != is_read_only:
            await self._change(replace(self._told, is_read_only=is_read_only))

    async def _begin(self, *, is_read_only: bool) -> None:
        """A service that says that it is read-only is believed at once; one that says nothing may be busy."""
        now, since = self.clock(), self.watch.away_since
        if since is None:
            return
        if not is_read_only and (now - since < AWAY_AFTER or self._failed_looks < AWAY_AFTER_LOOKS):
            return
        outage = Outage(int(since.timestamp()), is_read_only, self.watch.highest_change_id)
        servers = await self.guild_settings.all_with_review_channel()
        posts = [
            PostKey(server.guild_id, server.review_channel_id, PostKind.OUTAGE, outage.subject, outage.facts())
            for server in servers
            if server.review_channel_id is not None
        ]
        await self.posts.add(posts, now, cursors={CURSOR: json.dumps(asdict(outage))})
        self._told = outage
        log.warning("outage told", is_read_only=is_read_only, since=since.isoformat())

    async def _change(self, outage: Outage) -> None:
        cursors = {CURSOR: json.dumps(asdict(outage))}
        await self.posts.rewrite_everywhere(
            PostKind.OUTAGE, outage.subject, outage.facts(), now=self.clock(), cursors=cursors
        )
        self._told = outage

    async def _end(self, outage: Outage) -> None:
        now = self.clock()
        facts = outage.facts(until=int(now.timestamp()), came_in=self.watch.seen_since(outage.highest_id))
        await self.posts.rewrite_everywhere(PostKind.OUTAGE, outage.subject, facts, now=now, cursors={CURSOR: ""})
        self._told = None
        log.info("outage over", since=datetime.fromtimestamp(outage.since, UTC).isoformat())


def _is_away(problem: BotError) -> bool:
    return isinstance(problem, MalformedReplyError) or (isinstance(problem, ApiError) and is_outage(problem))
