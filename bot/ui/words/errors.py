"""The only place that puts failures into words: what happened, whether anything was changed, what to do now.

The sentences stand in ``service_words`` and ``person_words``; here they are chosen, drawn, and it is decided who
may read them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import discord

from bot.errors import BotError
from bot.identity.errors import IdentityError
from bot.ui.components import Accent, Markup, Sheet
from bot.ui.glyphs import Theme
from bot.ui.lists.queue_words import QUEUE_WORDS
from bot.ui.text import NAME_LIST, REQUESTOR, code, mention, plain
from bot.ui.text import SERVICE_WORDS as SERVICE_WORDS_LENGTH
from bot.ui.words.asides import given_back
from bot.ui.words.attempts import Attempt as Attempt  # noqa: PLC0414 - cogs take it from here, beside explain
from bot.ui.words.attempts import Verb as Verb  # noqa: PLC0414 - likewise
from bot.ui.words.attempts import Words
from bot.ui.words.follow_words import FOLLOW_WORDS
from bot.ui.words.live_words import LIVE_WORDS
from bot.ui.words.person_words import PERSON_WORDS, draft_gone
from bot.ui.words.service_words import ROOTS, SERVICE_WORDS
from bot.ui.words.setup_words import SETUP_WORDS

WORDS: Final[Mapping[type[BotError], Callable[[Any, Attempt, Theme], Words]]] = {
    **SERVICE_WORDS,
    **PERSON_WORDS,
    **LIVE_WORDS,
    **FOLLOW_WORDS,
    **QUEUE_WORDS,
    **SETUP_WORDS,
}
WORDLESS: Final[frozenset[type[BotError]]] = ROOTS | {IdentityError}
"""Roots of families, never raised themselves."""


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
    files: tuple[discord.File, ...] = ()


def explain(error: BaseException, attempt: Attempt, theme: Theme) -> Explanation | None:
    """The words for a failure; ``None`` for what is no foreseen failure: show ``fault`` and log it."""
    words = _words(error, attempt, theme)
    if words is None:
        return None
    return Explanation(_drawn(words, attempt), words.is_public, words.files)


def fault(incident: str, attempt: Attempt, theme: Theme) -> Markup:
    """Something broke in the bot; ``incident`` is the id written to the log, ``7f3a-91c2``."""
    where = theme.command("queue show") if theme.knows("queue show") else "the card"
    is_write = attempt.verb.is_write
    return (
        Sheet(Accent.RED)
        .text(
            "## Something broke in the bot",
            f"Incident {code(incident)}, written to the operator's log.",
            f"**Changed:** {f'perhaps; {where} tells.' if is_write else 'nothing.'}",
            f"**Now:** {'look there before you press again.' if is_write else 'try again, or tell the operator.'}",
        )
        .view()
    )


def _words(error: BaseException, attempt: Attempt, theme: Theme) -> Words | None:
    if isinstance(error, BotError):
        for kind in type(error).__mro__:
            if kind in WORDS:
                return WORDS[kind](error, attempt, theme)
    # This layer may not import storage, whose errors that people can meet are known by their names.
    if type(error).__module__ == "storage.errors":
        return _storage_words(type(error).__name__, attempt, theme)
    return None


def _storage_words(name: str, attempt: Attempt, theme: Theme) -> Words | None:
    if name == "DraftUnavailableError":
        return draft_gone(attempt, theme)
    if name == "DiskError":
        is_open = attempt.verb.is_write and attempt.verb not in (Verb.LINK, Verb.FORGET)
        changed = "perhaps; the card tells." if is_open else "nothing."
        heading = f"{attempt.failed}: the bot's disk is full or failing"
        return Words(heading, "tell the operator; then try again.", changed)
    if name == "WipingError":
        done = "Linked" if attempt.verb is Verb.LINK else "Deleted"
        return Words(
            f"{done}, but the bot's disk is full or failing",
            "tell the operator; then do the same once more.",
            "as you asked; what was there before is not wiped from the disk yet.",
        )
    if name == "ClosedError":
        return Words(f"{attempt.failed}: the bot is restarting", "try again in a minute.", attempt.nothing)
    return None


def _drawn(words: Words, attempt: Attempt) -> Markup:
    sheet = Sheet(words.accent)
    outcome = (f"**Changed:** {words.changed}", f"**Now:** {words.now}")
    if words.said:
        who = _who_tried(attempt) if words.is_public else ""
        sheet.text(f"## {words.heading}", f"-# {who}" if who else "", words.line).rule()
        sheet.text("-# The service answered", f"> {plain(words.said, SERVICE_WORDS_LENGTH)}").gap().text(*outcome)
    else:
        sheet.text(f"## {words.heading}", words.line, *outcome)
    if not words.is_public:
        given_back(sheet, attempt.typed)
    return sheet.row(*words.buttons).view()


def _who_tried(attempt: Attempt) -> str:
    who = plain(attempt.horde_name, REQUESTOR) if attempt.horde_name else ""
    who = f"{who}{mention(attempt.user_id)}".strip()
    parts = (attempt.operation.upper(), attempt.category, attempt.name)
    what = " · ".join(plain(part, NAME_LIST) for part in parts if part)
    if not who:
        return what
    if attempt.change_id is None:
        return f"{who} tried {what or f'to {attempt.verb}'}"
    return " · ".join(part for part in (f"{who} tried to {attempt.verb} #{attempt.change_id}", what) if part)
