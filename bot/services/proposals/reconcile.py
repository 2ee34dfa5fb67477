"""Reconciliation of proposals whose answer was lost; never sends anything."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from pydantic import SecretStr

from bot.errors import BotError
from bot.identity.accounts import Accounts, Actor
from bot.reference.client import ReferenceClient
from bot.reference.models import PendingChange
from bot.reference.paging import read_pages
from bot.reference.queue_pages import ChangePage
from bot.services.reader_key import read_own_changes
from storage.intents import Intent, Intents, IntentState, not_queued
from storage.notices import NoticeKey

GIVE_UP_AFTER = timedelta(minutes=15)
"""After this time a change that the queue does not show was never queued; its draft may be sent again."""

LAST_LOOKUPS = 10
"""Lookups of an accepted but unlisted change: each process of the service may have its own queue."""

CLOCK_SLACK = timedelta(seconds=120)
"""Longest time by which the service's clock may be behind ours."""

CLOCK_RESOLUTION = timedelta(seconds=1)
"""The service dates its answers and its changes in whole seconds."""

INTERRUPTED_AFTER = timedelta(minutes=5)
"""Age by which every request has ended: an older intent without a result was interrupted."""

ANSWER_WITHIN = timedelta(minutes=1)
"""A person who waits for an answer has it by then; after that a direct message is sent."""

PAGE = 500
"""Changes per page (the service's limit)."""

log = structlog.get_logger(__name__)


def could_become(sent: Any, stored: Any) -> bool:
    """Return whether the service may have stored ``sent`` as ``stored``: no value contradicts.

    Equality never holds: the service adds fields (metadata, licensing, defaults), drops nulls and unknown fields,
    renames one, and converts some values: ``"123"`` to 123 (8.6.2).
    """
    if isinstance(sent, Mapping) and isinstance(stored, Mapping):
        return all(could_become(value, stored[key]) for key, value in sent.items() if key in stored)
    if isinstance(sent, list) and isinstance(stored, list):
        return len(sent) == len(stored) and all(map(could_become, sent, stored))
    are_numbers = isinstance(sent, int | float) and isinstance(stored, int | float)
    return bool(sent == stored) if are_numbers or isinstance(stored, type(sent)) else True


def is_ours(intent: Intent, change: PendingChange, lag: timedelta | None = None) -> bool:
    """Return whether a change is the one that an intent asked for.

    ``lag`` is how far the service's clock is behind ours, negative if it is ahead; None while unknown.
    """
    sent_at, behind = intent.sent_at or intent.created_at, max(lag or timedelta(), timedelta())
    return (
        change.requested_by == intent.horde_user_id
        and change.category == intent.category
        and change.operation.value == intent.operation
        and change.model_name == intent.model_name
        and (
            change.change_id > intent.highest_change_id
            or change.change_id == intent.change_id
            # A service that lost its counter gives out low ids again: then only the date shows that it came later.
            or (lag is not None and _is_dated_after(change, sent_at - lag - CLOCK_RESOLUTION))
        )
        and _is_dated_after(change, sent_at - CLOCK_SLACK - behind)
        and could_become(intent.payload, change.payload)
    )


def _is_dated_after(change: PendingChange, earliest: datetime) -> bool:
    return change.requested_at >= earliest.timestamp()


@dataclass(slots=True)
class ProposalReconciler:
    """Finds unanswered proposals among the person's own changes, with the person's own key.

    Service 3.0.0 has no list of own changes; there it reads the queue with a key that may see it.
    """

    accounts: Accounts
    client: ReferenceClient
    intents: Intents
    clock: Callable[[], datetime]
    reader_key: SecretStr

    async def reconcile_draft(self, draft_id: int) -> PendingChange | None:
        """Look up the proposal of one draft; ``None`` while it is not found.

        Raises:
            NotLinkedError: the person has unlinked.
            ApiError: the service does not answer.
        """
        intent = await self.intents.latest_for_draft(draft_id)
        if intent is None or intent.state not in (IntentState.UNKNOWN, IntentState.SENT):
            return None
        return await self._resolve(intent, is_person_waiting=True)

    async def reconcile(self) -> list[tuple[Intent, PendingChange]]:
        """Look up every unanswered proposal; return those found.

        Outcomes are notified; failures are retried at the next poll. Includes actions that a full disk
        interrupted.
        """
        found: list[tuple[Intent, PendingChange]] = []
        await self.intents.recover(self.clock(), before=self.clock() - INTERRUPTED_AFTER)
        for intent in await self.intents.unresolved():
            if intent.kind != "propose" or intent.state is not IntentState.UNKNOWN:
                continue
            try:
                change = await self._resolve(intent, is_person_waiting=False)
            except BotError as error:
                log.info("reconcile_postponed", intent_id=intent.intent_id, reason=type(error).__name__)
                continue
            if change is not None:
                found.append((intent, change))
        return found

    async def _resolve(self, intent: Intent, *, is_person_waiting: bool) -> PendingChange | None:
        actor = await self.accounts.actor(intent.user_id, needs=None)
        is_late = self.clock() - (intent.sent_at or intent.created_at) > GIVE_UP_AFTER
        for _ in range(LAST_LOOKUPS if is_late and intent.change_id is not None else 1):
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
        async def read(offset: int) -> ChangePage:
            return await read_own_changes(
                self.client, actor, self.reader_key, categories=(intent.category,), offset=offset, limit=PAGE
            )

        async for page in read_pages(read):
            match = await self._find(intent, page.items, self._lag())
            if match is not None:
                return match
        return None

    def _lag(self) -> timedelta | None:
        """Return how far the service's clock is behind ours; None while unknown."""
        date = self.client.service_date
        return None if date is None else self.clock() - date

    def _tell_at(self, *, is_person_waiting: bool) -> datetime:
        return self.clock() + (ANSWER_WITHIN if is_person_waiting else timedelta())

    async def _find(
        self, intent: Intent, changes: Iterable[PendingChange], lag: timedelta | None
    ) -> PendingChange | None:
        """Return the first match by ascending id that is not another proposal of the same person."""
        for change in changes:
            if is_ours(intent, change, lag) and not await self._is_claimed(change):
                return change
        return None

    async def _is_claimed(self, change: PendingChange) -> bool:
        # Another person's proposal may have the same id, from another process of the service.
        proposal = await self.intents.proposal_of(change.change_id, by=change.requested_by)
        if proposal is None or (proposal.category, proposal.model_name) != (change.category, change.model_name):
            return False
        # A much older proposal had this id before the service restarted its numbering.
        return proposal.created_at.timestamp() >= change.requested_at - GIVE_UP_AFTER.total_seconds()
