"""Records from texts and files, made ready to store; unknown fields survive. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import BotError
from bot.reference.credentials import redacted, redacted_text
from bot.reference.records import UNKNOWN_HASH, is_large
from bot.services.forms.json_text import DuplicateKeyError
from bot.services.records.schema import Violation
from bot.services.records.texts import (
    OBJECT_FIELDS,
    TEXT_CATEGORY,
    RecordShape,
    is_record_like,
    one_record,
    parse_text,
)

JSON_BYTES_MAX = 4 * 1024 * 1024
"""Size limit of a JSON attachment in bytes; the largest known record has a few thousand."""

RECORD_BYTES_MAX = 256 * 1024
"""Size limit of a record as it is sent. The service adds fields to each file of it, and one poll reads 8 MiB."""

DISCRIMINATOR = "record_type"
"""Names a record's category in the service's stored form. Never sent: a wrong one would be stored."""


class RecordJsonError(BotError):
    """A JSON text is not a valid record.

    Attributes:
        problem: one of ``size``, ``record_size``, ``empty``, ``not_loaded``, ``encoding``, ``syntax``,
            ``not_object``, ``several``, ``two_names``, ``twice``, ``wrong_category``, ``wrong_model`` and ``fields``.
        where: line and column, or the offending value; may be empty.
        violations: schema violations of single fields, for ``fields``.
    """

    def __init__(self, problem: str, where: str = "", violations: tuple[Violation, ...] = ()) -> None:
        super().__init__(problem, where)
        self.problem = problem
        self.where = where
        self.violations = violations


_SHOWN = 60
_CAUSES = {
    "Expecting ',' delimiter": "a comma is missing",
    "Expecting ':' delimiter": "a colon is missing",
    "Expecting property name": "a key in double quotes is missing",
    "Expecting value": "a value is missing",
    "Illegal trailing comma": "a comma stands before a closing bracket",
    "Extra data": "the record ended before this",
    "Unterminated string": "a text is not closed",
    "Invalid control character": "a line break inside a text",
    "Invalid \\escape": "a backslash that starts no escape",
}
"""Causes by the start of Python's messages."""
_HASHES = frozenset({"sha256sum", "md5sum"})
_AS_TYPED = frozenset({"settings"})
"""Fields whose texts may begin or end with white space on purpose."""
_BLOCK = re.compile(r"```(?:[A-Za-z0-9_+-]*\n)?(?P<body>.*?)```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """A record from a text, and the shapes apart from a JSON object in which it was given."""

    record: dict[str, Any]
    shapes: tuple[RecordShape, ...] = ()


def record_from_json(data: bytes, category: str) -> ReadRecord:
    """Read one record from a text.

    Accepts the record itself, the layout of the reference's files (an object with the model's name as its only
    key), a part of such a file, and a text model with its generated entries.

    Raises:
        RecordJsonError: too large, not UTF-8, not JSON, not an object, several records, or one of another category.
    """
    read = _read(data, category)
    stated = read.record.pop(DISCRIMINATOR, category)
    if stated != category:
        raise RecordJsonError("wrong_category", str(stated))
    require_sendable(read.record)
    return read


def normalised(record: Mapping[str, Any], base: Mapping[str, Any] | None) -> dict[str, Any]:
    """Copy a record with new values normalised; those of the live ``base`` stay."""
    kept = set() if base is None else set(_texts(base))
    return {key: item if key in _AS_TYPED else _normal(item, key, kept) for key, item in record.items()}


def require_sendable(record: Mapping[str, Any]) -> None:
    """Check that a record is small enough to be checked, and for the queue to stay readable.

    Raises:
        RecordJsonError: it is not.
    """
    size = len(json.dumps(record, ensure_ascii=False).encode(errors="replace"))
    if size > RECORD_BYTES_MAX or is_large(record):
        raise RecordJsonError("record_size", f"{size:,} bytes")


def require_one_name(name: str, record: Mapping[str, Any]) -> None:
    """Check that a record has no other name than the one beside it.

    Raises:
        RecordJsonError: it has.
    """
    if str(record.get("name", name)).strip() != name.strip():
        raise RecordJsonError("two_names", f"{name[:_SHOWN]} / {str(record['name'])[:_SHOWN]}")


def stated_category(data: bytes) -> str | None:
    """Return the category that a record states or its shape shows, or ``None``.

    Raises:
        RecordJsonError: as ``record_from_json``, except for the category.
    """
    read = _read(data, None)
    stated = read.record.get(DISCRIMINATOR)
    is_text = {RecordShape.ROW, RecordShape.GENERATED} & set(read.shapes)
    return stated if isinstance(stated, str) else TEXT_CATEGORY if is_text else None


def stated_name(data: bytes) -> str:
    """Return the name that a record states; empty if it states none or cannot be read."""
    try:
        return str(_read(data, None).record.get("name", ""))
    except RecordJsonError:
        return ""


def record_blocks(text: str) -> list[bytes]:
    """Return a message's records: its code blocks with one, or else the whole text."""
    blocks = [match["body"] for match in _BLOCK.finditer(text)]
    found = [block for block in blocks if is_record_like(block)]
    return [block.strip().encode() for block in found or ([text] if is_record_like(text) else [])]


def first_record_block(text: str) -> bytes | None:
    """Return the first record of a text; None without one."""
    return next(iter(record_blocks(text)), None)


def _read(data: bytes, category: str | None) -> ReadRecord:
    if len(data) > JSON_BYTES_MAX:
        raise RecordJsonError("size", f"{len(data):,} bytes")
    if not data.strip():
        raise RecordJsonError("empty")
    try:
        parsed, shapes = parse_text(data.decode("utf-8-sig"), category)
    except UnicodeDecodeError as error:
        raise RecordJsonError("encoding", f"byte {error.start}") from None
    except json.JSONDecodeError as error:
        cause = next((f": {said}" for start, said in _CAUSES.items() if error.msg.startswith(start)), "")
        raise RecordJsonError("syntax", f"line {error.lineno}, column {error.colno}{cause}") from None
    except DuplicateKeyError as error:
        raise RecordJsonError("twice", redacted_text(str(error))) from None
    except (RecursionError, ValueError):
        raise RecordJsonError("syntax") from None
    record, unpacked = one_record(parsed)
    if isinstance(record, list) and record and all(isinstance(item, Mapping) for item in record):
        raise RecordJsonError("several", f"{len(record)} records")
    if not isinstance(record, Mapping):
        raise RecordJsonError("not_object", redacted_text(json.dumps(record, ensure_ascii=False))[:_SHOWN])
    return ReadRecord(_unwrapped(dict(redacted(record))), (*shapes, *unpacked))


def _unwrapped(parsed: dict[str, Any]) -> dict[str, Any]:
    is_named = not OBJECT_FIELDS & parsed.keys()
    if len(parsed) > 1 and is_named and all(isinstance(inner, dict) for inner in parsed.values()):
        raise RecordJsonError("several", f"{len(parsed)} records")
    if len(parsed) == 1 and is_named:
        (name, inner), *_ = parsed.items()
        if isinstance(inner, dict):
            require_one_name(name, inner)
            return {"name": name, **inner}
    return parsed


def _normal(value: Any, key: str, kept: set[str]) -> Any:
    match value:
        case str():
            if value in kept:
                return value
            return value.strip().lower() if key in _HASHES and value != UNKNOWN_HASH else value.strip()
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
