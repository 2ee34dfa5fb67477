"""Which cards are to have a thread, and what each thread begins with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from storage.intents import Intents
from storage.thread_posts import ThreadPost, ThreadPosts, UnopenedThread

__all__ = ["Threads", "UnopenedThread"]

A_ROUND = 5
"""Threads opened at once: Discord allows few in a short time, and a server may switch them on over a long queue."""


@dataclass(slots=True)
class Threads:
    """Threads, as their worker sees them. One that stands is Discord's to archive."""

    thread_posts: ThreadPosts
    intents: Intents
    clock: Callable[[], datetime]

    async def due(self) -> list[UnopenedThread]:
        """Posted cards without a thread, in servers that want one for each change; oldest change first."""
        return await self.thread_posts.unopened(A_ROUND)

    async def opened(self, card: UnopenedThread, thread_id: int) -> None:
        """The thread is there: its first message is why the change was proposed, then what moved meanwhile."""
        proposal = await self.intents.proposal_of(card.change_id)
        why = (proposal.why or None) if proposal is not None else None
        whose = proposal.user_id if proposal is not None and why is not None else None
        subject = f"{card.change_id}:{card.message_id}:why"
        first = ThreadPost(card.change_id, subject, {"status": "why", "why": why}, user_id=whose)
        await self.thread_posts.opened(card, thread_id, first, self.clock())

    async def refused(self, card: UnopenedThread) -> int:
        """Discord refuses to open it; returns how often in a row. After three the card is left without."""
        return await self.thread_posts.refused(card)
