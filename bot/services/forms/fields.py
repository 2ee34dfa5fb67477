"""Form fields: label, kind, path in each vocabulary, and choices; pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.reference.models import CanonicalFormat

BASELINES, LICENCES = "baselines", "licences"
"""Sources with a route of their own; every other source is an enumeration of the schema."""

EMPTY: tuple[Any, ...] = (None, "", [], {})
"""Values that a form shows as an empty field."""

LIST_KEYS = frozenset({"samplers", "schedulers", "stop_sequence", "sampler_order"})
"""Keys of *Requirements* and *Settings* whose value is a list, also with one item."""

NUMBER_KEYS = frozenset(
    {
        *("clip_skip", "min_steps", "max_steps", "cfg_scale", "min_cfg_scale", "max_cfg_scale", "max_context_length"),
        *("max_length", "n", "rep_pen", "rep_pen_range", "rep_pen_slope", "top_a", "top_k", "top_p", "typical", "tfs"),
        *("dynatemp_exponent", "dynatemp_range", "min_p", "smoothing_factor", "temperature"),
    }
)
"""Keys of these whose value is a number."""

REQUIREMENT_KEYS = frozenset(
    {"clip_skip", "min_steps", "max_steps", "cfg_scale", "min_cfg_scale", "max_cfg_scale", "samplers", "schedulers"}
)
"""Requirements that workers and live models know."""

type ChoicesBySource = Mapping[str, tuple[str, ...]]
"""Values that can be chosen, by the name of the list that they are from (``Choices.source``)."""


class Section(StrEnum):
    """A group of fields with its own button on the draft card."""

    BASICS = "basics"
    FILES = "files"
    DETAILS = "details"
    LICENSING = "licensing"
    WHY = "why"


class Kind(StrEnum):
    """Type of a field: decides how it is typed, parsed and shown."""

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
"""Columns of the file list: one line per file, in the same order in each."""

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
"""Kinds with a multi-line text field."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Source of a field's choices.

    Attributes:
        source: ``baselines`` or ``licences``, which the service lists, or the name of an enumeration in its
            own schema, of a type (``MODEL_STYLE``) or of one field (``LegacyClipRecord.type``).
        fallback: choices while the service's are unknown; if empty, the field is free text then.
        is_closed: the service refuses any other value.
    """

    source: str
    fallback: tuple[str, ...] = ()
    is_closed: bool = True

    def known(self, choices: ChoicesBySource) -> tuple[str, ...]:
        """Return the current choices, empty if unknown."""
        return choices.get(self.source) or self.fallback


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form.

    Attributes:
        key: its key in the answers, unique within a category.
        label: at most 45 characters (Discord's documentation).
        kind: its type.
        section: the button that opens its form.
        hint: the line under the label, at most 100 characters.
        placeholder: shown in an empty field, at most 100 characters.
        v2: the dotted path in a v2 record, ``None`` if it has none.
        legacy: the dotted path in a legacy record, ``None`` if it has none.
        alias: another path in stored records; read, never written.
        is_required: the service refuses, or later cannot apply, a record without it.
        choices: source of the choices, if any.
        allowed: keys of the pairs that the service accepts; empty for any.
        drops_parent: removing the value removes its parent object.
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
        """Return the field's path in this vocabulary, ``None`` if it has none."""
        return self.v2 if dialect is CanonicalFormat.V2 else self.legacy

    def place(self, dialect: CanonicalFormat) -> tuple[str, ...]:
        """Return the keys that lead to the field's value in a record."""
        return tuple((self.path(dialect) or self.key).split("."))

    def value(self, record: Mapping[str, Any], dialect: CanonicalFormat) -> Any:
        """Return the record's value of this field, or ``None``."""
        path = self.path(dialect)
        found = lookup(record, path) if path else None
        return lookup(record, self.alias) if found is None and self.alias else found


def lookup(record: Mapping[str, Any], path: str) -> Any:
    """Return the value at a dotted path, or ``None``."""
    value: Any = record
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def with_value(record: Mapping[str, Any], path: str, value: Any, *, drops_parent: bool = False) -> dict[str, Any]:
    """Copy the record and set the value at a dotted path; ``None`` removes it.

    An object that becomes empty, or depends on the value, is removed too.
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


def enumerations(document: Mapping[str, Any] | None) -> ChoicesBySource:
    """Return the values of each enumeration in the service's OpenAPI document.

    Keys are schema names (``MODEL_STYLE``) and, for an enumeration inside a record, record and field
    (``LegacyClipRecord.type``). Invalid schemas are skipped.
    """
    schemas = lookup(document or {}, "components.schemas")
    return {name: values for name, values in _named(schemas) if values}


def _named(schemas: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, schema in schemas.items() if isinstance(schemas, Mapping) else ():
        if not isinstance(schema, Mapping):
            continue
        yield str(name), _texts(schema.get("enum"))
        properties = schema.get("properties")
        record = str(name).removesuffix("-Input").removesuffix("-Output")
        for key, field in properties.items() if isinstance(properties, Mapping) else ():
            if isinstance(field, Mapping) and "enum" in field:
                yield f"{record}.{key}", _texts(field["enum"])


def _texts(values: Any) -> tuple[str, ...]:
    texts = (value for value in values if isinstance(value, str)) if isinstance(values, list) else ()
    return tuple(dict.fromkeys(texts))


class UnreadableError(ValueError):
    """The text is not a valid value of its field.

    Attributes:
        typed: the invalid part.
        expected: description of a valid value.
        where: the line, as ``, line 2``; empty for a single line.
    """

    def __init__(self, typed: str, expected: str, where: str = "") -> None:
        super().__init__(expected)
        self.typed = typed
        self.expected = expected
        self.where = where
