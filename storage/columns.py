"""Conversion between Python values and SQLite columns; no I/O."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Protocol

type Value = str | bytes | int | float | None
type Params = Sequence[Value] | Mapping[str, Value]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Any]]


def value_of[T: _Dataclass](shape: type[T], row: sqlite3.Row, **converted: Any) -> T:
    """Build a value from columns named like its fields; ``converted`` replace theirs."""
    columns = {field: row[field] for field in shape.__dataclass_fields__ if field not in converted}
    return shape(**columns, **converted)


def columns_of(value: _Dataclass, **converted: Value) -> dict[str, Any]:
    """Return a value's fields by name, to bind as parameters; ``converted`` replace theirs."""
    return {name: getattr(value, name) for name in value.__dataclass_fields__} | converted


def to_stamp(moment: datetime) -> int:
    """Return microseconds since 1970. Raises TypeError for a naive datetime."""
    return (moment - _EPOCH) // _MICROSECOND


def to_microseconds(span: timedelta) -> int:
    """Return a duration in microseconds."""
    return span // _MICROSECOND


def from_stamp(stamp: int) -> datetime:
    """Return the aware UTC datetime of ``to_stamp``."""
    return _EPOCH + stamp * _MICROSECOND


def from_stamp_or_none(stamp: int | None) -> datetime | None:
    """Return the datetime of ``to_stamp``; None stays None."""
    return None if stamp is None else from_stamp(stamp)


def to_json(value: Mapping[str, Any]) -> str:
    """Return compact ASCII JSON in key order; lone surrogates and NUL survive."""
    return json.dumps(value, separators=(",", ":"))


def to_json_or_none(value: Mapping[str, Any] | None) -> str | None:
    """Return the text of ``to_json``; None stays None."""
    return None if value is None else to_json(value)


def from_json(text: str) -> dict[str, Any]:
    """Return the object of ``to_json``."""
    value: dict[str, Any] = json.loads(text)
    return value


def from_json_or_none(text: str | None) -> dict[str, Any] | None:
    """Return the object of ``to_json``; None stays None."""
    return None if text is None else from_json(text)


def to_names(names: frozenset[str]) -> str:
    """Return a set of names as a sorted JSON array."""
    return json.dumps(sorted(names))


def from_names(text: str) -> frozenset[str]:
    """Return the set of ``to_names``."""
    return frozenset(json.loads(text))
