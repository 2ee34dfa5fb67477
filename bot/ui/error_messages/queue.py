"""Messages for errors about deciding, lists, purging and following."""

from bot.services.errors import (
    ChoiceGoneError,
    FollowError,
    ListGoneError,
    NumbersError,
    OwnChangeError,
    PurgeCountError,
    PurgeGoneError,
    SelectionGoneError,
    SubscriptionsFullError,
    UnknownRequestorError,
)
from bot.ui.components import Accent
from bot.ui.error_messages.attempts import Entry, ErrorMessage, Failure, Verb, message_for
from bot.ui.text import NAME_TITLE, REQUESTOR, code, plural

_FOLLOW_PROBLEMS: dict[str, tuple[str, str]] = {
    "nothing": ("you chose nothing", "name a category, a model or a requestor."),
    "several": ("a requestor is followed in every category", "name only the requestor, or leave it out."),
    "category": ("several categories have this model", "choose its category as well."),
}
"""Reason and next step of each ``FollowError.problem``."""


def _follow(failure: Failure[FollowError]) -> ErrorMessage:
    reason, now = _FOLLOW_PROBLEMS[failure.error.problem]
    line = f"You typed {code(failure.error.typed, NAME_TITLE)}." if failure.error.typed else ""
    return ErrorMessage(failure.not_done(reason), now, line, accent=Accent.AMBER)


def _selection_gone(failure: Failure[SelectionGoneError]) -> ErrorMessage:
    command = failure.command("apply" if failure.attempt.verb is Verb.APPLY else "queue list")
    return ErrorMessage(
        failure.not_done("this selection is gone"),
        f"choose again under {command}.",
        "It is kept for a week, and only for the person who made it.",
        accent=Accent.GREY,
    )


QUEUE_MESSAGES: tuple[Entry, ...] = (
    message_for(FollowError, _follow),
    message_for(SelectionGoneError, _selection_gone),
    message_for(
        SubscriptionsFullError,
        lambda failure: ErrorMessage(
            failure.not_done(f"you follow {plural(failure.error.limit, 'topic')}"),
            f"end one with {failure.command('subscribe remove')}; a category covers all its models.",
            "That is the limit for one person.",
            accent=Accent.AMBER,
        ),
    ),
    message_for(
        OwnChangeError,
        lambda failure: ErrorMessage(
            failure.not_done("it is your own"), "another approver has to decide (this server's setting)."
        ),
    ),
    message_for(
        NumbersError,
        lambda failure: ErrorMessage(
            failure.not_done("these are not change numbers"),
            f"type them like 12, 14 15, at most {failure.error.limit}; "
            f"{failure.command('apply')} without numbers shows what is approved.",
            f"You typed {code(failure.error.typed)}.",
            accent=Accent.AMBER,
        ),
    ),
    message_for(
        ListGoneError,
        lambda failure: ErrorMessage(
            "This list is too old",
            f"{failure.command('queue list')} or {failure.command('model search')} shows a new one.",
            "Its filter has expired.",
            accent=Accent.SLATE,
        ),
    ),
    message_for(
        ChoiceGoneError,
        lambda failure: ErrorMessage(
            failure.not_done("this choice is gone"),
            "open the list, the card or the draft again, and choose from it.",
            "The bot does not offer it any more.",
            accent=Accent.SLATE,
        ),
    ),
    message_for(
        UnknownRequestorError,
        lambda failure: ErrorMessage(
            failure.not_done("there is no such requestor"),
            "type the AI-Horde name with its number, such as alice\\#101, or the number alone.",
            f"You typed {code(failure.error.typed, REQUESTOR)}; no open change is from a requestor of that name.",
            accent=Accent.AMBER,
        ),
    ),
    message_for(
        PurgeCountError,
        lambda failure: ErrorMessage(
            f"Not purged: you typed {code(failure.error.typed, REQUESTOR)}, not {failure.error.expected}",
            f"read the list, then press *Purge {failure.error.expected:,}…* again and type its number of changes.",
            accent=Accent.AMBER,
        ),
    ),
    message_for(
        PurgeGoneError,
        lambda failure: ErrorMessage(
            "Not purged: this list is too old",
            f"{failure.command('queue purge')} shows a new one.",
            "It has expired, or was shown to another person.",
            accent=Accent.SLATE,
        ),
    ),
)
