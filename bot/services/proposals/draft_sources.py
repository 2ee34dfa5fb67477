"""Sources of drafts other than an empty form: a live record, a JSON file, a message."""

from dataclasses import dataclass, replace
from typing import Any

from bot.reference.credentials import redacted_text
from bot.reference.models import CanonicalFormat, Operation
from bot.reference.records import new_record
from bot.services.catalogue import Catalogue
from bot.services.checks import CheckedRecord, Verdict
from bot.services.checks.run import run_checks
from bot.services.errors import UnknownModelError
from bot.services.forms.fields_table import WHY_MAX
from bot.services.forms.forms_input import RecordEdit, SectionAnswers
from bot.services.model_names import close_to, resolved
from bot.services.proposals.draft_service import DraftService, Saved
from bot.services.proposals.outcomes import DraftFacts, Resumed
from bot.services.proposals.stored_inputs import left_out_fields, left_out_input
from bot.services.records.formats import FormatConflictError, in_format
from bot.services.records.json_input import (
    ReadRecord,
    RecordJsonError,
    record_from_json,
    require_one_name,
)
from bot.services.records.schema import path_of, schema_violations
from bot.services.records.texts import RecordShape
from storage.drafts import NewDraft


@dataclass(frozen=True, slots=True)
class LiveModel:
    """A live model and its whole record, in the vocabulary of ``dialect``."""

    category: str
    name: str
    dialect: CanonicalFormat
    record: dict[str, Any]

    def draft(self, operation: Operation, record: dict[str, Any]) -> NewDraft:
        """Return the content of a new draft that changes this model."""
        return NewDraft(
            operation=operation, category=self.category, dialect=self.dialect, record=record, base=self.record
        )


@dataclass(slots=True)
class DraftSources:
    """Builds drafts from live records and JSON; errors as of ``DraftService``."""

    draft_service: DraftService
    catalogue: Catalogue

    def known(self, category: str, typed: str) -> LiveModel | None:
        """Return the cached live record, or ``None``; no request, because a form must open at once."""
        name = resolved(self.catalogue.known_names(category), typed)
        record = self.catalogue.known_record(category, name)
        if record is None or self.catalogue.deployment is None:
            return None
        dialect = self.catalogue.deployment.dialect_for(category)
        return LiveModel(category, name, dialect, {"name": name, **record})

    async def open_update(self, user_id: int, category: str, typed: str) -> DraftFacts | None:
        """Return the person's open draft that updates this model, or ``None``; local reads only."""
        name = resolved(self.catalogue.known_names(category), typed)
        return await self.draft_service.open_draft(user_id, Operation.UPDATE, category, name)

    async def live(self, category: str, typed: str) -> LiveModel:
        """Read the current live record.

        Raises:
            UnknownModelError: no live model has this name.
            ApiError: the service does not answer.
        """
        names = self.catalogue.known_names(category) or tuple(await self.catalogue.live_models(category))
        name = resolved(names, typed)
        record = await self.catalogue.live_record(category, name)
        if record is None:
            raise UnknownModelError(category, name, close_to(self.catalogue.known_names(category), name))
        return LiveModel(category, name, await self.catalogue.dialect_of(category), {"name": name, **record})

    async def update(
        self,
        user_id: int,
        guild_id: int | None,
        live: LiveModel,
        edit: RecordEdit | None = None,
        *,
        left_out: tuple[str, ...] = (),
    ) -> DraftFacts:
        """Store a draft that updates a live model, or edit the open one of this model.

        ``left_out`` are the fields that the uploaded file does not have.
        """
        earlier = await self.draft_service.open_draft(user_id, Operation.UPDATE, live.category, live.name)
        if earlier is not None:
            if edit is None:
                return earlier
            record = edit.apply(earlier.record)
            saved = await self.draft_service.replace(user_id, earlier.draft_id, record, left_out=left_out)
            return replace(saved.facts, resumed=Resumed.MERGED)
        record = live.record if edit is None else edit.apply(live.record)
        new = live.draft(Operation.UPDATE, {**record, "name": live.name})
        return await self.draft_service.create(user_id, guild_id, replace(new, invalid_inputs=left_out_input(left_out)))

    async def update_from_form(
        self, user_id: int, guild_id: int | None, live: LiveModel, answers: SectionAnswers
    ) -> Saved:
        """Store a form's answers as an update of a live model.

        Without answers it is a draft as well, because its other parts can only be edited there.
        """
        earlier = await self.draft_service.open_draft(user_id, Operation.UPDATE, live.category, live.name)
        if earlier is not None:
            return await self.draft_service.resume(user_id, earlier.draft_id, answers)
        new = live.draft(Operation.UPDATE, {**live.record, "name": live.name})
        return await self.draft_service.create_filled(user_id, guild_id, new, answers)

    async def delete(self, user_id: int, guild_id: int | None, live: LiveModel, why: str) -> DraftFacts:
        """Store a draft that deletes a live model, or write the reason into the open one."""
        why = why.strip()[:WHY_MAX]
        earlier = await self.draft_service.open_draft(user_id, Operation.DELETE, live.category, live.name)
        if earlier is not None:
            return (await self.draft_service.resume(user_id, earlier.draft_id, why)).facts
        new = live.draft(Operation.DELETE, live.record)
        return await self.draft_service.create(user_id, guild_id, replace(new, why=why))

    async def create_from_json(
        self, user_id: int, guild_id: int | None, category: str, data: bytes, name: str | None = None
    ) -> DraftFacts:
        """Store a JSON record as a draft that creates a model, optionally under another name.

        Raises:
            RecordJsonError: it is not a record of this category, or the service's schema refuses a value.
        """
        dialect = await self.catalogue.dialect_of(category)
        given = _in_format(record_from_json(data, category), category, dialect)
        if name:
            require_one_name(name, given.record)
        self._check_schema(given.record, category, dialect)
        edit = RecordEdit({**given.record, "name": redacted_text(name)} if name else given.record)
        record = edit.apply(new_record(category, "", dialect))
        new = NewDraft(operation=Operation.CREATE, category=category, dialect=dialect, record=record)
        facts = await self.draft_service.create(user_id, guild_id, new)
        return replace(facts, shapes=given.shapes)

    async def update_from_json(
        self, user_id: int, guild_id: int | None, category: str, data: bytes, typed: str
    ) -> DraftFacts:
        """Store a JSON record as an update of a live model.

        Fields that the JSON leaves out stay; ``null`` removes a field.

        Raises:
            RecordJsonError: as for a create, or it names another model.
        """
        live = await self.live(category, typed)
        given = _in_format(record_from_json(data, category), category, live.dialect, live.record)
        _require_model(given.record, live.name)
        self._check_schema({"name": live.name, **given.record}, category, live.dialect, live.record)
        left_out = left_out_fields(live.record, given.record, is_converted=RecordShape.CONVERTED in given.shapes)
        facts = await self.update(user_id, guild_id, live, RecordEdit(given.record), left_out=left_out)
        return replace(facts, shapes=given.shapes)

    async def from_json(self, user_id: int, guild_id: int | None, category: str, data: bytes) -> DraftFacts:
        """Store a JSON record as an update if a live model has its name, else as a new model."""
        name = record_from_json(data, category).record.get("name")
        if isinstance(name, str) and name.strip() in await self.catalogue.live_models(category):
            return await self.update_from_json(user_id, guild_id, category, data, name.strip())
        return await self.create_from_json(user_id, guild_id, category, data)

    async def replace(self, user_id: int, draft_id: int, data: bytes) -> Saved:
        """Replace a draft's record with JSON; fields that it leaves out stay, and are named.

        Raises:
            RecordJsonError: see ``create_from_json``; the draft is unchanged.
        """
        draft = await self.draft_service.get(user_id, draft_id)
        dialect = CanonicalFormat(draft.dialect)
        given = _in_format(record_from_json(data, draft.category), draft.category, dialect, draft.base)
        left_out = left_out_fields(draft.record, given.record, is_converted=RecordShape.CONVERTED in given.shapes)
        record = RecordEdit(given.record).apply(draft.record)
        if draft.base is not None:
            _require_model(record, draft.model_name)
        self._check_schema(record, draft.category, dialect, draft.base)
        saved = await self.draft_service.replace(user_id, draft_id, record, left_out=left_out)
        return replace(saved, facts=replace(saved.facts, shapes=given.shapes))

    def _check_schema(
        self,
        record: dict[str, Any],
        category: str,
        dialect: CanonicalFormat,
        live: dict[str, Any] | None = None,
    ) -> None:
        """Check a record against the service's schema, except for values that *Fix* corrects.

        Raises:
            RecordJsonError: the service would refuse other values.
        """
        found = schema_violations(record, category, dialect, self.catalogue.document, known_good=live)
        fixable = _fixable_paths(record, category, dialect, live) if found else ()
        left = tuple(one for one in found if not one.path.startswith(fixable))
        if left:
            raise RecordJsonError("fields", violations=left)


def _fixable_paths(
    record: dict[str, Any], category: str, dialect: CanonicalFormat, live: dict[str, Any] | None
) -> tuple[str, ...]:
    """Return paths of the values that fail a check and have a computed correction."""
    operation = Operation.CREATE if live is None else Operation.UPDATE
    name = str(record.get("name") or "")
    subject = CheckedRecord(operation, category, name, record, dialect, live_record=live)
    fails = [check.fix for check in run_checks(subject) if check.verdict is Verdict.FAIL and check.fix is not None]
    return tuple(path_of(place) for fix in fails for place, value in fix.edits if value is not None)


def _require_model(record: dict[str, Any], name: str) -> None:
    """Check that a record names this model, or none.

    Raises:
        RecordJsonError: it names another.
    """
    stated = record.get("name", name)
    if not isinstance(stated, str) or stated.strip() != name.strip():
        raise RecordJsonError("wrong_model", str(stated))


def _in_format(
    given: ReadRecord, category: str, dialect: CanonicalFormat, live: dict[str, Any] | None = None
) -> ReadRecord:
    """Convert what the record says in the other format's shape.

    Raises:
        RecordJsonError: places of both formats hold different values.
    """
    try:
        record = in_format(given.record, category, dialect, live)
    except FormatConflictError as error:
        raise RecordJsonError("twice", redacted_text(str(error))) from None
    is_converted = record != given.record
    return ReadRecord(record, (RecordShape.CONVERTED, *given.shapes) if is_converted else given.shapes)
