"""Who is told of what moved in the queue, and what its threads and announcement channels say of it."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.reference.models import PendingChange
from bot.services.changes import CardState, ChangeFacts, Told
from storage.cards import Cards, TrackedChange
from storage.links import Links
from storage.outbox import NoticeKey, NoticeState, Outbox
from storage.subscriptions import SubscriptionKind, Subscriptions, Topic
from storage.thread_posts import ThreadPost

TOLD = frozenset({CardState.APPROVED, CardState.REJECTED, CardState.APPLIED, CardState.PURGED})
"""States that a requestor is told about."""

FOLLOWED = TOLD | {CardState.PENDING}
"""States that those who follow a change are told about."""

SAID = FOLLOWED | {CardState.STUCK}
"""States that a thread tells; that a change is being applied lasts for seconds."""

SLICE = 100
"""Moves looked at before anybody else gets a turn."""


@dataclass(frozen=True, slots=True)
class Move:
    """A change that is new to the bot or not what it was; ``change`` is None where the service no longer has it."""

    row: TrackedChange
    before: TrackedChange | None
    change: PendingChange | None

    @property
    def state(self) -> CardState:
        """What it is now."""
        return CardState(self.row.status)

    @property
    def is_news(self) -> bool:
        """Whether its state is another one, or its id stands for something else."""
        before = self.before
        return before is None or (before.status, before.digest) != (self.row.status, self.row.digest)


def topics_of(category: str, model_name: str, requested_by: str) -> tuple[Topic, ...]:
    """What somebody may follow to hear of a change, the narrowest first."""
    return (
        Topic(SubscriptionKind.MODEL, category, model_name),
        Topic(SubscriptionKind.REQUESTOR, "", requested_by),
        Topic(SubscriptionKind.CATEGORY, category, ""),
    )


@dataclass(slots=True)
class NotificationPlanner:
    """Decides; what it decides is kept together with what was seen."""

    cards: Cards
    links: Links
    outbox: Outbox
    subscriptions: Subscriptions

    async def notices(self, moves: Iterable[Move]) -> list[NoticeKey]:
        """Whom to tell by direct message: requestors and followers, each once; nobody of what they did themselves."""
        news = [move for move in moves if move.is_news and move.state in FOLLOWED]
        followers = await self.subscriptions.followers() if news else {}
        people = _People(self.links)
        keys: dict[NoticeKey, None] = {}
        for number, move in enumerate(news, start=1):
            if number % SLICE == 0:
                await asyncio.sleep(0)  # a first look makes thousands
            told = await self._told_of(move, followers, people)
            keys.update(dict.fromkeys(NoticeKey(user, move.row.change_id, move.row.status) for user in told))
        return list(keys)

    def thread_posts(self, moves: Iterable[Move]) -> list[ThreadPost]:
        """What the threads of what moved say, and which of it is announced: what is live now."""
        return list(_thread_posts(moves))

    async def told(self, facts: ChangeFacts, guild_id: int | None) -> ChangeFacts:
        """Add how the requestor learnt of the decision."""
        change, state = facts.change, facts.state
        if state not in TOLD - {CardState.PURGED} or _decider(change, state) == change.requested_by:
            return facts
        link = await self.links.by_horde_user(change.requested_by)
        notice = None
        if link is not None:
            notice = await self.outbox.state_of(NoticeKey(link.user_id, change.change_id, state.value))
        if notice is NoticeState.DONE:
            return replace(facts, told=Told.DIRECT)
        if link is not None and notice is not NoticeState.DEAD:
            return facts
        cards = await self.cards.cards_of(change.change_id)
        has_thread = any(card.thread_id is not None and guild_id in (None, card.guild_id) for card in cards)
        return replace(facts, told=Told.THREAD if has_thread else Told.NOBODY)

    async def _told_of(self, move: Move, followers: Mapping[Topic, list[int]], people: "_People") -> set[int]:
        row = move.row
        topics = topics_of(row.category, row.model_name, row.requested_by) if followers else ()
        told = {user_id for topic in topics for user_id in followers.get(topic, ())}
        if move.state in TOLD and (requestor := await people.user_of(row.requested_by)) is not None:
            told.add(requestor)
        if told and move.change is not None and (decider := _decider(move.change, move.state)) is not None:
            told -= {await people.user_of(decider)}
        return told


class _People:
    """Discord ids by Horde id, each looked up once."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._known: dict[str, int | None] = {}

    async def user_of(self, horde_user_id: str) -> int | None:
        if horde_user_id not in self._known:
            link = await self._links.by_horde_user(horde_user_id)
            self._known[horde_user_id] = link.user_id if link is not None else None
        return self._known[horde_user_id]


def _decider(change: PendingChange, state: CardState) -> str | None:
    """Horde id of who brought the change into this state."""
    return {
        CardState.PENDING: change.requested_by,
        CardState.APPROVED: change.approved_by,
        CardState.REJECTED: change.rejected_by,
        CardState.APPLIED: change.applied_by or change.approved_by,
    }.get(state)


def _thread_posts(moves: Iterable[Move]) -> Iterator[ThreadPost]:
    for move in moves:
        is_first = move.before is None or move.before.digest != move.row.digest
        if not move.is_news or move.state not in SAID or (is_first and move.state is CardState.PENDING):
            continue
        row = move.row
        yield ThreadPost(
            row.change_id,
            f"{row.change_id}:{row.digest}:{row.status}",
            _facts(move),
            is_announced=move.state is CardState.APPLIED,
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
    }


def _by(change: PendingChange, state: CardState) -> tuple[str | None, int | None]:
    """Horde name of who did it, and when."""
    match state:
        case CardState.APPROVED:
            return change.approved_username or change.approved_by, change.approved_at
        case CardState.REJECTED:
            return change.rejected_username or change.rejected_by, change.rejected_at
        case CardState.APPLIED:
            return change.applied_username or change.applied_by, change.applied_at
    return None, change.updated_at


def undeliverable_post(facts: ChangeFacts, user_id: int | None, now: datetime) -> ThreadPost:
    """What the thread says to a requestor whom no direct message reaches.

    Args:
        facts: the change, decided.
        user_id: Discord id to mention, None where that would tell who they are.
        now: part of the facts only.
    """
    change = facts.change
    return ThreadPost(
        change.change_id,
        f"{change.change_id}:{change.digest}:{facts.state.value}:told",
        {
            "status": "told",
            "about": facts.state.value,
            "requested_by": change.requested_by,
            "requestor": change.requested_username,
            "ping": user_id,
            "at": int(now.timestamp()),
        },
        user_id=user_id,
    )
