"""Short constructors of check results; pure."""

from typing import Any

from bot.services.checks.results import Check, CheckCode, CheckedRecord, Mend, Place, Verdict
from bot.services.forms.fields import Section
from bot.services.forms.fields_table import page_of


def fail(code: CheckCode, section: Section | None, mend: Mend | None = None, /, **facts: str | int) -> Check:
    """Return a result that blocks sending."""
    return Check(code, Verdict.FAIL, facts, section, mend=mend)


def warn(code: CheckCode, section: Section | None = None, mend: Mend | None = None, /, **facts: str | int) -> Check:
    """Return a result that a person may accept."""
    return Check(code, Verdict.WARN, facts, section, mend=mend)


def at_field(
    subject: CheckedRecord,
    key: str,
    code: CheckCode,
    verdict: Verdict = Verdict.FAIL,
    mend: Mend | None = None,
    /,
    **facts: str | int,
) -> Check:
    """Return a result that points to the form with this field.

    Args:
        subject: the record.
        key: the field's key, or its dotted path.
        code: kind of the check.
        verdict: its result.
        mend: the corrected value.
        facts: values for its sentence.
    """
    section, page = page_of(subject.category, key, subject.dialect) or (None, 0)
    return Check(code, verdict, facts, section, page, mend)


def mend_at(label: str, place: Place, value: Any) -> Mend | None:
    """Return the correction of one value, ``None`` without a corrected value."""
    return None if value is None else Mend(label, ((place, value),))
