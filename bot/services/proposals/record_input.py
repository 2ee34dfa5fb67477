"""Records from JSON, and edits from forms; unknown fields survive. Pure."""

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.errors import BotError
from bot.reference.credentials import redacted, redacted_text
from bot.reference.models import CanonicalFormat
from bot.reference.records import FileEntry, with_files
from bot.services.proposals.record_schema import Violation

JSON_BYTES_MAX = 4 * 1024 * 1024
"""Size limit of a JSON attachment in bytes; the largest known record has a few thousand."""

RECORD_BYTES_MAX = 256 * 1024
"""Size limit of a record as it is sent. The service adds fields to each file of it, and one poll reads 8 MiB."""

DEPTH_MAX = 50
"""Nesting limit; real records have 5 levels. Drawing and comparing recurse."""

DISCRIMINATOR = "record_type"
"""Names a record's category in the service's stored form. Never sent: a wrong one would be stored."""


class RecordJsonError(BotError):
    """A JSON text is not a valid record.

    Attributes:
        problem: one of ``size``, ``record_size``, ``not_loaded``, ``encoding``, ``syntax``, ``not_object``,
            ``several``, ``two_names``, ``twice``, ``wrong_category``, ``wrong_model`` and ``fields``.
        where: line and column, or the offending value; may be empty.
        violations: schema violations of single fields, for ``fields``.
    """

    def __init__(self, problem: str, where: str = "", violations: tuple[Violation, ...] = ()) -> None:
        super().__init__(problem, where)
        self.problem = problem
        self.where = where
        self.violations = violations


class DuplicateKeyError(ValueError):
    """A JSON object has one key twice, with different values."""

    def __init__(self, key: str, first: Any, second: Any) -> None:
        shown = " / ".join(json.dumps(value, ensure_ascii=False)[:_SHOWN] for value in (first, second))
        super().__init__(f"{key[:_SHOWN]}: {shown}")


_SHOWN = 60
_BLOCK = re.compile(r"```(?:[A-Za-z0-9_+-]*\n)?(?P<body>.*?)```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class RecordEdit:
    """Changes to a record from one form or file.

    Attributes:
        fields: top-level fields to set, in the record's vocabulary; a value of ``None`` removes the field.
        files: the whole list of files, ``None`` to keep it.
        record: fields of a JSON record, applied before ``fields`` and ``files``.
        why: the requestor's reason, ``None`` to keep it.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[FileEntry, ...] | None = None
    record: Mapping[str, Any] | None = None
    why: str | None = None


def revise(
    record: Mapping[str, Any], why: str, revision: RecordEdit, dialect: CanonicalFormat
) -> tuple[dict[str, Any], str]:
    """Apply an edit; return the new record and the new reason."""
    revised = dict(record) if revision.record is None else {**record, **revision.record}
    for name, value in revision.fields.items():
        if value is None:
            revised.pop(name, None)
        else:
            revised[name] = value
    if revision.files is not None:
        revised = with_files(revised, revision.files, dialect)
    return revised, why if revision.why is None else revision.why


def record_from_json(data: bytes, category: str) -> dict[str, Any]:
    """Read a record from a JSON file.

    Accepts the record itself, or the layout of the reference's files: an object with the model's name as its only
    key.

    Args:
        data: the file as uploaded.
        category: the expected category.

    Raises:
        RecordJsonError: too large, not UTF-8, not JSON, not an object, several records, or one of another category.
    """
    record = _unwrapped(_parsed(data))
    stated = record.pop(DISCRIMINATOR, category)
    if stated != category:
        raise RecordJsonError("wrong_category", str(stated))
    return record


def require_sendable(record: Mapping[str, Any]) -> None:
    """Check that a record is small enough to be sent, so that every change in the queue can be read.

    Raises:
        RecordJsonError: it is not.
    """
    size = len(json.dumps(record, ensure_ascii=False).encode(errors="replace"))
    if size > RECORD_BYTES_MAX:
        raise RecordJsonError("record_size", f"{size} bytes")


def require_one_name(name: str, record: Mapping[str, Any]) -> None:
    """Check that a record has no other name than the one beside it.

    Raises:
        RecordJsonError: it has.
    """
    if str(record.get("name", name)).strip() != name.strip():
        raise RecordJsonError("two_names", f"{name[:_SHOWN]} / {str(record['name'])[:_SHOWN]}")


def category_in(data: bytes) -> str | None:
    """Return the category that a JSON record states, or ``None``.

    Raises:
        RecordJsonError: as ``record_from_json``, except for the category.
    """
    stated = _unwrapped(_parsed(data)).get(DISCRIMINATOR)
    return stated if isinstance(stated, str) else None


def json_in(text: str) -> bytes | None:
    """Return a message's JSON: its first code block with an object, or the whole text."""
    blocks = [match["body"] for match in _BLOCK.finditer(text)]
    found = next((block for block in (*blocks, text) if block.strip().startswith(("{", "["))), None)
    return None if found is None else found.strip().encode()


def _parsed(data: bytes) -> dict[str, Any]:
    if len(data) > JSON_BYTES_MAX:
        raise RecordJsonError("size", f"{len(data)} bytes")
    try:
        parsed = parse_json(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise RecordJsonError("encoding", f"byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise RecordJsonError("syntax", f"line {error.lineno}, column {error.colno}") from None
    except DuplicateKeyError as error:
        raise RecordJsonError("twice", redacted_text(str(error))) from None
    except (RecursionError, ValueError):
        raise RecordJsonError("syntax") from None
    if not isinstance(parsed, dict):
        raise RecordJsonError("not_object", type(parsed).__name__)
    return dict(redacted(parsed))


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


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for key, value in pairs:
        if key in members and members[key] != value:
            raise DuplicateKeyError(key, members[key], value)
        members[key] = value
    return members


def _items(part: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return part.values() if isinstance(part, dict) else part


def _unwrapped(parsed: dict[str, Any]) -> dict[str, Any]:
    if len(parsed) > 1 and all(isinstance(inner, dict) and "name" in inner for inner in parsed.values()):
        raise RecordJsonError("several", f"{len(parsed)} records")
    if len(parsed) == 1:
        (name, inner), *_ = parsed.items()
        if isinstance(inner, dict) and name != "config":
            require_one_name(name, inner)
            return {"name": name, **inner}
    return parsed


def _finite(number: str) -> float:
    # Python parses NaN, Infinity and 1e999; none of them is valid JSON.
    if not math.isfinite(value := float(number)):
        raise ValueError(number)
    return value
