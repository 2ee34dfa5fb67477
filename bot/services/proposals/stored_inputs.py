"""Inputs stored beside a draft: unreadable answers, fields a file left out; pure.

Both are kept through edits and a restart, and each is a check on the draft until it is settled.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.reference.models import CanonicalFormat
from bot.services.checks import Check, CheckCode, Verdict
from bot.services.checks.results import Fix
from bot.services.forms.fields import EMPTY, Kind
from bot.services.forms.fields_table import FILES, fields_of, page_of
from bot.services.forms.forms_input import InputError, SectionAnswers

LEFT_OUT = "left out by the file"
"""Key of the fields that a file left out; unreadable answers have the keys of their fields."""

_SERVICE_FIELDS = frozenset(
    {"name", "model_name", "record_type", "model_classification", "metadata", "guidance", "text_model_group",
     "licensing"}
)  # fmt: skip
"""Fields that a file may always leave out: the service writes them."""
_FORMAT_FIELDS = frozenset({"type", "available", "download_all", "features_not_supported", "style", "nsfw"})
"""Fields that a file in the other format's shape may not have."""


def remaining_inputs(before: Mapping[str, str], answers: SectionAnswers, problem: InputError | None) -> dict[str, str]:
    """Return the unreadable inputs by field key: unanswered earlier ones, and new ones."""
    left = {key: typed for key, typed in before.items() if key not in answers.typed}
    for invalid in problem.invalid_inputs if problem is not None else ():
        typed = answers.typed.get(invalid.key)
        if isinstance(typed, str) and invalid.key != FILES.key:  # its readable lines are in the fields of *Files*
            left[invalid.key] = typed
    return left


def invalid_input_checks(inputs: Mapping[str, str], category: str, dialect: CanonicalFormat) -> Iterator[Check]:
    """Yield a fail for each unreadable input: the draft does not hold what was typed."""
    for one in fields_of(category, dialect):
        if one.key in inputs and one.kind is not Kind.NAME:
            section, page = page_of(category, one.key, dialect) or (one.section, 0)
            facts = {"label": one.label, "value": inputs[one.key]}
            yield Check(CheckCode.UNREAD, Verdict.FAIL, facts, section, page)


def left_out_fields(
    record: Mapping[str, Any], given: Mapping[str, Any], *, is_converted: bool = False
) -> tuple[str, ...]:
    """Return the filled fields of a record that a whole one in a file does not have.

    A file with less than half of them is a list of changes, and leaves nothing out. One that was converted from the
    other format's shape has fewer fields.
    """
    ignored = _SERVICE_FIELDS | (_FORMAT_FIELDS if is_converted else frozenset())
    filled = [key for key, value in record.items() if key not in ignored and value not in EMPTY]
    found = tuple(key for key in filled if key not in given)
    return found if 2 * len(found) <= len(filled) else ()


def left_out_input(fields: Iterable[str]) -> dict[str, str]:
    """Return the stored input of these fields, empty without one."""
    said = "\n".join(fields)
    return {LEFT_OUT: said} if said else {}


def left_out_checks(
    inputs: Mapping[str, str], record: Mapping[str, Any], base: Mapping[str, Any] | None
) -> Iterator[Check]:
    """Yield the fields that a file left out, with the press that removes or restores them."""
    fields = inputs.get(LEFT_OUT, "").splitlines()
    kept = [key for key in fields if key in record]
    removed = [key for key in fields if key not in record and key in (base or {})]
    if kept:
        fix = Fix("them", tuple(((key,), None) for key in kept), verb="Remove")
        yield Check(CheckCode.FIELDS_LEFT_OUT, Verdict.WARN, {"places": "\n".join(kept)}, fix=fix)
    if removed and base is not None:
        fix = Fix("them", tuple(((key,), base[key]) for key in removed), verb="Keep")
        yield Check(CheckCode.FIELDS_REMOVED, Verdict.WARN, {"places": "\n".join(removed)}, fix=fix)
