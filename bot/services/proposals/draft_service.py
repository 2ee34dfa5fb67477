"""Drafts: stored and checked from the first form until they are sent or discarded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.reference.credentials import redacted_text
from bot.reference.models import CanonicalFormat, Operation
from bot.reference.records import new_record
from bot.services.catalogue import Catalogue
from bot.services.checks import Check, CheckedRecord, mended
from bot.services.checks.run import run_checks
from bot.services.errors import DraftGoneError, DraftsFullError
from bot.services.forms.forms_input import InputError, SectionAnswers, section_edit, without_secrets
from bot.services.links.host_checks import HostChecks
from bot.services.links.values import LinkSource, from_stored, to_stored
from bot.services.polling.queue_monitor import QueueMonitor
from bot.services.proposals.draft_files import checked_files
from bot.services.proposals.field_support import dropped_paths
from bot.services.proposals.invalid_inputs import invalid_input_checks, remaining_inputs
from bot.services.proposals.live_comparison import LiveComparison
from bot.services.proposals.normal_values import normalised
from bot.services.proposals.outcomes import DraftFacts, DraftSummary, Revised
from bot.services.proposals.record_input import RecordEdit, revise
from bot.services.proposals.refusal_checks import refusal_checks
from bot.services.retention import expire_drafts, kept_until
from storage.drafts import Draft, Drafts, DraftState, Revises
from storage.errors import DraftUnavailableError, TooManyDraftsError
from storage.intents import Intents, IntentState


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft after a form was submitted; ``problem`` lists the inputs that could not be read."""

    facts: DraftFacts
    problem: InputError | None = None


@dataclass(slots=True)
class DraftService:
    """Service for a person's drafts; only their owner sees them."""

    catalogue: Catalogue
    drafts: Drafts
    intents: Intents
    watch: QueueMonitor
    live_comparison: LiveComparison
    host_checks: HostChecks
    clock: Callable[[], datetime]
    keep_for: timedelta

    async def begin(self, user_id: int, guild_id: int | None, answers: SectionAnswers) -> Saved:
        """Store a form's answers as a new draft that creates a model.

        Raises:
            DraftsFullError: the person has reached the limit of drafts.
            ApiError: the service's format is not known yet and the service does not answer.
        """
        answers = without_secrets(answers)
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
        source: LinkSource | None = None,
    ) -> DraftFacts:
        """Store a record as a new draft.

        Args:
            user_id: Discord id of the requestor.
            guild_id: the server, ``None`` in a direct message.
            operation: create, update or delete.
            category: the service's category.
            dialect: the vocabulary of ``record``.
            record: the record as it would be sent.
            why: the requestor's reason.
            base: the live record at the start of the draft, ``None`` for a new model.
            revises: the ended change to send again, or ``None``; an existing draft of the same change is returned.
            invalid_inputs: unreadable inputs by field key.
            source: the link that filled it, or ``None``.

        Raises:
            DraftsFullError: the person has reached the limit of drafts.
        """
        if operation is not Operation.DELETE:
            record = normalised(record, base)
        try:
            draft = await self.drafts.create(
                user_id=user_id,
                guild_id=guild_id,
                operation=operation.value,
                category=category,
                model_name=str(record.get("name") or ""),
                dialect=dialect.value,
                record=record,
                why=redacted_text(why),
                base=base,
                revises=revises,
                invalid_inputs=invalid_inputs,
                source=None if source is None else to_stored(source),
                now=self.clock(),
            )
        except TooManyDraftsError as error:
            raise DraftsFullError(error.limit, record) from None
        return await self.facts(draft)

    async def revise(self, user_id: int, draft_id: int, answers: SectionAnswers | str) -> Saved:
        """Write a form's answers into the draft; a plain text is the requestor's reason.

        Raises:
            DraftGoneError: it was sent, discarded, or has expired.
        """
        draft = await self.kept(user_id, draft_id)
        dialect = CanonicalFormat(draft.dialect)
        invalid_inputs = draft.invalid_inputs
        match answers:
            case SectionAnswers():
                answers = without_secrets(answers)
                licences = self.catalogue.licence_facts
                revision, problem = _read(partial(section_edit, answers, draft.record, dialect, licences))
                invalid_inputs = remaining_inputs(draft.invalid_inputs, answers, problem)
            case why:
                revision, problem = RecordEdit(why=redacted_text(why)), None
        if draft.state is DraftState.OPEN:
            record, why = revise(draft.record, draft.why, revision, dialect)
            draft = await self.save(replace(draft, invalid_inputs=invalid_inputs), record, why)
        return Saved(await self.facts(draft), problem)

    async def replace(self, user_id: int, draft_id: int, record: dict[str, Any]) -> Saved:
        """Replace the draft's record.

        Raises:
            DraftGoneError: it was sent, discarded, or has expired.
        """
        draft = await self.kept(user_id, draft_id)
        if draft.state is DraftState.OPEN and draft.operation != Operation.DELETE:
            draft = await self.save(replace(draft, invalid_inputs={}), record, draft.why)
        return Saved(await self.facts(draft))

    async def fix(self, user_id: int, draft_id: int, digest: str) -> Saved:
        """Take over the corrected value with this digest; without one that still applies nothing changes.

        Raises:
            DraftGoneError: it was sent, discarded, or has expired.
        """
        draft = await self.kept(user_id, draft_id)
        facts = await self.facts(draft)
        found = next((check.mend for check in facts.checks if check.mend and check.mend.digest == digest), None)
        if found is not None and draft.state is DraftState.OPEN and facts.operation is not Operation.DELETE:
            facts = await self.facts(await self.save(draft, mended(draft.record, found), draft.why))
        return Saved(facts)

    async def refill(self, draft: Draft, record: dict[str, Any], source: LinkSource | None = None) -> DraftFacts:
        """Save an open draft that a link filled, with its new category, record and source, if it has a new one.

        Raises:
            DraftGoneError: it was sent, discarded, or has expired.
        """
        if source is not None:
            draft = replace(draft, source=to_stored(source))
        draft = await self.save(draft, record, draft.why)
        return await self.facts(draft)

    async def show(self, user_id: int, draft_id: int) -> DraftFacts:
        """Return the draft with fresh checks.

        Raises:
            DraftGoneError: it was sent, discarded, or has expired.
        """
        return await self.facts(await self.kept(user_id, draft_id))

    async def kept(self, user_id: int, draft_id: int) -> Draft:
        """Return the stored draft; one local read, because a form must open at once.

        Raises:
            DraftGoneError: it was sent, discarded, or has expired.
        """
        draft = await self.drafts.get(draft_id, user_id)
        if draft is None:
            raise DraftGoneError(draft_id)
        return draft

    async def of_user(self, user_id: int) -> list[DraftSummary]:
        """Return the person's drafts, last edited first."""
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
        """Delete an open draft and return it.

        Raises:
            DraftGoneError: it does not exist, or was sent and its outcome is unknown.
        """
        draft = await self.kept(user_id, draft_id)
        if draft.state is not DraftState.OPEN or not await self.drafts.discard(draft_id, user_id):
            raise DraftGoneError(draft_id)
        return draft

    async def expire(self) -> int:
        """Delete drafts that were not edited within the retention time; return their count."""
        return await expire_drafts(self.drafts, self.keep_for, self.clock())

    async def _dialect(self, category: str) -> CanonicalFormat:
        deployment = self.catalogue.deployment or await self.catalogue.current_deployment()
        return deployment.dialect_for(category)

    async def save(self, draft: Draft, record: dict[str, Any], why: str) -> Draft:
        """Save an open draft with this record and reason.

        Raises:
            DraftGoneError: it was sent, discarded, or has expired.
        """
        record = normalised(record, draft.base)
        if draft.base is not None:  # an update cannot rename a model
            record["name"] = draft.model_name
        name = str(record.get("name") or "")
        try:
            return await self.drafts.save(replace(draft, record=record, model_name=name, why=why), self.clock())
        except DraftUnavailableError:
            raise DraftGoneError(draft.draft_id) from None

    async def _refused(self, draft: Draft) -> tuple[Check, ...]:
        """Return the service's refusals of single fields, until the draft is edited."""
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
                why=draft.why,
                dialect=dialect,
                deployment=self.catalogue.deployment,
                choices=self.catalogue.choices,
                live_names=await self.catalogue.names_or_none(draft.category),
                baselines=self.catalogue.baselines or None,
                open_changes=self.watch.open_changes(draft.category, draft.model_name)
                + tuple(self.watch.snapshot.of_files(draft.category, draft.record)),
                live_record=await self.catalogue.record_or_none(draft.category, draft.model_name),
                live=self.catalogue.live_index(draft.category),
                licences=self.catalogue.licences or None,
                usage=await self.live_comparison.usage_of(draft),
                dropped_paths=dropped_paths(
                    draft.record, draft.category, dialect, self.catalogue.document, live=draft.base
                ),
            )
        )

    async def facts(self, draft: Draft) -> DraftFacts:
        """Return a stored draft as its card shows it, with fresh checks."""
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
            source=from_stored(draft.source),
            host_findings=self.host_checks.known(checked_files(draft)),
        )


def _revised(revises: Revises) -> Revised:
    return Revised(revises.change_id, revises.rejected_by, revises.ended_at, revises.reason)


def _read(read: Callable[[], RecordEdit]) -> tuple[RecordEdit, InputError | None]:
    """Return the edit and, if some inputs are invalid, the error; valid inputs are kept."""
    try:
        return read(), None
    except InputError as problem:
        return problem.kept, problem
