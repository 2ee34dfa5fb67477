"""Forms that confirm a deletion by the model's name, and a purge by the number of changes."""

from collections.abc import Sequence
from typing import override

from discord import ui

from bot.services.model_names import CHOICE_LENGTH_MAX, confirmation_word
from bot.ui.forms.base import Form, OnDone, OnFailed, short
from bot.ui.queue.items import numbers
from bot.ui.text import NAME_TITLE, plain, plural


class DeleteForm(Form):
    """*Propose to delete*; validated by ``bot.services.model_names.require_name``."""

    def __init__(self, name: str, on_done: OnDone[str], on_failed: OnFailed) -> None:
        super().__init__("Propose to delete", on_done, on_failed)
        word = confirmation_word(name)
        what = f"If approvers agree, **{plain(name, NAME_TITLE)}** is removed from the model reference."
        self.add_item(ui.TextDisplay(what))
        asked = "Type its name to confirm." if word == name else f"Type {word} to confirm."
        self._typed = self.ask("Name", short(max_length=CHOICE_LENGTH_MAX), asked)

    @override
    def values(self) -> str:
        return self._typed.value


_NUMBER_MAX = 12


class PurgeForm(Form):
    """*Purge 3 changes*: one field for the number; validated by ``bot.services.queue.purge``."""

    def __init__(self, change_ids: Sequence[int], on_done: OnDone[str], on_failed: OnFailed) -> None:
        super().__init__(f"Purge {plural(len(change_ids), 'change')}", on_done, on_failed)
        verb = "leaves" if len(change_ids) == 1 else "leave"
        self.add_item(
            ui.TextDisplay(
                f"**{numbers(change_ids)}** {verb} the queue permanently. Models that are live stay as they are."
            )
        )
        field = short(placeholder="A number", max_length=_NUMBER_MAX)
        self._typed = self.ask("Number of changes", field, f"To confirm, type {len(change_ids)}.")

    @override
    def values(self) -> str:
        return self._typed.value
