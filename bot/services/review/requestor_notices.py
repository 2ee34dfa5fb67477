"""Notices to the requestor of a decision, and posts where direct messages are closed."""

from dataclasses import dataclass
from datetime import datetime

from bot.reference.models import PendingChange
from bot.services.changes import CardState, ChangeFacts, NotifiedBy
from bot.services.polling.notification_planner import NOTIFIED, decider_of, post_subject
from storage.deliveries import Deliveries
from storage.delivery import Delivery, DeliveryKind, DeliveryState
from storage.links import Links
from storage.notices import NoticeKey
from storage.thread_posts import Opening, ThreadPost, ThreadPosts

UNDELIVERABLE = "told"
"""Status of a post that notifies a requestor whose direct messages are closed, as it is stored."""


@dataclass(slots=True)
class RequestorNotices:
    """Reads how far the notice of a decision got: a direct message, a post, or none."""

    links: Links
    deliveries: Deliveries
    thread_posts: ThreadPosts

    async def notified_by(self, change: PendingChange, state: CardState, guild_id: int | None) -> NotifiedBy | None:
        """Return how the requestor was notified of a decision; None before, and while it waits."""
        if state not in NOTIFIED - {CardState.PURGED} or decider_of(change, state) == change.requested_by:
            return None
        link = await self.links.by_horde_user(change.requested_by)
        if link is None:
            return await self._notified_by_post(_subject(change, state), guild_id, is_linked=False)
        match await self.deliveries.state_of(NoticeKey(link.user_id, change.change_id, state.value)):
            case DeliveryState.DELIVERED:
                return NotifiedBy.DIRECT_MESSAGE
            case DeliveryState.GIVEN_UP:
                return await self._notified_by_post(_undeliverable_subject(change, state), guild_id, is_linked=True)
        return None

    async def _notified_by_post(self, subject: str, guild_id: int | None, *, is_linked: bool) -> NotifiedBy | None:
        """Return how a post notified a requestor without direct messages; None while it waits."""
        posts = await self.thread_posts.posts(subject)
        delivered = [post for post in posts if post.message_id is not None]
        if any(post.state is DeliveryState.WAITING for post in posts) and not delivered:
            return None
        here = [post for post in delivered if post.guild_id == guild_id]
        if not here:
            return NotifiedBy.ELSEWHERE if delivered and is_linked else NotifiedBy.NONE
        return NotifiedBy.CHANNEL if here[0].facts.get("in_channel") else NotifiedBy.THREAD


def is_undeliverable_post(post: Delivery) -> bool:
    """Return whether a thread post notifies a requestor whose direct messages are closed."""
    return post.kind is DeliveryKind.THREAD and post.facts.get("status") == UNDELIVERABLE


def undeliverable_post(facts: ChangeFacts, user_id: int | None, guild_id: int, now: datetime) -> ThreadPost:
    """Return the thread post for a requestor whose direct messages are closed.

    Args:
        facts: the change, decided.
        user_id: Discord id to mention; None for a requestor who hides it or is not in the server.
        guild_id: the server to post in.
        now: time of the notice.
    """
    change = facts.change
    return ThreadPost(
        change.change_id,
        _undeliverable_subject(change, facts.state),
        {
            "status": UNDELIVERABLE,
            "about": facts.state.value,
            "digest": change.digest,
            "operation": change.operation.value,
            "name": change.model_name,
            "requested_by": change.requested_by,
            "requestor": change.requested_username,
            "reason": change.reject_reason if facts.state is CardState.REJECTED else None,
            "ping": user_id,
            "at": int(now.timestamp()),
        },
        user_id=user_id,
        opening=Opening.ALWAYS,
        guild_id=guild_id,
    )


def _subject(change: PendingChange, state: CardState) -> str:
    return post_subject(change.change_id, change.digest, state.value)


def _undeliverable_subject(change: PendingChange, state: CardState) -> str:
    """Return the subject of the post that notifies a requestor whose direct messages are closed."""
    return f"{_subject(change, state)}:{UNDELIVERABLE}"
