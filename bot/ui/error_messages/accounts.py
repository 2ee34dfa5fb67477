"""Messages for errors about a person or a server: account, roles, limits, settings."""

from datetime import timedelta
from typing import Any

from bot.identity.errors import (
    AccountTakenError,
    AnonymousKeyError,
    HordeUnavailableError,
    InvalidKeyError,
    KeyShapeError,
    MissingRoleError,
    NotLinkedError,
    SharedKeyError,
    TooManyAttemptsError,
    UnknownKeyError,
    UnreadableKeyError,
)
from bot.services.errors import (
    BlockNeedsApproversError,
    ManageServerError,
    OneQuietHourError,
    RateLimitError,
    ReadLimitError,
    RoleNotGrantableError,
    ServerNotServedError,
    ServerOnlyError,
    StillSendingError,
    UnknownModeError,
)
from bot.ui import custom_ids
from bot.ui.account import role_words
from bot.ui.components import Accent, Button, primary
from bot.ui.custom_ids import AccountVerb
from bot.ui.error_messages.attempts import Entry, ErrorMessage, Failure, Verb, message_for
from bot.ui.text import NAME_LIST, REQUESTOR, code, plain, plural, relative

PERMISSIONS_SHOWN = 5
"""Dangerous permissions of a role that are named; the rest are counted."""


def horde_unavailable(failure: Failure[Any]) -> ErrorMessage:
    """Say that AI-Horde could not confirm a key, which says nothing about the key."""
    stays = "" if failure.attempt.verb is Verb.LINK else " The key is fine and stays linked."
    return ErrorMessage(
        failure.not_done("AI-Horde is busy"),
        f"{failure.attempt.again} in a minute.",
        f"It could not confirm your key just now.{stays}",
    )


def needs_role(failure: Failure[Any], *, role: str, linked_as: str) -> ErrorMessage:
    """Say which role is missing and whom to ask for it."""
    channel_id = failure.attempt.ask_channel_id
    ask = f"in <#{channel_id}>" if channel_id else f"an approver, listed under {failure.command('roles')}"
    return ErrorMessage(
        f"You need the {role} role",
        "roles belong to AI-Horde accounts and are given by the people who run the service. "
        f"Ask {ask}; a new role counts within a minute.",
        linked_as,
    )


def _link_button() -> tuple[Button, ...]:
    return (primary("Link account", custom_ids.account(AccountVerb.LINK)),)


def _not_linked(failure: Failure[NotLinkedError]) -> ErrorMessage:
    attempt = failure.attempt
    again = f"*{attempt.button}* again" if attempt.button else "try again"
    return ErrorMessage(
        "Link your AI-Horde account first",
        f"press *Link account*, then {again}.",
        f"{attempt.doing} needs your own key, and the bot does not have it.",
        accent=Accent.AMBER,
        buttons=_link_button(),
    )


def _missing_role(failure: Failure[MissingRoleError]) -> ErrorMessage:
    standing = failure.error.standing
    parts = [f"You are linked as {plain(standing.horde.username, REQUESTOR)}", role_words(standing.roles)]
    return needs_role(failure, role=failure.error.role.value, linked_as=f"{', '.join(filter(None, parts))}.")


def _not_own_key(kind: str) -> ErrorMessage:
    return ErrorMessage(f"Not linked: this is {kind}", "use the key of your own account.", buttons=_link_button())


def _unknown_key(failure: Failure[UnknownKeyError] | Failure[InvalidKeyError]) -> ErrorMessage:
    if failure.attempt.verb is Verb.LINK:
        heading, now, changed = "this", "and paste the key again", None
    else:
        heading, now, changed = "your", "with the new key", "nothing. Drafts are kept."
    return ErrorMessage(
        failure.not_done(f"AI-Horde does not know {heading} key"),
        f"press *Link account* {now}.",
        changed=changed,
        buttons=_link_button(),
    )


def _too_many_attempts(failure: Failure[TooManyAttemptsError]) -> ErrorMessage:
    minutes = max(1, -(-failure.error.retry_after // timedelta(minutes=1)))
    return ErrorMessage(
        "Slow down: too many keys were tried",
        f"{failure.attempt.again} in {plural(minutes, 'minute')}.",
        accent=Accent.AMBER,
    )


def _block_needs_approvers(failure: Failure[BlockNeedsApproversError]) -> ErrorMessage:
    known, needed = failure.error.known, failure.error.needed
    return ErrorMessage(
        failure.not_done("too few approvers have linked"),
        f"choose *warn*, or have {'another approver' if known else 'two approvers'} link first: "
        f"{failure.command('account link')}.",
        f"The bot knows {plural(known, 'approver') if known else 'no approver'}; *block* needs {needed}.",
        accent=Accent.AMBER,
    )


def _read_limit(failure: Failure[ReadLimitError]) -> ErrorMessage:
    limit = failure.error.limit
    heading = f"Slow down: the queue can be read {limit} times a minute" if limit else "Many people read the queue now"
    return ErrorMessage(
        heading,
        f"try again {relative(failure.error.retry_at)}.",
        "AI-Horde confirms a limited number of keys a minute; some are kept for proposals and decisions.",
        accent=Accent.AMBER,
    )


def _role_not_grantable(failure: Failure[RoleNotGrantableError]) -> ErrorMessage:
    given = f"The bot would give <@&{failure.error.role_id}> to everyone with a queue role."
    if not failure.error.dangerous:
        heading = failure.not_done("you could not give this role yourself")
        return ErrorMessage(
            heading, "ask a member with *Manage Roles* whose own role is above it.", given, accent=Accent.AMBER
        )
    names = ", ".join(f"*{name.replace('_', ' ').title()}*" for name in failure.error.dangerous[:PERMISSIONS_SHOWN])
    more = len(failure.error.dangerous) - PERMISSIONS_SHOWN
    return ErrorMessage(
        failure.not_done("this role may do too much"),
        "choose a role without these permissions.",
        f"{given} It allows {names}{f' and {more} more' if more > 0 else ''}.",
        accent=Accent.AMBER,
    )


ACCOUNT_MESSAGES: tuple[Entry, ...] = (
    message_for(NotLinkedError, _not_linked),
    message_for(MissingRoleError, _missing_role),
    message_for(AnonymousKeyError, lambda _: _not_own_key("the anonymous key")),
    message_for(SharedKeyError, lambda _: _not_own_key("a shared key")),
    message_for(UnknownKeyError, _unknown_key),
    message_for(InvalidKeyError, _unknown_key),
    message_for(TooManyAttemptsError, _too_many_attempts),
    message_for(HordeUnavailableError, horde_unavailable),
    message_for(BlockNeedsApproversError, _block_needs_approvers),
    message_for(
        KeyShapeError,
        lambda _: ErrorMessage(
            "Not linked: this cannot be an AI-Horde key",
            "press *Link account* and paste the key again.",
            "A key has 10 to 64 letters, digits, - and \\_. The typed text was sent nowhere.",
            buttons=_link_button(),
        ),
    ),
    message_for(
        AccountTakenError,
        lambda failure: ErrorMessage(
            f"Not linked: another member has linked {plain(failure.error.username, REQUESTOR)}",
            f"if that is you, use {failure.command('account unlink')} there first.",
            changed="nothing; their link stays.",
        ),
    ),
    message_for(
        UnreadableKeyError,
        lambda failure: ErrorMessage(
            failure.not_done("your stored key cannot be read"),
            "press *Link account* and enter it again.",
            "The stored key is damaged.",
            "nothing. Drafts are kept.",
            buttons=_link_button(),
        ),
    ),
    message_for(
        RateLimitError,
        lambda failure: ErrorMessage(
            f"Slow down: {failure.error.limit} actions a minute",
            f"press again {relative(failure.error.retry_at)}.",
            accent=Accent.AMBER,
        ),
    ),
    message_for(ReadLimitError, _read_limit),
    message_for(
        ManageServerError,
        lambda failure: ErrorMessage(
            failure.not_done("you need *Manage Server*"),
            "ask a member who may manage this server.",
            "Settings concern the whole server.",
            accent=Accent.AMBER,
        ),
    ),
    message_for(
        ServerOnlyError,
        lambda _: ErrorMessage(
            "This works only in a server",
            "use it in a channel of a server that has the bot.",
            "Direct messages have no review channel.",
        ),
    ),
    message_for(
        ServerNotServedError,
        lambda _: ErrorMessage(
            "This server may not use the bot",
            "ask the people who run the bot.",
            "They have a list of servers, and this one is not on it.",
        ),
    ),
    message_for(
        StillSendingError,
        lambda failure: ErrorMessage(
            failure.not_done("a request of yours is in progress"),
            "wait until it is answered, then press *Delete my data* again.",
            "Otherwise its answer would be lost, and it could be sent twice.",
            accent=Accent.AMBER,
        ),
    ),
    message_for(
        RoleNotGrantableError,
        _role_not_grantable,
    ),
    message_for(
        OneQuietHourError,
        lambda failure: ErrorMessage(
            failure.not_done("quiet hours have a beginning and an end"),
            f"type {failure.command('setup quiet-hours')} with `begin` and `end`, or with neither to turn them off.",
            f"You gave only {failure.error.hour}:00 UTC.",
            accent=Accent.AMBER,
        ),
    ),
    message_for(
        UnknownModeError,
        lambda failure: ErrorMessage(
            failure.not_done("this is not one of the choices"),
            "choose one from the list that opens while you type.",
            f"You typed {code(failure.error.typed, NAME_LIST)}; "
            f"possible are {', '.join(f'*{mode}*' for mode in failure.error.known)}.",
            accent=Accent.AMBER,
        ),
    ),
)
