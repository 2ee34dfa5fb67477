"""The form that asks how many changes leave the queue."""

from collections.abc import Sequence
from typing import override

from discord import ui

from bot.ui.forms.base import Form, OnDone, OnFailed, short
from bot.ui.queue.items import numbers
from bot.ui.text import plural

_NUMBER_MAX = 12


class PurgeForm(Form):
    """*Purge 3 changes*: one field for the number; read by ``bot.services.queue.purge``."""

    def __init__(self, change_ids: Sequence[int], on_done: OnDone[str], on_failed: OnFailed) -> None:
        super().__init__(f"Purge {plural(len(change_ids), 'change')}", on_done, on_failed)
        verb = "leaves" if len(change_ids) == 1 else "leave"
        self.add_item(
            ui.TextDisplay(
                f"**{numbers(change_ids)}** {verb} the queue for good. Models that are live stay as they are."
            )
        )
        field = short(placeholder="A number", max_length=_NUMBER_MAX)
        self._typed = self.ask("How many changes leave?", field, "Type the number to go on.")

    @override
    def values(self) -> str:
        return self._typed.value
