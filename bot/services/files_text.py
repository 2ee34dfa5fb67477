"""Files as they are typed: a line a file, in one field or in a column each; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any
from urllib.parse import unquote, urlsplit

from bot.reference.models import CanonicalFormat
from bot.reference.records import FileEntry, files_of, with_files
from bot.services.fields import Kind
from bot.services.fields_text import UnreadableError

FILE_LINE = "name | url | sha256"
NOT_KNOWN = "-"
"""A line of a column that stands for nothing: Discord may trim empty lines at either end."""

_FILE_PARTS = 3
_PURPOSE = {CanonicalFormat.V2: ("download", "file_name", "file_purpose"),
            CanonicalFormat.LEGACY: ("files", "path", "file_type")}  # fmt: skip
"""Where a file's purpose stands: the list under ``config``, the key of the file's name, the key itself."""


@dataclass(frozen=True, slots=True)
class FileList:
    """The files of a record, each with what it is for (``None`` for the model itself)."""

    files: tuple[FileEntry, ...]
    purposes: tuple[str | None, ...]

    def column(self, kind: Kind) -> str:
        """One column, as the files form shows it."""
        match kind:
            case Kind.FILE_LINKS:
                lines = [file.file_url or NOT_KNOWN for file in self.files]
            case Kind.FILE_HASHES:
                lines = [file.sha256 or NOT_KNOWN for file in self.files]
            case Kind.FILE_NAMES:
                lines = [file.file_name or NOT_KNOWN for file in self.files]
            case _:
                lines = [purpose or NOT_KNOWN for purpose in self.purposes]
                lines = lines if any(self.purposes) else []
        return "\n".join(lines)


def file_list(record: Mapping[str, Any], dialect: CanonicalFormat) -> FileList:
    """The files that a record has."""
    files = files_of(record, dialect)
    part, name, key = _PURPOSE[dialect]
    config = record.get("config")
    entries = config.get(part) if isinstance(config, Mapping) else None
    told = {
        entry.get(name): entry.get(key)
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, Mapping) and isinstance(entry.get(name), str)
    }
    purposes = (told.get(file.file_name) for file in files)
    return FileList(files, tuple(purpose if isinstance(purpose, str) and purpose else None for purpose in purposes))


def with_file_list(record: Mapping[str, Any], listed: FileList, dialect: CanonicalFormat) -> dict[str, Any]:
    """Copy the record with these files; what else it knew of a file of the same name is kept."""
    if not listed.files and "config" not in record:
        return dict(record)
    changed = with_files(record, listed.files, dialect)
    part, name, key = _PURPOSE[dialect]
    purposes = {file.file_name: purpose for file, purpose in zip(listed.files, listed.purposes, strict=True)}
    config = dict(changed["config"])
    config[part] = [_with_purpose(entry, name, key, purposes) for entry in config[part]]
    return {**changed, "config": config}


def read_file_lines(typed: str) -> FileList:
    """Read ``name | url | sha256`` a line; the name may be left out.

    Raises:
        UnreadableError: a line has more parts; ``rest`` has what could be read.
    """
    files, problem = [], None
    for number, line in enumerate(lines_of(typed), start=1):
        parts = [part.strip() for part in line.split("|")]
        if len(parts) > _FILE_PARTS:
            problem = problem or UnreadableError(line, f"`{FILE_LINE}`", f", line {number}")
            parts = parts[:_FILE_PARTS]
        if "://" in parts[0]:  # the name was left out: it is taken from the address
            parts = ["", *parts][:_FILE_PARTS]
        name, url, sha256 = [*parts, "", ""][:_FILE_PARTS]
        files.append(FileEntry(name or name_from(url), url, sha256 or None))
    listed = FileList(tuple(files), (None,) * len(files))
    if problem is not None:
        raise UnreadableFilesError(Kind.FILES, problem, listed)
    return listed


class UnreadableFilesError(ValueError):
    """Something in a list of files cannot be read.

    Attributes:
        kind: the field it was typed into.
        problem: what and where.
        rest: all that could be read.
    """

    def __init__(self, kind: Kind, problem: UnreadableError, rest: FileList) -> None:
        super().__init__(problem.expected)
        self.kind = kind
        self.problem = problem
        self.rest = rest


def read_columns(columns: Mapping[Kind, str], known: FileList) -> FileList:
    """Join columns of the same order; the size of a file that stays the same is kept.

    Raises:
        UnreadableFilesError: a column has more lines than there are links.
    """
    links = lines_of(columns[Kind.FILE_LINKS])
    count, problem = len(links), None
    cells: dict[Kind, list[str]] = {}
    for kind in (Kind.FILE_HASHES, Kind.FILE_NAMES, Kind.FILE_PURPOSES):
        lines = _aligned(columns[kind], count)
        if len(lines) > count and problem is None:
            expected = f"as many lines as there are links: {count}"
            problem = kind, UnreadableError("\n".join(lines[count:]), expected)
        cells[kind] = lines[:count]
    sizes = {(file.file_url, file.sha256): file.size_bytes for file in known.files}
    files, purposes = [], []
    for link, sha256, name, purpose in zip_longest(
        links, cells[Kind.FILE_HASHES], cells[Kind.FILE_NAMES], cells[Kind.FILE_PURPOSES], fillvalue=""
    ):
        url = "" if link == NOT_KNOWN else link
        files.append(FileEntry(name or name_from(url), url, sha256 or None, sizes.get((url, sha256 or None))))
        purposes.append(purpose or None)
    listed = FileList(tuple(files), tuple(purposes))
    if problem is not None:
        raise UnreadableFilesError(*problem, listed)
    return listed


def file_lines(files: Sequence[FileEntry]) -> str:
    """Files as lines of one field; what :func:`read_file_lines` reads back."""
    return "\n".join(f"{file.file_name} | {file.file_url} | {file.sha256 or ''}".rstrip(" |") for file in files)


def name_from(link: str) -> str:
    """The last part of an address's path, decoded; empty where there is none."""
    try:
        return unquote(urlsplit(link).path).rstrip("/").rpartition("/")[2]
    except ValueError:
        return ""


def lines_of(text: str) -> list[str]:
    """Lines that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _aligned(text: str, count: int) -> list[str]:
    """Lines that belong to the links beside them: an empty one, or a dash, stands for what is not known."""
    lines = [line.strip() for line in text.rstrip().splitlines()]
    if len(lines) > count:
        lines = [line for line in lines if line]
    return ["" if line == NOT_KNOWN else line for line in lines]


def _with_purpose(entry: Mapping[str, Any], name: str, key: str, purposes: Mapping[str, str | None]) -> dict[str, Any]:
    if entry.get(name) not in purposes:
        return dict(entry)
    purpose = purposes[entry[name]]
    others = {other: value for other, value in entry.items() if other != key}
    return others if purpose is None else {**entry, key: purpose}
