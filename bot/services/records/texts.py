"""Texts with one record that are no JSON document: fragments, diffs, CSV rows; pure."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from bot.reference.names import BACKEND_PREFIXES, backend_tail
from bot.services.forms.json_text import json_or_none, parse_json

TEXT_CATEGORY = "text_generation"

REPAIR_MAX = 64 * 1024
"""Characters of a text that is read in other shapes; real records have a few thousand."""

OBJECT_FIELDS = frozenset(
    {"config", "requirements", "settings", "licensing", "finetune_series", "context_window", "interaction_modes",
     "capabilities", "metadata"}
)  # fmt: skip
"""Fields of a record whose value is an object; any other key with an object is a model's name."""

_COLUMNS = (
    "name", "parameters_bn", "display_name", "url", "baseline", "description", "style", "tags", "instruct_format",
    "settings", "context_window", "interaction_modes", "capabilities",
)  # fmt: skip
"""Columns of ``models.csv`` (8.6.2); older files end with ``settings``."""
_COLUMNS_MIN = 10
_BILLION = 10**9
_DIFF_MARKS = ("+", "-", " ", "@@", "diff ", "index ", "\\ ")


class RecordShape(StrEnum):
    """A shape that a record was given in, apart from a JSON object of the deployment's format."""

    CONVERTED = "converted"
    FRAGMENT = "fragment"
    DIFF = "diff"
    COMMA = "comma"
    QUOTES = "quotes"
    ROW = "row"
    LIST = "list"
    GENERATED = "generated"


def parse_text(text: str, category: str | None) -> tuple[Any, tuple[RecordShape, ...]]:
    """Parse a text as JSON, or the one other shape that fits; return value and shapes.

    Only text models have rows; ``category`` is ``None`` while unknown.

    Raises:
        ValueError, RecursionError: as ``parse_json``, about the text as JSON.
    """
    try:
        return parse_json(text), ()
    except json.JSONDecodeError:
        for candidate, shapes in _candidates(text) if len(text) <= REPAIR_MAX else ():
            try:
                return parse_json(candidate), shapes
            except json.JSONDecodeError:
                continue
        if category in (TEXT_CATEGORY, None) and len(text) <= REPAIR_MAX and (rows := _rows(text)):
            return rows[0] if len(rows) == 1 else rows, (RecordShape.ROW,)
        raise


def one_record(parsed: Any) -> tuple[Any, tuple[RecordShape, ...]]:
    """Return the one record of a list or of a text model's backend entries; else the input."""
    shapes: tuple[RecordShape, ...] = ()
    if isinstance(parsed, list) and parsed and all(isinstance(item, Mapping) for item in parsed):
        shapes = (RecordShape.LIST,)
        if len(parsed) == 1:
            return parsed[0], shapes
        named = {str(item.get("name")): item for item in parsed}
        parsed = named if len(named) == len(parsed) else parsed
    if not isinstance(parsed, Mapping):
        return parsed, ()
    bases = [name for name in parsed if not name.startswith(BACKEND_PREFIXES)]
    if len(parsed) > 1 and len(bases) == 1 and isinstance(base := parsed[bases[0]], Mapping):
        copies = {bases[0], backend_tail(bases[0])}
        if all(name == bases[0] or name.partition("/")[2] in copies for name in parsed):
            return {"name": bases[0], **base}, (RecordShape.GENERATED,)
    return parsed, shapes


def is_record_like(text: str) -> bool:
    """Return whether a text may hold a record: JSON, a fragment, a diff, or a row."""
    stripped = text.strip()
    if stripped.startswith(("{", "[")):
        return True
    if len(stripped) > REPAIR_MAX:
        return False
    parsed = (json_or_none(candidate) for candidate, _ in _candidates(stripped))
    return bool(_rows(stripped)) or any(isinstance(each, dict | list) for each in parsed)


def _candidates(text: str) -> Iterator[tuple[str, tuple[RecordShape, ...]]]:
    """Yield the text in other shapes, the nearest first."""
    shapes: tuple[RecordShape, ...] = ()
    if (added := _added_lines(text)) is not None:
        text, shapes = added, (RecordShape.DIFF,)
    if '"' not in text and "“" in text:
        text, shapes = text.replace("“", '"').replace("”", '"').replace("„", '"'), (*shapes, RecordShape.QUOTES)
    plain = text.strip().rstrip(",").rstrip()
    yield plain, shapes
    cleaned = _without_commas(plain)
    yield cleaned, (*shapes, RecordShape.COMMA)
    if plain.startswith('"') and (fragment := _named_object(f"{{{cleaned}}}")) is not None:
        yield fragment, (*shapes, RecordShape.FRAGMENT)


def _named_object(text: str) -> str | None:
    """Return the text if all its members are names with objects; a record's line is not."""
    parsed = json_or_none(text)
    is_named = isinstance(parsed, dict) and all(isinstance(item, dict) for item in parsed.values())
    return text if is_named else None


def _added_lines(text: str) -> str | None:
    """Return the added lines of a diff, ``None`` if it is none."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not all(line.startswith(_DIFF_MARKS) for line in lines):
        return None
    added = [line[1:] for line in lines if line.startswith("+") and not line.startswith("+++")]
    return "\n".join(added) if added else None


def _without_commas(text: str) -> str:
    """Remove commas before a closing bracket, outside of texts."""
    kept: list[str] = []
    comma, is_text, is_escaped = -1, False, False
    for character in text:
        if is_text:
            is_text = is_escaped or character != '"'
            is_escaped = character == "\\" and not is_escaped
        elif character == ",":
            comma = len(kept)
        elif not character.isspace():
            if character in "}]" and comma >= 0:
                kept[comma] = ""
            comma, is_text = -1, character == '"'
        kept.append(character)
    return "".join(kept)


def _rows(text: str) -> list[dict[str, Any]]:
    """Read rows of ``models.csv`` as records; empty if the text is none."""
    added = _added_lines(text)
    lines = text if added is None else added
    try:
        rows = [row for row in csv.reader(io.StringIO(lines.strip()), strict=True) if row]
    except csv.Error:
        return []
    columns: tuple[str, ...] = _COLUMNS
    if rows and rows[0][:2] == list(_COLUMNS[:2]) and set(rows[0]) <= set(_COLUMNS):
        columns, rows = tuple(rows[0]), rows[1:]
    if not rows or not all(_COLUMNS_MIN <= len(row) <= len(columns) for row in rows):
        return []
    try:
        return [_row_record(dict(zip(columns, row, strict=False))) for row in rows]
    except (ValueError, OverflowError, RecursionError):
        return []


def _row_record(row: Mapping[str, str]) -> dict[str, Any]:
    """Return a row as a record; empty cells are absent.

    Raises:
        ValueError: the size is no number, or a cell of objects is no JSON.
    """
    record: dict[str, Any] = {key: cell for key, cell in row.items() if cell.strip()}
    record["parameters"] = round(float(record.pop("parameters_bn")) * _BILLION) if "parameters_bn" in record else 0
    if "tags" in record:
        record["tags"] = [tag.strip() for tag in record["tags"].split(",") if tag.strip()]
    for key in OBJECT_FIELDS & record.keys():
        record[key] = parse_json(record[key])
    return record
