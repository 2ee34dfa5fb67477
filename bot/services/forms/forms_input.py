"""Parsing of form answers into an edit of a draft; valid answers survive invalid ones. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from bot.errors import BotError
from bot.reference.credentials import redacted_text
from bot.reference.models import CanonicalFormat, Licence
from bot.services.forms.fields import EMPTY, FILE_COLUMNS, Field, Kind, Section, UnreadableError, with_value
from bot.services.forms.fields_table import FILES, WHY, fields_of, page_of
from bot.services.forms.fields_text import Typed, read, show
from bot.services.forms.files_text import (
    FileList,
    UnreadableFilesError,
    file_lines,
    file_list,
    read_columns,
    read_file_lines,
    with_file_list,
)
from bot.services.forms.json_text import is_same_json
from bot.services.forms.licences import complete_licensing

_ONLY_TYPED = frozenset({Kind.FILE_SIZES, Kind.FILE_SPEEDS})
"""Columns tied to the file itself, not to its position."""


@dataclass(frozen=True, slots=True)
class RecordEdit:
    """Changes to a record from one form or file.

    Attributes:
        fields: top-level fields to set, in the record's vocabulary; a value of ``None`` removes the field.
        why: the requestor's reason, ``None`` to keep it.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    why: str | None = None

    def apply(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return the record with these changes."""
        return {key: value for key, value in {**record, **self.fields}.items() if self.fields.get(key, "") is not None}


@dataclass(frozen=True, slots=True)
class InvalidInput:
    """A typed text that is not a valid value.

    Attributes:
        field: the field's label, with the line if it has several.
        typed: the typed text.
        expected: description of a valid value.
        key: the field's key, empty outside of drafts.
        form: section and page of its form, ``None`` outside of drafts.
    """

    field: str
    typed: str
    expected: str
    key: str = ""
    form: tuple[Section, int] | None = None


class InputError(BotError):
    """Some inputs are invalid; all others were read.

    Attributes:
        invalid_inputs: at least one.
        kept: the edit from all valid inputs.
    """

    def __init__(self, *invalid_inputs: InvalidInput, kept: RecordEdit | None = None) -> None:
        super().__init__(invalid_inputs[0].field)
        self.invalid_inputs = invalid_inputs
        self.kept = kept or RecordEdit()


@dataclass(frozen=True, slots=True)
class SectionAnswers:
    """Changed answers of a form, by field key.

    Unchanged fields are left out, because a form may show a value only in part.
    """

    category: str
    typed: Mapping[str, Typed]

    def text(self) -> str:
        """Return the answers as text, to give them back to the person."""
        return "\n".join(
            f"{key}: {typed if isinstance(typed, str) else ', '.join(typed)}" for key, typed in self.typed.items()
        )


def without_secrets(answers: SectionAnswers) -> SectionAnswers:
    """Replace credentials in the answers, before they are stored or repeated in an error."""
    typed = {
        key: redacted_text(text) if isinstance(text, str) else tuple(map(redacted_text, text))
        for key, text in answers.typed.items()
    }
    return replace(answers, typed=typed)


@dataclass(slots=True)
class _EditedRecord:
    """A record being edited, and its invalid inputs."""

    category: str
    before: Mapping[str, Any]
    record: dict[str, Any]
    dialect: CanonicalFormat
    invalid_inputs: list[InvalidInput] = field(default_factory=list)
    why: str | None = None

    def report(self, one: Field, problem: UnreadableError) -> None:
        form = page_of(self.category, one.key if one.kind is not Kind.FILES else "config.download", self.dialect)
        label = "Files" if one.kind is Kind.FILES else one.label
        self.invalid_inputs.append(
            InvalidInput(f"{label}{problem.where}", problem.typed, problem.expected, one.key, form)
        )

    def set(self, one: Field, value: Any) -> None:
        path = one.path(self.dialect)
        if path is not None:
            self.record = with_value(self.record, path, value, drops_parent=one.drops_parent)
        if one.alias is not None:
            self.record.pop(one.alias, None)

    def edit(self) -> RecordEdit:
        changed = {
            key: value
            for key, value in self.record.items()
            if key not in self.before or not is_same_json(value, self.before[key])
        }
        removed = dict.fromkeys(key for key in self.before if key not in self.record)
        edit = RecordEdit({**changed, **removed}, self.why)
        if self.invalid_inputs:
            raise InputError(*self.invalid_inputs, kept=edit)
        return edit


def section_edit(
    answers: SectionAnswers,
    record: Mapping[str, Any],
    dialect: CanonicalFormat,
    licences: Iterable[Licence] = (),
) -> RecordEdit:
    """Parse a form's answers into an edit of a record; a chosen licence sets its permissions.

    Raises:
        InputError: an input is invalid; ``kept`` has the others.
    """
    edited = _EditedRecord(answers.category, record, dict(record), dialect)
    if (why := answers.typed.get(WHY.key)) is not None:
        edited.why = redacted_text(str(why))
    fields = {one.key: one for one in (FILES, *fields_of(answers.category, dialect))}
    for key, typed in answers.typed.items():
        one = fields.get(key)
        if one is None or one.kind in FILE_COLUMNS:
            continue
        if one.kind is Kind.FILES:
            _read_files(one, partial(read_file_lines, str(typed)), edited)
            continue
        current = one.value(record, dialect)
        try:
            value = read(one, typed, current, dialect)
        except UnreadableError as problem:
            edited.report(one, problem)
            continue
        if value is not None or current not in EMPTY:
            edited.set(one, value)
    _columns(fields, answers.typed, edited)
    if edited.record.get("licensing") != record.get("licensing"):
        edited.record = complete_licensing(edited.record, record, licences)
    return edited.edit()


def shown(one: Field, record: Mapping[str, Any], dialect: CanonicalFormat) -> Typed:
    """Return the text that a form shows for a field of this record."""
    if one.kind is Kind.FILES:
        return file_lines(file_list(record, dialect).files)
    if one.kind in FILE_COLUMNS:
        return file_list(record, dialect).column(one.kind)
    return show(one, one.value(record, dialect), dialect)


def _columns(fields: Mapping[str, Field], typed: Mapping[str, Typed], edited: _EditedRecord) -> None:
    columns = {one.kind: one for one in fields.values() if one.kind in FILE_COLUMNS}
    known = file_list(edited.before, edited.dialect)
    if any(one.key in typed for one in columns.values()):
        texts = {
            kind: str(typed.get(one.key, known.column(kind)))
            for kind, one in columns.items()
            if one.key in typed or kind not in _ONLY_TYPED
        }
        _read_files(columns[Kind.FILE_LINKS], lambda: read_columns(texts, known), edited, columns)
    listed = file_list(edited.record, edited.dialect)
    size = edited.record.get("size_on_disk_bytes")
    if size != edited.before.get("size_on_disk_bytes") and len(listed.files) == 1 and isinstance(size, int):
        # the total is the size of a single file; legacy cannot store it per file
        only = FileList((replace(listed.files[0], size_bytes=size),), listed.purposes)
        edited.record = with_file_list(edited.record, only, edited.dialect)


def _read_files(
    one: Field, read_them: Callable[[], FileList], edited: _EditedRecord, columns: Mapping[Kind, Field] | None = None
) -> None:
    try:
        listed = read_them()
    except UnreadableFilesError as error:
        listed = error.rest
        for kind, problem in error.problems:
            edited.report((columns or {}).get(kind, one), problem)
    edited.record = with_file_list(edited.record, listed, edited.dialect)
