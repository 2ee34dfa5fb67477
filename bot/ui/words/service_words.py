"""Sentences for what the service refuses, or leaves unanswered."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.errors import BotError
from bot.reference.errors import (
    ApiError,
    ConflictError,
    ForbiddenError,
    IndeterminateError,
    InvalidRequestError,
    MalformedReplyError,
    NotFoundError,
    OversizedReplyError,
    ReadOnlyError,
    ServiceAwayError,
    UnauthorizedError,
    UnavailableError,
)
from bot.reference.models import ErrorDetail
from bot.reference.names import InvalidModelNameError, UnaddressableNameError
from bot.services.forms.fields import Section
from bot.services.proposals.refusal_checks import field_errors_of, form_for
from bot.services.reader import ReaderKeyError
from bot.ui.components import Accent
from bot.ui.glyphs import Theme
from bot.ui.proposals.sections import page_name
from bot.ui.text import REQUESTOR, code, plain, plural, relative
from bot.ui.words.attempts import Attempt, Verb, Words

AUTH_MARK = "Auth service"
"""How the service begins when it could not ask AI-Horde (8.6.2); it asks before it does anything."""
FIELDS_SHOWN = 5
SERVICE_REASON = 120
"""Characters of why a request failed."""


def _read_only(error: ReadOnlyError, attempt: Attempt, theme: Theme) -> Words:
    drafts = f" Then {theme.command('propose-model drafts')} sends it again." if attempt.draft_kept else ""
    reason, now = {
        "replica": (
            "the service is read-only",
            "nobody can propose, approve or apply here until the operator points the bot at the PRIMARY." + drafts,
        ),
        "format": (
            "the service takes another format",
            f"the operator looks at {theme.command('status')}; drafts are sent again after that.",
        ),
        "queue_disabled": ("the queue is switched off", "ask the people who run the service."),
        "audit_disabled": (
            "the service keeps no log of decisions",
            f"see {theme.command('queue list')} for what was decided; ask the people who run the service for a log.",
        ),
        "no_queue": (
            "this service has no queue",
            "nothing can be proposed here until the people who run the service install 3.0.0 or newer." + drafts,
        ),
    }[error.kind]
    return Words(
        f"{attempt.failed}: {reason}",
        now,
        attempt.nothing,
        said=error.detail,
        is_public=attempt.verb.is_write,
    )


def ai_horde_busy(attempt: Attempt) -> Words:
    """AI-Horde could not confirm a key: nobody's fault here, and no word against the key."""
    line = "It could not confirm your key just now."
    if attempt.verb is not Verb.LINK:
        line += " The key is fine and stays linked."
    return Words(f"{attempt.failed}: AI-Horde is busy", f"{attempt.again} in a minute.", attempt.nothing, line)


def needs_role(attempt: Attempt, theme: Theme, *, role: str, linked_as: str) -> Words:
    """The account lacks a role."""
    ask = (
        f" Ask in <#{attempt.ask_channel_id}>;"
        if attempt.ask_channel_id
        else f" Ask an approver, whom {theme.command('roles')} lists;"
    )
    return Words(
        f"You need the {role} role",
        f"roles belong to Horde accounts and are given by the people who run the service.{ask} "
        "a new role counts within a minute.",
        attempt.nothing,
        linked_as,
    )


def _unauthorized(_error: UnauthorizedError, attempt: Attempt, _theme: Theme) -> Words:
    return Words(
        f"{attempt.failed}: your key could not be confirmed",
        f"{attempt.again} in a minute.",
        attempt.nothing,
        "The service could not confirm your key with AI-Horde just now. The key stays linked.",
    )


def _forbidden(_error: ForbiddenError, attempt: Attempt, theme: Theme) -> Words:
    role = "requestor" if attempt.verb in (Verb.QUEUE, Verb.EDIT) else "approver"
    name = f" as {plain(attempt.horde_name, REQUESTOR)}" if attempt.horde_name else ""
    return needs_role(attempt, theme, role=role, linked_as=f"You are linked{name}.")


def _not_found(error: NotFoundError, attempt: Attempt, _theme: Theme) -> Words:
    if error.is_route_missing:
        return Words(
            f"{attempt.failed}: this service cannot do that",
            "ask the people who run the service for a newer one.",
            attempt.nothing,
            "It has no such function.",
        )
    if attempt.change_id is not None:
        return Words(
            f"#{attempt.change_id} is gone from the queue",
            "nothing to do; the card is closed once the queue stays without it.",
            "nothing by you.",
            accent=Accent.GREY,
        )
    now = "look at the name under *Basics*." if attempt.verb is Verb.QUEUE else "look at the name."
    return Words(f"{attempt.failed}: the service has no such model", now, attempt.nothing, said=error.detail)


def _conflict(_error: ConflictError, attempt: Attempt, _theme: Theme) -> Words:
    return Words(
        f"{attempt.failed}: a live model has this name",
        "make it an update, or rename it under *Basics*.",
        attempt.nothing,
    )


def _invalid(error: InvalidRequestError, attempt: Attempt, _theme: Theme) -> Words:
    now = "look at the card; it may have moved on."
    if attempt.verb is Verb.QUEUE:
        forms = [form_for(each.place, attempt.category) for each in field_errors_of(error)]
        buttons = dict.fromkeys(f"*{page_name(*form)}*" for form in forms or [(Section.BASICS, 0)])
        now = f"press {' or '.join(buttons)}."
    if error.fields:
        shown = "; ".join(_complaint(field) for field in error.fields[:FIELDS_SHOWN])
        more = len(error.fields) - FIELDS_SHOWN
        return Words(
            f"{attempt.failed}: the service does not accept {plural(len(error.fields), 'field')}",
            now,
            attempt.nothing,
            f"{shown}{f'; {more} more' if more > 0 else ''}.",
        )
    return Words(f"{attempt.failed}: the service does not accept it", now, attempt.nothing, said=error.detail)


def _complaint(field: ErrorDetail) -> str:
    place = ".".join(str(part) for part in field.loc or () if part not in ("body", "query", "path"))
    return f"{code(place or 'record', 60)}: {plain(field.msg, 80)}"


def _bad_name(_error: InvalidModelNameError, attempt: Attempt, _theme: Theme) -> Words:
    return Words(
        f"{attempt.failed}: the service does not accept this name",
        "press *Basics* and give it another.",
        attempt.nothing,
        "A name is not empty and has no backslash.",
    )


def _unaddressable(_error: UnaddressableNameError, attempt: Attempt, _theme: Theme) -> Words:
    return Words(
        f"{attempt.failed}: the service cannot reach this name",
        "nothing to do here; ask the people who run the service.",
        attempt.nothing,
        "Names with / cannot be shown, changed or deleted by name.",
    )


def _reader_key(_error: ReaderKeyError, attempt: Attempt, theme: Theme) -> Words:
    return Words(
        f"{attempt.failed}: the queue is hidden from the bot",
        f"tell the operator: {theme.command('status')} says which setting is to be changed.",
        "perhaps; nothing new by this." if attempt.draft_kept else attempt.nothing,
        "This version of the service shows its queue to approvers alone, and the bot's own key is none of theirs.",
    )


def _unavailable(error: UnavailableError, attempt: Attempt, _theme: Theme) -> Words:
    if error.detail.startswith(AUTH_MARK):
        return ai_horde_busy(attempt)
    wait = f"{max(1, round(error.retry_after_s))} s" if error.retry_after_s else "a minute"
    return Words(f"{attempt.failed}: the service does not answer", f"{attempt.again} in {wait}.", attempt.nothing)


def _away(error: ServiceAwayError, attempt: Attempt, _theme: Theme) -> Words:
    return Words(
        f"{attempt.failed}: the service does not answer",
        f"{attempt.again}; next try {relative(error.next_try_at)}.",
        attempt.nothing,
        f"Nothing was sent: it has not answered for a while. {plain(error.detail, SERVICE_REASON)}",
    )


def _indeterminate(_error: IndeterminateError, attempt: Attempt, _theme: Theme) -> Words:
    return Words(
        "No answer yet",
        "look at the card in a minute, before you press again.",
        "perhaps. The draft is kept." if attempt.draft_kept else "perhaps; the card tells.",
        "It was sent; the service did not answer in time.",
        Accent.AMBER,
    )


def _malformed(_error: MalformedReplyError, attempt: Attempt, _theme: Theme) -> Words:
    return Words(
        f"{attempt.failed}: the answer makes no sense",
        "tell the operator: the service's address may be wrong, or its version too new or too old.",
        "perhaps; the card tells." if attempt.verb.is_write else "nothing.",
        "Something answered, but not as the service does.",
    )


SERVICE_WORDS: Mapping[type[BotError], Callable[[Any, Attempt, Theme], Words]] = {
    ReadOnlyError: _read_only,
    UnauthorizedError: _unauthorized,
    ForbiddenError: _forbidden,
    NotFoundError: _not_found,
    ConflictError: _conflict,
    InvalidModelNameError: _bad_name,
    UnaddressableNameError: _unaddressable,
    InvalidRequestError: _invalid,
    ServiceAwayError: _away,
    UnavailableError: _unavailable,
    ReaderKeyError: _reader_key,
    IndeterminateError: _indeterminate,
    MalformedReplyError: _malformed,
    OversizedReplyError: _malformed,
}
ROOTS: frozenset[type[BotError]] = frozenset({BotError, ApiError})
"""Classes that are never raised themselves and so have no words."""
