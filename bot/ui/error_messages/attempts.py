"""The action that failed, and the parts of an error message."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

import discord

from bot.ui.components import Accent, Button
from bot.ui.glyphs import Theme


class Verb(StrEnum):
    """Kind of an action: words its heading (*Not approved: …*); whether it may write."""

    QUEUE = "queue"
    APPROVE = "approve"
    REJECT = "reject"
    APPLY = "apply"
    CLAIM = "claim"
    RELEASE = "release"
    WITHDRAW = "withdraw"
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
    UNFOLLOW = "stop following"
    FORGET = "forget"

    @property
    def is_write(self) -> bool:
        """True if the action changes the service; a refusal of that concerns the whole channel."""
        return self in (Verb.QUEUE, Verb.APPROVE, Verb.REJECT, Verb.APPLY, Verb.PURGE)


class _Words(NamedTuple):
    """Words for an action: participle, subject, label of its button (None: a command)."""

    done: str
    doing: str = "This"
    button: str | None = None


_WORDS: Mapping[Verb, _Words] = {
    Verb.QUEUE: _Words("queued", "Proposing", "Submit"),
    Verb.APPROVE: _Words("approved", "Approving", "Approve"),
    Verb.REJECT: _Words("rejected", "Rejecting", "Reject…"),
    Verb.APPLY: _Words("applied", "Applying", "Apply"),
    Verb.CLAIM: _Words("claimed", "Claiming", "Claim"),
    Verb.RELEASE: _Words("released", "Releasing", "Release"),
    Verb.WITHDRAW: _Words("withdrawn", "Withdrawing", "Withdraw my approval"),
    Verb.ASK: _Words("asked", "Asking for changes", "Needs changes…"),
    Verb.PURGE: _Words("purged", "Purging"),
    Verb.LINK: _Words("linked", button="Link account"),
    Verb.UNLINK: _Words("unlinked"),
    Verb.EDIT: _Words("saved", "Proposing"),
    Verb.DISCARD: _Words("discarded"),
    Verb.LOOK: _Words("shown"),
    Verb.SET: _Words("set"),
    Verb.SHOW_ME: _Words("set"),
    Verb.FOLLOW: _Words("followed", "Following"),
    Verb.UNFOLLOW: _Words("ended"),
    Verb.FORGET: _Words("deleted"),
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
        return f"Not {_WORDS[self.verb].done}"

    @property
    def doing(self) -> str:
        """Action as a subject: ``Approving``."""
        return _WORDS[self.verb].doing

    @property
    def button(self) -> str | None:
        """Label of the pressed button, None for a command."""
        return _WORDS[self.verb].button

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
    """Return an entry of the table; typed, so that the text uses only the error's facts."""
    return kind, message
