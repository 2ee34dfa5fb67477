"""Threads to open under cards, and the first post of each."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from storage.intents import Intents
from storage.thread_posts import ThreadPost, ThreadPosts, UnopenedThread

__all__ = ["Threads", "UnopenedThread"]

THREADS_PER_ROUND = 5
"""Threads opened at once: Discord allows few in a short time, and a server may enable them over a long queue."""


@dataclass(slots=True)
class Threads:
    """Threads, as their worker sees them. Discord archives an open thread by itself."""

    thread_posts: ThreadPosts
    intents: Intents
    clock: Callable[[], datetime]

    async def due(self, guild_ids: Collection[int] | None = None) -> list[UnopenedThread]:
        """Return posted cards without a thread for which a post waits; oldest change first."""
        return await self.thread_posts.unopened(THREADS_PER_ROUND, guild_ids)

    async def opened(self, card: UnopenedThread, thread_id: int) -> None:
        """Record an open thread; queue the proposal's reason, and posts that waited for it."""
        proposal = await self.intents.proposal_of(card.change_id)
        first = None
        if proposal is not None and proposal.why.strip():
            subject, facts = f"{card.change_id}:{card.message_id}:why", {"status": "why", "why": proposal.why}
            first = ThreadPost(card.change_id, subject, facts, user_id=proposal.user_id)
        await self.thread_posts.opened(card, thread_id, first, self.clock())

    async def adopt(self, guild_id: int, message_id: int) -> None:
        """Record a thread that a person opened under a card."""
        await self.thread_posts.adopt(guild_id, message_id)

    async def refused(self, card: UnopenedThread) -> int:
        """Record that Discord refused a thread; return the refusals in a row, three at most."""
        return await self.thread_posts.refused(card)
