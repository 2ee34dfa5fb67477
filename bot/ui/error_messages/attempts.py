"""The action that failed, and the parts of an error message."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import discord

from bot.ui.components import Accent, Button
from bot.ui.glyphs import Theme


class Verb(StrEnum):
    """Kind of an action; it words the heading, *Not approved: …*, and says whether something may have changed."""

    QUEUE = "queue"
    APPROVE = "approve"
    REJECT = "reject"
    APPLY = "apply"
    CLAIM = "claim"
    ASK = "ask"
    PURGE = "purge"
    LINK = "link"
    UNLINK = "unlink"
    EDIT = "edit"
    DISCARD = "discard"
    LOOK = "look"
    SET = "set"
    SHOW_ME = "show me"
    FOLLOW = "follow"
    FORGET = "forget"

    @property
    def is_write(self) -> bool:
        """True if the action changes the service; a refusal of that concerns the whole channel."""
        return self in (Verb.QUEUE, Verb.APPROVE, Verb.REJECT, Verb.APPLY, Verb.PURGE)


_DONE = {
    Verb.QUEUE: "queued",
    Verb.APPROVE: "approved",
    Verb.REJECT: "rejected",
    Verb.APPLY: "applied",
    Verb.CLAIM: "claimed",
    Verb.ASK: "asked",
    Verb.PURGE: "purged",
    Verb.LINK: "linked",
    Verb.UNLINK: "unlinked",
    Verb.EDIT: "saved",
    Verb.DISCARD: "discarded",
    Verb.LOOK: "shown",
    Verb.SET: "set",
    Verb.SHOW_ME: "set",
    Verb.FOLLOW: "followed",
    Verb.FORGET: "deleted",
}
_DOING = {
    Verb.QUEUE: "Proposing",
    Verb.APPROVE: "Approving",
    Verb.REJECT: "Rejecting",
    Verb.APPLY: "Applying",
    Verb.CLAIM: "Claiming",
    Verb.ASK: "Asking for changes",
    Verb.PURGE: "Purging",
    Verb.EDIT: "Proposing",
    Verb.FOLLOW: "Following",
}
_BUTTON = {
    Verb.QUEUE: "Submit",
    Verb.APPROVE: "Approve",
    Verb.REJECT: "Reject…",
    Verb.APPLY: "Apply",
    Verb.CLAIM: "Claim",
    Verb.ASK: "Needs changes…",
    Verb.LINK: "Link account",
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """Action of a person, for error messages.

    Attributes:
        verb: kind of action.
        user_id: Discord id of the person, for a public refusal.
        horde_name: their AI-Horde name, None unless linked.
        operation: operation of the proposal or change, empty if there is none.
        category: its category, empty if there is none.
        name: its model, empty if there is none.
        change_id: the change, None for a draft.
        draft_kept: whether a draft of theirs is stored.
        ask_channel_id: channel to ask for roles in this server, None if not set.
        typed: text that is stored nowhere and is given back to the person.
    """

    verb: Verb
    user_id: int | None = None
    horde_name: str | None = None
    operation: str = ""
    category: str = ""
    name: str = ""
    change_id: int | None = None
    draft_kept: bool = False
    ask_channel_id: int | None = None
    typed: str = ""

    @property
    def failed(self) -> str:
        """Start of a heading: ``Not approved``."""
        return f"Not {_DONE[self.verb]}"

    @property
    def doing(self) -> str:
        """Action as a subject: ``Approving``."""
        return _DOING.get(self.verb, "This")

    @property
    def button(self) -> str | None:
        """Label of the pressed button, None for a command."""
        return _BUTTON.get(self.verb)

    @property
    def again(self) -> str:
        """Instruction to repeat the action: ``press *Approve* again``."""
        return f"press *{self.button}* again" if self.button else "try again"

    @property
    def unchanged(self) -> str:
        """Text after *Changed:* when nothing was."""
        return "nothing. The draft is kept." if self.draft_kept else "nothing."

    @property
    def unknown(self) -> str:
        """Text after *Changed:* when the outcome of a write is unknown; a read changes nothing."""
        if not self.verb.is_write:
            return self.unchanged
        return "unknown. The draft is kept." if self.draft_kept else "unknown. The card will show the result."


@dataclass(frozen=True, slots=True)
class Failure[ErrorT: BaseException]:
    """An error with the action that it ended and the theme to draw it with."""

    error: ErrorT
    attempt: Attempt
    theme: Theme

    def not_done(self, reason: str) -> str:
        """Return a heading: ``Not approved: it is your own``."""
        return f"{self.attempt.failed}: {reason}"

    def command(self, name: str) -> str:
        """Return the mention of a command."""
        return self.theme.command(name)


@dataclass(frozen=True, slots=True)
class ErrorMessage:
    """An error in words.

    Attributes:
        heading: what did not happen.
        now: what to do.
        line: what happened, in one line; markup.
        changed: what was changed; None if nothing was.
        accent: red unless only a step is missing.
        service_words: the service's own words, not yet escaped.
        buttons: buttons of the next step.
        is_public: whether the whole channel reads it.
        files: typed text that would be lost otherwise.
    """

    heading: str
    now: str
    line: str = ""
    changed: str | None = None
    accent: Accent = Accent.RED
    service_words: str | None = None
    buttons: tuple[Button, ...] = ()
    is_public: bool = False
    files: tuple[discord.File, ...] = ()


type Entry = tuple[type[BaseException], Callable[[Any], ErrorMessage]]
"""An error class and the function that words it."""


def message_for[ErrorT: BaseException](kind: type[ErrorT], message: Callable[[Failure[ErrorT]], ErrorMessage]) -> Entry:
    """Return an entry of the table; the type checker compares the error's facts with those that the text uses."""
    return kind, message
