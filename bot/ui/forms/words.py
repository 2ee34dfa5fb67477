"""The forms that ask for words: why a change is proposed, why one is rejected."""

from typing import Any, override

import discord
from discord import ui

from bot.services.changes import ChangeFacts
from bot.services.forms_input import CANNED_REASONS, RejectAnswers
from bot.ui.forms.base import Form, OnDone, OnFailed, paragraph
from bot.ui.states import operation_word, requestor, title_of
from bot.ui.text import NAME_LIST, plain

WHY_MAX = 500
WORDS_MAX = 440
"""Characters of an approver's own words: with a canned reason they stay under the service's 500."""


class WhyForm(Form):
    """*Why*: one paragraph of 500 characters."""

    def __init__(self, why: str, on_done: OnDone[str], on_failed: OnFailed) -> None:
        super().__init__("Why", on_done, on_failed)
        self._why = self.ask(
            "Why",
            paragraph(default=why, max_length=WHY_MAX),
            "Approvers read it first. 500 characters at most.",
        )

    @override
    def values(self) -> str:
        return self._why.value


class RejectForm(Form):
    """*Reject #42*: a canned reason and words; read by ``bot.services.forms_input.reject_reason``.

    A form must be the first answer to a press, so the change may not have been read yet: ``facts`` is ``None``
    then, and the form speaks of its requestor only.
    """

    def __init__(
        self,
        change_id: int,
        on_done: OnDone[RejectAnswers],
        on_failed: OnFailed,
        *,
        facts: ChangeFacts | None = None,
    ) -> None:
        super().__init__(f"Reject #{change_id}", on_done, on_failed)
        self.add_item(ui.TextDisplay(_about(facts)))
        options = [discord.SelectOption(label=reason, value=reason) for reason in CANNED_REASONS]
        self._choice: ui.Select[Any] = self.ask("Reason", ui.Select(placeholder="Choose one", options=options))
        self._words = self.ask(
            "In your words",
            paragraph(placeholder="What should be different next time?", max_length=WORDS_MAX),
            f"Needed for “Another reason”. {WORDS_MAX} characters at most.",
        )

    @override
    def values(self) -> RejectAnswers:
        return RejectAnswers(next(iter(self._choice.values), ""), self._words.value)


def _about(facts: ChangeFacts | None) -> str:
    what = "The requestor reads this"
    if facts is not None:
        change = facts.change
        name = plain(title_of(change), NAME_LIST)
        what = f"**{operation_word(change.operation)} · {name}** by {requestor(change)}, who reads this"
    return f"{what}. A rejected change cannot be approved later."
