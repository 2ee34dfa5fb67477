"""Unreadable form inputs, stored beside a draft until they are corrected; pure."""

from collections.abc import Iterator, Mapping

from bot.reference.models import CanonicalFormat
from bot.services.checks import Check, CheckCode, Verdict
from bot.services.forms.fields import Kind
from bot.services.forms.fields_table import FILES, fields_of, page_of
from bot.services.forms.forms_input import InputError, SectionAnswers


def remaining_inputs(before: Mapping[str, str], answers: SectionAnswers, problem: InputError | None) -> dict[str, str]:
    """Return the unreadable inputs by field key, after these answers.

    Args:
        before: the unreadable inputs so far.
        answers: the form's answers; they replace earlier inputs of the same fields.
        problem: the answers that could not be read.
    """
    left = {key: typed for key, typed in before.items() if key not in answers.typed}
    for slip in problem.invalid_inputs if problem is not None else ():
        typed = answers.typed.get(slip.key)
        if isinstance(typed, str) and slip.key != FILES.key:  # its readable lines are in the fields of *Files*
            left[slip.key] = typed
    return left


def invalid_input_checks(invalid_inputs: Mapping[str, str], category: str, dialect: CanonicalFormat) -> Iterator[Check]:
    """Yield a fail for each unreadable input: the draft does not hold what was typed."""
    for one in fields_of(category, dialect):
        if one.key in invalid_inputs and one.kind is not Kind.NAME:
            section, page = page_of(category, one.key, dialect) or (one.section, 0)
            facts = {"label": one.label, "value": invalid_inputs[one.key]}
            yield Check(CheckCode.UNREAD, Verdict.FAIL, facts, section, page)
