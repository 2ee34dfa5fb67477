"""A proposal from the first form to the queue: a draft on disk first, an intent before each request, sent once."""

import asyncio
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from bot.errors import BotError
from bot.identity.accounts import Accounts, Actor
from bot.identity.roles import Role
from bot.reference.client import ReferenceClient
from bot.reference.deployment import assert_canonical_write_enabled
from bot.reference.errors import ApiError, ForbiddenError, IndeterminateError, MalformedReplyError
from bot.reference.models import CanonicalFormat, Operation, PendingChange
from bot.reference.records import new_record, to_payload
from bot.services.catalogue import Catalogue
from bot.services.changes import CardState, ChangeFacts
from bot.services.checks import Check, CheckedRecord, has_fail, run_checks
from bot.services.errors import DraftGoneError, DraftsFullError
from bot.services.forms_input import InputError, SectionAnswers, section_revision
from bot.services.keeping import expire_drafts, kept_until
from bot.services.live_side import LiveSide, Settled
from bot.services.model_names import require_name
from bot.services.outcomes import (
    DraftFacts,
    DraftSummary,
    InProgress,
    LiveMoved,
    NotReady,
    Queued,
    SubmitOutcome,
    Unchanged,
    Unsure,
)
from bot.services.reconcile import ANSWER_WITHIN, Reconciler
from bot.services.record_input import Revision, revise
from bot.services.refusals import complaints_of, refusal_checks
from bot.services.watch import Watch
from storage.drafts import Draft, Drafts, DraftState
from storage.errors import DraftUnavailableError, StorageError, TooManyDraftsError
from storage.intents import Complaint, Intent, Intents, IntentState, not_queued
from storage.outbox import NoticeKey, Outbox

LOOKING_FOR = timedelta(minutes=15)
"""How long an unanswered proposal is looked for before the person may send it again."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a person pressed: the interaction's id (unique, Discord's), the server and the channel."""

    interaction_id: int
    guild_id: int | None
    channel_id: int | None


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft after a form: everything that could be read is in it, ``problem`` holds what could not."""

    facts: DraftFacts
    problem: InputError | None = None


@dataclass(slots=True)
class Proposals:
    """Drafts of people, and their way into the queue."""

    accounts: Accounts
    client: ReferenceClient
    catalogue: Catalogue
    drafts: Drafts
    intents: Intents
    watch: Watch
    reconciler: Reconciler
    clock: Callable[[], datetime]
    keep_for: timedelta
    outbox: Outbox
    live_side: LiveSide
    _locks: "weakref.WeakValueDictionary[int, asyncio.Lock]" = field(default_factory=weakref.WeakValueDictionary)

    async def begin(self, user_id: int, guild_id: int | None, answers: SectionAnswers) -> Saved:
        """Keep a form's answers as a new draft to create a model, in the vocabulary of the deployment.

        Raises:
            DraftsFullError: the person has as many drafts as may be kept.
            ApiError: the service's format is not known yet and it does not answer.
        """
        dialect = await self._dialect(answers.category)
        started = new_record(answers.category, "", dialect)
        revision, problem = _read(partial(section_revision, answers, started, dialect, self.catalogue.licence_facts))
        facts = await self._create(user_id, guild_id, answers.category, dialect, revision)
        return Saved(facts, problem)

    async def keep(
        self,
        user_id: int,
        guild_id: int | None,
        *,
        operation: Operation,
        category: str,
        dialect: CanonicalFormat,
        record: dict[str, Any],
        why: str = "",
        base: dict[str, Any] | None = None,
    ) -> DraftFacts:
        """Keep a record as a new draft.

        Args:
            user_id: Discord id of the requestor.
            guild_id: the server, ``None`` in a direct message.
            operation: what shall happen.
            category: the service's category.
            dialect: the vocabulary of ``record``.
            record: as it would be sent.
            why: the requestor's words.
            base: the live record that it began from, ``None`` for a new model.

        Raises:
            DraftsFullError: the person has as many drafts as may be kept.
        """
        try:
            draft = await self.drafts.create(
                user_id=user_id,
                guild_id=guild_id,
                operation=operation.value,
                category=category,
                model_name=str(record.get("name") or ""),
                dialect=dialect.value,
                record=record,
                why=why,
                base=base,
                now=self.clock(),
            )
        except TooManyDraftsError as error:
            raise DraftsFullError(error.limit, record) from None
        return await self._facts(draft)

    async def revise(self, user_id: int, draft_id: int, answers: SectionAnswers | str) -> Saved:
        """Write a form's answers into the draft; a text is the requestor's reason.

        Raises:
            DraftGoneError: sent, discarded or expired meanwhile.
        """
        draft = await self._own(user_id, draft_id)
        dialect = CanonicalFormat(draft.dialect)
        match answers:
            case SectionAnswers():
                licences = self.catalogue.licence_facts
                revision, problem = _read(partial(section_revision, answers, draft.record, dialect, licences))
            case why:
                revision, problem = Revision(why=why), None
        if draft.state is DraftState.OPEN:
            record, why = revise(draft.record, draft.why, revision, dialect)
            draft = await self._save(draft, record, why)
        return Saved(await self._facts(draft), problem)

    async def replace(self, user_id: int, draft_id: int, record: dict[str, Any]) -> Saved:
        """Put another record in the place of a draft's.

        Raises:
            DraftGoneError: sent, discarded or expired meanwhile.
        """
        draft = await self._own(user_id, draft_id)
        if draft.state is DraftState.OPEN and draft.operation != Operation.DELETE:
            draft = await self._save(draft, record, draft.why)
        return Saved(await self._facts(draft))

    async def show(self, user_id: int, draft_id: int) -> DraftFacts:
        """The draft as it is, freshly checked.

        Raises:
            DraftGoneError: sent, discarded or expired meanwhile.
        """
        return await self._facts(await self._own(user_id, draft_id))

    async def kept(self, user_id: int, draft_id: int) -> Draft:
        """The draft as stored, without asking the service: one local read, so that a form may open from it.

        Raises:
            DraftGoneError: sent, discarded or expired meanwhile.
        """
        return await self._own(user_id, draft_id)

    async def of_user(self, user_id: int) -> list[DraftSummary]:
        """The person's drafts, last touched first."""
        return [
            DraftSummary(
                draft_id=draft.draft_id,
                operation=Operation(draft.operation),
                category=draft.category,
                name=draft.model_name,
                saved_at=draft.updated_at,
                is_unsure=draft.state is not DraftState.OPEN,
            )
            for draft in await self.drafts.of_user(user_id)
        ]

    async def discard(self, user_id: int, draft_id: int) -> Draft:
        """Delete an open draft; returns what it was.

        Raises:
            DraftGoneError: there is none any more, or it has been sent and is being looked for.
        """
        draft = await self._own(user_id, draft_id)
        if draft.state is not DraftState.OPEN or not await self.drafts.discard(draft_id, user_id):
            raise DraftGoneError(draft_id)
        return draft

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
            return InProgress(await self.show(user_id, draft_id))
        async with lock:
            draft = await self._own(user_id, draft_id)
            if draft.state is not DraftState.OPEN:
                return await self._look(user_id, draft)
            actor = await self.accounts.actor(user_id, needs=Role.REQUESTOR)
            deployment = await self.catalogue.current_deployment()
            if draft.operation == Operation.DELETE:
                require_name(draft.model_name, confirmation)
            settled = await self._settle(draft)
            draft, facts = settled.draft, await self._facts(settled.draft)
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
        return await self._look(user_id, await self._own(user_id, draft_id))

    async def expire(self) -> int:
        """Delete drafts that nobody touched for as long as drafts are kept; returns how many."""
        return await expire_drafts(self.drafts, self.keep_for, self.clock())

    async def told(self, user_id: int, outcome: SubmitOutcome) -> None:
        """The person has the answer in front of them: no direct message repeats it, unless the disk fails now."""
        try:
            match outcome:
                case Queued(facts):
                    change = facts.change
                    await self.outbox.mark_told(NoticeKey(user_id, change.change_id, change.status.value))
                case NotReady(draft):
                    intent = await self.intents.latest_for_draft(draft.draft_id)
                    if intent is not None and intent.state is IntentState.NOT_QUEUED:
                        await self.outbox.mark_told(not_queued(user_id, intent.intent_id))
        except StorageError as error:
            log.error("not written down that it was told", reason=type(error).__name__)  # noqa: TRY400 - foreseen

    async def _settle(self, draft: Draft) -> Settled:
        try:
            return await self.live_side.settle(draft)
        except DraftUnavailableError:
            raise DraftGoneError(draft.draft_id) from None

    async def _send(self, actor: Actor, draft: Draft, origin: Origin) -> SubmitOutcome:
        intent = await self._intend(actor, draft, origin)
        if intent is None:  # Discord delivered the same press twice
            return InProgress(await self._facts(draft))
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
            return await self._unsure(actor.user_id, draft.draft_id)
        except ApiError as refusal:
            if isinstance(refusal, ForbiddenError):
                self.accounts.forget(actor.user_id)
            complaints = complaints_of(refusal)
            await self._resolve(intent, IntentState.REFUSED, reason=refusal.detail, complaints=complaints)
            raise
        except Exception:
            # A fault of ours: whether anything arrived is found out as for a lost answer.
            await self.intents.resolve(intent.intent_id, IntentState.UNKNOWN, now=self.clock())
            raise
        return await self._queued(intent, change)

    async def _resolve(
        self,
        intent: Intent,
        state: IntentState,
        *,
        change_id: int | None = None,
        reason: str | None = None,
        complaints: tuple[Complaint, ...] = (),
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
                complaints=complaints,
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
        found = await self.reconciler.look_for(draft.draft_id)
        if found is not None:
            return Queued(await self.watch.settle(found), await self.watch.card_link(found.change_id, draft.guild_id))
        return await self._unsure(user_id, draft.draft_id)

    async def _unsure(self, user_id: int, draft_id: int) -> SubmitOutcome:
        facts = await self.show(user_id, draft_id)
        if not facts.is_unsure:
            return NotReady(facts)
        return Unsure(facts, told_by=self.clock() + LOOKING_FOR)

    async def _dialect(self, category: str) -> CanonicalFormat:
        deployment = self.catalogue.deployment or await self.catalogue.current_deployment()
        return deployment.dialect_for(category)

    async def _create(
        self,
        user_id: int,
        guild_id: int | None,
        category: str,
        dialect: CanonicalFormat,
        revision: Revision,
    ) -> DraftFacts:
        record, why = revise(new_record(category, "", dialect), "", revision, dialect)
        return await self.keep(
            user_id,
            guild_id,
            operation=Operation.CREATE,
            category=category,
            dialect=dialect,
            record=record,
            why=why,
        )

    async def _save(self, draft: Draft, record: dict[str, Any], why: str) -> Draft:
        if draft.base is not None:  # what changes a live model cannot give it another name
            record = {**record, "name": draft.model_name}
        name = str(record.get("name") or "")
        try:
            return await self.drafts.save(replace(draft, record=record, model_name=name, why=why), self.clock())
        except DraftUnavailableError:
            raise DraftGoneError(draft.draft_id) from None

    async def _own(self, user_id: int, draft_id: int) -> Draft:
        draft = await self.drafts.get(draft_id, user_id)
        if draft is None:
            raise DraftGoneError(draft_id)
        return draft

    async def _facts(self, draft: Draft) -> DraftFacts:
        return DraftFacts(
            draft_id=draft.draft_id,
            operation=Operation(draft.operation),
            category=draft.category,
            name=draft.model_name,
            record=draft.record,
            dialect=CanonicalFormat(draft.dialect),
            why=draft.why,
            checks=(*await self._refused(draft), *await self._checks(draft)),
            saved_at=draft.updated_at,
            kept_until=kept_until(draft, self.keep_for),
            is_unsure=draft.state is not DraftState.OPEN,
            live=await self.live_side.facts(draft),
        )

    async def _refused(self, draft: Draft) -> tuple[Check, ...]:
        """What the service said of this draft's fields, until it is changed."""
        intent = await self.intents.latest_for_draft(draft.draft_id)
        if intent is None or intent.state is not IntentState.REFUSED or intent.resolved_at is None:
            return ()
        if draft.updated_at > intent.resolved_at:
            return ()
        return refusal_checks(intent.complaints, draft.category, CanonicalFormat(draft.dialect))

    async def _checks(self, draft: Draft) -> tuple[Check, ...]:
        return run_checks(
            CheckedRecord(
                operation=Operation(draft.operation),
                category=draft.category,
                name=draft.model_name,
                record=draft.record,
                dialect=CanonicalFormat(draft.dialect),
                deployment=self.catalogue.deployment,
                choices=self.catalogue.choices,
                live_names=await self.catalogue.names_or_none(draft.category),
                baselines=self.catalogue.baselines or None,
                open_changes=self.watch.open_changes(draft.category, draft.model_name),
                live_record=await self.catalogue.record_or_none(draft.category, draft.model_name),
                licences=self.catalogue.licences or None,
                usage=await self.live_side.usage_of(draft),
            )
        )


def _sent(draft: Draft) -> dict[str, Any]:
    if draft.operation == Operation.DELETE:  # sends no record; the service keeps the one that it finds
        return {}
    return to_payload(draft.record, name=draft.model_name, dialect=CanonicalFormat(draft.dialect))


def _read(read: Callable[[], Revision]) -> tuple[Revision, InputError | None]:
    """What could be read, and the problem with the rest: a slip in one field must not cost the others."""
    try:
        return read(), None
    except InputError as problem:
        return problem.kept, problem
