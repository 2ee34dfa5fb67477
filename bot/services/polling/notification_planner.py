"""Plans notifications of moved changes: direct messages, thread posts, announcements."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.reference.models import PendingChange
from bot.services.changes import CardState
from bot.services.polling.moves import Move
from storage.cards import TrackedChange
from storage.links import Links
from storage.notices import NoticeKey
from storage.subscriptions import SubscriptionKind, Subscriptions, Topic
from storage.thread_posts import Opening, ThreadPost

NOTIFIED = frozenset({CardState.APPROVED, CardState.REJECTED, CardState.APPLIED, CardState.PURGED})
"""States that a requestor is notified of."""

FOLLOWED = NOTIFIED | {CardState.PENDING}
"""States that subscribers are notified of."""

POSTED = FOLLOWED | {CardState.STUCK}
"""States that are posted in threads; applying lasts for seconds."""

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
    """Plans direct messages; they are stored in one transaction with the moves."""

    links: Links
    subscriptions: Subscriptions

    async def notices(self, moves: Iterable[Move]) -> list[NoticeKey]:
        """Return direct messages to requestors and subscribers; none about one's own decision."""
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


def _people_of(move: Move) -> set[str]:
    """Return the Horde ids of a change's requestor and of the person who moved it."""
    decider = None if move.change is None else decider_of(move.change, move.state)
    return {move.row.requested_by} | ({decider} if decider is not None else set())


def _recipients_of(move: Move, followers: Mapping[Topic, list[int]], users: Mapping[str, int]) -> set[int]:
    row = move.row
    topics = topics_of(row) if followers else ()
    recipients = {user_id for topic in topics for user_id in followers.get(topic, ())}
    if move.state in NOTIFIED and row.requested_by in users:
        recipients.add(users[row.requested_by])
    if recipients and move.change is not None:
        recipients.discard(users.get(decider_of(move.change, move.state) or "", 0))
    return recipients


def decider_of(change: PendingChange, state: CardState) -> str | None:
    """Return the Horde id of the person who brought the change into this state; None if unknown."""
    return {
        CardState.PENDING: change.requested_by,
        CardState.APPROVED: change.approved_by,
        CardState.REJECTED: change.rejected_by,
        CardState.APPLIED: change.applied_by or change.approved_by,
    }.get(state)


def thread_posts(moves: Iterable[Move]) -> Iterator[ThreadPost]:
    """Yield thread posts about moved changes, and announcements of those that went live."""
    for move in moves:
        is_first = move.before is None or move.before.digest != move.row.digest
        if not move.is_news or move.state not in POSTED or (is_first and move.state is CardState.PENDING):
            continue
        row = move.row
        yield ThreadPost(
            row.change_id,
            post_subject(row.change_id, row.digest, row.status),
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


def post_subject(change_id: int, digest: str, status: str) -> str:
    """Return the subject of the thread post about a change's state."""
    return f"{change_id}:{digest}:{status}"
