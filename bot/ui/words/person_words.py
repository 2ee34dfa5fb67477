"""Sentences for what concerns one person: their account, their role, what they typed, their server."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from bot.errors import BotError
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
    DraftGoneError,
    DraftsFullError,
    NumbersError,
    OwnChangeError,
    SelectionGoneError,
    ServerNotServedError,
    ServerOnlyError,
    StillSendingError,
    TooFastError,
)
from bot.services.forms.forms_input import InputError, InvalidInput
from bot.ui import custom_ids
from bot.ui.account import role_words
from bot.ui.components import Accent, Press, attachment, primary
from bot.ui.custom_ids import AccountVerb
from bot.ui.glyphs import Theme
from bot.ui.proposals.sections import page_name
from bot.ui.text import DIFF_VALUE, REQUESTOR, code, plain, plural, relative
from bot.ui.words.attempts import Attempt, Verb, Words
from bot.ui.words.service_words import ai_horde_busy, needs_role


def _link_button() -> Press:
    return primary("Link account", custom_ids.account(AccountVerb.LINK))


def _not_linked(_error: NotLinkedError, attempt: Attempt, _theme: Theme) -> Words:
    return Words(
        "Link your AI-Horde account first",
        f"press *Link account*, then *{attempt.button}* again."
        if attempt.verb.is_write and attempt.button
        else "press *Link account*, then try again.",
        attempt.nothing,
        f"{attempt.doing} is done with your own key, and the bot does not have it.",
        Accent.AMBER,
        buttons=(_link_button(),),
    )


def _missing_role(error: MissingRoleError, attempt: Attempt, theme: Theme) -> Words:
    role = role_words(error.standing.roles)
    linked_as = f"You are linked as {plain(error.standing.horde.username, REQUESTOR)}"
    return needs_role(
        attempt, theme, role=error.role.value, linked_as=f"{linked_as}, {role}." if role else f"{linked_as}."
    )


def _key_shape(_error: KeyShapeError, attempt: Attempt, _theme: Theme) -> Words:
    return Words(
        "Not linked: this cannot be an AI-Horde key",
        "press *Link account* and paste the key again.",
        attempt.nothing,
        "A key has 10 to 64 letters, digits, - and \\_. What you typed was sent nowhere.",
        buttons=(_link_button(),),
    )


def _not_your_own(kind: str) -> Callable[[Any, Attempt, Theme], Words]:
    def words(_error: BotError, attempt: Attempt, _theme: Theme) -> Words:
        return Words(
            f"Not linked: this is {kind}",
            "use the key of your own account.",
            attempt.nothing,
            buttons=(_link_button(),),
        )

    return words


def _unknown_key(_error: UnknownKeyError, attempt: Attempt, _theme: Theme) -> Words:
    is_new = attempt.verb is Verb.LINK
    return Words(
        f"{attempt.failed}: AI-Horde does not know {'this' if is_new else 'your'} key",
        "press *Link account* and paste the key again." if is_new else "press *Link account* with the new key.",
        "nothing." if is_new else "nothing. Drafts are kept.",
        buttons=(_link_button(),),
    )


def _taken(error: AccountTakenError, _attempt: Attempt, theme: Theme) -> Words:
    return Words(
        f"Not linked: another member has linked {plain(error.username, REQUESTOR)}",
        f"if that is you, {theme.command('account unlink')} there first.",
        "nothing; their link stays.",
    )


def _too_many(error: TooManyAttemptsError, attempt: Attempt, _theme: Theme) -> Words:
    minutes = max(1, -(-error.retry_after // timedelta(minutes=1)))
    return Words(
        "Slow down: too many keys were tried",
        f"{attempt.again} in {plural(minutes, 'minute')}.",
        attempt.nothing,
        accent=Accent.AMBER,
    )


def _too_fast(error: TooFastError, attempt: Attempt, _theme: Theme) -> Words:
    return Words(
        f"Slow down: {error.limit} actions a minute",
        f"press again {relative(error.retry_at)}.",
        attempt.nothing,
        accent=Accent.AMBER,
    )


def _unreadable(_error: UnreadableKeyError, attempt: Attempt, _theme: Theme) -> Words:
    return Words(
        f"{attempt.failed}: your key cannot be read any more",
        "press *Link account* and give it once more.",
        "nothing. Drafts are kept.",
        "What the bot had stored of it is damaged.",
        buttons=(_link_button(),),
    )


def draft_gone(attempt: Attempt, theme: Theme) -> Words:
    """The draft is not there any more."""
    del attempt
    return Words(
        "This draft is gone",
        f"{theme.command('propose-model drafts')} shows those you have.",
        "nothing by you.",
        "It was sent, discarded, or kept for as long as drafts are.",
        Accent.GREY,
    )


def _drafts_full(error: DraftsFullError, _attempt: Attempt, theme: Theme) -> Words:
    return Words(
        f"Not saved: you keep {plural(error.limit, 'draft')}",
        f"send or discard one under {theme.command('propose-model drafts')}, then propose with the file here.",
        "nothing. What you typed is in the file.",
        "That is as many as the bot keeps for one person.",
        files=(attachment("record.json", json.dumps(dict(error.record), indent=2, ensure_ascii=False)),),
    )


def _server_only(_error: ServerOnlyError, _attempt: Attempt, _theme: Theme) -> Words:
    return Words(
        "This works in a server only",
        "type it in a channel of a server that has the bot.",
        line="Direct messages have no review channel.",
    )


def _server_not_served(_error: ServerNotServedError, attempt: Attempt, _theme: Theme) -> Words:
    return Words(
        "This server may not use the bot",
        "ask the people who run the bot.",
        attempt.nothing,
        "They have a list of servers, and this one is not on it.",
    )


def _own_change(_error: OwnChangeError, attempt: Attempt, _theme: Theme) -> Words:
    return Words(
        f"{attempt.failed}: it is your own", "another approver decides (this server's setting).", attempt.nothing
    )


def _selection_gone(_error: SelectionGoneError, attempt: Attempt, theme: Theme) -> Words:
    again = theme.command("apply") if attempt.verb is Verb.APPLY else theme.command("queue list")
    return Words(
        f"{attempt.failed}: this choice is gone",
        f"choose again under {again}.",
        attempt.nothing,
        "It is kept for a week, and only for whoever made it.",
        Accent.GREY,
    )


def _numbers(error: NumbersError, attempt: Attempt, theme: Theme) -> Words:
    return Words(
        f"{attempt.failed}: these are no numbers of changes",
        f"type them like 12, 14 15, {error.limit} at most; "
        f"{theme.command('apply')} without any shows what is approved.",
        attempt.nothing,
        f"{code(error.typed)} was typed.",
        Accent.AMBER,
    )


def _input(error: InputError, attempt: Attempt, _theme: Theme) -> Words:
    is_kept = attempt.verb in (Verb.EDIT, Verb.QUEUE)
    invalid = error.invalid_inputs
    long = [slip.typed for slip in invalid if len(slip.typed) > DIFF_VALUE]
    buttons = dict.fromkeys(f"*{page_name(*slip.form)}*" for slip in invalid if slip.form)
    again = f"press {' and '.join(buttons) or 'the button of that section'} and type it again."
    return Words(
        f"{attempt.failed}: {plain(error.field, 60) if len(invalid) == 1 else plural(len(invalid), 'field')}",
        again if is_kept else f"{attempt.again}.",
        "everything else you typed is saved." if is_kept else "nothing.",
        _slip(invalid[0])
        if len(invalid) == 1
        else "\n".join(f"**{plain(one.field, 60)}:** {_slip(one)}" for one in invalid),
        Accent.AMBER,
        files=(attachment("typed.txt", "\n\n".join(long)),) if long else (),
    )


def _still_sending(_error: StillSendingError, attempt: Attempt, _theme: Theme) -> Words:
    return Words(
        f"{attempt.failed}: something of yours is being sent",
        "wait until it is answered, then press *Delete my data* again.",
        line="Its answer would be lost, and it could be sent twice.",
        accent=Accent.AMBER,
    )


def _slip(slip: InvalidInput) -> str:
    typed = f"{code(slip.typed, DIFF_VALUE)} was typed." if slip.typed else "It is empty."
    return f"{typed} It takes {slip.expected}."


PERSON_WORDS: Mapping[type[BotError], Callable[[Any, Attempt, Theme], Words]] = {
    NotLinkedError: _not_linked,
    MissingRoleError: _missing_role,
    KeyShapeError: _key_shape,
    AnonymousKeyError: _not_your_own("the anonymous key"),
    SharedKeyError: _not_your_own("a shared key"),
    UnknownKeyError: _unknown_key,
    InvalidKeyError: _unknown_key,
    AccountTakenError: _taken,
    TooManyAttemptsError: _too_many,
    HordeUnavailableError: lambda _error, attempt, _theme: ai_horde_busy(attempt),
    UnreadableKeyError: _unreadable,
    DraftGoneError: lambda _error, attempt, theme: draft_gone(attempt, theme),
    DraftsFullError: _drafts_full,
    ServerOnlyError: _server_only,
    ServerNotServedError: _server_not_served,
    InputError: _input,
    OwnChangeError: _own_change,
    SelectionGoneError: _selection_gone,
    TooFastError: _too_fast,
    NumbersError: _numbers,
    StillSendingError: _still_sending,
}
