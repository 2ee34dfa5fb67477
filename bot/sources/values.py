"""Tolerant reading of a host's JSON: a missing value or one of another type is absent. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

TEXT_MAX: Final = 4000
LIST_MAX: Final = 200
_SIZE_MAX: Final = 2**53
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


def mapping(value: Any) -> Mapping[str, Any]:
    """Return an object, empty if the value is none."""
    return value if isinstance(value, Mapping) else {}


def objects(value: Any, limit: int = LIST_MAX) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a list, at most ``limit``."""
    return (each for each in (value if isinstance(value, list) else [])[:limit] if isinstance(each, Mapping))


def text(value: Any, limit: int = TEXT_MAX) -> str:
    """Return a stripped text, cut to ``limit`` characters; empty for another type."""
    return value.strip()[:limit] if isinstance(value, str) else ""


def texts(value: Any, limit: int = 100) -> tuple[str, ...]:
    """Return a list's texts, or a single text, without repetitions, each cut to ``limit``."""
    items = value[:LIST_MAX] if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(each for each in (text(item, limit) for item in items) if each))


def whole(value: Any) -> int | None:
    """Return a whole number from 0 that a size, id or count can be, else ``None``."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _SIZE_MAX:
        return None
    return int(value) if value == int(value) else None


def sha256(value: Any) -> str | None:
    """Return a sha256 in lower case, else ``None``."""
    return value.lower() if isinstance(value, str) and _SHA256.fullmatch(value) else None
