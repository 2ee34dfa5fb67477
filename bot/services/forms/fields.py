"""What a field of a record is: its label, its kind, where it lives in each vocabulary; pure values, no categories."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.reference.models import CanonicalFormat

type Choice = Mapping[str, tuple[str, ...]]
"""What may be chosen, by the name of its source."""


class Section(StrEnum):
    """A group of fields with a button of its own on the draft card."""

    BASICS = "basics"
    FILES = "files"
    DETAILS = "details"
    LICENSING = "licensing"
    WHY = "why"


class Kind(StrEnum):
    """What a field holds, and so how it is typed, read and shown."""

    NAME = "name"
    LINE = "line"
    PROSE = "prose"
    LINK = "link"
    YES_NO = "yes_no"
    COUNT = "count"
    TOKENS = "tokens"
    WHOLE = "whole"
    SIZE = "size"
    WORDS = "words"
    LINES = "lines"
    LINKS = "links"
    PAIRS = "pairs"
    TEXT_PAIRS = "text_pairs"
    CHOICE = "choice"
    EXPRESSION = "expression"
    CHOICES = "choices"
    BASELINE = "baseline"
    CLAIMS = "claims"
    EVIDENCE = "evidence"
    FILES = "files"
    FILE_LINKS = "file_links"
    FILE_HASHES = "file_hashes"
    FILE_NAMES = "file_names"
    FILE_PURPOSES = "file_purposes"
    FILE_SIZES = "file_sizes"
    FILE_SPEEDS = "file_speeds"


FILE_COLUMNS = frozenset(
    {
        Kind.FILE_LINKS,
        Kind.FILE_HASHES,
        Kind.FILE_NAMES,
        Kind.FILE_PURPOSES,
        Kind.FILE_SIZES,
        Kind.FILE_SPEEDS,
    }
)
"""Kinds that together are the list of files: a line a file, in the same order in each."""

LONG_KINDS = FILE_COLUMNS | {
    Kind.PROSE,
    Kind.WORDS,
    Kind.LINES,
    Kind.LINKS,
    Kind.PAIRS,
    Kind.TEXT_PAIRS,
    Kind.EVIDENCE,
    Kind.FILES,
}
"""Kinds that are typed into several lines."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Where the values of a field come from.

    Attributes:
        source: ``baselines`` or ``licences``, which the service lists, or the name of an enumeration in its
            own schema, of a type (``MODEL_STYLE``) or of one field (``LegacyClipRecord.type``).
        fallback: what counts while the service has not told; where it is empty the field is free text then.
        is_closed: whether the service refuses any other value.
    """

    source: str
    fallback: tuple[str, ...] = ()
    is_closed: bool = True

    def known(self, told: Choice) -> tuple[str, ...]:
        """What may be chosen now, empty while nobody knows."""
        return told.get(self.source) or self.fallback


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form.

    Attributes:
        key: its name among the answers, unique within a category.
        label: at most 45 characters (Discord's documentation).
        kind: how it is typed and read.
        section: the button that opens its form.
        hint: the line under the label, at most 100 characters.
        placeholder: shown in an empty field, at most 100 characters.
        v2: the dotted path in a v2 record, ``None`` where those have no place for it.
        legacy: likewise in a legacy record.
        alias: another path that a stored record may have it under; read, never written.
        is_required: whether the service refuses, or later cannot apply, a record without it.
        choices: what may be chosen.
        allowed: keys of the pairs that the service takes; empty for any.
        drops_parent: whether emptying it removes the object around it, which is nothing without it.
        max_length: characters of the text field.
    """

    key: str
    label: str
    kind: Kind
    section: Section
    hint: str = ""
    placeholder: str = ""
    v2: str | None = None
    legacy: str | None = None
    alias: str | None = None
    is_required: bool = False
    choices: Choices | None = None
    allowed: frozenset[str] = frozenset()
    drops_parent: bool = False
    max_length: int = 200

    def path(self, dialect: CanonicalFormat) -> str | None:
        """Where it lives in a record of this vocabulary, ``None`` where there is no place."""
        return self.v2 if dialect is CanonicalFormat.V2 else self.legacy

    def value(self, record: Mapping[str, Any], dialect: CanonicalFormat) -> Any:
        """What a record says in it, ``None`` for nothing."""
        path = self.path(dialect)
        found = lookup(record, path) if path else None
        return lookup(record, self.alias) if found is None and self.alias else found


def lookup(record: Mapping[str, Any], path: str) -> Any:
    """A value by its dotted path; ``None`` where there is none."""
    value: Any = record
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def with_value(record: Mapping[str, Any], path: str, value: Any, *, drops_parent: bool = False) -> dict[str, Any]:
    """Copy the record with the value at a dotted path, or without it when it is ``None``.

    An object that becomes empty, or is nothing without the value, goes with it.
    """
    first, _, rest = path.partition(".")
    copy = dict(record)
    inner: Any = value
    if rest:
        held = copy.get(first)
        inner = with_value(held if isinstance(held, Mapping) else {}, rest, value)
        if not inner or (value is None and drops_parent):
            inner = None
    if inner is None:
        copy.pop(first, None)
    else:
        copy[first] = inner
    return copy
