"""Messages for refusals and outages of the service, and faults of the bot's database."""

from typing import Any

from bot.errors import (
    ClosedError,
    DamagedError,
    DiskError,
    DraftUnavailableError,
    LockedError,
    UnusableFileError,
    WipeError,
)
from bot.reference.errors import (
    AUTH_PREFIX,
    ConflictError,
    ForbiddenError,
    IndeterminateError,
    InvalidRequestError,
    MalformedReplyError,
    NotFoundError,
    ReadOnlyError,
    RefusalKind,
    ServiceAwayError,
    UnauthorizedError,
    UnavailableError,
)
from bot.reference.models import ErrorDetail
from bot.reference.names import InvalidModelNameError, UnaddressableNameError
from bot.services.forms.fields import Section
from bot.services.proposals.refusal_checks import field_errors_of, form_for
from bot.services.reader_key import ReaderKeyError, ReaderProblem
from bot.ui.components import Accent
from bot.ui.error_messages.accounts import horde_unavailable, needs_role
from bot.ui.error_messages.attempts import Entry, ErrorMessage, Failure, Verb, message_for
from bot.ui.error_messages.lost_answers import Phase, changed_words
from bot.ui.error_messages.proposals import draft_gone
from bot.ui.proposals.sections import page_name
from bot.ui.text import REQUESTOR, code, plain, plural, relative

FIELDS_SHOWN = 5
SERVICE_REASON = 120
"""Characters shown of the reason why a request failed."""

_READER_PROBLEMS: dict[ReaderProblem, tuple[str, str]] = {
    ReaderProblem.UNKNOWN_KEY: (
        "the bot cannot read the queue",
        "AI-Horde does not know the key with which the bot reads the queue. Your own key is fine.",
    ),
    ReaderProblem.NO_ROLE: (
        "the queue is hidden from the bot",
        "This version of the service shows its queue only to approvers, and the bot's key is not one's.",
    ),
    ReaderProblem.UNCONFIRMED: (
        "the bot cannot read the queue",
        "The service could not confirm the key with which the bot reads the queue. Your own key is fine.",
    ),
}

_WRITTEN_IN_STEPS = frozenset({Verb.CLAIM, Verb.RELEASE, Verb.WITHDRAW, Verb.ASK, Verb.SET, Verb.SHOW_ME})
"""Actions that write more than once here: the first may have succeeded."""

_CONNECTED = "once the operator connects the bot to the main server (PRIMARY)."

_READ_ONLY: dict[RefusalKind, tuple[str, str]] = {
    "replica": (
        "the service is read-only",
        f"proposing, approving and applying work again {_CONNECTED}",
    ),
    "format": (
        "the service takes another format",
        "ask the operator to look at {status}; drafts can be sent after that.",
    ),
    "queue_disabled": ("the queue is switched off", "ask the people who run the service."),
    "audit_disabled": (
        "the service keeps no log of decisions",
        "see {list} for what was decided; ask the people who run the service for a log.",
    ),
    "no_queue": (
        "this service has no queue",
        "proposals need version 3.0.0 or newer; ask the people who run the service.",
    ),
}
"""Reason and next step of each kind of refusal."""

_OWN_WORDS: dict[RefusalKind, str] = {
    "replica": "The service runs as a read-only copy (REPLICA). It takes no proposals and no decisions.",
    "format": "The service does not take records in this format now.",
    "no_queue": "The service is older than 3.0.0.",
}
"""Refusals that the bot makes itself: what it knows of the service, and not an answer of it."""


def _read_only(failure: Failure[ReadOnlyError]) -> ErrorMessage:
    reason, now = _READ_ONLY[failure.error.kind]
    now = now.format(status=failure.command("status"), list=failure.command("queue list"))
    if failure.attempt.verb is Verb.LOOK and failure.error.kind == "replica":
        drafts = failure.command("propose-model drafts")
        now = f"{drafts} shows your drafts. The queue can be read {_CONNECTED}"
    if failure.attempt.draft_kept and failure.error.kind in {"replica", "no_queue"}:
        now += f" Then {failure.command('propose-model drafts')} sends it again."
    heading, is_public = failure.not_done(reason), failure.attempt.verb.is_write
    if failure.error.status is None:
        line = _OWN_WORDS.get(failure.error.kind, plain(failure.error.detail, SERVICE_REASON))
        return ErrorMessage(heading, now, line, is_public=is_public)
    return ErrorMessage(heading, now, service_words=failure.error.detail, is_public=is_public)


def _forbidden(failure: Failure[ForbiddenError]) -> ErrorMessage:
    role = "requestor" if failure.attempt.verb in (Verb.QUEUE, Verb.EDIT) else "approver"
    name = f" as {plain(failure.attempt.horde_name, REQUESTOR)}" if failure.attempt.horde_name else ""
    return needs_role(failure, role=role, linked_as=f"You are linked{name}.")


def _not_found(failure: Failure[NotFoundError]) -> ErrorMessage:
    if failure.error.is_route_missing:
        return ErrorMessage(
            failure.not_done("this service cannot do that"),
            "ask the people who run the service for a newer version.",
            "It has no such function.",
        )
    if failure.attempt.change_id is not None:
        return ErrorMessage(
            f"#{failure.attempt.change_id} is gone from the queue",
            "nothing to do. The card closes shortly.",
            changed="nothing by you.",
            accent=Accent.GREY,
        )
    where = " under *Basics*" if failure.attempt.verb is Verb.QUEUE else ""
    heading = failure.not_done("the service has no such model")
    return ErrorMessage(heading, f"check the name{where}.", service_words=failure.error.detail)


def _invalid(failure: Failure[InvalidRequestError]) -> ErrorMessage:
    error, now = failure.error, "look at the card; its state may have changed."
    if failure.attempt.verb is Verb.QUEUE:
        forms = [form_for(each.place, failure.attempt.category) for each in field_errors_of(error)]
        buttons = dict.fromkeys(f"*{page_name(*form)}*" for form in forms or [(Section.BASICS, 0)])
        now = f"choose {' or '.join(buttons)} under *Edit…*."
    if error.status is None:
        return ErrorMessage(failure.not_done("it cannot be sent"), now, plain(error.detail, SERVICE_REASON))
    if not error.fields:
        return ErrorMessage(failure.not_done("the service does not accept it"), now, service_words=error.detail)
    more = len(error.fields) - FIELDS_SHOWN
    return ErrorMessage(
        failure.not_done(f"the service does not accept {plural(len(error.fields), 'field')}"),
        now,
        "; ".join(map(_field_error, error.fields[:FIELDS_SHOWN])) + (f"; {more} more." if more > 0 else "."),
    )


def _field_error(field: ErrorDetail) -> str:
    place = ".".join(str(part) for part in field.loc or () if part not in ("body", "query", "path"))
    return f"{code(place or 'record', 60)}: {plain(field.msg, 80)}"


def _unavailable(failure: Failure[UnavailableError]) -> ErrorMessage:
    if failure.error.detail.startswith(AUTH_PREFIX):
        return horde_unavailable(failure)
    wait = f"{max(1, round(failure.error.retry_after_s))} s" if failure.error.retry_after_s else "a minute"
    return ErrorMessage(failure.not_done("the service does not answer"), f"{failure.attempt.again} in {wait}.")


def _storage_fault(failure: Failure[Any]) -> ErrorMessage:
    is_disk = isinstance(failure.error, DiskError)
    what = f"the bot's {'disk is full or failing' if is_disk else 'database cannot be used'}"
    return _in_doubt(failure, what, "tell the operator; then try again.")


def _in_doubt(failure: Failure[Any], reason: str, now: str, line: str = "") -> ErrorMessage:
    """Word a failure that may have followed after the action had its effect."""
    attempt = failure.attempt
    if attempt.verb.is_write:
        changed = attempt.unknown
    elif attempt.verb in _WRITTEN_IN_STEPS:
        changed, _ = changed_words(attempt, Phase.UNKNOWN, failure.theme)
    else:
        return ErrorMessage(failure.not_done(reason), now, line)
    return ErrorMessage(f"{reason[0].upper()}{reason[1:]}", now, line, changed)


SERVICE_MESSAGES: tuple[Entry, ...] = (
    message_for(ReadOnlyError, _read_only),
    message_for(ForbiddenError, _forbidden),
    message_for(NotFoundError, _not_found),
    message_for(InvalidRequestError, _invalid),
    message_for(UnavailableError, _unavailable),
    message_for(
        UnauthorizedError,
        lambda failure: ErrorMessage(
            failure.not_done("your key could not be confirmed"),
            f"{failure.attempt.again} in a minute.",
            "The service could not confirm your key with AI-Horde just now. The key stays linked.",
        ),
    ),
    message_for(
        ConflictError,
        lambda failure: ErrorMessage(
            failure.not_done("a live model has this name"),
            "propose an update of that model, or choose another name: *Edit…*, *Basics*.",
        ),
    ),
    message_for(
        InvalidModelNameError,
        lambda failure: ErrorMessage(
            failure.not_done("the service does not accept this name"),
            "choose another name: *Edit…*, *Basics*.",
            "A name must not be empty or contain a backslash.",
        ),
    ),
    message_for(
        UnaddressableNameError,
        lambda failure: ErrorMessage(
            failure.not_done("the service cannot handle a name with /"),
            "nothing to do here; ask the people who run the service.",
            "Names with / cannot be shown, changed or deleted by name.",
        ),
    ),
    message_for(
        ServiceAwayError,
        lambda failure: ErrorMessage(
            failure.not_done("the service does not answer"),
            f"{failure.attempt.again}; next try {relative(failure.error.next_try_at)}.",
            f"Nothing was sent: it has not answered for a while. {plain(failure.error.detail, SERVICE_REASON)}",
        ),
    ),
    message_for(
        ReaderKeyError,
        lambda failure: ErrorMessage(
            failure.not_done(_READER_PROBLEMS[failure.error.problem][0]),
            f"tell the operator: {failure.command('status')} says which setting to change.",
            _READER_PROBLEMS[failure.error.problem][1],
            "unknown for the earlier attempt. Nothing new was sent." if failure.attempt.draft_kept else None,
        ),
    ),
    message_for(
        IndeterminateError,
        lambda failure: ErrorMessage(
            "No answer yet",
            "look at the card in a minute before you press again.",
            "It was sent; the service did not answer in time.",
            failure.attempt.unknown,
            Accent.AMBER,
        ),
    ),
    message_for(
        MalformedReplyError,
        lambda failure: _in_doubt(
            failure,
            "the answer cannot be read",
            "tell the operator: the service's address may be wrong, or its version too new or too old.",
            "The answer does not look like the service's.",
        ),
    ),
    message_for(DiskError, _storage_fault),
    message_for(DamagedError, _storage_fault),
    message_for(LockedError, _storage_fault),
    message_for(UnusableFileError, _storage_fault),
    message_for(DraftUnavailableError, draft_gone),
    message_for(
        WipeError,
        lambda failure: ErrorMessage(
            f"{'Linked' if failure.attempt.verb is Verb.LINK else 'Deleted'}, but the bot's disk is full or failing",
            "tell the operator; then do the same once more.",
            changed="as you asked, but the old data is not wiped from the disk yet.",
        ),
    ),
    message_for(
        ClosedError,
        lambda failure: _in_doubt(failure, "the bot is restarting", "try again in a minute."),
    ),
)
