"""What the service said of single fields, as checks on the draft: which field, and which form mends it; pure."""

from collections.abc import Iterable

from bot.reference.errors import ApiError, InvalidRequestError
from bot.services.checks import Check, CheckCode, Section, Verdict
from storage.intents import Complaint

_CARRIERS = frozenset({"body", "query", "path"})
"""Where in the request a place is; no part of the record."""

_MARKS = (
    ("Unknown baseline", "baseline"),
    ("Unknown style", "style"),
    ("Unknown license", "licensing"),
    ("licensing ", "licensing"),
    ("New v2 model records require an explicit licensing", "licensing"),
    ("Model name", "name"),
)
"""How sentences without a place begin, and the field that they are about (the service's texts, 8.6.2)."""

_PREFIX = "Value error, "
_FILE_FIELDS = frozenset({"config", "size_on_disk_bytes"})


def complaints_of(refusal: ApiError) -> tuple[Complaint, ...]:
    """What a refusal says of fields; nothing where it is about no field in particular."""
    if not isinstance(refusal, InvalidRequestError):
        return ()
    if not refusal.fields:
        place = _place_in(refusal.detail)
        return (Complaint(place, refusal.detail),) if place else ()
    found = []
    for field in refusal.fields:
        place = tuple(str(part) for part in field.loc or () if part not in _CARRIERS)
        message = field.msg.removeprefix(_PREFIX)
        found.append(Complaint(place or _place_in(message), message))
    return tuple(found)


def refusal_checks(complaints: Iterable[Complaint]) -> tuple[Check, ...]:
    """A fail for each: sent as it is, it would be refused again. Any change to the draft takes them away."""
    return tuple(
        Check(
            CheckCode.REFUSED,
            Verdict.FAIL,
            {"field": ".".join(complaint.place) or "record", "said": complaint.message},
            mended_by(complaint.place),
        )
        for complaint in complaints
    )


def mended_by(place: tuple[str, ...]) -> Section:
    """The form that asks for the field at this place."""
    return Section.FILES if place and place[0] in _FILE_FIELDS else Section.BASICS


def _place_in(sentence: str) -> tuple[str, ...]:
    bare = sentence.removeprefix(_PREFIX)
    return next(((field,) for mark, field in _MARKS if bare.startswith(mark)), ())
