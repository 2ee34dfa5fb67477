"""Submission of drafts: stored intent, one request, reconciliation if unanswered."""

import asyncio
import weakref
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
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
from bot.services.card_links import CardLinks
from bot.services.catalogue import Catalogue
from bot.services.changes import Origin
from bot.services.checks import has_fail
from bot.services.errors import DraftGoneError
from bot.services.model_names import confirmation_word, is_confirmed
from bot.services.polling.change_recorder import ChangeRecorder
from bot.services.polling.queue_monitor import QueueMonitor
from bot.services.polling.queue_snapshot import QueueSnapshot
from bot.services.proposals.draft_service import DraftService
from bot.services.proposals.live_comparison import Comparison, LiveComparison
from bot.services.proposals.outcomes import (
    Edited,
    InProgress,
    LiveMoved,
    NotReady,
    Queued,
    SubmissionUnknown,
    SubmitOutcome,
    Unchanged,
    Unconfirmed,
)
from bot.services.proposals.reconcile import ANSWER_WITHIN, GIVE_UP_AFTER, ProposalReconciler
from bot.services.proposals.refusal_checks import field_errors_of
from bot.services.reader_key import ReaderKeyError
from bot.services.records.json_input import require_sendable
from bot.services.review.replacements import Replacements
from storage.deliveries import Deliveries
from storage.drafts import EDITED, Draft, DraftState
from storage.errors import DraftUnavailableError, StorageError
from storage.intents import FieldError, Intent, Intents, IntentState, NewIntent, not_queued
from storage.notices import NoticeKey

EXPLAINED_STATUS = 503
"""Status of a refusal that names the mode or format; a route that is not mounted answers 404 or 405."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class SubmissionService:
    """Sends drafts and resolves the outcome of unanswered ones."""

    accounts: Accounts
    client: ReferenceClient
    catalogue: Catalogue
    draft_service: DraftService
    intents: Intents
    deliveries: Deliveries
    monitor: QueueMonitor
    snapshot: QueueSnapshot
    recorder: ChangeRecorder
    card_links: CardLinks
    replacements: Replacements
    reconciler: ProposalReconciler
    live_comparison: LiveComparison
    clock: Callable[[], datetime]
    _locks: "weakref.WeakValueDictionary[int, asyncio.Lock]" = field(default_factory=weakref.WeakValueDictionary)

    async def submit(
        self,
        user_id: int,
        draft_id: int,
        origin: Origin,
        *,
        confirmation: str | None = None,
        acknowledged: Awaitable[None] | None = None,
    ) -> SubmitOutcome:
        """Send a draft exactly once.

        The intent is on disk before the request leaves. Without an answer nothing is sent again: the change is
        looked up among the person's own. An update or delete is compared with the current live record first:
        nothing is sent if they are equal, or if the live record changed since the draft began.

        ``confirmation`` is the text typed to confirm a delete; required for one. ``acknowledged`` is awaited before
        the intent is stored; its error ends the press with nothing sent.

        Raises:
            DraftGoneError: it was sent, discarded, or has expired.
            NotLinkedError, MissingRoleError: the person may not propose; nothing was sent.
            RecordJsonError: the record is too large; nothing was sent.
            ApiError: the service refused; the draft is kept.
        """
        lock = self._locks.setdefault(draft_id, asyncio.Lock())
        if lock.locked():
            return InProgress(await self.draft_service.show(user_id, draft_id))
        async with lock:
            draft = await self.draft_service.get(user_id, draft_id)
            if draft.state is not DraftState.OPEN:
                return await self._reconcile(user_id, draft)
            actor = await self.accounts.actor(user_id, needs=Role.REQUESTOR)
            deployment = self.catalogue.deployment or await self.catalogue.refresh_deployment()
            if draft.operation == Operation.DELETE and not is_confirmed(draft.model_name, confirmation):
                return Unconfirmed(draft_id, confirmation or "", confirmation_word(draft.model_name))
            comparison = await self._compare(draft)
            draft, dialect = comparison.draft, CanonicalFormat(comparison.draft.dialect)
            if draft.operation != Operation.DELETE:
                require_sendable(draft.record)
            if (outcome := await self._not_sent(comparison)) is not None:
                return outcome
            if dialect is CanonicalFormat.LEGACY:
                # A replica answers 405 without a message, because the route is not mounted.
                assert_canonical_write_enabled(dialect, deployment=deployment)
            if acknowledged is not None:
                await acknowledged
            return await self._send(actor, draft, origin)

    async def _not_sent(self, comparison: Comparison) -> SubmitOutcome | None:
        """Return why a draft cannot be sent as it is, ``None`` if it can."""
        draft, moved = comparison.draft, comparison.moved
        if has_fail(await self.draft_service.checks(draft)):
            return NotReady(await self.draft_service.facts(draft))
        if comparison.is_unchanged:
            return Unchanged(await self.draft_service.facts(draft))
        return None if moved is None else LiveMoved(await self.draft_service.facts(draft), moved.taken, moved.contested)

    async def reconcile(self, user_id: int, draft_id: int) -> SubmitOutcome:
        """Look up a proposal whose answer was lost.

        Raises:
            DraftGoneError: it was found and queued, discarded, or has expired.
        """
        return await self._reconcile(user_id, await self.draft_service.get(user_id, draft_id))

    async def cancel_notice(self, user_id: int, draft_id: int, outcome: SubmitOutcome | None = None) -> None:
        """Cancel the direct message about an outcome, or a refusal, that the person has just seen."""
        try:
            if isinstance(outcome, Queued):
                change = outcome.change
                await self.deliveries.mark_notified(NoticeKey(user_id, change.change_id, change.status.value))
            elif outcome is None or isinstance(outcome, NotReady):
                intent = await self.intents.latest_for_draft(draft_id)
                if intent is not None and intent.state in (IntentState.NOT_QUEUED, IntentState.REFUSED):
                    await self.deliveries.mark_notified(not_queued(user_id, intent.intent_id, intent.state))
        except StorageError as error:
            log.error("notice_cancel_failed", reason=type(error).__name__)  # noqa: TRY400 - foreseen

    async def _compare(self, draft: Draft) -> Comparison:
        try:
            return await self.live_comparison.compare(draft)
        except DraftUnavailableError:
            raise DraftGoneError(draft.draft_id) from None

    async def _send(self, actor: Actor, draft: Draft, origin: Origin) -> SubmitOutcome:
        try:
            intent = await self._open_intent(actor, draft, origin)
        except DraftUnavailableError as error:
            if error.state == EDITED:  # in another form, while this press waited
                return Edited(await self.draft_service.show(actor.user_id, draft.draft_id))
            raise DraftGoneError(draft.draft_id) from None
        if intent is None:  # Discord delivered the same interaction twice
            return InProgress(await self.draft_service.facts(draft))
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
            return await self._unknown(actor.user_id, draft.draft_id, is_hidden=self._is_hidden_from(actor))
        except ApiError as error:
            refusal = await self._explained(error, draft)
            if isinstance(refusal, ForbiddenError):
                self.accounts.mark_stale(actor.user_id)
            await self._resolve(
                intent,
                IntentState.REFUSED,
                reason=refusal.detail,
                field_errors=field_errors_of(refusal),
                notices=(not_queued(actor.user_id, intent.intent_id, IntentState.REFUSED),),
            )
            raise refusal from None
        except Exception:  # a fault of the bot: reconcile as for a lost answer
            await self.intents.resolve(intent.intent_id, IntentState.UNKNOWN, now=self.clock())
            raise
        confirmed = await self._confirmed(actor, change)
        if confirmed is None:
            log.warning("change_not_listed", change_id=change.change_id)
            self.monitor.note_contradiction()
            await self._resolve(intent, IntentState.UNKNOWN, change_id=change.change_id)
            return await self._unknown(actor.user_id, draft.draft_id)
        return await self._queued(intent, draft, confirmed)

    def _is_hidden_from(self, actor: Actor) -> bool:
        """Return whether no key that the bot may use shows the person's proposals; no request."""
        is_own_key = Role.APPROVER in actor.roles or not self.client.may_conceal_queue
        return isinstance(self.monitor.problem, ReaderKeyError) and not is_own_key

    async def _explained(self, refusal: ApiError, draft: Draft) -> ApiError:
        """Return the refusal, with the deployment's mode or format if the route is missing."""
        if isinstance(refusal, ReadOnlyError) and refusal.status != EXPLAINED_STATUS:
            try:
                deployment = await self.catalogue.refresh_deployment()
                assert_canonical_write_enabled(CanonicalFormat(draft.dialect), deployment=deployment)
            except ReadOnlyError as error:
                return error
            except ApiError:
                return refusal
        return refusal

    async def _confirmed(self, actor: Actor, change: PendingChange) -> PendingChange | None:
        """Return the accepted change as the queue lists it; ``None`` if it is absent or different.

        Service processes that do not share a queue assign the same id twice, and the last writer wins. If the
        change cannot be read, the answer is trusted.
        """
        if Role.APPROVER not in actor.roles and await self.client.conceals_queue():
            return change
        try:
            shown = await self.client.change(actor.key, change.change_id)
        except NotFoundError as error:
            return change if error.is_route_missing else None
        except ApiError as error:
            log.info("change_lookup_failed", change_id=change.change_id, reason=type(error).__name__)
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
        """Record a request's outcome; a failing disk does not change the answer to the person."""
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
            log.error("intent_resolve_failed", intent_id=intent.intent_id, outcome=state, reason=why)  # noqa: TRY400 - foreseen

    async def _open_intent(self, actor: Actor, draft: Draft, origin: Origin) -> Intent | None:
        new = NewIntent(
            interaction_id=origin.interaction_id,
            user_id=actor.user_id,
            horde_user_id=actor.horde.user_id,
            kind="propose",
            guild_id=origin.guild_id,
            channel_id=origin.channel_id,
            draft_id=draft.draft_id,
            draft_saved_at=draft.updated_at,
            operation=draft.operation,
            category=draft.category,
            model_name=draft.model_name,
            payload=_sent(draft),
            why=draft.why,
            highest_change_id=self.snapshot.highest_change_id,
            is_sent=True,
        )
        return await self.intents.prepare(new, self.clock())

    async def _queued(self, intent: Intent, draft: Draft, change: PendingChange) -> Queued:
        news = NoticeKey(intent.user_id, change.change_id, change.status.value)
        await self._resolve(intent, IntentState.QUEUED, change_id=change.change_id, notices=(news,))
        log.info("proposal_queued", change_id=change.change_id, category=change.category)
        try:
            return await self._published(change, draft, intent.guild_id)
        except (BotError, StorageError) as error:
            why = type(error).__name__
            log.error("card_redraw_failed", change_id=change.change_id, reason=why)  # noqa: TRY400 - foreseen
            return Queued(change)

    async def _published(self, change: PendingChange, draft: Draft, guild_id: int | None) -> Queued:
        await self.recorder.publish(change)
        link = await self.card_links.link(change.change_id, guild_id)
        replaces = None if draft.revises is None else await self.replacements.former_of(change)
        return Queued(change, link, replaces)

    async def _reconcile(self, user_id: int, draft: Draft) -> SubmitOutcome:
        try:
            found = await self.reconciler.reconcile_draft(draft.draft_id)
        except ReaderKeyError:
            return await self._unknown(user_id, draft.draft_id, is_hidden=True)
        if found is not None:
            return await self._published(found, draft, draft.guild_id)
        return await self._unknown(user_id, draft.draft_id)

    async def _unknown(self, user_id: int, draft_id: int, *, is_hidden: bool = False) -> SubmitOutcome:
        facts = await self.draft_service.show(user_id, draft_id)
        if not facts.is_outcome_unknown:
            return NotReady(facts)
        intent = await self.intents.latest_for_draft(draft_id)
        notified_by = None if is_hidden else self.clock() + GIVE_UP_AFTER
        return SubmissionUnknown(facts, notified_by, None if intent is None else intent.change_id)


def _sent(draft: Draft) -> dict[str, Any]:
    if draft.operation == Operation.DELETE:  # a delete sends no record
        return {}
    return to_payload(draft.record, name=draft.model_name, dialect=CanonicalFormat(draft.dialect))
