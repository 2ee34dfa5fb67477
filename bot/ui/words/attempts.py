"""What somebody tried, and the words that every failure is made of."""

from dataclasses import dataclass
from enum import StrEnum

import discord

from bot.ui.components import Accent, Press


class Verb(StrEnum):
    """What somebody tried; it words the heading, *Not approved: …*, and whether anything can have changed."""

    QUEUE = "queue"
    APPROVE = "approve"
    REJECT = "reject"
    APPLY = "apply"
    CLAIM = "claim"
    PURGE = "purge"
    LINK = "link"
    EDIT = "edit"
    LOOK = "look"
    SET = "set"
    FOLLOW = "follow"
    FORGET = "forget"

    @property
    def is_write(self) -> bool:
        """Whether the service was to change something: a refusal of that concerns the whole channel."""
        return self in (Verb.QUEUE, Verb.APPROVE, Verb.REJECT, Verb.APPLY, Verb.PURGE)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody tried.

    Attributes:
        verb: what should have happened.
        user_id: Discord id of who tried, for a public refusal.
        horde_name: their AI-Horde name, ``None`` unless linked.
        operation: of the proposal or change that it was about; empty where there is none.
        category: likewise.
        name: likewise, the model's.
        change_id: the change, ``None`` for a draft.
        draft_kept: whether a draft of theirs lies on disk.
        ask_channel_id: where roles are asked for in this server, ``None`` where none is set.
        typed: what was typed for it and is kept nowhere: given back to whoever typed it.
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
        """How a heading begins: what did not happen."""
        return f"Not {_DONE[self.verb]}"

    @property
    def doing(self) -> str:
        """The attempt as a subject: *Approving is done with …*."""
        return _DOING[self.verb]

    @property
    def button(self) -> str | None:
        """The label of the button that was pressed, where there is one."""
        return _BUTTON.get(self.verb)

    @property
    def again(self) -> str:
        """What to do to try again: ``press *Approve* again``."""
        return f"press *{self.button}* again" if self.button else "try again"

    @property
    def nothing(self) -> str:
        """*Changed:* when nothing was."""
        return "nothing. The draft is kept." if self.draft_kept else "nothing."


_DONE = {
    Verb.QUEUE: "queued",
    Verb.APPROVE: "approved",
    Verb.REJECT: "rejected",
    Verb.APPLY: "applied",
    Verb.CLAIM: "claimed",
    Verb.PURGE: "purged",
    Verb.LINK: "linked",
    Verb.EDIT: "saved",
    Verb.LOOK: "shown",
    Verb.SET: "set",
    Verb.FOLLOW: "followed",
    Verb.FORGET: "deleted",
}
_DOING = {
    Verb.QUEUE: "Proposing",
    Verb.APPROVE: "Approving",
    Verb.REJECT: "Rejecting",
    Verb.APPLY: "Applying",
    Verb.CLAIM: "Claiming",
    Verb.PURGE: "Purging",
    Verb.EDIT: "Proposing",
    Verb.FOLLOW: "Following",
}
_DOING |= dict.fromkeys((Verb.LINK, Verb.LOOK, Verb.SET, Verb.FORGET), "This")
_BUTTON = {
    Verb.QUEUE: "Submit",
    Verb.APPROVE: "Approve",
    Verb.REJECT: "Reject…",
    Verb.APPLY: "Apply",
    Verb.CLAIM: "Claim",
    Verb.LINK: "Link account",
}


@dataclass(frozen=True, slots=True)
class Words:
    """A failure in words.

    Attributes:
        heading: what did not happen.
        now: what to do.
        changed: what was changed.
        line: what happened, one line at most; markup.
        accent: red unless only a step is missing.
        said: the service's own words, hostile until drawn.
        buttons: the one thing to do now.
        is_public: whether the whole channel reads it.
        files: what was typed, where it would be lost otherwise.
    """

    heading: str
    now: str
    changed: str = "nothing."
    line: str = ""
    accent: Accent = Accent.RED
    said: str | None = None
    buttons: tuple[Press, ...] = ()
    is_public: bool = False
    files: tuple[discord.File, ...] = ()
