"""The way of a draft into the queue: an intent on disk before each request, sent once, looked for when unanswered."""

import asyncio
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.errors import BotError
from bot.identity.accounts import Accounts, Actor
from bot.identity.roles import Role
from bot.reference.client import ReferenceClient
from bot.reference.deployment import assert_canonical_write_enabled
from bot.reference.errors import (
    ApiError,
    ForbiddenError,
    IndeterminateError,
    MalformedReplyError,
    NotFoundError,
    ReadOnlyError,
)
from bot.reference.models import CanonicalFormat, Operation, PendingChange
from bot.reference.records import to_payload
from bot.services.catalogue import Catalogue
from bot.services.changes import CardState, ChangeFacts, Origin
from bot.services.checks import has_fail
from bot.services.community.model_names import require_name
from bot.services.errors import DraftGoneError
from bot.services.proposals.draft_service import DraftService
from bot.services.proposals.live_comparison import Comparison, LiveComparison
from bot.services.proposals.outcomes import InProgress, LiveMoved, NotReady, Queued, SubmitOutcome, Unchanged, Unsure
from bot.services.proposals.reconcile import ANSWER_WITHIN, Reconciler
from bot.services.proposals.refusal_checks import field_errors_of
from bot.services.reader import ReaderKeyError
from bot.services.watching.watch import Watch
from storage.drafts import Draft, DraftState
from storage.errors import DraftUnavailableError, StorageError
from storage.intents import FieldError, Intent, Intents, IntentState, not_queued
from storage.outbox import NoticeKey, Outbox

LOOKING_FOR = timedelta(minutes=15)
"""How long an unanswered proposal is looked for before the person may send it again."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class SubmissionService:
    """Sends drafts, and finds out what became of those that nobody answered."""

    accounts: Accounts
    client: ReferenceClient
    catalogue: Catalogue
    draft_service: DraftService
    intents: Intents
    outbox: Outbox
    watch: Watch
    reconciler: Reconciler
    live_comparison: LiveComparison
    clock: Callable[[], datetime]
    _locks: "weakref.WeakValueDictionary[int, asyncio.Lock]" = field(default_factory=weakref.WeakValueDictionary)

    async def submit(
        self, user_id: int, draft_id: int, origin: Origin, *, confirmation: str | None = None
    ) -> SubmitOutcome:
        """Send a draft, exactly once.

        The intent is on disk before the request leaves. When no answer comes, nothing is sent again:
        the change is looked for among the person's own. What changes a live record is held against that record
        as it is now: nothing is sent when it says all of it already, or when it moved since the draft began.

        Args:
            user_id: Discord id of the requestor.
            draft_id: the draft.
            origin: the press.
            confirmation: what the person typed to confirm a delete, which is not sent without.

        Raises:
            NameMismatchError: it is not the name of the model; nothing was sent.
            DraftGoneError: sent, discarded or expired meanwhile.
            NotLinkedError, MissingRoleError: the person may not propose; nothing was sent.
            ApiError: the service refused; the draft is kept.
        """
        lock = self._locks.setdefault(draft_id, asyncio.Lock())
        if lock.locked():
            return InProgress(await self.draft_service.show(user_id, draft_id))
        async with lock:
            draft = await self.draft_service.kept(user_id, draft_id)
            if draft.state is not DraftState.OPEN:
                return await self._look(user_id, draft)
            actor = await self.accounts.actor(user_id, needs=Role.REQUESTOR)
            deployment = self.catalogue.deployment or await self.catalogue.current_deployment()
            if draft.operation == Operation.DELETE:
                require_name(draft.model_name, confirmation)
            settled = await self._settle(draft)
            draft, facts = settled.draft, await self.draft_service.facts(settled.draft)
            if has_fail(facts.checks):
                return NotReady(facts)
            if settled.is_unchanged:
                return Unchanged(facts)
            if settled.moved is not None:
                return LiveMoved(facts, settled.moved.taken, settled.moved.contested)
            if facts.dialect is CanonicalFormat.LEGACY:
                # Without this a replica would answer 405 from a route that is not mounted: no words at all.
                assert_canonical_write_enabled(facts.dialect, deployment=deployment)
            return await self._send(actor, draft, origin)

    async def look(self, user_id: int, draft_id: int) -> SubmitOutcome:
        """Look for a proposal whose answer never came.

        Raises:
            DraftGoneError: found and settled meanwhile, discarded or expired.
        """
        return await self._look(user_id, await self.draft_service.kept(user_id, draft_id))

    async def told(self, user_id: int, outcome: SubmitOutcome) -> None:
        """The person has the answer in front of them: no direct message repeats it, unless the disk fails now."""
        try:
            match outcome:
                case Queued(facts):
                    change = facts.change
                    await self.outbox.mark_told(NoticeKey(user_id, change.change_id, change.status.value))
                case NotReady(draft):
                    await self._not_queued_told(user_id, draft.draft_id)
        except StorageError as error:
            log.error("not written down that it was told", reason=type(error).__name__)  # noqa: TRY400 - foreseen

    async def refusal_told(self, user_id: int, draft_id: int) -> None:
        """The person has the refusal of a draft in front of them; as ``told``."""
        try:
            await self._not_queued_told(user_id, draft_id)
        except StorageError as error:
            log.error("not written down that it was told", reason=type(error).__name__)  # noqa: TRY400 - foreseen

    async def _not_queued_told(self, user_id: int, draft_id: int) -> None:
        intent = await self.intents.latest_for_draft(draft_id)
        if intent is not None and intent.state in (IntentState.NOT_QUEUED, IntentState.REFUSED):
            await self.outbox.mark_told(not_queued(user_id, intent.intent_id, intent.state))

    async def _settle(self, draft: Draft) -> Comparison:
        try:
            return await self.live_comparison.settle(draft)
        except DraftUnavailableError:
            raise DraftGoneError(draft.draft_id) from None

    async def _send(self, actor: Actor, draft: Draft, origin: Origin) -> SubmitOutcome:
        intent = await self._intend(actor, draft, origin)
        if intent is None:  # Discord delivered the same press twice
            return InProgress(await self.draft_service.facts(draft))
        await self.intents.mark_sent(intent.intent_id, self.clock())
        try:
            change = await self.client.propose(
                actor.key,
                operation=Operation(draft.operation),
                category=draft.category,
                name=draft.model_name,
                record=draft.record,
                dialect=CanonicalFormat(draft.dialect),
            )
        except (IndeterminateError, MalformedReplyError):
            await self._resolve(intent, IntentState.UNKNOWN)
            is_hidden = isinstance(self.watch.problem, ReaderKeyError) and Role.APPROVER not in actor.roles
            return await self._unsure(actor.user_id, draft.draft_id, is_hidden=is_hidden)
        except ApiError as error:
            refusal = await self._explained(error, draft)
            if isinstance(refusal, ForbiddenError):
                self.accounts.forget(actor.user_id)
            await self._resolve(
                intent,
                IntentState.REFUSED,
                reason=refusal.detail,
                field_errors=field_errors_of(refusal),
                notices=(not_queued(actor.user_id, intent.intent_id, IntentState.REFUSED),),
            )
            raise refusal from None
        except Exception:
            # A fault of ours: whether anything arrived is found out as for a lost answer.
            await self.intents.resolve(intent.intent_id, IntentState.UNKNOWN, now=self.clock())
            raise
        confirmed = await self._confirmed(actor, change)
        if confirmed is None:
            log.warning("taken, but not in the queue", change_id=change.change_id)
            self.watch.memory.contradicted(self.clock())
            await self._resolve(intent, IntentState.UNKNOWN, change_id=change.change_id)
            return await self._unsure(actor.user_id, draft.draft_id)
        return await self._queued(intent, confirmed)

    async def _explained(self, refusal: ApiError, draft: Draft) -> ApiError:
        """A refusal of mode or format as the deployment means it now: a route that is not mounted has no words."""
        if isinstance(refusal, ReadOnlyError):
            try:
                deployment = await self.catalogue.current_deployment()
                assert_canonical_write_enabled(CanonicalFormat(draft.dialect), deployment=deployment)
            except ReadOnlyError as error:
                return error
            except ApiError:
                return refusal
        return refusal

    async def _confirmed(self, actor: Actor, change: PendingChange) -> PendingChange | None:
        """What the queue shows of a change that it has just taken; ``None`` where it shows none, or something else.

        Processes of the service that share no queue give out the same number twice, and the last one to write
        wins. Where it cannot be looked up the service is taken at its word.
        """
        if Role.APPROVER not in actor.roles and await self.client.conceals_queue():
            return change
        try:
            shown = await self.client.change(actor.key, change.change_id, any_worker=True)
        except NotFoundError as error:
            return change if error.is_route_missing else None
        except ApiError as error:
            log.info("not looked up", change_id=change.change_id, reason=type(error).__name__)
            return change
        return shown if shown.digest == change.digest else None

    async def _resolve(
        self,
        intent: Intent,
        state: IntentState,
        *,
        change_id: int | None = None,
        reason: str | None = None,
        field_errors: tuple[FieldError, ...] = (),
        notices: tuple[NoticeKey, ...] = (),
    ) -> None:
        """Write down what came of a request. A disk that fails now must not make the answer another one."""
        now = self.clock()
        try:
            await self.intents.resolve(
                intent.intent_id,
                state,
                now=now,
                change_id=change_id,
                reason=reason,
                field_errors=field_errors,
                notices=notices,
                tell_at=now + ANSWER_WITHIN,
            )
        except StorageError as error:
            why = type(error).__name__
            log.error("outcome not kept, it is looked for", intent_id=intent.intent_id, outcome=state, reason=why)  # noqa: TRY400 - foreseen

    async def _intend(self, actor: Actor, draft: Draft, origin: Origin) -> Intent | None:
        try:
            return await self.intents.prepare(
                interaction_id=origin.interaction_id,
                user_id=actor.user_id,
                horde_user_id=actor.horde.user_id,
                kind="propose",
                draft_id=draft.draft_id,
                guild_id=origin.guild_id,
                channel_id=origin.channel_id,
                operation=draft.operation,
                category=draft.category,
                model_name=draft.model_name,
                payload=_sent(draft),
                why=draft.why,
                highest_change_id=self.watch.highest_change_id,
                now=self.clock(),
            )
        except DraftUnavailableError:
            raise DraftGoneError(draft.draft_id) from None

    async def _queued(self, intent: Intent, change: PendingChange) -> Queued:
        news = NoticeKey(intent.user_id, change.change_id, change.status.value)
        await self._resolve(intent, IntentState.QUEUED, change_id=change.change_id, notices=(news,))
        log.info("proposal queued", change_id=change.change_id, category=change.category)
        try:
            facts = await self.watch.settle(change)
            return Queued(facts, await self.watch.card_link(change.change_id, intent.guild_id))
        except (BotError, StorageError) as error:
            why = type(error).__name__
            log.error("queued, but not drawn yet", change_id=change.change_id, reason=why)  # noqa: TRY400 - foreseen
            return Queued(ChangeFacts(change, CardState.of(change.status)))

    async def _look(self, user_id: int, draft: Draft) -> SubmitOutcome:
        try:
            found = await self.reconciler.look_for(draft.draft_id)
        except ReaderKeyError:
            return await self._unsure(user_id, draft.draft_id, is_hidden=True)
        if found is not None:
            return Queued(await self.watch.settle(found), await self.watch.card_link(found.change_id, draft.guild_id))
        return await self._unsure(user_id, draft.draft_id)

    async def _unsure(self, user_id: int, draft_id: int, *, is_hidden: bool = False) -> SubmitOutcome:
        facts = await self.draft_service.show(user_id, draft_id)
        if not facts.is_unsure:
            return NotReady(facts)
        intent = await self.intents.latest_for_draft(draft_id)
        told_by = None if is_hidden else self.clock() + LOOKING_FOR
        return Unsure(facts, told_by, None if intent is None else intent.change_id)


def _sent(draft: Draft) -> dict[str, Any]:
    if draft.operation == Operation.DELETE:  # sends no record; the service keeps the one that it finds
        return {}
    return to_payload(draft.record, name=draft.model_name, dialect=CanonicalFormat(draft.dialect))
