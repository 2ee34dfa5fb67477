"""The table from error class to message, and the drawing of a message."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import discord

from bot.ui.choice_names import category_name
from bot.ui.components import Accent, Markup, Sheet, short_message
from bot.ui.error_messages.accounts import ACCOUNT_MESSAGES
from bot.ui.error_messages.attempts import Attempt, ErrorMessage, Failure
from bot.ui.error_messages.lost_answers import Phase, changed_words
from bot.ui.error_messages.proposals import PROPOSAL_MESSAGES
from bot.ui.error_messages.queue import QUEUE_MESSAGES
from bot.ui.error_messages.service import SERVICE_MESSAGES
from bot.ui.glyphs import Theme
from bot.ui.text import NAME_LIST, REASON, REQUESTOR, SERVICE_WORDS, code, joined, mention, plain

MESSAGES: Final[Mapping[type[BaseException], Callable[[Any], ErrorMessage]]] = dict(
    (*SERVICE_MESSAGES, *ACCOUNT_MESSAGES, *PROPOSAL_MESSAGES, *QUEUE_MESSAGES)
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """An error message to send.

    Attributes:
        view: the drawn message.
        is_public: whether the whole channel reads it: only if the service refuses everyone.
        files: typed text that would be lost otherwise.
    """

    view: Markup
    is_public: bool = False
    files: tuple[discord.File, ...] = ()


def explain(error: BaseException, attempt: Attempt, theme: Theme, *, may_be_public: bool = True) -> Explanation | None:
    """Return the message for an error, None for an unforeseen one: log that and show ``fault``."""
    for kind in type(error).__mro__:
        if kind in MESSAGES:
            message = MESSAGES[kind](Failure(error, attempt, theme))
            message = replace(message, is_public=message.is_public and may_be_public)
            return Explanation(_draw(message, attempt), message.is_public, message.files)
    return None


def fault(incident: str, attempt: Attempt, theme: Theme, phase: Phase | None = None) -> Markup:
    """Draw the message for a bug; ``incident`` is its id in the log, ``7f3a-91c2``."""
    changed, now = changed_words(attempt, phase or Phase.UNKNOWN, theme)
    return short_message(
        Accent.RED,
        "## Something broke in the bot",
        f"Incident {code(incident)}, written to the operator's log.",
        f"**Changed:** {changed}",
        f"**Now:** {now}",
    )


def refused_in_channel(typed: str = "") -> Markup:
    """Point to a refusal in the channel; ``typed`` is returned to the person only."""
    sheet = Sheet(Accent.RED).text("## Refused", "The reason is in this channel.")
    return _with_typed(sheet, typed).view()


def _with_typed(sheet: Sheet, typed: str) -> Sheet:
    return sheet.gap().text("-# You wrote", f"> {plain(typed, REASON)}") if typed else sheet


def _draw(message: ErrorMessage, attempt: Attempt) -> Markup:
    sheet = Sheet(message.accent)
    action = _describe(attempt) if message.is_public else ""
    outcome = (f"**Changed:** {message.changed or attempt.unchanged}", f"**Now:** {message.now}")
    if message.service_words:
        sheet.text(f"## {message.heading}", f"-# {action}" if action else "", message.line).rule()
        sheet.text("-# The service answered", f"> {plain(message.service_words, SERVICE_WORDS)}").gap().text(*outcome)
    else:
        sheet.text(f"## {message.heading}", f"-# {action}" if action else "", message.line, *outcome)
    if not message.is_public:
        _with_typed(sheet, attempt.typed)
    return sheet.row(*message.buttons).view()


def _describe(attempt: Attempt) -> str:
    """Return the line of a public refusal that says who tried what."""
    who = plain(attempt.horde_name, REQUESTOR) if attempt.horde_name else ""
    who = f"{who}{mention(attempt.user_id)}".strip()
    parts = (attempt.operation.upper(), category_name(attempt.category), attempt.name)
    what = joined(*(plain(part, NAME_LIST) for part in parts))
    if not who:
        return what
    if attempt.change_id is None:
        return f"{who} tried {what or f'to {attempt.verb}'}"
    return joined(f"{who} tried to {attempt.verb} #{attempt.change_id}", what)
