"""Model records in a deployment's own format; unknown fields are kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from bot.reference.models import CanonicalFormat

type Record = dict[str, Any]

UNKNOWN_HASH = "FIXME"
"""Placeholder that the service writes for a missing hash."""

LEGACY_TYPES = {
    "image_generation": "ckpt",
    "blip": "blip",
    "clip": "clip",
    "codeformer": "CodeFormers",
    "esrgan": "realesrgan",
    "gfpgan": "gfpgan",
    "safety_checker": "safety_checker",
    "miscellaneous": "layer_diffuse",
}
"""``type`` of a legacy record by category; text models have none, a controlnet's is its style."""

VALUES_MAX = 2000
CHARACTERS_MAX = 50_000
DEPTH_MAX = 50
"""Largest record that is sent or checked. The largest known one has 60 values and 1,500 characters."""

_SERVICE_FIELDS = ("record_type", "model_classification")
"""Fields that the service derives from the category; it would store wrong ones unchecked."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file that workers download; hash and size (never in legacy) are None if unknown."""

    file_name: str
    file_url: str
    sha256: str | None = None
    size_bytes: int | None = None


def new_record(category: str, name: str, dialect: CanonicalFormat) -> Record:
    """Build a record with the name, and in legacy with the category's fixed type."""
    record: Record = {"name": name}
    if dialect is CanonicalFormat.LEGACY and category in LEGACY_TYPES:
        record["type"] = LEGACY_TYPES[category]
    return record


def to_payload(record: Mapping[str, Any], *, name: str, dialect: CanonicalFormat) -> Record:
    """Return the record to send: with this name, without nulls and derived fields."""
    payload = {"name": name} | {key: item for key, item in record.items() if item is not None}
    payload["name"] = name
    if dialect is CanonicalFormat.V2:
        for field in _SERVICE_FIELDS:
            payload.pop(field, None)
    return payload


def format_of(record: Mapping[str, Any]) -> CanonicalFormat:
    """Return the format of a record: only legacy keeps hashes apart from URLs."""
    config = record.get("config")
    is_legacy = isinstance(config, Mapping) and "files" in config
    return CanonicalFormat.LEGACY if is_legacy else CanonicalFormat.V2


def files_of(record: Mapping[str, Any], dialect: CanonicalFormat) -> tuple[FileEntry, ...]:
    """List the record's downloads in order, skipping entries without a file name or URL."""
    downloads = _entries(record, "download")
    hashes = _by(record, "files", "path") if dialect is CanonicalFormat.LEGACY else {}
    return tuple(
        FileEntry(
            file_name=entry["file_name"],
            file_url=entry["file_url"],
            sha256=_hash_or_none(hashes.get(entry["file_name"], entry).get("sha256sum")),
            size_bytes=_size_or_none(entry.get("size_bytes")),
        )
        for entry in downloads
        if isinstance(entry.get("file_name"), str) and isinstance(entry.get("file_url"), str)
    )


def with_files(record: Mapping[str, Any], files: Sequence[FileEntry], dialect: CanonicalFormat) -> Record:
    """Copy the record with these downloads; other fields of files with the same name are kept.

    Legacy stores hashes apart from URLs, and has files that are not downloads, which are kept. If the files are the
    record's own already, the copy is equal, including list entries that are not files.
    """
    if tuple(files) == files_of(record, dialect):
        return dict(record)
    known = _by(record, "download", "file_name")
    config = dict(config) if isinstance(config := record.get("config"), dict) else {}
    if dialect is CanonicalFormat.V2:
        config["download"] = [_v2_download(file, known.get(file.file_name, {})) for file in files]
    else:
        config["download"] = [_legacy_download(file, known.get(file.file_name, {})) for file in files]
        config["files"] = _legacy_files(record, files, downloads=known.keys())
    return {**record, "config": config}


def is_large(record: Mapping[str, Any]) -> bool:
    """Return whether a record has too many values, too much text, or is too deep to be checked."""
    level: list[Any] = [record]
    values = characters = 0
    for _ in range(DEPTH_MAX):
        values += len(level)
        characters += sum(len(value) for value in level if isinstance(value, str))
        if values > VALUES_MAX or characters > CHARACTERS_MAX:
            return True
        level = [member for value in level for member in _members(value)]
        if not level:
            return False
    return True


def _members(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return chain(value, value.values())
    return value if isinstance(value, list) else ()


def _v2_download(file: FileEntry, known: Mapping[str, Any]) -> Record:
    entry = {**known, "file_name": file.file_name, "file_url": file.file_url}
    _set_or_remove(entry, "sha256sum", file.sha256)
    _set_or_remove(entry, "size_bytes", file.size_bytes)
    return entry


def _set_or_remove(entry: Record, field: str, value: Any) -> None:
    """Set the field, keeping its position, or remove it if the value is None."""
    if value is None:
        entry.pop(field, None)
    else:
        entry[field] = value


def _legacy_download(file: FileEntry, known: Mapping[str, Any]) -> Record:
    base = known or {"file_name": "", "file_path": ""}
    return {**base, "file_name": file.file_name, "file_url": file.file_url}


def _legacy_files(record: Mapping[str, Any], files: Sequence[FileEntry], *, downloads: Iterable[str]) -> list[Record]:
    known = _by(record, "files", "path")
    listed = []
    for file in files:
        entry = {**known.get(file.file_name, {}), "path": file.file_name}
        _set_or_remove(entry, "sha256sum", file.sha256)
        listed.append(entry)
    listed_or_gone = {*downloads, *(file.file_name for file in files)}
    return listed + [entry for path, entry in known.items() if path not in listed_or_gone]


def _by(record: Mapping[str, Any], part: str, name: str) -> dict[str, Record]:
    return {entry[name]: entry for entry in _entries(record, part) if isinstance(entry.get(name), str)}


def _entries(record: Mapping[str, Any], part: str) -> list[Record]:
    """Return a list of objects under ``config``, where an attached record may have any type."""
    config = record.get("config")
    entries = config.get(part) if isinstance(config, dict) else None
    return [dict(entry) for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _hash_or_none(value: Any) -> str | None:
    return value if isinstance(value, str) and value and value != UNKNOWN_HASH else None


def _size_or_none(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
