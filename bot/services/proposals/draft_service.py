"""Drafts: stored and checked from the first form until they are sent or discarded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.reference.credentials import redacted_text
from bot.reference.models import CanonicalFormat, Operation
from bot.reference.records import new_record
from bot.services.catalogue import Catalogue
from bot.services.checks import Check, with_fix
from bot.services.errors import DraftGoneError, DraftsFullError
from bot.services.forms.forms_input import InputError, RecordEdit, SectionAnswers, section_edit, without_secrets
from bot.services.hosts.values import LinkSource, from_stored, to_stored
from bot.services.proposals.draft_facts import DraftFactsBuilder
from bot.services.proposals.outcomes import DraftFacts, DraftSummary, Resumed, draft_label
from bot.services.proposals.stored_inputs import left_out_input, remaining_inputs
from bot.services.records.formats import FormatConflictError, in_format
from bot.services.records.json_input import normalised, require_sendable
from bot.services.retention import expire_drafts
from storage.discarded_drafts import DiscardedDraft, DiscardedDrafts
from storage.drafts import Draft, Drafts, DraftState, NewDraft
from storage.errors import DraftUnavailableError, TooManyDraftsError


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft after a form was submitted; ``problem`` lists the inputs that could not be read."""

    facts: DraftFacts
    problem: InputError | None = None


@dataclass(slots=True)
class DraftService:
    """Service for a person's drafts; only their owner sees them.

    Methods that take a draft raise ``DraftGoneError`` if it was sent, discarded, or has expired; those that store a
    new one raise ``DraftsFullError`` if the person has reached the limit of drafts.
    """

    catalogue: Catalogue
    drafts: Drafts
    discarded: DiscardedDrafts
    facts_builder: DraftFactsBuilder
    clock: Callable[[], datetime]
    keep_for: timedelta

    async def create_from_form(self, user_id: int, guild_id: int | None, answers: SectionAnswers) -> Saved:
        """Store a form's answers as a draft of a new model, or in the open one of this name.

        Raises:
            ApiError: the service's format is not known yet and the service does not answer.
        """
        name = str(answers.typed.get("name", "")).strip()
        earlier = await self.open_draft(user_id, Operation.CREATE, answers.category, name)
        if earlier is not None:
            return await self.resume(user_id, earlier.draft_id, answers)
        dialect = await self.catalogue.dialect_of(answers.category)
        record = new_record(answers.category, "", dialect)
        new = NewDraft(operation=Operation.CREATE, category=answers.category, dialect=dialect, record=record)
        return await self.create_filled(user_id, guild_id, new, answers)

    async def create_filled(
        self, user_id: int, guild_id: int | None, started: NewDraft, answers: SectionAnswers
    ) -> Saved:
        """Store a new draft with a form's answers in it, or write them into the open one; one write."""
        answers = without_secrets(answers)
        edit, problem = self._read(answers, started.record, CanonicalFormat(started.dialect))
        record = edit.apply(started.record)
        if started.base is not None:  # an update cannot rename a model
            record["name"] = started.record["name"]
        new = replace(started, record=record, why=edit.why or "", invalid_inputs=remaining_inputs({}, answers, problem))
        facts = await self.create(user_id, guild_id, new)
        if facts.resumed is Resumed.NOT_TAKEN:  # the same model's draft was opened meanwhile
            return await self.resume(user_id, facts.draft_id, answers)
        return Saved(facts, problem)

    async def create(self, user_id: int, guild_id: int | None, new: NewDraft) -> DraftFacts:
        """Store a new draft, or return the open one of the same model and operation unchanged.

        Of a draft that revises a change, the existing one of the same change is returned.

        Raises:
            RecordJsonError: the record is too large to be sent.
        """
        record = new.record
        if new.operation != Operation.DELETE:
            record = normalised(record, new.base)
            require_sendable(record)
        new = replace(new, record=record, model_name=str(record.get("name") or ""), why=redacted_text(new.why))
        try:
            draft = await self.drafts.create(user_id, guild_id, new, self.clock())
        except TooManyDraftsError as error:
            raise DraftsFullError(error.limit, record) from None
        facts = await self.facts(draft)
        is_earlier = new.revises is None and draft.record != record
        return replace(facts, resumed=Resumed.NOT_TAKEN) if is_earlier else facts

    async def open_draft(self, user_id: int, operation: Operation, category: str, name: str) -> DraftFacts | None:
        """Return the person's open draft of this model and operation, or ``None``; local reads only."""
        draft = await self.drafts.of_model(user_id, operation.value, category, name)
        return None if draft is None else replace(await self.facts(draft), resumed=Resumed.OPENED)

    async def resume(self, user_id: int, draft_id: int, answers: SectionAnswers | str) -> Saved:
        """Write a form's answers into an earlier draft of the model, and mark it as such."""
        saved = await self.revise(user_id, draft_id, answers)
        return replace(saved, facts=replace(saved.facts, resumed=Resumed.MERGED))

    async def revise(self, user_id: int, draft_id: int, answers: SectionAnswers | str) -> Saved:
        """Write a form's answers into the draft; a plain text is the requestor's reason."""
        draft = await self.get(user_id, draft_id)
        if isinstance(answers, str):
            edit, problem, invalid_inputs = RecordEdit(why=redacted_text(answers)), None, draft.invalid_inputs
        else:
            answers = without_secrets(answers)
            edit, problem = self._read(answers, draft.record, CanonicalFormat(draft.dialect))
            invalid_inputs = remaining_inputs(draft.invalid_inputs, answers, problem)
        if draft.state is DraftState.OPEN:
            why = draft.why if edit.why is None else edit.why
            draft = await self.save(replace(draft, invalid_inputs=invalid_inputs), edit.apply(draft.record), why)
        return Saved(await self.facts(draft), problem)

    async def replace(
        self, user_id: int, draft_id: int, record: dict[str, Any], *, left_out: tuple[str, ...] = ()
    ) -> Saved:
        """Replace the draft's record; ``left_out`` are fields that the uploaded file lacks."""
        draft = await self.get(user_id, draft_id)
        if draft.state is DraftState.OPEN and draft.operation != Operation.DELETE:
            draft = await self.save(replace(draft, invalid_inputs=left_out_input(left_out)), record, draft.why)
        return Saved(await self.facts(draft))

    async def fix(self, user_id: int, draft_id: int, digest: str) -> Saved:
        """Take over the corrected value with this digest; do nothing if none applies now."""
        draft = await self.get(user_id, draft_id)
        facts = await self.facts(draft)
        found = next((check.fix for check in facts.checks if check.fix and check.fix.digest == digest), None)
        if (now := await self.get(user_id, draft_id)) != draft:  # edited while the service was asked
            return Saved(await self.facts(now))
        if found is not None and draft.state is DraftState.OPEN and facts.operation is not Operation.DELETE:
            facts = await self.facts(await self.save(draft, with_fix(draft.record, found), draft.why))
        return Saved(facts)

    async def refill(self, draft: Draft, record: dict[str, Any], source: LinkSource | None = None) -> DraftFacts:
        """Save an open draft that a link filled, and its source if that is new."""
        if source is not None:
            draft = replace(draft, source=to_stored(source))
        draft = await self.save(draft, record, draft.why)
        return await self.facts(draft)

    async def facts(self, draft: Draft) -> DraftFacts:
        """Return a stored draft as its card shows it, with fresh checks."""
        return await self.facts_builder.build(draft)

    async def checks(self, draft: Draft) -> tuple[Check, ...]:
        """Check a stored draft, as :meth:`facts` does."""
        return await self.facts_builder.checks(draft)

    async def show(self, user_id: int, draft_id: int) -> DraftFacts:
        """Return the draft with fresh checks."""
        return await self.facts(await self.get(user_id, draft_id))

    async def get(self, user_id: int, draft_id: int) -> Draft:
        """Return the stored draft; one local read, because a form must open at once."""
        draft = await self.drafts.get(draft_id, user_id)
        if draft is None:
            raise DraftGoneError(draft_id)
        return await self._in_current_format(draft)

    async def _in_current_format(self, draft: Draft) -> Draft:
        """Convert an open draft to the service's changed format; a check fails if impossible."""
        known = self.catalogue.deployment
        dialect = None if known is None else known.dialect_for(draft.category)
        if dialect is None or draft.dialect == dialect or draft.state is not DraftState.OPEN:
            return draft
        try:
            base = None if draft.base is None else in_format(draft.base, draft.category, dialect)
            record = in_format(draft.record, draft.category, dialect, base)
        except FormatConflictError:
            return draft
        if base is None:
            record = {**new_record(draft.category, draft.model_name, dialect), **record}
        return await self.save(replace(draft, dialect=dialect.value, base=base), record, draft.why)

    async def of_user(self, user_id: int) -> list[DraftSummary]:
        """Return the person's drafts, last edited first."""
        return [_summary(draft) for draft in await self.drafts.of_user(user_id)]

    async def discard(self, user_id: int, draft_id: int) -> DiscardedDraft:
        """Discard an open draft; ``restore`` brings it back within a day.

        Raises:
            DraftGoneError: it does not exist, or was sent and its outcome is unknown.
        """
        discarded = await self.discarded.discard(draft_id, user_id, self.clock())
        if discarded is None:
            raise DraftGoneError(draft_id)
        return discarded

    async def restore(self, user_id: int, draft_id: int) -> DraftFacts:
        """Bring a discarded draft back as it was; one that is back already is returned.

        Raises:
            DraftGoneError: it was discarded more than a day ago, or its change was revised again meanwhile.
        """
        try:
            await self.discarded.restore(draft_id, user_id, self.clock())
        except TooManyDraftsError as error:
            raise DraftsFullError(error.limit, {}) from None
        return await self.show(user_id, draft_id)

    async def last_discarded(self, user_id: int) -> DiscardedDraft | None:
        """Return the draft that the person discarded last, while it can be restored."""
        return await self.discarded.last(user_id, self.clock())

    async def expire(self) -> int:
        """Delete drafts that were not edited within the retention time; return their count."""
        await self.discarded.expire(self.clock())
        return await expire_drafts(self.drafts, self.keep_for, self.clock())

    async def save(self, draft: Draft, record: dict[str, Any], why: str) -> Draft:
        """Save an open draft with this record and reason.

        Raises:
            RecordJsonError: the record is too large to be sent.
        """
        record = normalised(record, draft.base)
        require_sendable(record)
        if draft.base is not None:  # an update cannot rename a model
            record["name"] = draft.model_name
        name = str(record.get("name") or "")
        try:
            return await self.drafts.save(replace(draft, record=record, model_name=name, why=why), self.clock())
        except DraftUnavailableError:
            raise DraftGoneError(draft.draft_id) from None

    def _read(
        self, answers: SectionAnswers, record: Mapping[str, Any], dialect: CanonicalFormat
    ) -> tuple[RecordEdit, InputError | None]:
        """Return the edit from all valid inputs and, if some are invalid, the error."""
        try:
            return section_edit(answers, record, dialect, self.catalogue.licence_facts), None
        except InputError as problem:
            return problem.kept, problem


def _summary(draft: Draft) -> DraftSummary:
    source = from_stored(draft.source)
    is_category_open = source is not None and source.is_category_open
    return DraftSummary(
        draft_id=draft.draft_id,
        operation=Operation(draft.operation),
        category=None if is_category_open else draft.category,
        name=draft_label(draft.model_name, source),
        saved_at=draft.updated_at,
        is_outcome_unknown=draft.state is not DraftState.OPEN,
    )
