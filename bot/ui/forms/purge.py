"""Form that confirms a purge by the number of changes."""

from collections.abc import Sequence
from typing import override

from discord import ui

from bot.ui.forms.base import Form, OnDone, OnFailed, short
from bot.ui.queue.items import numbers
from bot.ui.text import plural

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
