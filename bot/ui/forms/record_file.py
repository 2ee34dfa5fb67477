"""Forms that take a record as JSON, and ask for its category."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, override

import discord
from discord import ui

from bot.ui.choice_names import category_name
from bot.ui.forms.base import PARAGRAPH_MAX, Form, OnDone, OnFailed, paragraph


@dataclass(frozen=True, slots=True)
class GivenRecord:
    """A submitted file, text, both or neither; the file is not downloaded yet."""

    file: discord.Attachment | None
    text: str


class RecordFileForm(Form):
    """*Raw JSON*: a file, or the pasted record."""

    def __init__(self, on_done: OnDone[GivenRecord], on_failed: OnFailed) -> None:
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
    def values(self) -> GivenRecord:
        return GivenRecord(next(iter(self._file.values), None), self._text.value)


class CategoryForm(Form):
    """*Propose from this message*: asks for the category if the record does not state it."""

    def __init__(self, categories: Sequence[str], on_done: OnDone[str], on_failed: OnFailed) -> None:
        super().__init__("Propose from this message", on_done, on_failed)
        options = [discord.SelectOption(label=category_name(category), value=category) for category in categories]
        self._category: ui.Select[Any] = self.ask(
            "Category",
            ui.Select(placeholder="Kind of model", options=options),
            "Kind of model, unless the record itself states it.",
        )

    @override
    def values(self) -> str:
        return next(iter(self._category.values), "")
