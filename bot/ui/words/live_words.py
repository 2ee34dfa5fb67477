"""Sentences for what concerns live models and records given as JSON."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.errors import BotError
from bot.services.changes import CardState
from bot.services.errors import (
    CategoryNotTakenError,
    NameMismatchError,
    NoRecordError,
    NotRejectedError,
    NotYourProposalError,
    UnknownModelError,
)
from bot.services.proposals.record_input import RecordJsonError
from bot.ui.components import Accent
from bot.ui.glyphs import Theme
from bot.ui.text import DIFF_VALUE, NAME_LIST, NAME_TITLE, code, plain
from bot.ui.words.attempts import Attempt, Words

VIOLATIONS_SHOWN = 8

_PROBLEMS: Mapping[str, tuple[str, str]] = {
    "size": ("the file is too large", "take a record out of it, 4 MB at most."),
    "not_loaded": ("Discord did not hand the file over", "attach it again."),
    "encoding": ("the file is not text", "save it as UTF-8."),
    "syntax": ("the file is not JSON", "mend it there and attach it again."),
    "not_object": ("the file holds no record", "attach one JSON object: a record, or one name and its record."),
    "several": ("the file holds more than one record", "propose them one by one: a record each."),
    "wrong_category": ("the record is of another category", "choose that category, or another record."),
    "wrong_model": ("the record is of another model", "choose that model, or take the name out of the record."),
    "fields": ("some fields cannot be read", "mend them there and give the file again."),
}


def _record_json(error: RecordJsonError, attempt: Attempt, _theme: Theme) -> Words:
    heading, now = _PROBLEMS[error.problem]
    lines = [f"It says {code(error.where, NAME_TITLE)}."] if error.where else []
    lines += [
        f"{code(violation.path or 'record', DIFF_VALUE)}: {plain(violation.message, 200)}"
        for violation in error.violations[:VIOLATIONS_SHOWN]
    ]
    more = len(error.violations) - VIOLATIONS_SHOWN
    if more > 0:
        lines.append(f"-# {more} more")
    return Words(f"{attempt.failed}: {heading}", now, attempt.nothing, "\n".join(lines))


def _unknown_model(error: UnknownModelError, attempt: Attempt, theme: Theme) -> Words:
    where = f"in {plain(error.category, NAME_LIST) or 'any category'}" if error.category else "in any category"
    named = ", ".join(plain(name, NAME_LIST) for name in error.close)
    return Words(
        f"{attempt.failed}: no live model has this name",
        "choose one from the list that opens while you type."
        + ("" if named else f" A new one begins with {theme.command('propose-model create')}."),
        attempt.nothing,
        f"{code(error.name, NAME_TITLE)} is not {where}. {f'Close to it: {named}.' if named else ''}".strip(),
        Accent.AMBER,
    )


def _category_not_taken(error: CategoryNotTakenError, attempt: Attempt, _theme: Theme) -> Words:
    return Words(
        f"{attempt.failed}: this service takes no models of this category",
        "choose another category, or ask the people who run the service for a newer one.",
        attempt.nothing,
        f"It takes {', '.join(code(category, NAME_LIST) for category in error.taken)}.",
        Accent.AMBER,
    )


def _name_mismatch(error: NameMismatchError, attempt: Attempt, _theme: Theme) -> Words:
    typed = f"{code(error.typed, DIFF_VALUE)} was typed." if error.typed.strip() else "Nothing was typed."
    return Words(
        f"{attempt.failed}: that is not the name",
        f"press *Delete…* again and type {code(error.expected, NAME_TITLE)}.",
        attempt.nothing,
        typed,
        Accent.AMBER,
    )


def _no_record(_error: NoRecordError, attempt: Attempt, _theme: Theme) -> Words:
    return Words(
        f"{attempt.failed}: there is no record here",
        "attach a JSON file, or put the record into a block of code.",
        attempt.nothing,
        "Looked for: a .json file, a block of JSON, a text that is JSON.",
        Accent.AMBER,
    )


def _not_yours(error: NotYourProposalError, attempt: Attempt, _theme: Theme) -> Words:
    return Words(
        f"{attempt.failed}: #{error.change_id} is not your proposal",
        "nothing to do. Whoever proposed it can revise it.",
        attempt.nothing,
        accent=Accent.SLATE,
    )


def _not_rejected(error: NotRejectedError, attempt: Attempt, theme: Theme) -> Words:
    is_live = error.state is CardState.APPLIED
    now = f"{theme.command('propose-model update')} changes it." if is_live else "wait until it is decided."
    return Words(
        f"{attempt.failed}: #{error.change_id} is {'live' if is_live else error.state.value}",
        now,
        attempt.nothing,
        "Only a rejected or purged change is revised.",
        Accent.SLATE,
    )


LIVE_WORDS: Mapping[type[BotError], Callable[[Any, Attempt, Theme], Words]] = {
    RecordJsonError: _record_json,
    UnknownModelError: _unknown_model,
    CategoryNotTakenError: _category_not_taken,
    NameMismatchError: _name_mismatch,
    NoRecordError: _no_record,
    NotYourProposalError: _not_yours,
    NotRejectedError: _not_rejected,
}
