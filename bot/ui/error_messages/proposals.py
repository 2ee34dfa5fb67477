"""Messages for errors about drafts, forms, records and live models."""

import json
from typing import Any

from bot.reference.records import CHARACTERS_MAX, DEPTH_MAX, VALUES_MAX
from bot.services.changes import CardState
from bot.services.errors import (
    CategoryMissingError,
    CategoryNotTakenError,
    DraftGoneError,
    DraftsFullError,
    LinkAndRecordError,
    NoRecordError,
    NotRevisableError,
    NotYourProposalError,
    UnknownModelError,
)
from bot.services.forms.forms_input import InputError, InvalidInput
from bot.services.records.json_input import RecordJsonError
from bot.sources.addresses import AddressError, AddressProblem
from bot.ui.choice_names import category_words
from bot.ui.components import Accent, attachment
from bot.ui.error_messages.attempts import Entry, ErrorMessage, Failure, Verb, message_for
from bot.ui.proposals.sections import page_name
from bot.ui.text import DIFF_VALUE, NAME_LIST, NAME_TITLE, code, plain, plural

VIOLATIONS_SHOWN = 8

_SHORTEN = f"shorten it: {VALUES_MAX:,} values, {CHARACTERS_MAX:,} characters and {DEPTH_MAX} levels at most."
_RECORD_PROBLEMS: dict[str, tuple[str, str]] = {
    "size": ("the file is too large", "upload a file of 4 MB at most."),
    "record_size": ("the record is too large", _SHORTEN),
    "empty": ("the file is empty", "upload a file with one record."),
    "not_loaded": ("Discord did not deliver the file", "upload it again."),
    "encoding": ("the file is not text", "save it as UTF-8 and upload it again."),
    "syntax": ("the file is not valid JSON", "fix it and upload it again."),
    "not_object": ("the file holds no record", "upload one JSON object: a record, or one name and its record."),
    "several": ("the file holds more than one record", "propose each record by itself."),
    "wrong_category": ("the record is of another category", "choose that category, or another record."),
    "two_names": ("the record has two names", "keep only one of the names."),
    "twice": ("one key stands twice, with two values", "keep one of the two and attach the file again."),
    "wrong_model": ("the record is of another model", "choose that model, or remove the name from the record."),
    "fields": ("some fields cannot be read", "fix them and upload the file again."),
}
"""Reason and next step of each ``RecordJsonError.problem``."""


_ADDRESS_PROBLEMS: dict[AddressProblem, tuple[str, str]] = {
    AddressProblem.NO_LINK: ("there is no link to a model", "No address of Hugging Face or Civitai was found."),
    AddressProblem.OTHER_HOST: ("this host is not known", "The bot reads pages of Hugging Face and Civitai only."),
    AddressProblem.NOT_A_MODEL: ("this link names no model", "It leads to another page of the host."),
}
"""Reason and explanation of each ``AddressError.problem``."""


def draft_gone(failure: Failure[Any]) -> ErrorMessage:
    """Say that the draft no longer exists."""
    return ErrorMessage(
        "This draft is gone",
        f"{failure.command('propose-model drafts')} shows your drafts.",
        "It was sent, discarded, or has expired.",
        "nothing by you.",
        Accent.GREY,
    )


def _record_json(failure: Failure[RecordJsonError]) -> ErrorMessage:
    error = failure.error
    reason, now = _RECORD_PROBLEMS[error.problem]
    at = "At" if error.problem in {"syntax", "encoding"} else "Found:"
    lines = [f"{at} {code(error.where, NAME_TITLE)}."] if error.where else []
    lines += [
        f"{code(violation.path or 'record', DIFF_VALUE)}: {plain(violation.message, 200)}"
        for violation in error.violations[:VIOLATIONS_SHOWN]
    ]
    more = len(error.violations) - VIOLATIONS_SHOWN
    if more > 0:
        lines.append(f"-# {more} more")
    return ErrorMessage(failure.not_done(reason), now, "\n".join(lines))


def _unknown_model(failure: Failure[UnknownModelError]) -> ErrorMessage:
    error = failure.error
    kind = f" of the kind {category_words(error.category)}" if error.category else ""
    close = ", ".join(plain(name, NAME_LIST) for name in error.close)
    now = "choose one from the list that opens while you type."
    return ErrorMessage(
        failure.not_done("no live model has this name"),
        now if close else f"{now} {failure.command('propose-model create')} proposes a new one.",
        f"No live model{kind} is called {code(error.name, NAME_TITLE)}.{f' Similar: {close}.' if close else ''}",
        accent=Accent.AMBER,
    )


def _address(failure: Failure[AddressError]) -> ErrorMessage:
    reason, line = _ADDRESS_PROBLEMS[failure.error.problem]
    host = f"Found: {plain(failure.error.host, NAME_LIST)}. " if failure.error.host else ""
    return ErrorMessage(
        failure.not_done(reason),
        "paste the address of the model's page, as your browser shows it.",
        f"{host}{line}",
        accent=Accent.AMBER,
    )


def _not_revisable(failure: Failure[NotRevisableError]) -> ErrorMessage:
    is_live = failure.error.state is CardState.APPLIED
    state = "live" if is_live else failure.error.state.value
    return ErrorMessage(
        failure.not_done(f"#{failure.error.change_id} is {state}"),
        f"{failure.command('propose-model update')} changes it."
        if is_live
        else "propose another change when this one is live.",
        "Only a pending, rejected or purged change can be revised.",
        accent=Accent.SLATE,
    )


def _input(failure: Failure[InputError]) -> ErrorMessage:
    is_kept = failure.attempt.verb in (Verb.EDIT, Verb.QUEUE)
    invalid = failure.error.invalid_inputs
    first = invalid[0]
    buttons = dict.fromkeys(f"*{page_name(*one.form)}*" for one in invalid if one.form)
    again = f"choose {' and '.join(buttons) or 'that section'} under *Edit…* and type it again."
    long = [one.typed for one in invalid if len(one.typed) > DIFF_VALUE]
    lines = [f"**{plain(one.field, 60)}:** {_invalid_input(one)}" for one in invalid]
    heading = plural(len(invalid), "field")
    if len(invalid) == 1:
        heading, lines = _single_input(first)
    return ErrorMessage(
        failure.not_done(heading),
        again if is_kept else f"{failure.attempt.again}.",
        "\n".join(lines),
        "everything else you typed is saved." if is_kept else "nothing.",
        Accent.AMBER,
        files=(attachment("typed.txt", "\n\n".join(long)),) if long else (),
    )


def _drafts_full(failure: Failure[DraftsFullError]) -> ErrorMessage:
    record, drafts = failure.error.record, failure.command("propose-model drafts")
    heading, line = f"Not saved: you have {plural(failure.error.limit, 'draft')}", "That is the limit for one person."
    if not record:
        return ErrorMessage(heading, f"send or discard one under {drafts}, then press *Undo* again.", line)
    return ErrorMessage(
        heading,
        f"send or discard one under {drafts}, then propose with this file.",
        line,
        "nothing. The file holds what you typed.",
        files=(attachment("record.json", json.dumps(dict(record), indent=2, ensure_ascii=False)),),
    )


def _single_input(invalid: InvalidInput) -> tuple[str, list[str]]:
    """Return the reason and the line for one answer that cannot be read, or is empty."""
    label = plain(invalid.field, 60)
    if invalid.typed:
        return label, [_invalid_input(invalid)]
    return "one answer is empty", [f"**{label}** takes {invalid.expected}."]


def _invalid_input(invalid: InvalidInput) -> str:
    typed = f"You typed {code(invalid.typed, DIFF_VALUE)}." if invalid.typed else "It is empty."
    return f"{typed} It takes {invalid.expected}."


PROPOSAL_MESSAGES: tuple[Entry, ...] = (
    message_for(RecordJsonError, _record_json),
    message_for(UnknownModelError, _unknown_model),
    message_for(AddressError, _address),
    message_for(NotRevisableError, _not_revisable),
    message_for(InputError, _input),
    message_for(DraftGoneError, draft_gone),
    message_for(DraftsFullError, _drafts_full),
    message_for(
        CategoryNotTakenError,
        lambda failure: ErrorMessage(
            failure.not_done("this service takes no models of this category"),
            "choose another category, or ask the people who run the service for a newer version.",
            f"It takes {', '.join(category_words(category) for category in failure.error.taken)}.",
            accent=Accent.AMBER,
        ),
    ),
    message_for(
        CategoryMissingError,
        lambda failure: ErrorMessage(
            failure.not_done("the category is missing"),
            "do it again and choose a category.",
            "The JSON does not say which kind of model it is.",
            accent=Accent.AMBER,
        ),
    ),
    message_for(
        LinkAndRecordError,
        lambda failure: ErrorMessage(
            failure.not_done("you gave a link and a file"),
            f"use {failure.command('propose-model create')} with `link` or with `record`.",
            "Both describe the whole model, and they may differ.",
            accent=Accent.AMBER,
        ),
    ),
    message_for(
        NoRecordError,
        lambda failure: ErrorMessage(
            failure.not_done("no record was found"),
            "attach a JSON file, or put the record into a code block.",
            "Accepted are a .json file, a JSON code block, or a message that is JSON.",
            accent=Accent.AMBER,
        ),
    ),
    message_for(
        NotYourProposalError,
        lambda failure: ErrorMessage(
            failure.not_done(f"#{failure.error.change_id} is not your proposal"),
            "nothing to do. Only its requestor can revise it.",
            accent=Accent.SLATE,
        ),
    ),
)
