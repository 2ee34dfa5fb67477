"""Licences of a record: SPDX expressions, and its whole ``licensing``; pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from bot.reference.models import Licence

UNSTATED = "NOASSERTION"
"""The service's value for a licence that is not stated (8.0 and later)."""
UNKNOWN = "unknown"
"""Permission that no licence says anything about."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+:_-]*")
_BETWEEN = frozenset({"AND", "OR", "WITH"})


def read_expression(text: str) -> str | None:
    """Return the expression with operators in capitals; ``None`` if it is invalid."""
    said: list[str] = []
    depth, is_name_due = 0, True
    for word in _words(text):
        operator = word.upper() if word.upper() in _BETWEEN else None
        if not is_name_due:
            depth -= word == ")"
            is_name_due = operator is not None
            is_fitting = depth >= 0 and (word == ")" or is_name_due)
        elif word == "(":
            depth += 1
            is_fitting = said[-1:] != ["WITH"]
        else:
            is_name_due = False
            is_fitting = operator is None and _NAME.fullmatch(word) is not None
        if not is_fitting:
            return None
        said.append(operator or word)
    if is_name_due or depth:
        return None
    return " ".join(said).replace("( ", "(").replace(" )", ")")


def licence_ids(expression: str) -> list[str]:
    """Return the licence ids of an expression, each once.

    A licence with an exception is an id of its own (8.6.2).
    """
    names: list[str] = []
    is_exception = False
    for word in _words(expression):
        if word == "WITH":
            is_exception = bool(names)
        elif word not in ("(", ")", "AND", "OR"):
            names[len(names) - is_exception :] = [f"{names[-1]} WITH {word}" if is_exception else word]
            is_exception = False
    return list(dict.fromkeys(names))


def complete_licensing(
    record: Mapping[str, Any], before: Mapping[str, Any], licences: Iterable[Licence]
) -> dict[str, Any]:
    """Complete a record's ``licensing``, which the service accepts only as a whole.

    A newly chosen licence sets permissions and obligations that the person did not set. Without a licence the
    expression is "not stated"; without any licensing there is none.
    """
    said = record.get("licensing")
    if not isinstance(said, Mapping) or not said:
        return {key: value for key, value in record.items() if key != "licensing"}
    old = before.get("licensing")
    old = old if isinstance(old, Mapping) else {}
    licensing = dict(said)
    by_id = {licence.license_id: licence for licence in licences}
    expression = licensing["license_expression"] = _spelled(str(licensing.get("license_expression") or UNSTATED), by_id)
    known, former = by_id.get(expression), by_id.get(str(old.get("license_expression")))
    if expression != old.get("license_expression"):
        licensing["license_ids"] = [] if expression == UNSTATED else licence_ids(expression)
        for key in ("commercial_use", "redistribution", "obligations"):
            if licensing.get(key) == old.get(key) and _is_replaceable(key, licensing.get(key), former):
                licensing.pop(key, None)
    if known is not None:
        licensing.setdefault("commercial_use", known.commercial_use)
        licensing.setdefault("redistribution", known.redistribution)
        if expression != old.get("license_expression") and known.obligations:
            licensing.setdefault("obligations", list(known.obligations))
    licensing.setdefault("commercial_use", UNKNOWN)
    licensing.setdefault("redistribution", UNKNOWN)
    return {**record, "licensing": licensing}


def _is_replaceable(key: str, value: Any, licence: Licence | None) -> bool:
    """Return whether a value came from the licence or is unset, so the next licence replaces it."""
    granted = getattr(licence, key, None)
    return value in (None, UNKNOWN) or value == (list(granted) if isinstance(granted, tuple) else granted)


def _spelled(expression: str, known: Iterable[str]) -> str:
    """Return the expression with known licences in the service's spelling: ``mit`` as ``MIT``."""
    as_known = {name.casefold(): name for name in known}
    return _NAME.sub(lambda word: as_known.get(word[0].casefold(), word[0]), expression)


def _words(text: str) -> list[str]:
    return text.replace("(", " ( ").replace(")", " ) ").split()
