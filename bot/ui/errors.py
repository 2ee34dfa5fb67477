"""The only place with sentences for failures: what happened, whether anything was changed, what to do now."""

from dataclasses import dataclass, field
from enum import StrEnum

import discord

from bot.ui.components import Markup
from bot.ui.glyphs import Look


class Verb(StrEnum):
    """What somebody tried; it words the heading, *Not approved: …*, and whether anything can have changed."""

    QUEUE = "queue"
    APPROVE = "approve"
    REJECT = "reject"
    APPLY = "apply"
    LINK = "link"
    EDIT = "edit"
    LOOK = "look"
    SET = "set"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody tried.

    Attributes:
        verb: what should have happened.
        user_id: Discord id of who tried, for a public refusal.
        horde_name: their AI-Horde name, ``None`` unless linked.
        operation, category, name: the proposal or change that it was about; empty where there is none.
        change_id: the change, ``None`` for a draft.
        draft_kept: whether a draft of theirs lies on disk.
        ask_channel_id: where roles are asked for in this server, ``None`` where none is set.
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


@dataclass(frozen=True, slots=True)
class Explanation:
    """A refusal to show.

    Attributes:
        view: what is drawn.
        is_public: whether the whole channel reads it: only where the service refuses everybody.
        files: what was typed, where it would be lost otherwise.
    """

    view: Markup
    is_public: bool = False
    files: tuple[discord.File, ...] = field(default_factory=tuple)


def explain(error: BaseException, attempt: Attempt, look: Look) -> Explanation | None:
    """The words for a failure; ``None`` for what is no foreseen failure: show ``fault`` and log it."""
    raise NotImplementedError


def fault(incident: str, attempt: Attempt, look: Look) -> Markup:
    """Something broke in the bot; ``incident`` is the id written to the log, ``7f3a-91c2``."""
    raise NotImplementedError
