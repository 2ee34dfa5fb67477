"""Forms that take a record as JSON, and ask for its category."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, override

import discord
from discord import ui

from bot.ui.choice_names import CATEGORIES, category_name
from bot.ui.forms.base import PARAGRAPH_MAX, Form, OnDone, OnFailed, paragraph
from bot.ui.text import as_label, clean

OPTIONS_MAX = 25
"""Options of a menu (Discord's documentation)."""


@dataclass(frozen=True, slots=True)
class SubmittedRecord:
    """A submitted file, text, both or neither; the file is not downloaded yet."""

    file: discord.Attachment | None
    text: str


class RecordFileForm(Form):
    """*Raw JSON*: a file, or the pasted record."""

    def __init__(self, on_done: OnDone[SubmittedRecord], on_failed: OnFailed) -> None:
        super().__init__("Raw JSON", on_done, on_failed)
        self._file: ui.FileUpload[Any] = self.ask(
            "JSON file",
            ui.FileUpload(required=False, min_values=0, max_values=1),
            "The whole record. Fields you leave out stay; one press removes them.",
        )
        self._text = self.ask(
            "Or the JSON itself",
            paragraph(placeholder='{"name": "…"}'),
            f"{PARAGRAPH_MAX} characters at most; longer ones as a file.",
        )

    @override
    def values(self) -> SubmittedRecord:
        return SubmittedRecord(next(iter(self._file.values), None), self._text.value)


@dataclass(frozen=True, slots=True)
class RecordOption:
    """A record of a message, as a menu offers it.

    Attributes:
        name: of the file, or of the block and its model.
        category: that its text states, or the name of its file; None if neither does.
        is_file: whether its content is not read yet.
    """

    name: str
    category: str | None
    is_file: bool = False


@dataclass(frozen=True, slots=True)
class ChosenRecord:
    """A submitted choice: a record's place in the menu, and the category, empty for none."""

    place: int
    category: str


class RecordChoiceForm(Form):
    """*Propose from this message*: asks for one of several records, or for its category."""

    def __init__(
        self,
        records: Sequence[RecordOption],
        categories: Sequence[str],
        on_done: OnDone[ChosenRecord],
        on_failed: OnFailed,
    ) -> None:
        super().__init__("Propose from this message", on_done, on_failed)
        self._record: ui.Select[Any] | None = None
        if len(records) > 1:
            menu: ui.Select[Any] = ui.Select(placeholder="Choose one", options=_record_options(records))
            self._record = self.ask("Record", menu, f"This message has {len(records)} records.")
        options = [discord.SelectOption(label=category_name(category), value=category) for category in categories]
        is_needed = len(records) == 1
        category: ui.Select[Any] = ui.Select(
            placeholder="Kind of model", options=options, required=is_needed, min_values=int(is_needed)
        )
        self._category = self.ask("Category", category, _category_hint(records))

    @override
    def values(self) -> ChosenRecord:
        place = 0 if self._record is None else int(self._record.values[0])
        return ChosenRecord(place, next(iter(self._category.values), ""))


def _record_options(records: Sequence[RecordOption]) -> list[discord.SelectOption]:
    return [
        discord.SelectOption(
            label=as_label(clean(record.name) or "No name"), value=str(place), description=_kind_words(record)
        )
        for place, record in enumerate(records)
    ]


def _kind_words(record: RecordOption) -> str:
    if record.category is not None and record.category in CATEGORIES:
        return f"Kind: {category_name(record.category)}"
    return "Kind not known before the file is read" if record.is_file else "States no kind"


def _category_hint(records: Sequence[RecordOption]) -> str:
    if len(records) > 1:
        return "Needed for a record that states no kind. A record of another kind is refused."
    if records[0].is_file:
        return "The file is read after this. If it states another kind, it is refused."
    return "The record states no kind."
