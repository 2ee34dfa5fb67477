"""How values of Python become columns of SQLite and come back the same; no I/O."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

type Value = str | bytes | int | float | None
type Params = Sequence[Value] | Mapping[str, Value]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_stamp(moment: datetime) -> int:
    """Whole microseconds since 1970. Raises TypeError for a naive datetime."""
    return (moment - _EPOCH) // _MICROSECOND


def to_microseconds(span: timedelta) -> int:
    """A span between two stamps."""
    return span // _MICROSECOND


def from_stamp(stamp: int) -> datetime:
    """The aware UTC datetime of ``to_stamp``."""
    return _EPOCH + stamp * _MICROSECOND


def from_stamp_or_none(stamp: int | None) -> datetime | None:
    """As ``from_stamp``; None stays None."""
    return None if stamp is None else from_stamp(stamp)


def to_json(value: Mapping[str, Any]) -> str:
    """Compact JSON, keys in the order given. All ASCII, so that lone surrogates and NUL survive as well."""
    return json.dumps(value, separators=(",", ":"))


def from_json(text: str) -> dict[str, Any]:
    """The object of ``to_json``."""
    value: dict[str, Any] = json.loads(text)
    return value


def to_names(names: frozenset[str]) -> str:
    """A set of names as a sorted JSON array."""
    return json.dumps(sorted(names))


def from_names(text: str) -> frozenset[str]:
    """The set of ``to_names``."""
    return frozenset(json.loads(text))
