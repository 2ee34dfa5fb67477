"""Drafts of people: what was typed, kept on disk and checked, from the first form until it is sent or discarded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.reference.models import CanonicalFormat, Operation
from bot.reference.records import new_record
from bot.services.catalogue import Catalogue
from bot.services.checks import Check, CheckedRecord
from bot.services.community.keeping import expire_drafts, kept_until
from bot.services.errors import DraftGoneError, DraftsFullError
from bot.services.forms.forms_input import InputError, SectionAnswers, section_edit
from bot.services.proposals.draft_checks import run_checks
from bot.services.proposals.field_support import dropped_paths
from bot.services.proposals.invalid_inputs import invalid_input_checks, remaining_inputs
from bot.services.proposals.live_comparison import LiveComparison
from bot.services.proposals.outcomes import DraftFacts, DraftSummary, Revised
from bot.services.proposals.record_input import RecordEdit, revise
from bot.services.proposals.refusal_checks import refusal_checks
from bot.services.watching.queue_monitor import QueueMonitor
from storage.drafts import Draft, Drafts, DraftState, Revises
from storage.errors import DraftUnavailableError, TooManyDraftsError
from storage.intents import Intents, IntentState


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft after a form: everything that could be read is in it, ``problem`` holds what could not."""

    facts: DraftFacts
    problem: InputError | None = None


@dataclass(slots=True)
class DraftService:
    """Each person's drafts, seen by that person only."""

    catalogue: Catalogue
    drafts: Drafts
    intents: Intents
    watch: QueueMonitor
    live_comparison: LiveComparison
    clock: Callable[[], datetime]
    keep_for: timedelta

    async def begin(self, user_id: int, guild_id: int | None, answers: SectionAnswers) -> Saved:
        """Keep a form's answers as a new draft to create a model, in the vocabulary of the deployment.

        Raises:
            DraftsFullError: the person has as many drafts as may be kept.
            ApiError: the service's format is not known yet and it does not answer.
        """
        dialect = await self._dialect(answers.category)
        started = new_record(answers.category, "", dialect)
        revision, problem = _read(partial(section_edit, answers, started, dialect, self.catalogue.licence_facts))
        record, why = revise(started, "", revision, dialect)
        facts = await self.keep(
            user_id,
            guild_id,
            operation=Operation.CREATE,
            category=answers.category,
            dialect=dialect,
            record=record,
            why=why,
            invalid_inputs=remaining_inputs({}, answers, problem),
        )
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
        revises: Revises | None = None,
        invalid_inputs: Mapping[str, str] | None = None,
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
            revises: the change that it takes up again, ``None`` for most; where a draft does so, that one is kept.
            invalid_inputs: what was typed and cannot be read, by the key of its field.

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
                revises=revises,
                invalid_inputs=invalid_inputs,
                now=self.clock(),
            )
        except TooManyDraftsError as error:
            raise DraftsFullError(error.limit, record) from None
        return await self.facts(draft)

    async def revise(self, user_id: int, draft_id: int, answers: SectionAnswers | str) -> Saved:
        """Write a form's answers into the draft; a text is the requestor's reason.

        Raises:
            DraftGoneError: sent, discarded or expired meanwhile.
        """
        draft = await self.kept(user_id, draft_id)
        dialect = CanonicalFormat(draft.dialect)
        invalid_inputs = draft.invalid_inputs
        match answers:
            case SectionAnswers():
                licences = self.catalogue.licence_facts
                revision, problem = _read(partial(section_edit, answers, draft.record, dialect, licences))
                invalid_inputs = remaining_inputs(draft.invalid_inputs, answers, problem)
            case why:
                revision, problem = RecordEdit(why=why), None
        if draft.state is DraftState.OPEN:
            record, why = revise(draft.record, draft.why, revision, dialect)
            draft = await self._save(replace(draft, invalid_inputs=invalid_inputs), record, why)
        return Saved(await self.facts(draft), problem)

    async def replace(self, user_id: int, draft_id: int, record: dict[str, Any]) -> Saved:
        """Put another record in the place of a draft's.

        Raises:
            DraftGoneError: sent, discarded or expired meanwhile.
        """
        draft = await self.kept(user_id, draft_id)
        if draft.state is DraftState.OPEN and draft.operation != Operation.DELETE:
            draft = await self._save(replace(draft, invalid_inputs={}), record, draft.why)
        return Saved(await self.facts(draft))

    async def show(self, user_id: int, draft_id: int) -> DraftFacts:
        """The draft as it is, freshly checked.

        Raises:
            DraftGoneError: sent, discarded or expired meanwhile.
        """
        return await self.facts(await self.kept(user_id, draft_id))

    async def kept(self, user_id: int, draft_id: int) -> Draft:
        """The draft as stored, without asking the service: one local read, so that a form may open from it.

        Raises:
            DraftGoneError: sent, discarded or expired meanwhile.
        """
        draft = await self.drafts.get(draft_id, user_id)
        if draft is None:
            raise DraftGoneError(draft_id)
        return draft

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
        draft = await self.kept(user_id, draft_id)
        if draft.state is not DraftState.OPEN or not await self.drafts.discard(draft_id, user_id):
            raise DraftGoneError(draft_id)
        return draft

    async def expire(self) -> int:
        """Delete drafts that nobody touched for as long as drafts are kept; returns how many."""
        return await expire_drafts(self.drafts, self.keep_for, self.clock())

    async def _dialect(self, category: str) -> CanonicalFormat:
        deployment = self.catalogue.deployment or await self.catalogue.current_deployment()
        return deployment.dialect_for(category)

    async def _save(self, draft: Draft, record: dict[str, Any], why: str) -> Draft:
        if draft.base is not None:  # what changes a live model cannot give it another name
            record = {**record, "name": draft.model_name}
        name = str(record.get("name") or "")
        try:
            return await self.drafts.save(replace(draft, record=record, model_name=name, why=why), self.clock())
        except DraftUnavailableError:
            raise DraftGoneError(draft.draft_id) from None

    async def _refused(self, draft: Draft) -> tuple[Check, ...]:
        """What the service said of this draft's fields, until it is changed."""
        intent = await self.intents.latest_for_draft(draft.draft_id)
        if intent is None or intent.state is not IntentState.REFUSED or intent.resolved_at is None:
            return ()
        if draft.updated_at > intent.resolved_at:
            return ()
        return refusal_checks(intent.field_errors, draft.category, CanonicalFormat(draft.dialect))

    async def _checks(self, draft: Draft) -> tuple[Check, ...]:
        dialect = CanonicalFormat(draft.dialect)
        return run_checks(
            CheckedRecord(
                operation=Operation(draft.operation),
                category=draft.category,
                name=draft.model_name,
                record=draft.record,
                dialect=dialect,
                deployment=self.catalogue.deployment,
                choices=self.catalogue.choices,
                live_names=await self.catalogue.names_or_none(draft.category),
                baselines=self.catalogue.baselines or None,
                open_changes=self.watch.open_changes(draft.category, draft.model_name),
                live_record=await self.catalogue.record_or_none(draft.category, draft.model_name),
                licences=self.catalogue.licences or None,
                usage=await self.live_comparison.usage_of(draft),
                dropped_paths=dropped_paths(
                    draft.record, draft.category, dialect, self.catalogue.document, live=draft.base
                ),
            )
        )

    async def facts(self, draft: Draft) -> DraftFacts:
        """A stored draft as its card shows it, freshly checked."""
        dialect = CanonicalFormat(draft.dialect)
        return DraftFacts(
            draft_id=draft.draft_id,
            operation=Operation(draft.operation),
            category=draft.category,
            name=draft.model_name,
            record=draft.record,
            dialect=dialect,
            why=draft.why,
            checks=(
                *invalid_input_checks(draft.invalid_inputs, draft.category, dialect),
                *await self._refused(draft),
                *await self._checks(draft),
            ),
            saved_at=draft.updated_at,
            kept_until=kept_until(draft, self.keep_for),
            is_unsure=draft.state is not DraftState.OPEN,
            live=await self.live_comparison.facts(draft),
            unsupported=self.catalogue.unsupported_fields(draft.category, dialect),
            revised=None if draft.revises is None else _revised(draft.revises),
        )


def _revised(revises: Revises) -> Revised:
    return Revised(revises.change_id, revises.rejected_by, revises.ended_at, revises.reason)


def _read(read: Callable[[], RecordEdit]) -> tuple[RecordEdit, InputError | None]:
    """What could be read, and the problem with the rest: a slip in one field must not cost the others."""
    try:
        return read(), None
    except InputError as problem:
        return problem.kept, problem
