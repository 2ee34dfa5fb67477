"""Silent corrections of new values: white space at the ends, and capitals in a hash; pure."""

from collections.abc import Mapping
from typing import Any

_HASHES = frozenset({"sha256sum", "md5sum"})
_AS_TYPED = frozenset({"settings"})
"""Fields whose texts may begin or end with white space on purpose."""


def normalised(record: Mapping[str, Any], base: Mapping[str, Any] | None) -> dict[str, Any]:
    """Copy the record with its new values normalised; values of the live record stay as they are.

    Args:
        record: the record as typed or uploaded.
        base: the live record at the start of the draft, ``None`` for a new model.
    """
    kept = set() if base is None else set(_texts(base))
    return {key: item if key in _AS_TYPED else _normal(item, key, kept) for key, item in record.items()}


def _normal(value: Any, key: str, kept: set[str]) -> Any:
    match value:
        case str():
            if value in kept:
                return value
            return value.strip().lower() if key in _HASHES and value != "FIXME" else value.strip()
        case dict():
            return {name: _normal(item, name, kept) for name, item in value.items()}
        case list():
            return [_normal(item, key, kept) for item in value]
        case _:
            return value


def _texts(value: Any) -> list[str]:
    match value:
        case str():
            return [value]
        case Mapping():
            return [text for item in value.values() for text in _texts(item)]
        case list():
            return [text for item in value for text in _texts(item)]
        case _:
            return []
