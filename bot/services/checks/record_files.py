"""Files of a record with every entry, complete or not; pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.reference.models import CanonicalFormat
from bot.services.checks.addresses import read_address

_HASH_LENGTH = 64

type _Entries = list[tuple[int, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class RecordFile:
    """One file: a download, a hash, or both; absent values are empty texts.

    Attributes:
        name: file name of the download, else the path of the hash.
        url: address of the download.
        sha256: as stated.
        md5: as stated.
        folder: ``file_path`` of a legacy download.
        purpose: the file's purpose, empty for the model itself.
        size: stated bytes, ``None`` if not a number.
        download: position in ``config.download``, ``None`` without a download.
        hashed: position in legacy ``config.files``, ``None`` without an entry.
    """

    name: str
    url: str = ""
    sha256: str = ""
    md5: str = ""
    folder: str = ""
    purpose: str = ""
    size: int | float | None = None
    download: int | None = None
    hashed: int | None = None

    @property
    def shown(self) -> str:
        """Return what names the file in a sentence."""
        return self.name or self.url or f"file {(self.download or self.hashed or 0) + 1}"

    def renamed(self, name: str) -> tuple[tuple[tuple[str | int, ...], str], ...]:
        """Return the edits of its record that give the file this name, each as place and value."""
        names = (("download", self.download, "file_name"), ("files", self.hashed, "path"))
        return tuple((("config", part, at, key), name) for part, at, key in names if at is not None)

    def place(self, key: str) -> tuple[str | int, ...]:
        """Return the place of a member of the file in its record."""
        if self.download is None or (self.hashed is not None and key in ("path", "sha256sum", "md5sum", "file_type")):
            return ("config", "files", self.hashed or 0, key)
        return ("config", "download", self.download, key)


def record_files(record: Mapping[str, Any], dialect: CanonicalFormat) -> tuple[RecordFile, ...]:
    """Return all files of a record: downloads in order, then legacy hashes without a download."""
    downloads, hashes = _entries(record, "download"), _entries(record, "files")
    if dialect is CanonicalFormat.V2:
        return tuple(_joined(entry, entry, at, None) for at, entry in downloads)
    return tuple(_legacy_files(downloads, hashes))


def file_keys(record: Mapping[str, Any]) -> frozenset[str]:
    """Return hashes and links of either vocabulary, in the form that equal files share."""
    keys = set()
    for part in ("download", "files"):
        for _, entry in _entries(record, part):
            digest, address = _text(entry, "sha256sum").casefold(), read_address(_text(entry, "file_url"))
            keys |= {digest} if len(digest) == _HASH_LENGTH else set()
            keys |= {address.key} if address is not None and address.parts else set()
    return frozenset(keys)


def _legacy_files(downloads: _Entries, hashes: _Entries) -> Iterator[RecordFile]:
    rest = dict(hashes)
    places: dict[str, list[int]] = {}
    for place, entry in reversed(hashes):
        places.setdefault(_text(entry, "path"), []).append(place)
    for at, entry in downloads:
        same_name = places.get(_text(entry, "file_name"))
        hashed = same_name.pop() if same_name else None
        yield _joined(entry, {} if hashed is None else rest.pop(hashed), at, hashed)
    for place, entry in rest.items():
        yield _joined({}, entry, None, place)


def _joined(download: Mapping[str, Any], hashed: Mapping[str, Any], at: int | None, place: int | None) -> RecordFile:
    return RecordFile(
        name=_text(download, "file_name") or _text(hashed, "path"),
        url=_text(download, "file_url"),
        sha256=_text(hashed, "sha256sum"),
        md5=_text(hashed, "md5sum"),
        folder=_text(download, "file_path"),
        purpose=_text(download, "file_purpose") or _text(hashed, "file_type"),
        size=size if isinstance(size := download.get("size_bytes"), int | float) else None,
        download=at,
        hashed=place,
    )


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    return value if isinstance(value, str) else ""


def _entries(record: Mapping[str, Any], part: str) -> _Entries:
    config = record.get("config")
    listed = config.get(part) if isinstance(config, Mapping) else None
    found = enumerate(listed) if isinstance(listed, list) else ()
    return [(at, entry) for at, entry in found if isinstance(entry, Mapping)]
