"""JSON that can be sent as it is: finite numbers, whole characters, no key twice; pure."""

import json
import math
from collections.abc import Iterable
from typing import Any

DEPTH_MAX = 50
"""Nesting limit; real records have 5 levels. Drawing and comparing recurse."""

_SHOWN = 60


class DuplicateKeyError(ValueError):
    """A JSON object has one key twice, with different values."""

    def __init__(self, key: str, first: Any, second: Any) -> None:
        shown = " / ".join(json.dumps(value, ensure_ascii=False)[:_SHOWN] for value in (first, second))
        super().__init__(f"{key[:_SHOWN]}: {shown}")


def parse_json(text: str) -> Any:
    """Parse JSON, rejecting values that cannot be sent.

    Raises:
        ValueError: not JSON (``JSONDecodeError``), a non-finite number, or a lone surrogate.
        RecursionError: nested deeper than ``DEPTH_MAX``.
    """
    parsed = json.loads(text, parse_constant=_finite, parse_float=_finite, object_pairs_hook=_members)
    level = [parsed]
    for _ in range(DEPTH_MAX):
        level = [item for each in level if isinstance(each, dict | list) for item in _items(each)]
    if level:
        raise RecursionError
    json.dumps(parsed, ensure_ascii=False).encode()
    return parsed


def json_or_none(text: str) -> Any:
    """Parse JSON; ``None`` if it is invalid, or cannot be sent."""
    try:
        return parse_json(text)
    except (ValueError, RecursionError):
        return None


def is_same_json(one: Any, other: Any) -> bool:
    """Compare as JSON, where ``1``, ``1.0`` and ``true`` differ."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for key, value in pairs:
        if key in members and members[key] != value:
            raise DuplicateKeyError(key, members[key], value)
        members[key] = value
    return members


def _items(part: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return part.values() if isinstance(part, dict) else part


def _finite(number: str) -> float:
    # Python parses NaN, Infinity and 1e999; none of them is valid JSON.
    if not math.isfinite(value := float(number)):
        raise ValueError(number)
    return value
