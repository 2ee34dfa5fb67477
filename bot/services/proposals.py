"""A proposal from the first form to the queue: a draft on disk first, an intent before each request, sent once."""

import asyncio
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.identity.accounts import Accounts, Actor
from bot.identity.roles import Role
from bot.reference.client import ReferenceClient
from bot.reference.deployment import assert_canonical_write_enabled
from bot.reference.errors import ApiError, ForbiddenError, IndeterminateError, MalformedReplyError
from bot.reference.models import CanonicalFormat, Operation, PendingChange
from bot.reference.records import new_record, to_payload
from bot.services.catalogue import Catalogue
from bot.services.checks import Check, CheckedRecord, has_fail, run_checks
from bot.services.errors import DraftGoneError, DraftsFullError
from bot.services.forms_input import BasicsAnswers, FilesAnswers, InputError, basics_revision, files_revision
from bot.services.outcomes import DraftFacts, DraftSummary, InProgress, NotReady, Queued, SubmitOutcome, Unsure
from bot.services.reconcile import Reconciler
from bot.services.record_input import Revision, record_from_json, revise
from bot.services.watch import Watch
from storage.drafts import Draft, Drafts, DraftState
from storage.errors import DraftUnavailableError, TooManyDraftsError
from storage.intents import Intent, Intents, IntentState

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
    _locks: "weakref.WeakValueDictionary[int, asyncio.Lock]" = field(default_factory=weakref.WeakValueDictionary)

    async def begin(self, user_id: int, guild_id: int | None, answers: BasicsAnswers) -> Saved:
        """Keep a form's answers as a new draft to create a model, in the vocabulary of the deployment.

        Raises:
            DraftsFullError: the person has as many drafts as may be kept.
            ApiError: the service's format is not known yet and it does not answer.
        """
        dialect = await self._dialect(answers.category)
        revision, problem = _read(partial(basics_revision, answers, dialect))
        facts = await self._create(user_id, guild_id, answers.category, dialect, revision)
        return Saved(facts, problem)

    async def begin_with_record(
        self, user_id: int, guild_id: int | None, category: str, data: bytes, name: str | None
    ) -> DraftFacts:
        """Keep a JSON file as a new draft to create a model.

        Args:
            user_id: Discord id of the requestor.
            guild_id: the server, ``None`` in a direct message.
            category: the service's category.
            data: the file as uploaded, a record in the deployment's vocabulary.
            name: the model's name, instead of the one in the file.

        Raises:
            RecordJsonError: the file holds no record of this category.
            DraftsFullError, ApiError: as ``begin``.
        """
        record = record_from_json(data, category)
        revision = Revision(record=record, fields={"name": name} if name else {})
        return await self._create(user_id, guild_id, category, await self._dialect(category), revision)

    async def revise(self, user_id: int, draft_id: int, answers: BasicsAnswers | FilesAnswers | str) -> Saved:
        """Write a form's answers into the draft; a text is the requestor's reason.

        Raises:
            DraftGoneError: sent, discarded or expired meanwhile.
        """
        draft = await self._own(user_id, draft_id)
        dialect = CanonicalFormat(draft.dialect)
        match answers:
            case BasicsAnswers():
                revision, problem = _read(partial(basics_revision, answers, dialect))
            case FilesAnswers():
                revision, problem = _read(partial(files_revision, answers, dialect))
            case why:
                revision, problem = Revision(why=why), None
        if draft.state is DraftState.OPEN:
            record, why = revise(draft.record, draft.why, revision, dialect)
            name = str(record.get("name") or "")
            draft = replace(draft, record=record, model_name=name, why=why)
            try:
                draft = await self.drafts.save(draft, self.clock())
            except DraftUnavailableError:
                raise DraftGoneError(draft_id) from None
        return Saved(await self._facts(draft), problem)

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

    async def submit(self, user_id: int, draft_id: int, origin: Origin) -> SubmitOutcome:
        """Send a draft, exactly once.

        The intent is on disk before the request leaves. When no answer comes, nothing is sent again:
        the change is looked for among the person's own.

        Raises:
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
            facts = await self._facts(draft)
            if has_fail(facts.checks):
                return NotReady(facts)
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
        return await self.drafts.expire(self.clock() - self.keep_for)

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
            await self.intents.resolve(intent.intent_id, IntentState.UNKNOWN, now=self.clock())
            return await self._unsure(actor.user_id, draft.draft_id)
        except ApiError as refusal:
            if isinstance(refusal, ForbiddenError):
                self.accounts.forget(actor.user_id)
            reason = refusal.detail
            await self.intents.resolve(intent.intent_id, IntentState.REFUSED, reason=reason, now=self.clock())
            raise
        except Exception:
            # A fault of ours: whether anything arrived is found out as for a lost answer.
            await self.intents.resolve(intent.intent_id, IntentState.UNKNOWN, now=self.clock())
            raise
        return await self._queued(intent, change)

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
                payload=to_payload(draft.record, name=draft.model_name, dialect=CanonicalFormat(draft.dialect)),
                why=draft.why,
                highest_change_id=self.watch.highest_change_id,
                now=self.clock(),
            )
        except DraftUnavailableError:
            raise DraftGoneError(draft.draft_id) from None

    async def _queued(self, intent: Intent, change: PendingChange) -> Queued:
        now = self.clock()
        await self.intents.resolve(intent.intent_id, IntentState.QUEUED, change_id=change.change_id, now=now)
        log.info("proposal queued", change_id=change.change_id, category=change.category)
        return Queued(await self.watch.settle(change), await self.watch.card_link(change.change_id, intent.guild_id))

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
        try:
            draft = await self.drafts.create(
                user_id=user_id,
                guild_id=guild_id,
                operation=Operation.CREATE.value,
                category=category,
                model_name=str(record.get("name") or ""),
                dialect=dialect.value,
                record=record,
                why=why,
                now=self.clock(),
            )
        except TooManyDraftsError as error:
            raise DraftsFullError(error.limit, record) from None
        return await self._facts(draft)

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
            checks=await self._checks(draft),
            saved_at=draft.updated_at,
            kept_until=draft.updated_at + self.keep_for,
            is_unsure=draft.state is not DraftState.OPEN,
        )

    async def _checks(self, draft: Draft) -> tuple[Check, ...]:
        return run_checks(
            CheckedRecord(
                operation=Operation(draft.operation),
                category=draft.category,
                name=draft.model_name,
                record=draft.record,
                dialect=CanonicalFormat(draft.dialect),
                deployment=self.catalogue.deployment,
                live_names=await self.catalogue.names_or_none(draft.category),
                baselines=self.catalogue.baselines or None,
                open_changes=self.watch.open_changes(draft.category, draft.model_name),
            )
        )


def _read(read: Callable[[], Revision]) -> tuple[Revision, InputError | None]:
    """What could be read, and the problem with the rest: a slip in one field must not cost the others."""
    try:
        return read(), None
    except InputError as problem:
        return problem.kept, problem
