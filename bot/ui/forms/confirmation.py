"""The form that asks for a model's name before it is proposed to delete it."""

from typing import override

from discord import ui

from bot.services.models.names import CHOICE_LENGTH_MAX, confirmation_word
from bot.ui.forms.base import Form, OnDone, OnFailed, short
from bot.ui.text import NAME_TITLE, plain


class DeleteForm(Form):
    """*Propose to delete*: one field for the name; read by ``bot.services.models.names.require_name``."""

    def __init__(self, name: str, on_done: OnDone[str], on_failed: OnFailed) -> None:
        super().__init__("Propose to delete", on_done, on_failed)
        word = confirmation_word(name)
        what = f"**{plain(name, NAME_TITLE)}** leaves the model reference once approvers have approved and applied it."
        self.add_item(ui.TextDisplay(what))
        asked = "Type its name to go on." if word == name else f"Type {word} to go on."
        self._typed = self.ask("Name", short(max_length=CHOICE_LENGTH_MAX), asked)

    @override
    def values(self) -> str:
        return self._typed.value
