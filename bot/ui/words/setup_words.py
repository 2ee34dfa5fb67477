"""Sentences for what a server's admin cannot set."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.errors import BotError
from bot.services.community.setup_errors import BlockNeedsApproversError, RoleNotYoursError, UnknownModeError
from bot.ui.components import Accent
from bot.ui.glyphs import Theme
from bot.ui.text import NAME_LIST, code, plural
from bot.ui.words.attempts import Attempt, Words


def _block_needs_approvers(error: BlockNeedsApproversError, attempt: Attempt, theme: Theme) -> Words:
    known = plural(error.known, "approver") if error.known else "no approver"
    return Words(
        f"{attempt.failed}: nobody could approve then",
        f"choose *warn*, or have {'another approver' if error.known else 'two approvers'} link first: "
        f"{theme.command('account link')}.",
        attempt.nothing,
        f"The bot knows {known}; *block* needs {error.needed}.",
        Accent.AMBER,
    )


def _role_not_yours(error: RoleNotYoursError, attempt: Attempt, _theme: Theme) -> Words:
    return Words(
        f"{attempt.failed}: you could not give this role yourself",
        "have somebody set it who has *Manage Roles* and stands above it.",
        attempt.nothing,
        f"Whoever gets a queue role would get <@&{error.role_id}> from the bot.",
        Accent.AMBER,
    )


def _unknown_mode(error: UnknownModeError, attempt: Attempt, _theme: Theme) -> Words:
    known = ", ".join(f"*{mode}*" for mode in error.known)
    return Words(
        f"{attempt.failed}: there is no such mode",
        "choose one from the list that opens while you type.",
        attempt.nothing,
        f"{code(error.typed, NAME_LIST)} was typed; there are {known}.",
        Accent.AMBER,
    )


SETUP_WORDS: Mapping[type[BotError], Callable[[Any, Attempt, Theme], Words]] = {
    BlockNeedsApproversError: _block_needs_approvers,
    UnknownModeError: _unknown_mode,
    RoleNotYoursError: _role_not_yours,
}
