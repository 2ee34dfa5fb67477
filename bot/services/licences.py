"""What a licence allows: facts of the service, and the conclusion that a record needs whole; pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.reference.models import Licence as Licence  # noqa: PLC0414 - forms take it from here
from bot.services.fields_text import UNSTATED

UNKNOWN = "unknown"
_LISTS = ("obligations",)


def concluded(record: Mapping[str, Any], before: Mapping[str, Any], licences: Iterable[Licence]) -> dict[str, Any]:
    """Complete a record's ``licensing``, which the service takes whole or not at all.

    A licence chosen anew brings what it permits and asks for, where nobody said otherwise; without a licence the
    conclusion is "not stated". Nothing said at all: no conclusion.
    """
    said = record.get("licensing")
    if not isinstance(said, Mapping) or not said:
        return {key: value for key, value in record.items() if key != "licensing"}
    old = before.get("licensing")
    old = old if isinstance(old, Mapping) else {}
    licensing = dict(said)
    expression = licensing.setdefault("license_expression", UNSTATED)
    known = {licence.license_id: licence for licence in licences}.get(expression)
    if expression != old.get("license_expression"):
        licensing["license_ids"] = [] if expression == UNSTATED else _ids(expression)
        for key in ("commercial_use", "redistribution", *_LISTS):
            if licensing.get(key) == old.get(key):  # it was the other licence's
                licensing.pop(key, None)
    if known is not None:
        licensing.setdefault("commercial_use", known.commercial_use)
        licensing.setdefault("redistribution", known.redistribution)
        if expression != old.get("license_expression") and known.obligations:
            licensing.setdefault("obligations", list(known.obligations))
    licensing.setdefault("commercial_use", UNKNOWN)
    licensing.setdefault("redistribution", UNKNOWN)
    return {**record, "licensing": licensing}


def _ids(expression: str) -> list[str]:
    """The licences an SPDX expression names, each once."""
    words = expression.replace("(", " ").replace(")", " ").split()
    return list(dict.fromkeys(word for word in words if word not in ("AND", "OR", "WITH")))
