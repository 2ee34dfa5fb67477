"""The record to check, its facts, and the values that an update changes; pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from bot.reference.deployment import Deployment
from bot.reference.models import CanonicalFormat, Operation, PendingChange
from bot.services.checks.live_index import LiveIndex
from bot.services.checks.record_files import RecordFile, record_files
from bot.services.forms.fields import ChoicesBySource
from bot.services.usage import UsageFacts

_NUMBER_LIMIT = 10**18
"""Far above every size and count of parameters; infinity and NaN are not below it."""

RIVALS_NAMED_MAX = 3
"""Open changes of a model, or with a file of it, that are named. Of newer ones it is only said that there are some, so
that a card stays true, without an edit, however many are proposed."""


@dataclass(frozen=True, slots=True)
class CheckedRecord:
    """A record to check, and the facts to check it against.

    Attributes:
        record: in the vocabulary of ``dialect``.
        deployment: the target service, ``None`` while unknown.
        live_names: names of the category's live models, ``None`` while unknown.
        baselines: baselines known to the service, ``None`` while unknown.
        choices: the service's known choices, by source.
        open_changes: open changes of this model or with a file of it, this one excluded.
        is_queue_known: ``open_changes`` are all of them, and not only those that the person may see.
        live_record: the live record, ``None`` if unknown or absent.
        why: the requestor's reason, ``None`` if unknown.
        live: index of the category's live records, ``None`` while unknown.
        licences: licence ids known to the service, ``None`` while unknown.
        usage: usage of the live model, ``None`` while unknown.
        dropped_paths: paths that the service would drop; already absent in queued changes.
    """

    operation: Operation
    category: str
    name: str
    record: Mapping[str, Any]
    dialect: CanonicalFormat
    deployment: Deployment | None = None
    live_names: frozenset[str] | None = None
    baselines: tuple[str, ...] | None = None
    open_changes: tuple[PendingChange, ...] = ()
    is_queue_known: bool = True
    choices: ChoicesBySource = field(default_factory=dict)
    live_record: Mapping[str, Any] | None = None
    why: str | None = None
    live: LiveIndex | None = None
    licences: frozenset[str] | None = None
    usage: UsageFacts | None = None
    dropped_paths: tuple[str, ...] = ()

    @property
    def before(self) -> Mapping[str, Any]:
        """Return the live record that an update changes; empty if new or unknown."""
        is_update = self.operation is Operation.UPDATE
        return self.live_record if is_update and self.live_record is not None else {}

    def is_changed(self, *keys: str) -> bool:
        """Return whether any of these top-level values is new or changed."""
        live = self.before
        return not live or any(live.get(key) != self.record.get(key) for key in keys)

    @property
    def files(self) -> tuple[RecordFile, ...]:
        """Return the record's files."""
        return record_files(self.record, self.dialect)

    @property
    def files_before(self) -> tuple[RecordFile, ...]:
        """Return the files of the live record that an update changes."""
        return record_files(self.before, self.dialect)

    @property
    def changed_files(self) -> tuple[RecordFile, ...]:
        """Return the record's files that are new or changed."""
        known = {_compared(file) for file in self.files_before}
        return tuple(file for file in self.files if _compared(file) not in known)


def named_rivals(changes: Sequence[PendingChange]) -> Iterator[tuple[PendingChange, bool]]:
    """Yield the oldest changes, those to name; with the last one True if there are newer ones."""
    named = changes[:RIVALS_NAMED_MAX]
    for change in named:
        yield change, change is named[-1] and len(changes) > len(named)


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


def is_number(value: Any) -> TypeGuard[int | float]:
    """Return whether a JSON value is a number that any field of a record could have."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _NUMBER_LIMIT


def _compared(file: RecordFile) -> tuple[str, str, str, str, str]:
    return file.name, file.url, file.sha256.casefold(), file.md5.casefold(), file.folder
