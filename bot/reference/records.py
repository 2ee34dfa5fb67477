"""A model's record in a deployment's own vocabulary, from new to what is sent; unknown keys stay."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.reference.models import CanonicalFormat

type Record = dict[str, Any]

_UNKNOWN_HASH = "FIXME"
"""What the service writes where nobody gave a hash."""

_LEGACY_TYPES = {
    "image_generation": "ckpt",
    "blip": "blip",
    "clip": "clip",
    "codeformer": "CodeFormers",
    "esrgan": "realesrgan",
    "gfpgan": "gfpgan",
    "safety_checker": "safety_checker",
    "miscellaneous": "layer_diffuse",
}
"""``type`` of a legacy record; text models have none, a controlnet's is its style: a person's choice."""

_SERVICE_FIELDS = ("record_type", "model_classification")
"""The service derives these from the category, but stores wrong ones as they come."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file that workers download; ``sha256`` (hex) and ``size_bytes`` (never in legacy) may be unknown."""

    file_name: str
    file_url: str
    sha256: str | None = None
    size_bytes: int | None = None


def new_record(category: str, name: str, dialect: CanonicalFormat) -> Record:
    """Start a record: the name, and in legacy the type that the category fixes."""
    record: Record = {"name": name}
    if dialect is CanonicalFormat.LEGACY and category in _LEGACY_TYPES:
        record["type"] = _LEGACY_TYPES[category]
    return record


def to_payload(record: Mapping[str, Any], *, name: str, dialect: CanonicalFormat) -> Record:
    """Write the record as it is sent: under this name, without nulls and what the service derives itself."""
    payload = {"name": name} | {key: item for key, item in record.items() if item is not None}
    payload["name"] = name
    if dialect is CanonicalFormat.V2:
        for field in _SERVICE_FIELDS:
            payload.pop(field, None)
    return payload


def files_of(record: Mapping[str, Any], dialect: CanonicalFormat) -> tuple[FileEntry, ...]:
    """List the record's downloads in order; entries that have no file name or address are passed over."""
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
    """Copy the record with these downloads; what else was known of a file of the same name is kept.

    Legacy keeps hashes apart from addresses, and has files that are no downloads: those stay. The files it has
    already leave the record as it is, with what is no file of its lists, and in its order.
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


def _v2_download(file: FileEntry, known: Mapping[str, Any]) -> Record:
    entry = {**known, "file_name": file.file_name, "file_url": file.file_url}
    _state(entry, "sha256sum", file.sha256)
    _state(entry, "size_bytes", file.size_bytes)
    return entry


def _state(entry: Record, field: str, value: Any) -> None:
    """Write what is known, where it stood; take away what is not."""
    if value is None:
        entry.pop(field, None)
    else:
        entry[field] = value


def _legacy_download(file: FileEntry, known: Mapping[str, Any]) -> Record:
    begun = known or {"file_name": "", "file_path": ""}
    return {**begun, "file_name": file.file_name, "file_url": file.file_url}


def _legacy_files(record: Mapping[str, Any], files: Sequence[FileEntry], *, downloads: Iterable[str]) -> list[Record]:
    known = _by(record, "files", "path")
    listed = []
    for file in files:
        entry = {**known.get(file.file_name, {}), "path": file.file_name}
        _state(entry, "sha256sum", file.sha256)
        listed.append(entry)
    listed_or_gone = {*downloads, *(file.file_name for file in files)}
    return listed + [entry for path, entry in known.items() if path not in listed_or_gone]


def _by(record: Mapping[str, Any], part: str, name: str) -> dict[str, Record]:
    return {entry[name]: entry for entry in _entries(record, part) if isinstance(entry.get(name), str)}


def _entries(record: Mapping[str, Any], part: str) -> list[Record]:
    """Read a list of objects under ``config``; a record from an attachment may hold anything there."""
    config = record.get("config")
    entries = config.get(part) if isinstance(config, dict) else None
    return [dict(entry) for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _hash_or_none(value: Any) -> str | None:
    return value if isinstance(value, str) and value and value != _UNKNOWN_HASH else None


def _size_or_none(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
