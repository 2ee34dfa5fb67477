"""Posts about outages: one per review channel, edited when the service is back."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog

from bot.reference.errors import ApiError, MalformedReplyError, ReadOnlyError, is_outage
from bot.services.polling.queue_monitor import QueueMonitor
from bot.services.polling.queue_snapshot import QueueSnapshot
from bot.services.reader_key import ReaderProblem
from storage.cursors import Cursors
from storage.deliveries import Deliveries, NewPost
from storage.delivery import DeliveryKind
from storage.drafts import Drafts
from storage.guild_settings import GuildSettings
from storage.notices import About, NoticeKey

AWAY_AFTER = timedelta(seconds=60)
"""Shortest outage: an apply blocks the service for up to a minute (8.6.2)."""

BLIND_AFTER = timedelta(minutes=30)
"""Shortest time of any other failure that is posted: an AI-Horde that is busy recovers by itself."""

UNREADABLE = "unreadable"
"""The queue cannot be read for another reason than the reader key."""

SURE = (ReaderProblem.UNKNOWN_KEY, ReaderProblem.NO_ROLE)
"""Causes that only an operator can remove."""

CURSOR = "outage"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outage:
    """An outage that was posted.

    Attributes:
        since: Unix seconds; identifies the outage.
        highest_id: id of the newest change seen before it.
        blind: the service answers, but the bot cannot read the queue: a reader problem, or ``UNREADABLE``.
        was_read_only: whether the service was read-only at any time in it.
    """

    since: int
    is_read_only: bool
    highest_id: int
    blind: str | None = None
    was_read_only: bool = False

    @property
    def subject(self) -> str:
        """Subject of its posts."""
        return str(self.since)

    def facts(self, *, until: int | None = None, came_in: int = 0) -> dict[str, int | bool | str | None]:
        """Return the facts of its posts."""
        facts: dict[str, int | bool | str | None]
        facts = {"since": self.since, "is_read_only": self.is_read_only, "until": until, "came_in": came_in}
        return facts if self.blind is None else {**facts, "blind": self.blind}


@dataclass(slots=True)
class Outages:
    """Compares each poll's result with the posted outage, which survives a restart."""

    monitor: QueueMonitor
    snapshot: QueueSnapshot
    deliveries: Deliveries
    guild_settings: GuildSettings
    cursors: Cursors
    drafts: Drafts
    clock: Callable[[], datetime]
    _posted: Outage | None = None
    _is_loaded: bool = False

    async def note(self) -> None:
        """Queue or rewrite posts after a poll, failed or not."""
        if not self._is_loaded:
            text = await self.cursors.get(CURSOR)
            self._posted, self._is_loaded = Outage(**json.loads(text)) if text else None, True
        problem = self.monitor.problem
        if problem is None:
            if self._posted is not None:
                await self._end(self._posted)
            return
        is_read_only = isinstance(problem, ReadOnlyError)
        blind = None if is_read_only or _is_away(problem) else self.monitor.reader_problem or UNREADABLE
        if self._posted is None:
            await self._begin(is_read_only=is_read_only, blind=blind)
        elif (self._posted.is_read_only, self._posted.blind) != (is_read_only, blind) and blind in (None, *SURE):
            was_read_only = self._posted.was_read_only or is_read_only
            outage = replace(self._posted, is_read_only=is_read_only, blind=blind, was_read_only=was_read_only)
            await self._change(outage)

    async def _begin(self, *, is_read_only: bool, blind: str | None) -> None:
        """Queue posts: at once if the service is read-only, else later, as it may be busy."""
        now, since = self.clock(), self.monitor.away_since
        if since is None:
            return
        least = AWAY_AFTER if blind in (None, *SURE) else BLIND_AFTER
        if not is_read_only and now - since < least:
            return
        highest_id = self.snapshot.highest_change_id
        outage = Outage(int(since.timestamp()), is_read_only, highest_id, blind, was_read_only=is_read_only)
        posts = [
            NewPost(server.guild_id, server.review_channel_id, DeliveryKind.OUTAGE, outage.subject, outage.facts())
            for server in await self.guild_settings.all_with_review_channel()
        ]
        await self.deliveries.add_posts(posts, now, cursors={CURSOR: json.dumps(asdict(outage))})
        self._posted = outage
        log.warning("outage_posted", is_read_only=is_read_only, blind=blind, since=since.isoformat())

    async def _change(self, outage: Outage) -> None:
        cursors = {CURSOR: json.dumps(asdict(outage))}
        await self.deliveries.rewrite_everywhere(
            DeliveryKind.OUTAGE, outage.subject, outage.facts(), now=self.clock(), cursors=cursors
        )
        self._posted = outage

    async def _end(self, outage: Outage) -> None:
        now = self.clock()
        facts = outage.facts(until=int(now.timestamp()), came_in=self.snapshot.seen_since(outage.highest_id))
        posted = await self.deliveries.posted_in(DeliveryKind.OUTAGE, outage.subject)
        back = [
            NewPost(guild_id, channel_id, DeliveryKind.OUTAGE, f"{outage.subject}:back", {**facts, "is_back": True})
            for guild_id, channel_id in posted
        ]
        await self.deliveries.add_posts(back, now)
        if outage.was_read_only:
            recently_edited = await self.drafts.recently_edited(datetime.fromtimestamp(outage.since, UTC))
            offers = [
                NoticeKey(user_id, draft_id, outage.subject, About.OFFER) for user_id, draft_id in recently_edited
            ]
            await self.deliveries.add_notices(offers, now)
        await self.deliveries.rewrite_everywhere(
            DeliveryKind.OUTAGE, outage.subject, facts, now=now, cursors={CURSOR: ""}
        )
        await self.deliveries.drop_unposted(DeliveryKind.OUTAGE, outage.subject)
        self._posted = None
        log.info("outage_ended", since=datetime.fromtimestamp(outage.since, UTC).isoformat())


def _is_away(problem: Exception) -> bool:
    return isinstance(problem, MalformedReplyError) or (isinstance(problem, ApiError) and is_outage(problem))
