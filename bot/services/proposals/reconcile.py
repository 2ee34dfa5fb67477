"""Finds out what became of a proposal whose answer never came; never sends anything."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from pydantic import SecretStr

from bot.errors import BotError
from bot.identity.accounts import Accounts, Actor
from bot.identity.roles import Role
from bot.reference.client import ReferenceClient
from bot.reference.errors import NotFoundError
from bot.reference.models import ChangePage, PendingChange
from bot.reference.paging import read_pages
from bot.services.reader import as_reader
from storage.intents import Intent, Intents, IntentState, not_queued
from storage.outbox import NoticeKey

GIVE_UP_AFTER = timedelta(minutes=15)
"""After this long in front of a healthy service an absent change was never queued."""

LAST_LOOKS = 10
"""What the service took and does not show is looked for so often before that: any process of it may have it."""

CLOCK_SLACK = timedelta(seconds=120)
"""How far the service's clock may lag behind ours."""

HALFWAY_AFTER = timedelta(minutes=5)
"""By then every request of ours has ended: what still seems under way was stopped in between."""

ANSWER_WITHIN = timedelta(minutes=1)
"""Whoever waits for an answer has it by then; otherwise it did not arrive, and they are told by direct message."""

PAGE = 500
"""Changes a page: the service's limit."""

log = structlog.get_logger(__name__)


def could_become(sent: Any, stored: Any) -> bool:
    """Whether the service may have made of what was sent what it stored: nothing in it contradicts the other.

    Equality would never hold. The service adds fields (metadata, licensing, defaults), leaves out nulls and fields
    that it does not know, renames one, and reads some values as another type: ``"123"`` as 123 (8.6.2).
    """
    if isinstance(sent, Mapping) and isinstance(stored, Mapping):
        return all(could_become(value, stored[key]) for key, value in sent.items() if key in stored)
    if isinstance(sent, list) and isinstance(stored, list):
        return len(sent) == len(stored) and all(map(could_become, sent, stored))
    are_numbers = isinstance(sent, int | float) and isinstance(stored, int | float)
    return bool(sent == stored) if are_numbers or isinstance(stored, type(sent)) else True


def is_ours(intent: Intent, change: PendingChange, lag: timedelta = timedelta()) -> bool:
    """Whether a change of the queue is the one that an intent asked for; ``lag`` of the service's clock behind ours."""
    earliest = (intent.sent_at or intent.created_at) - CLOCK_SLACK - lag
    return (
        change.requested_by == intent.horde_user_id
        and change.category == intent.category
        and change.operation.value == intent.operation
        and change.model_name == intent.model_name
        and (change.change_id > intent.highest_change_id or change.change_id == intent.change_id)
        and change.requested_at >= earliest.timestamp()
        and could_become(intent.payload, change.payload)
    )


@dataclass(slots=True)
class Reconciler:
    """Looks for unanswered proposals among the person's own changes, with the person's own key.

    Where the service tells nobody their own changes apart (3.0.0), it looks with a key that may see the queue.
    """

    accounts: Accounts
    client: ReferenceClient
    intents: Intents
    clock: Callable[[], datetime]
    reader_key: SecretStr

    async def look_for(self, draft_id: int) -> PendingChange | None:
        """Look for the proposal of one draft; ``None`` while it has not turned up (or never will).

        Raises:
            NotLinkedError: the person has unlinked meanwhile.
            ApiError: the service does not answer.
        """
        intent = await self.intents.latest_for_draft(draft_id)
        if intent is None or intent.state not in (IntentState.UNKNOWN, IntentState.SENT):
            return None
        return await self._settle(intent, is_person_waiting=True)

    async def look_for_all(self) -> list[tuple[Intent, PendingChange]]:
        """Look for everything that is unanswered; returns what was found, and has its requestors told either way.

        Failures wait for the next time. An action that a full disk stopped halfway is unanswered as well.
        """
        found: list[tuple[Intent, PendingChange]] = []
        await self.intents.recover(self.clock(), before=self.clock() - HALFWAY_AFTER)
        for intent in await self.intents.unresolved():
            if intent.kind != "propose" or intent.state is not IntentState.UNKNOWN:
                continue
            try:
                change = await self._settle(intent, is_person_waiting=False)
            except BotError as error:
                log.info("reconciling waits", intent_id=intent.intent_id, reason=type(error).__name__)
                continue
            if change is not None:
                found.append((intent, change))
        return found

    async def _settle(self, intent: Intent, *, is_person_waiting: bool) -> PendingChange | None:
        actor = await self.accounts.actor(intent.user_id, needs=None)
        is_late = self.clock() - (intent.sent_at or intent.created_at) > GIVE_UP_AFTER
        for _ in range(LAST_LOOKS if is_late and intent.change_id is not None else 1):
            match = await self._search(actor, intent)
            if match is not None:
                news = NoticeKey(intent.user_id, match.change_id, match.status.value)
                await self.intents.resolve(
                    intent.intent_id,
                    IntentState.QUEUED,
                    change_id=match.change_id,
                    now=self.clock(),
                    notices=(news,),
                    tell_at=self._tell_at(is_person_waiting=is_person_waiting),
                )
                return match
        if is_late:
            await self.intents.resolve(
                intent.intent_id,
                IntentState.NOT_QUEUED,
                now=self.clock(),
                notices=(not_queued(intent.user_id, intent.intent_id),),
                tell_at=self._tell_at(is_person_waiting=is_person_waiting),
            )
        return None

    async def _search(self, actor: Actor, intent: Intent) -> PendingChange | None:
        async for page in read_pages(partial(self._page, actor, intent)):
            match = await self._find(intent, page.items, self._lag())
            if match is not None:
                return match
        return None

    def _lag(self) -> timedelta:
        """How far the service's clock is behind ours. One that is ahead finds ours without this."""
        told = self.client.service_date
        return timedelta() if told is None else max(self.clock() - told, timedelta())

    def _tell_at(self, *, is_person_waiting: bool) -> datetime:
        return self.clock() + (ANSWER_WITHIN if is_person_waiting else timedelta())

    async def _page(self, actor: Actor, intent: Intent, offset: int) -> ChangePage:
        categories = (intent.category,)
        try:
            return await self.client.my_changes(actor.key, categories=categories, offset=offset, limit=PAGE)
        except NotFoundError as error:
            if not error.is_route_missing:
                raise
        key = actor.key if Role.APPROVER in actor.roles else self.reader_key
        own = (intent.horde_user_id,)
        with as_reader():
            return await self.client.changes(key, categories=categories, requested_by=own, offset=offset, limit=PAGE)

    async def _find(self, intent: Intent, changes: Iterable[PendingChange], lag: timedelta) -> PendingChange | None:
        """Ascending by id: of two matches the first is ours, unless it is another proposal's of the same person."""
        for change in changes:
            if is_ours(intent, change, lag) and not await self._is_claimed(change):
                return change
        return None

    async def _is_claimed(self, change: PendingChange) -> bool:
        # Somebody else's proposal may have the same number, from another process of the service.
        proposal = await self.intents.proposal_of(change.change_id, by=change.requested_by)
        if proposal is None or (proposal.category, proposal.model_name) != (change.category, change.model_name):
            return False
        # A much older one had this id before the service began to count anew.
        return proposal.created_at.timestamp() >= change.requested_at - GIVE_UP_AFTER.total_seconds()
