"""A record as a card shows it: what it says of the model, and its files."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.reference.models import CanonicalFormat
from bot.reference.records import FileEntry, files_of
from bot.ui.labels import LABELS, LICENCE, NOT_STATED, is_unstated, label, value_text
from bot.ui.text import (
    DESCRIPTION,
    FILE_NAME,
    NBSP,
    code,
    digest_start,
    field,
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
_SPOKEN_OF = frozenset({*_FIRST, "description", "homepage", "licensing", "name", "config", "size_on_disk_bytes"})
_NOISE = frozenset({"metadata", "record_type", "model_classification", "model_name", "type", "filename", "available"})
_OTHERS_SHOWN = 8


def dialect_of(record: Mapping[str, Any]) -> CanonicalFormat:
    """The vocabulary a record is written in, told by where it keeps its hashes."""
    config = record.get("config")
    is_legacy = isinstance(config, Mapping) and "files" in config
    return CanonicalFormat.LEGACY if is_legacy else CanonicalFormat.V2


def lookup(record: Mapping[str, Any], path: str) -> Any:
    """A value by its dotted path; ``None`` where there is none."""
    value: Any = record
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def record_lines(record: Mapping[str, Any], category: str) -> tuple[str, ...]:
    """What a record says: the fields that decide, the description, where it comes from, what else it has."""
    return tuple(line for line in (*_facts(record, category), _others(record)) if line)


def short_record_lines(record: Mapping[str, Any], category: str) -> tuple[str, ...]:
    """The fields that decide, and no prose."""
    first, _, origin = _facts(record, category)
    return tuple(line for line in (first, origin) if line)


def files_heading(files: Sequence[FileEntry], record: Mapping[str, Any]) -> str:
    """How many files and how large: ``2 files, 7.27 GB``."""
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


def file_entries(files: Sequence[FileEntry], dialect: CanonicalFormat) -> tuple[str, ...]:
    """Name, size, host and digest of each file; an entry is two lines that stay together."""
    return tuple(f"{code(file.file_name, FILE_NAME)}\n-# {_file_facts(file, dialect)}" for file in files)


def files_in(record: Mapping[str, Any]) -> tuple[FileEntry, ...]:
    """The files of a record, whichever vocabulary it is written in."""
    return files_of(record, dialect_of(record))


def _facts(record: Mapping[str, Any], category: str) -> tuple[str, str, str]:
    always = _ALWAYS.get(category, ())
    first = [
        field(LABELS[key], value_text(key, record.get(key)))
        for key in _FIRST
        if key in always or not is_unstated(key, record.get(key))
    ]
    description = record.get("description")
    is_text = isinstance(description, str) and description.strip()
    prose = field("Description", plain(str(description), DESCRIPTION)) if is_text else ""
    origin = []
    if not is_unstated("homepage", record.get("homepage")):
        origin.append(field("Homepage", host_link(str(record["homepage"]))))
    licence = lookup(record, LICENCE)
    if category in _ALWAYS or not is_unstated(LICENCE, licence):
        origin.append(field("Licence", value_text(LICENCE, licence)))
    return " · ".join(first), prose, " · ".join(origin)


def _others(record: Mapping[str, Any]) -> str:
    names = [key for key in record if key not in _SPOKEN_OF | _NOISE and not is_unstated(key, record[key])]
    if not names:
        return ""
    more = len(names) - _OTHERS_SHOWN
    shown = ", ".join(label(key) for key in names[:_OTHERS_SHOWN])
    return f"-# Also: {shown}{f' +{more}' if more > 0 else ''}"


def _file_facts(file: FileEntry, dialect: CanonicalFormat) -> str:
    parts = []
    if file.size_bytes is not None and file.size_bytes > 0:
        parts.append(size(file.size_bytes))
    elif dialect is CanonicalFormat.V2:  # legacy records have no place for it
        parts.append(f"size {NOT_STATED}")
    parts.append(host_link(file.file_url))
    parts.append(f"sha256{NBSP}{digest_start(file.sha256) if file.sha256 else '**missing**'}")
    return " · ".join(parts)
