"""What a form or a file said, applied to a record; unknown fields survive."""

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.errors import BotError
from bot.reference.models import CanonicalFormat
from bot.reference.records import FileEntry, with_files
from bot.services.proposals.record_schema import Violation

JSON_BYTES_MAX = 4 * 1024 * 1024
"""Bytes of a JSON attachment that are read; the largest record of the community's reference has a few thousand."""

DEPTH_MAX = 50
"""Objects and lists in one another. Records have five; whoever draws or compares one walks down into it."""

DISCRIMINATOR = "record_type"
"""Names a record's category in the service's stored form. Left out when sending: a wrong one would be stored."""


class RecordJsonError(BotError):
    """A JSON text is not a record.

    Attributes:
        problem: what is wrong, one of ``size``, ``not_loaded``, ``encoding``, ``syntax``, ``not_object``,
            ``several``, ``wrong_category``, ``wrong_model`` and ``fields``.
        where: line and column, or the offending value; empty where there is none.
        violations: what is wrong with single fields, for ``fields``.
    """

    def __init__(self, problem: str, where: str = "", violations: tuple[Violation, ...] = ()) -> None:
        super().__init__(problem, where)
        self.problem = problem
        self.where = where
        self.violations = violations


_BLOCK = re.compile(r"```(?:[A-Za-z0-9_+-]*\n)?(?P<body>.*?)```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class RecordEdit:
    """Answers of one form.

    Attributes:
        fields: top-level fields to set, in the record's vocabulary; a value of ``None`` removes the field.
        files: the whole list of files, ``None`` where the form did not ask for files.
        record: a whole record that replaces the one so far, before ``fields`` and ``files`` are applied.
        why: the requestor's words, ``None`` where the form did not ask.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[FileEntry, ...] | None = None
    record: Mapping[str, Any] | None = None
    why: str | None = None


def revise(
    record: Mapping[str, Any], why: str, revision: RecordEdit, dialect: CanonicalFormat
) -> tuple[dict[str, Any], str]:
    """Apply a revision; returns the new record and the new reason."""
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

    Both shapes that people have at hand are taken: the record itself, and the layout of the reference's
    own files, an object with the model's name as its only key.

    Args:
        data: the file as uploaded.
        category: the category it is meant for.

    Raises:
        RecordJsonError: too large, not UTF-8, not JSON, not an object, several records, or one of another category.
    """
    record = _unwrapped(_parsed(data))
    stated = record.pop(DISCRIMINATOR, category)
    if stated != category:
        raise RecordJsonError("wrong_category", str(stated))
    return record


def category_in(data: bytes) -> str | None:
    """The category that a JSON record states itself, ``None`` where it does not.

    Raises:
        RecordJsonError: as ``record_from_json``, but for the category.
    """
    stated = _unwrapped(_parsed(data)).get(DISCRIMINATOR)
    return stated if isinstance(stated, str) else None


def json_in(text: str) -> bytes | None:
    """The JSON of a message: its first block that holds an object, or the whole text; ``None`` where there is none."""
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
    except (RecursionError, ValueError):
        raise RecordJsonError("syntax") from None
    if not isinstance(parsed, dict):
        raise RecordJsonError("not_object", type(parsed).__name__)
    return parsed


def parse_json(text: str) -> Any:
    """Parse JSON that can also be sent.

    Raises:
        ValueError: no JSON (``JSONDecodeError``), a number that is none, or half a character (a lone surrogate).
        RecursionError: too many brackets in one another.
    """
    parsed = json.loads(text, parse_constant=_finite, parse_float=_finite)
    level = [parsed]
    for _ in range(DEPTH_MAX):
        level = [item for each in level if isinstance(each, dict | list) for item in _items(each)]
    if level:
        raise RecursionError
    json.dumps(parsed, ensure_ascii=False).encode()
    return parsed


def _items(part: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return part.values() if isinstance(part, dict) else part


def _unwrapped(parsed: dict[str, Any]) -> dict[str, Any]:
    if len(parsed) > 1 and all(isinstance(inner, dict) and "name" in inner for inner in parsed.values()):
        raise RecordJsonError("several", f"{len(parsed)} records")
    if len(parsed) == 1:
        (name, inner), *_ = parsed.items()
        if isinstance(inner, dict) and name != "config":
            return {"name": name, **inner}
    return parsed


def _finite(number: str) -> float:
    # NaN and Infinity are no JSON, nor can they be sent; Python reads the first two, and 1e999 as the last.
    if not math.isfinite(value := float(number)):
        raise ValueError(number)
    return value
