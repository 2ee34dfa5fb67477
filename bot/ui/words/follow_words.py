"""Sentences for what concerns following categories, models and requestors."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.errors import BotError
from bot.services.errors import FollowError, SubscriptionsFullError
from bot.ui.components import Accent
from bot.ui.glyphs import Theme
from bot.ui.text import NAME_TITLE, code
from bot.ui.words.attempts import Attempt, Words

_PROBLEMS: Mapping[str, tuple[str, str]] = {
    "nothing": ("nothing was named", "name a category, a model or a requestor."),
    "several": ("a requestor is followed in every category", "name the requestor alone, or leave that out."),
    "category": ("several categories have this model", "choose its category as well."),
}


def _follow(error: FollowError, attempt: Attempt, _theme: Theme) -> Words:
    heading, now = _PROBLEMS[error.problem]
    line = f"{code(error.typed, NAME_TITLE)} was typed." if error.typed else ""
    return Words(f"{attempt.failed}: {heading}", now, attempt.nothing, line, Accent.AMBER)


def _full(error: SubscriptionsFullError, attempt: Attempt, theme: Theme) -> Words:
    return Words(
        f"{attempt.failed}: you follow {error.limit} things",
        f"end one with {theme.command('subscribe remove')}; a category covers all its models.",
        attempt.nothing,
        "That is as many as one person may follow.",
        Accent.AMBER,
    )


FOLLOW_WORDS: Mapping[type[BotError], Callable[[Any, Attempt, Theme], Words]] = {
    FollowError: _follow,
    SubscriptionsFullError: _full,
}
