"""Form that confirms the deletion of a model by its name."""

from typing import override

from discord import ui

from bot.services.models.names import CHOICE_LENGTH_MAX, confirmation_word
from bot.ui.forms.base import Form, OnDone, OnFailed, short
from bot.ui.text import NAME_TITLE, plain


class DeleteForm(Form):
    """*Propose to delete*; validated by ``bot.services.models.names.require_name``."""

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
