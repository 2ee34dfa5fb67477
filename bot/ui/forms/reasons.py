"""Forms that ask for a reason or a request."""

from typing import Any, override

import discord
from discord import ui

from bot.services.changes import ChangeFacts
from bot.services.forms.fields_table import WHY_MAX
from bot.services.forms.reasons import CANNED_REASONS, RejectAnswers
from bot.ui.cards.states import operation_word, requestor, title_of
from bot.ui.forms.base import Form, OnDone, OnFailed, paragraph
from bot.ui.text import NAME_LIST, plain, plural

OWN_WORDS_MAX = 440
"""Characters of an approver's own words; with a canned reason below the service's 500."""

REQUEST_MAX = 500
"""Characters of a request for changes: as much as a card shows."""


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


class ReasonForm(Form):
    """A canned reason and free text; parsed by ``bot.services.forms.reasons.reject_reason``."""

    def __init__(self, title: str, about: str, on_done: OnDone[RejectAnswers], on_failed: OnFailed) -> None:
        super().__init__(title, on_done, on_failed)
        self.add_item(ui.TextDisplay(about))
        options = [discord.SelectOption(label=reason, value=reason) for reason in CANNED_REASONS]
        self._choice: ui.Select[Any] = self.ask("Reason", ui.Select(placeholder="Choose one", options=options))
        self._words = self.ask(
            "In your words",
            paragraph(placeholder="What should be different next time?", max_length=OWN_WORDS_MAX),
            f"Needed for “Another reason”. {OWN_WORDS_MAX} characters at most.",
        )

    @override
    def values(self) -> RejectAnswers:
        return RejectAnswers(next(iter(self._choice.values), ""), self._words.value)


class RejectForm(ReasonForm):
    """*Reject #42*.

    A form must be the first answer to a press, so ``facts`` is ``None`` if the change is not cached.
    """

    def __init__(
        self,
        change_id: int,
        on_done: OnDone[RejectAnswers],
        on_failed: OnFailed,
        *,
        facts: ChangeFacts | None = None,
    ) -> None:
        super().__init__(f"Reject #{change_id}", _about(facts), on_done, on_failed)


class RevisionRequestForm(Form):
    """*Needs changes of #42*: what the requestor is asked for; the change stays pending."""

    def __init__(
        self, change_id: int, on_done: OnDone[str], on_failed: OnFailed, *, facts: ChangeFacts | None = None
    ) -> None:
        super().__init__(f"Needs changes: #{change_id}", on_done, on_failed)
        self.add_item(ui.TextDisplay(f"{_reader(facts)}, and so will everyone on the card. It is not rejected."))
        words = paragraph(placeholder="Which field, and what should it be?", required=True, max_length=REQUEST_MAX)
        self._words = self.ask("What should change?", words, f"{REQUEST_MAX} characters at most.")

    @override
    def values(self) -> str:
        return self._words.value


class RejectSeveralForm(ReasonForm):
    """*Reject 3 changes* with one reason; ``lines`` name the changes and their concerns."""

    def __init__(self, count: int, lines: str, on_done: OnDone[RejectAnswers], on_failed: OnFailed) -> None:
        about = f"{lines}\nTheir requestors will see this. A rejected change cannot be approved later."
        super().__init__(f"Reject {plural(count, 'change')}", about, on_done, on_failed)


def _about(facts: ChangeFacts | None) -> str:
    return f"{_reader(facts)}. A rejected change cannot be approved later."


def _reader(facts: ChangeFacts | None) -> str:
    """Return which change it is, and who reads the answer."""
    if facts is None:
        return "The requestor will see this"
    change = facts.change
    name = plain(title_of(change), NAME_LIST)
    return f"**{operation_word(change.operation)} · {name}** by {requestor(change)}, who will see this"
