"""The worker that speaks in channels: posts that are due, posted once or rewritten where they stand."""

import asyncio
from functools import partial

import structlog

from bot.client.bot import CuratorBot
from bot.services.notifications.channel_posts import DuePost, PostKind
from bot.ui.notices.posts import picture_of, post_view
from cogs.queue_monitor.delivery import Delivery, Fate, deliver

log = structlog.get_logger(__name__)


class Poster:
    """Delivers one post at a time."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot

    async def post_all(self) -> None:
        """Deliver what is due; ends early when Discord is away."""
        for post in await self.bot.services.posts.due():
            try:
                if await self._deliver(post) is Fate.AWAY:
                    return
            except Exception:
                # One that cannot be drawn is left alone in the end, and keeps no other from being said.
                log.exception("post broke", kind=post.kind.value)
                await self.bot.services.posts.refused(post)

    async def _deliver(self, post: DuePost) -> Fate:
        # In a thread: a picture takes the processor longer than anybody should wait for an answer.
        picture = await asyncio.to_thread(picture_of, post) if post.kind is PostKind.DIGEST else None
        done = await deliver(
            self.bot.get_partial_messageable(post.channel_id, guild_id=post.guild_id),
            post.message_id,
            post.nonce,
            partial(post_view, post, self.bot.theme, picture),
            pinged_user_id=post.facts.get("ping") if post.kind is PostKind.THREAD else None,
        )
        await self._record(post, done)
        return done.fate

    async def _record(self, post: DuePost, done: Delivery) -> None:
        posts = self.bot.services.posts
        match done.fate:
            case Fate.DONE if done.message_id is not None:
                await posts.posted(post, done.message_id)
            case Fate.LOST:
                await posts.lost(post)
            case Fate.REFUSED:
                in_a_row = await posts.refused(post)
                log.warning("post refused", channel_id=post.channel_id, reason=done.reason, in_a_row=in_a_row)
                await self.bot.services.refused_channels.note(post.guild_id, post.channel_id, in_a_row)
            case _:
                await posts.postponed(post, done.wait)
                log.warning("post not made", kind=post.kind.value, reason=done.reason)
