"""Drawing of a model record, its files and its use; and of a change that is no model record."""

import json
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from bot.reference.models import CanonicalFormat
from bot.reference.records import FileEntry, files_of, format_of
from bot.services.forms.fields import Field, Kind, Section, lookup
from bot.services.forms.fields_table import fields_of
from bot.services.forms.licences import UNKNOWN
from bot.services.usage import UsageFacts
from bot.ui.glyphs import Glyph, Theme
from bot.ui.labels import LICENCE, NOT_STATED, is_unstated, label, value_text
from bot.ui.text import (
    DESCRIPTION,
    DIFF_VALUE,
    FILE_NAME,
    NAME_LIST,
    NBSP,
    code,
    digest_start,
    field,
    first,
    host_link,
    plain,
    plural,
    size,
)

RECORD_BUDGET = 1400
FILES_BUDGET = 400

_FIRST = (
    "baseline",
    "parameters",
    "parameters_count",
    "style",
    "controlnet_style",
    "tags",
    "trigger",
    "nsfw",
    "version",
)
_ALWAYS = {"image_generation": ("nsfw",)}
_DRAWN_APART = frozenset(
    {*_FIRST, "description", "homepage", "url", "showcases", "licensing", "name", "config", "size_on_disk_bytes"}
)
_NOISE = frozenset({"metadata", "record_type", "model_classification", "model_name", "type", "filename", "available"})
_OTHERS_SHOWN = 8
_PICTURES_SHOWN = 2


def record_lines(record: Mapping[str, Any], category: str) -> tuple[str, ...]:
    """Return the lines of a record: main fields, description, origin, names of other fields."""
    return tuple(line for line in (*_facts(record, category), _others(record)) if line)


def draft_lines(record: Mapping[str, Any], category: str, dialect: CanonicalFormat) -> tuple[str, ...]:
    """Return the lines of a draft: all form fields as parsed, and the names of other fields."""
    drawn = set(_DRAWN_APART - {"licensing"})
    rest = []
    for one in fields_of(category, dialect):
        path = one.path(dialect) or ""
        value = one.value(record, dialect)
        if path.partition(".")[0] in drawn or path == LICENCE:
            continue
        if not (is_unstated(path, value) or (one.section is Section.LICENSING and value == UNKNOWN)):
            rest.append(field(one.label, _parsed_text(one, value)))
    asked = {(one.path(dialect) or "").partition(".")[0] for one in fields_of(category, dialect)}
    facts = [line for line in _facts(record, category) if line]
    return tuple(line for line in (*facts, *rest, _others(record, asked)) if line)


def _parsed_text(one: Field, value: Any) -> str:
    if one.kind is Kind.CLAIMS and isinstance(value, Mapping):
        return value_text(one.key, list(value))
    if one.kind is Kind.TOKENS and isinstance(value, int):
        return f"{value:,} tokens"
    if one.kind in (Kind.PAIRS, Kind.TEXT_PAIRS) and isinstance(value, Mapping):
        return ", ".join(f"{plain(str(key), NAME_LIST)} {value_text(str(key), item)}" for key, item in value.items())
    if one.kind is Kind.EVIDENCE and isinstance(value, list):
        return ", ".join(value_text("url", entry.get("source")) for entry in value if isinstance(entry, Mapping))
    return value_text(one.key, value)


def short_record_lines(record: Mapping[str, Any], category: str) -> tuple[str, ...]:
    """Return the lines of the main fields, without prose."""
    first, _, origin = _facts(record, category)
    return tuple(line for line in (first, origin) if line)


def files_heading(files: Sequence[FileEntry], record: Mapping[str, Any]) -> str:
    """Return number and size of the files: ``2 files, 7.27 GB``."""
    sizes = [file.size_bytes for file in files]
    total = record.get("size_on_disk_bytes")
    if sizes and None not in sizes:
        total = sum(known for known in sizes if known is not None)
    if not files:
        return "No files"
    counted = plural(len(files), "file")
    if isinstance(total, int | float) and total > 0:
        return f"{counted}, {size(total)}"
    return counted


def file_entries(files: Sequence[FileEntry], record: Mapping[str, Any]) -> tuple[str, ...]:
    """Return an entry of two lines per file: name, size, host and digest."""
    # Legacy records have no place for the size of a file; that of a single file is the record's.
    is_sized = format_of(record) is CanonicalFormat.V2 and not (len(files) == 1 and record.get("size_on_disk_bytes"))
    return tuple(f"{code(file.file_name, FILE_NAME)}\n-# {_file_facts(file, is_sized=is_sized)}" for file in files)


def files_in(record: Mapping[str, Any]) -> tuple[FileEntry, ...]:
    """Return the files of a record in either vocabulary."""
    return files_of(record, format_of(record))


def _facts(record: Mapping[str, Any], category: str) -> tuple[str, str, str]:
    always = _ALWAYS.get(category, ())
    first = [
        field(label(key), value_text(key, record.get(key)))
        for key in _FIRST
        if key in always or not is_unstated(key, record.get(key))
    ]
    description = record.get("description")
    is_text = isinstance(description, str) and description.strip()
    prose = field("Description", plain(str(description), DESCRIPTION)) if is_text else ""
    origin = [
        field(label(key), host_link(str(record[key])))
        for key in ("homepage", "url")
        if not is_unstated(key, record.get(key))
    ]
    if pictures := _pictures(record.get("showcases")):
        origin.append(field("Showcases", pictures))
    licence = lookup(record, LICENCE)
    if category in _ALWAYS or not is_unstated(LICENCE, licence):
        origin.append(field("Licence", value_text(LICENCE, licence)))
    return " · ".join(first), prose, " · ".join(origin)


def _pictures(showcases: Any) -> str:
    """Return links to the first pictures; embedded, their hosts would see the readers."""
    addresses = [each for each in showcases if isinstance(each, str)] if isinstance(showcases, list) else []
    more = len(addresses) - _PICTURES_SHOWN
    shown = [host_link(address) for address in addresses[:_PICTURES_SHOWN]]
    return ", ".join([*shown, *([f"{more} more"] if more > 0 else [])])


def _others(record: Mapping[str, Any], drawn: AbstractSet[str] = frozenset()) -> str:
    known = _DRAWN_APART | _NOISE | drawn
    names = [key for key in record if key not in known and not is_unstated(key, record[key])]
    if not names:
        return ""
    return f"-# Also: {first([label(key) for key in names], _OTHERS_SHOWN)}"


def _file_facts(file: FileEntry, *, is_sized: bool) -> str:
    parts = []
    if file.size_bytes is not None and file.size_bytes > 0:
        parts.append(size(file.size_bytes))
    elif is_sized:
        parts.append(f"size {NOT_STATED}")
    parts.append(host_link(file.file_url))
    parts.append(f"sha256{NBSP}{digest_start(file.sha256) if file.sha256 else '**missing**'}")
    return " · ".join(parts)


def use_words(usage: UsageFacts) -> str:
    """Return rank, count and workers."""
    served = f"{plural(usage.workers, 'worker')} serve{'s' if usage.workers == 1 else ''} it now"
    return f"rank {usage.rank} of {usage.total}. {usage.month:,} {usage.unit} in the last 30 days; {served}."


def use_line(usage: UsageFacts, theme: Theme) -> str:
    """Return rank, count and workers, with a warning if the model is used."""
    is_used = usage.month or usage.workers
    glyph = f"{theme.glyph(Glyph.WARN)} " if is_used else ""
    return f"{glyph}**Use:** {use_words(usage)}"


LINES_SHOWN = 10
DEPTH_MAX = 12


def raw_warning(theme: Theme) -> str:
    """Return the warning that no checks were made."""
    return f"{theme.glyph(Glyph.WARN)} **Not checked:** this is no model record. Read *Full record* before you decide."


def raw_lines(payload: dict[str, Any], *, shown: int = LINES_SHOWN) -> tuple[str, ...]:
    """Return the first values by path, without the title; deep ones as one JSON text."""
    values = {key: value for key, value in payload.items() if key != "title"}
    lines = [field(plain(path, DIFF_VALUE), code(text, DIFF_VALUE)) for path, text in _values(values)]
    more = len(lines) - shown
    if more > 0:
        return (*lines[:shown], f"-# {plural(more, 'value')} more under *Full record*")
    return tuple(lines) or ("It says nothing.",)


def _values(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict | list) and value and depth < DEPTH_MAX:
        members = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in members:
            yield from _values(item, f"{path}.{key}" if path else str(key), depth + 1)
    elif value not in (None, "", [], {}):
        yield path, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
