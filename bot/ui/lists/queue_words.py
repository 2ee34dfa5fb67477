"""Sentences for what cannot be listed or purged."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.errors import BotError
from bot.services.errors import ListGoneError, PurgeCountError, PurgeGoneError, UnknownRequestorError
from bot.ui.components import Accent
from bot.ui.glyphs import Theme
from bot.ui.text import REQUESTOR, code, plural
from bot.ui.words.attempts import Attempt, Words


def _list_gone(_error: ListGoneError, _attempt: Attempt, theme: Theme) -> Words:
    return Words(
        "This list is too old",
        f"{theme.command('queue list')} or {theme.command('model search')} shows a new one.",
        line="What it was narrowed to is not kept for so long.",
        accent=Accent.SLATE,
    )


def _unknown_requestor(error: UnknownRequestorError, attempt: Attempt, _theme: Theme) -> Words:
    return Words(
        f"{attempt.failed}: nobody is called so",
        "type the Horde name with its number, such as alice\\#101, or the number alone.",
        attempt.nothing,
        f"{code(error.typed, REQUESTOR)} was typed, and nothing open was proposed by a requestor of that name.",
        Accent.AMBER,
    )


def _purge_count(error: PurgeCountError, _attempt: Attempt, _theme: Theme) -> Words:
    return Words(
        "Not purged: that is not the number",
        f"read the list, press *Purge {error.expected:,}…* again and type how many changes it has.",
        line=f"{code(error.typed, REQUESTOR)} was typed; {plural(error.expected, 'change')} would leave.",
        accent=Accent.AMBER,
    )


def _purge_gone(_error: PurgeGoneError, _attempt: Attempt, theme: Theme) -> Words:
    return Words(
        "Not purged: this list is too old",
        f"{theme.command('queue purge')} shows a new one.",
        line="It was shown to somebody else, or too long ago.",
        accent=Accent.SLATE,
    )


QUEUE_WORDS: Mapping[type[BotError], Callable[[Any, Attempt, Theme], Words]] = {
    ListGoneError: _list_gone,
    UnknownRequestorError: _unknown_requestor,
    PurgeCountError: _purge_count,
    PurgeGoneError: _purge_gone,
}
