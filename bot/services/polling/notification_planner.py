"""Plans notifications of changes that moved: direct messages, thread posts and announcements."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.reference.models import PendingChange
from bot.services.changes import CardState, ChangeFacts, NotifiedBy
from bot.services.polling.moves import Move
from storage.cards import TrackedChange
from storage.deliveries import Deliveries
from storage.delivery import Delivery, DeliveryKind, DeliveryState
from storage.links import Links
from storage.notices import NoticeKey
from storage.subscriptions import SubscriptionKind, Subscriptions, Topic
from storage.thread_posts import Opening, ThreadPost, ThreadPosts

NOTIFIED = frozenset({CardState.APPROVED, CardState.REJECTED, CardState.APPLIED, CardState.PURGED})
"""States that a requestor is notified of."""

FOLLOWED = NOTIFIED | {CardState.PENDING}
"""States that subscribers are notified of."""

POSTED = FOLLOWED | {CardState.STUCK}
"""States that are posted in threads; applying lasts for seconds."""

UNDELIVERABLE = "told"
"""Status of a post that notifies a requestor whose direct messages are closed, as it is stored."""

SLICE = 100
"""Moves planned before other tasks run."""


def topics_of(change: PendingChange | TrackedChange) -> tuple[Topic, ...]:
    """Return the topics whose subscribers hear of a change, the narrowest first."""
    return (
        Topic(SubscriptionKind.MODEL, change.category, change.model_name),
        Topic(SubscriptionKind.REQUESTOR, "", change.requested_by),
        Topic(SubscriptionKind.CATEGORY, change.category, ""),
    )


@dataclass(slots=True)
class NotificationPlanner:
    """Plans deliveries; they are stored in one transaction with the moves."""

    links: Links
    deliveries: Deliveries
    posts: ThreadPosts
    subscriptions: Subscriptions

    async def notices(self, moves: Iterable[Move]) -> list[NoticeKey]:
        """Return direct messages to requestors and subscribers, each once; none about a person's own decision."""
        news = [move for move in moves if move.is_news and move.state in FOLLOWED]
        if not news:
            return []
        known = {one for move in news for one in _people_of(move)}
        followers, users = await asyncio.gather(self.subscriptions.followers(), self.links.users_of(known))
        keys: dict[NoticeKey, None] = {}
        for number, move in enumerate(news, start=1):
            if number % SLICE == 0:
                await asyncio.sleep(0)  # a first poll makes thousands
            recipients = _recipients_of(move, followers, users)
            keys.update(dict.fromkeys(NoticeKey(user, move.row.change_id, move.row.status) for user in recipients))
        return list(keys)

    def thread_posts(self, moves: Iterable[Move]) -> list[ThreadPost]:
        """Return posts for the threads of moved changes; those about changes that went live are announced too."""
        return list(_thread_posts(moves))

    async def notified_by(self, change: PendingChange, state: CardState, guild_id: int | None) -> NotifiedBy | None:
        """Return how the requestor was notified of a decision; None before it, and while the message waits."""
        if state not in NOTIFIED - {CardState.PURGED} or _decider(change, state) == change.requested_by:
            return None
        link = await self.links.by_horde_user(change.requested_by)
        if link is None:
            return await self._notified_by_post(subject_of(change, state), guild_id, is_linked=False)
        match await self.deliveries.state_of(NoticeKey(link.user_id, change.change_id, state.value)):
            case DeliveryState.DELIVERED:
                return NotifiedBy.DIRECT_MESSAGE
            case DeliveryState.GIVEN_UP:
                return await self._notified_by_post(undeliverable_subject(change, state), guild_id, is_linked=True)
        return None

    async def _notified_by_post(self, subject: str, guild_id: int | None, *, is_linked: bool) -> NotifiedBy | None:
        """Return how a post notified a requestor whom no direct message reached; None while it waits."""
        posts = await self.posts.posts(subject)
        delivered = [post for post in posts if post.message_id is not None]
        if any(post.state is DeliveryState.WAITING for post in posts) and not delivered:
            return None
        here = [post for post in delivered if post.guild_id == guild_id]
        if not here:
            return NotifiedBy.ELSEWHERE if delivered and is_linked else NotifiedBy.NONE
        return NotifiedBy.CHANNEL if here[0].facts.get("in_channel") else NotifiedBy.THREAD


def _people_of(move: Move) -> set[str]:
    """Return the Horde ids of a change's requestor and of the person who moved it."""
    decider = None if move.change is None else _decider(move.change, move.state)
    return {move.row.requested_by} | ({decider} if decider is not None else set())


def _recipients_of(move: Move, followers: Mapping[Topic, list[int]], users: Mapping[str, int]) -> set[int]:
    row = move.row
    topics = topics_of(row) if followers else ()
    recipients = {user_id for topic in topics for user_id in followers.get(topic, ())}
    if move.state in NOTIFIED and row.requested_by in users:
        recipients.add(users[row.requested_by])
    if recipients and move.change is not None:
        recipients.discard(users.get(_decider(move.change, move.state) or "", 0))
    return recipients


def _decider(change: PendingChange, state: CardState) -> str | None:
    """Return the Horde id of the person who brought the change into this state; None if unknown."""
    return {
        CardState.PENDING: change.requested_by,
        CardState.APPROVED: change.approved_by,
        CardState.REJECTED: change.rejected_by,
        CardState.APPLIED: change.applied_by or change.approved_by,
    }.get(state)


def _thread_posts(moves: Iterable[Move]) -> Iterator[ThreadPost]:
    for move in moves:
        is_first = move.before is None or move.before.digest != move.row.digest
        if not move.is_news or move.state not in POSTED or (is_first and move.state is CardState.PENDING):
            continue
        row = move.row
        yield ThreadPost(
            row.change_id,
            f"{row.change_id}:{row.digest}:{row.status}",
            _facts(move),
            is_announced=move.state is CardState.APPLIED and move.live_difference is None,
            opening=Opening.WANTED if move.state is CardState.REJECTED or move.live_difference else Opening.NEVER,
        )


def _facts(move: Move) -> dict[str, Any]:
    row, change, state = move.row, move.change, move.state
    who, when = (None, None) if change is None else _by(change, state)
    return {
        "status": row.status,
        "digest": row.digest,
        "operation": row.operation,
        "category": row.category,
        "name": row.model_name,
        "requested_by": row.requested_by,
        "requestor": row.requested_username,
        "by": who,
        "at": when or int(row.updated_at.timestamp()),
        "reason": change.reject_reason if change is not None and state is CardState.REJECTED else None,
        **({} if move.live_difference is None else {"differs": list(move.live_difference.fields)}),
    }


def _by(change: PendingChange, state: CardState) -> tuple[str | None, int | None]:
    """Return the Horde name of the person who brought the change into this state, and the time."""
    match state:
        case CardState.APPROVED:
            return change.approved_username or change.approved_by, change.approved_at
        case CardState.REJECTED:
            return change.rejected_username or change.rejected_by, change.rejected_at
        case CardState.APPLIED:
            return change.applied_username or change.applied_by, change.applied_at
    return None, change.updated_at


def subject_of(change: PendingChange, state: CardState) -> str:
    """Return the subject of the thread post about a change's state."""
    return f"{change.change_id}:{change.digest}:{state.value}"


def undeliverable_subject(change: PendingChange, state: CardState) -> str:
    """Return the subject of the post that notifies a requestor whose direct messages are closed."""
    return f"{subject_of(change, state)}:{UNDELIVERABLE}"


def is_undeliverable_post(post: Delivery) -> bool:
    """Return whether a thread post notifies a requestor whose direct messages are closed."""
    return post.kind is DeliveryKind.THREAD and post.facts.get("status") == UNDELIVERABLE


def undeliverable_post(facts: ChangeFacts, user_id: int | None, guild_id: int, now: datetime) -> ThreadPost:
    """Return the post that notifies a requestor whose direct messages are closed, in a thread opened for it.

    Args:
        facts: the change, decided.
        user_id: Discord id to mention; None for a requestor who hides it or is not in the server.
        guild_id: the server to post in.
        now: part of the facts only.
    """
    change = facts.change
    return ThreadPost(
        change.change_id,
        undeliverable_subject(change, facts.state),
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
