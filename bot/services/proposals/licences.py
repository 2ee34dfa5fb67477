"""Completion of a record's ``licensing`` from the service's licence facts; pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.reference.models import Licence as Licence  # noqa: PLC0414 - forms take it from here
from bot.services.forms.fields_text import UNSTATED
from bot.services.forms.licence_expressions import licence_ids, spelt

UNKNOWN = "unknown"
_LISTS = ("obligations",)


def concluded(record: Mapping[str, Any], before: Mapping[str, Any], licences: Iterable[Licence]) -> dict[str, Any]:
    """Complete a record's ``licensing``, which the service accepts only as a whole.

    A newly chosen licence sets permissions and obligations that the person did not set. Without a licence the
    conclusion is "not stated"; without any licensing there is no conclusion.
    """
    said = record.get("licensing")
    if not isinstance(said, Mapping) or not said:
        return {key: value for key, value in record.items() if key != "licensing"}
    old = before.get("licensing")
    old = old if isinstance(old, Mapping) else {}
    licensing = dict(said)
    by_id = {licence.license_id: licence for licence in licences}
    expression = licensing["license_expression"] = spelt(str(licensing.get("license_expression") or UNSTATED), by_id)
    known, other = by_id.get(expression), by_id.get(str(old.get("license_expression")))
    if expression != old.get("license_expression"):
        licensing["license_ids"] = [] if expression == UNSTATED else licence_ids(expression)
        for key in ("commercial_use", "redistribution", *_LISTS):
            if licensing.get(key) == old.get(key) and _was_brought(key, licensing.get(key), other):
                licensing.pop(key, None)
    if known is not None:
        licensing.setdefault("commercial_use", known.commercial_use)
        licensing.setdefault("redistribution", known.redistribution)
        if expression != old.get("license_expression") and known.obligations:
            licensing.setdefault("obligations", list(known.obligations))
    licensing.setdefault("commercial_use", UNKNOWN)
    licensing.setdefault("redistribution", UNKNOWN)
    return {**record, "licensing": licensing}


def _was_brought(key: str, value: Any, licence: Licence | None) -> bool:
    """Return whether a value came from the licence or is unset, so the next licence replaces it."""
    brought = getattr(licence, key, None)
    return value in (None, UNKNOWN) or value == (list(brought) if isinstance(brought, tuple) else brought)
