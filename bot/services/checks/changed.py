"""Values that an update changes, because unchanged ones are not judged again; pure."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from bot.reference.models import Operation
from bot.services.checks.record_files import RecordFile, record_files
from bot.services.checks.results import CheckedRecord


def before(subject: CheckedRecord) -> Mapping[str, Any]:
    """Return the live record that an update changes; empty for a new model, or while it is unknown."""
    is_update = subject.operation is Operation.UPDATE
    return subject.live_record if is_update and subject.live_record is not None else {}


def is_changed(subject: CheckedRecord, *keys: str) -> bool:
    """Return whether any of these top-level values is new or changed."""
    live = before(subject)
    return not live or any(live.get(key) != subject.record.get(key) for key in keys)


def files_before(subject: CheckedRecord) -> tuple[RecordFile, ...]:
    """Return the files of the live record that an update changes."""
    return record_files(before(subject), subject.dialect)


def changed_files(subject: CheckedRecord) -> tuple[RecordFile, ...]:
    """Return the record's files that are new or changed."""
    known = {_said(file) for file in files_before(subject)}
    return tuple(file for file in record_files(subject.record, subject.dialect) if _said(file) not in known)


def texts_in(value: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield every text of a JSON value with its place."""
    match value:
        case str():
            yield place, value
        case Mapping():
            for key, item in value.items():
                yield from texts_in(item, (*place, str(key)))
        case list():
            for at, item in enumerate(value):
                yield from texts_in(item, (*place, at))


_NUMBER_LIMIT = 10**18
"""Far above every size and count of parameters; infinity and NaN are not below it."""


def is_number(value: Any) -> TypeGuard[int | float]:
    """Return whether a JSON value is a number that any field of a record could have."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _NUMBER_LIMIT


def _said(file: RecordFile) -> tuple[str, str, str, str, str]:
    return file.name, file.url, file.sha256.casefold(), file.md5.casefold(), file.folder
