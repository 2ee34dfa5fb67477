"""What the bot says in channels besides cards: added with its reason, delivered by the worker, rewritten in place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from storage.posts import Post, PostKey, PostKind, Posts

__all__ = ["RETRY_FIRST", "ChannelPosts", "DuePost", "PostKind"]

RETRY_FIRST = timedelta(seconds=30)
"""Until a post that Discord did not take goes out again."""

KEPT_FOR = timedelta(days=90)
"""What was said in a channel stands there; the bot need not know any more what it was."""

type DuePost = Post
"""A post to deliver now: of which kind, what it says (``facts``), and where it stands already."""


@dataclass(slots=True)
class ChannelPosts:
    """Posts, as those who have something to say and the worker see them."""

    posts: Posts
    clock: Callable[[], datetime]
    _expired_on: date | None = None

    async def add(
        self,
        guild_id: int,
        channel_id: int,
        kind: PostKind,
        subject: str,
        facts: Mapping[str, Any],
        *,
        now: datetime | None = None,
        user_id: int | None = None,
    ) -> bool:
        """Have something said in a channel or thread; False when it was said before.

        Args:
            guild_id: the server.
            channel_id: a channel or a thread of it.
            kind: who draws it.
            subject: what makes it the same post, together with server and kind.
            facts: what it says, as JSON.
            now: not before then; ``None`` for at once.
            user_id: whom it answers; it is forgotten with them.
        """
        post = PostKey(guild_id, channel_id, kind, subject, facts, user_id)
        return await self.posts.add([post], now or self.clock()) > 0

    async def forget(self, kind: PostKind, before: datetime) -> None:
        """Keep no more what was said before then, and stands there or never will."""
        await self.posts.drop_before(kind, before)

    async def expire(self) -> None:
        """Once a day, keep no more what was said long ago."""
        today = self.clock().date()
        if self._expired_on != today:
            await self.posts.forget_before(self.clock() - KEPT_FOR)
            self._expired_on = today

    async def due(self) -> list[DuePost]:
        """What is to be posted or edited now, oldest first."""
        return await self.posts.due(self.clock())

    async def posted(self, post: DuePost, message_id: int) -> None:
        """It stands as this message, and says what it should."""
        await self.posts.mark_posted(post.post_id, message_id, post.revision)

    async def refused(self, post: DuePost) -> int:
        """Discord refuses it; returns how often in a row. After three it is left alone."""
        await self.postponed(post)
        return await self.posts.mark_failed(post.post_id)

    async def lost(self, post: DuePost) -> None:
        """Somebody deleted the message: it is not said again."""
        await self.posts.mark_lost(post.post_id)

    async def postponed(self, post: DuePost, wait: timedelta = RETRY_FIRST) -> None:
        """Discord did not take it now; later again."""
        await self.posts.postpone(post.post_id, self.clock(), wait)
