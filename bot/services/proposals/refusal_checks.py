"""Field errors of a service's refusal, as checks on the draft; pure."""

from collections.abc import Iterable

from bot.reference.errors import ApiError, InvalidRequestError
from bot.reference.models import CanonicalFormat
from bot.services.checks import Check, CheckCode, Verdict
from bot.services.forms.fields import Section
from bot.services.forms.fields_table import page_of
from storage.intents import FieldError

_CARRIERS = frozenset({"body", "query", "path"})
"""Parts of a request; the first item of a field path in the service's answer."""

_MARKS = (
    ("Unknown baseline", "baseline"),
    ("Unknown style", "style"),
    ("Unknown license", "licensing"),
    ("licensing ", "licensing"),
    ("New v2 model records require an explicit licensing", "licensing"),
    ("Model name", "name"),
)
"""Prefixes of messages without a path, and their field (the service's texts, 8.6.2)."""

_PREFIX = "Value error, "


def field_errors_of(refusal: ApiError) -> tuple[FieldError, ...]:
    """Return a refusal's field errors; empty if it concerns no single field."""
    if not isinstance(refusal, InvalidRequestError):
        return ()
    if not refusal.fields:
        place = _place_in(refusal.detail)
        return (FieldError(place, refusal.detail),) if place else ()
    found = []
    for field in refusal.fields:
        place = tuple(str(part) for part in field.loc or () if part not in _CARRIERS)
        message = field.msg.removeprefix(_PREFIX)
        found.append(FieldError(place or _place_in(message), message))
    return tuple(found)


def refusal_checks(field_errors: Iterable[FieldError], category: str, dialect: CanonicalFormat) -> tuple[Check, ...]:
    """Return a fail for each field error; any edit of the draft removes them."""
    found = []
    for field_error in field_errors:
        section, page = form_for(field_error.place, category, dialect)
        facts = {"field": ".".join(field_error.place) or "record", "said": field_error.message}
        found.append(Check(CheckCode.REFUSED, Verdict.FAIL, facts, section, page))
    return tuple(found)


def form_for(
    place: tuple[str, ...], category: str, dialect: CanonicalFormat = CanonicalFormat.V2
) -> tuple[Section, int]:
    """Return the form (section, page) that edits the field at this path; *Basics* if none does."""
    return page_of(category, ".".join(place), dialect) or (Section.BASICS, 0)


def _place_in(sentence: str) -> tuple[str, ...]:
    return next(((field,) for mark, field in _MARKS if sentence.startswith(mark)), ())
