"""File lists as text: one line per file, in one field or one per column; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from bot.reference.models import CanonicalFormat
from bot.reference.records import FileEntry, files_of, with_files
from bot.services.forms.fields import Field, Kind, Section, UnreadableError
from bot.services.forms.fields_text import NO, YES, read
from bot.services.forms.quantities import show_size

FILE_LINE = "name | url | sha256"
NOT_KNOWN = "-"
"""A cell without a value; Discord may trim empty lines at either end."""

_SLOW = "known_slow_download"
_BESIDE = (Kind.FILE_HASHES, Kind.FILE_NAMES, Kind.FILE_PURPOSES, Kind.FILE_SIZES, Kind.FILE_SPEEDS)
_AS_TYPED = {
    kind: Field(key=kind, label="", kind=like, section=Section.FILES)
    for kind, like in ((Kind.FILE_SIZES, Kind.SIZE), (Kind.FILE_SPEEDS, Kind.YES_NO))
}
_FILE_PARTS = 3
_PURPOSE = {CanonicalFormat.V2: ("download", "file_name", "file_purpose"),
            CanonicalFormat.LEGACY: ("files", "path", "file_type")}  # fmt: skip
"""Path of a file's purpose: the list under ``config``, the key of the file name, the key itself."""


@dataclass(frozen=True, slots=True)
class FileList:
    """A record's files, with purposes and download speeds.

    Attributes:
        files: in their order.
        purposes: purpose of each file, ``None`` for the model itself.
        speeds: whether each downloads slowly, ``None`` if unknown; an empty tuple changes none.
    """

    files: tuple[FileEntry, ...]
    purposes: tuple[str | None, ...]
    speeds: tuple[bool | None, ...] = ()

    def column(self, kind: Kind) -> str:
        """Return one column as the form shows it."""
        match kind:
            case Kind.FILE_LINKS:
                lines = [file.file_url or NOT_KNOWN for file in self.files]
            case Kind.FILE_HASHES:
                lines = [file.sha256 or NOT_KNOWN for file in self.files]
            case Kind.FILE_NAMES:
                lines = [file.file_name or NOT_KNOWN for file in self.files]
            case Kind.FILE_SIZES:
                sizes = [file.size_bytes for file in self.files]
                lines = [NOT_KNOWN if size is None else show_size(size) for size in sizes]
                lines = lines if any(size is not None for size in sizes) else []
            case Kind.FILE_SPEEDS:
                lines = [NOT_KNOWN if speed is None else YES if speed else NO for speed in self.speeds]
                lines = lines if any(speed is not None for speed in self.speeds) else []
            case _:
                lines = [purpose or NOT_KNOWN for purpose in self.purposes]
                lines = lines if any(self.purposes) else []
        return "\n".join(lines)


def file_list(record: Mapping[str, Any], dialect: CanonicalFormat) -> FileList:
    """Return the files of a record."""
    files = files_of(record, dialect)
    part, name, key = _PURPOSE[dialect]
    config = record.get("config")
    entries = config.get(part) if isinstance(config, Mapping) else None
    by_name = {
        entry.get(name): entry
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, Mapping) and isinstance(entry.get(name), str)
    }
    own = [by_name.get(file.file_name, {}) for file in files]
    purposes, speeds = [entry.get(key) for entry in own], [entry.get(_SLOW) for entry in own]
    return FileList(
        files,
        tuple(purpose if isinstance(purpose, str) and purpose else None for purpose in purposes),
        tuple(speed if isinstance(speed, bool) else None for speed in speeds) if dialect is CanonicalFormat.V2 else (),
    )


def with_file_list(record: Mapping[str, Any], listed: FileList, dialect: CanonicalFormat) -> dict[str, Any]:
    """Copy the record with these files; other keys of a file with the same name are kept."""
    if not listed.files and "config" not in record:
        return dict(record)
    changed = with_files(record, listed.files, dialect)
    part, name, key = _PURPOSE[dialect]
    names = [file.file_name for file in listed.files]
    said: dict[str, dict[str, Any]] = {
        file_name: {key: purpose} for file_name, purpose in zip(names, listed.purposes, strict=True)
    }
    for file_name, speed in zip(names, listed.speeds, strict=False):
        said[file_name][_SLOW] = speed
    config = dict(config) if isinstance(config := changed.get("config"), Mapping) else {}
    entries = list(entries) if isinstance(entries := config.get(part), list) else []
    config[part] = [
        _saying(entry, said.pop(entry[name], {}))
        if isinstance(entry, Mapping) and isinstance(entry.get(name), str)
        else entry
        for entry in entries
    ]
    # Legacy stores purposes and addresses in two lists; a file may be in the second only.
    config[part] += [_saying({name: file_name}, words) for file_name, words in said.items() if any(words.values())]
    return {**changed, "config": config} if entries or config[part] else changed


def read_file_lines(typed: str) -> FileList:
    """Parse one ``name | url | sha256`` per line; the name is optional.

    Raises:
        UnreadableFilesError: a line has too many parts; ``rest`` has the valid ones.
    """
    files, problem = [], None
    for number, line in enumerate(lines_of(typed), start=1):
        parts = [part.strip() for part in line.split("|")]
        if len(parts) > _FILE_PARTS:
            problem = problem or UnreadableError(line, f"`{FILE_LINE}`", f", line {number}")
            parts = parts[:_FILE_PARTS]
        if "://" in parts[0]:  # no name: taken from the address
            parts = ["", *parts][:_FILE_PARTS]
        name, url, sha256 = [*parts, "", ""][:_FILE_PARTS]
        files.append(FileEntry(name or name_from(url), url, sha256 or None))
    listed = FileList(tuple(files), (None,) * len(files))
    if problem is not None:
        raise UnreadableFilesError(((Kind.FILES, problem),), listed)
    return listed


class UnreadableFilesError(ValueError):
    """Some lines of a file list are invalid.

    Attributes:
        problems: the error of each field.
        rest: the valid part of the list.
    """

    def __init__(self, problems: Sequence[tuple[Kind, UnreadableError]], rest: FileList) -> None:
        super().__init__(problems[0][1].expected)
        self.problems = tuple(problems)
        self.rest = rest


def read_columns(columns: Mapping[Kind, str], known: FileList) -> FileList:
    """Join columns into files; columns that are left out keep the values of unchanged files.

    Raises:
        UnreadableFilesError: a column has more lines than links, or an invalid size or speed.
    """
    links = ["" if link == NOT_KNOWN else link for link in lines_of(columns[Kind.FILE_LINKS])]
    problems: list[tuple[Kind, UnreadableError]] = []
    cells = {kind: _cells(kind, columns.get(kind, ""), len(links), problems) for kind in _BESIDE}
    sizes = {(file.file_url, file.sha256): file.size_bytes for file in known.files}
    files = []
    for number, (url, sha256, name) in enumerate(
        zip(links, cells[Kind.FILE_HASHES], cells[Kind.FILE_NAMES], strict=True)
    ):
        kept = sizes.get((url, sha256 or None))
        size = _cell(Kind.FILE_SIZES, cells, number, kept, problems) if Kind.FILE_SIZES in columns else kept
        files.append(FileEntry(name or name_from(url), url, sha256 or None, size))
    speeds: list[bool | None] = []
    if Kind.FILE_SPEEDS in columns:
        before = dict(zip((file.file_name for file in known.files), known.speeds, strict=False))
        for number, file in enumerate(files):
            speeds.append(_cell(Kind.FILE_SPEEDS, cells, number, before.get(file.file_name), problems))
    purposes = tuple(purpose or None for purpose in cells[Kind.FILE_PURPOSES])
    listed = FileList(tuple(files), purposes, tuple(speeds))
    if problems:
        raise UnreadableFilesError(problems, listed)
    return listed


def file_lines(files: Sequence[FileEntry]) -> str:
    """Return files as lines; :func:`read_file_lines` is the inverse."""
    return "\n".join(f"{file.file_name} | {file.file_url} | {file.sha256 or ''}".rstrip(" |") for file in files)


def name_from(link: str) -> str:
    """Return the decoded last part of a URL's path, or an empty text."""
    try:
        return unquote(urlsplit(link).path).rstrip("/").rpartition("/")[2]
    except ValueError:
        return ""


def lines_of(text: str) -> list[str]:
    """Return the non-empty lines."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _cells(kind: Kind, text: str, count: int, problems: list[tuple[Kind, UnreadableError]]) -> list[str]:
    """Return one cell per link; an empty line or a dash means unknown."""
    lines = [line.strip() for line in text.rstrip().splitlines()]
    if len(lines) > count:
        lines = [line for line in lines if line]
    if len(lines) > count:
        over = "\n".join(lines[count:])
        problems.append((kind, UnreadableError(over, f"as many lines as there are links: {count}")))
    lines = ["" if line == NOT_KNOWN else line for line in lines[:count]]
    return lines + [""] * (count - len(lines))


def _cell[T](
    kind: Kind,
    cells: Mapping[Kind, Sequence[str]],
    number: int,
    kept: T | None,
    problems: list[tuple[Kind, UnreadableError]],
) -> T | None:
    """Parse one cell; an invalid cell keeps the file's value."""
    text = cells[kind][number]
    if not text:
        return None
    try:
        return read(_AS_TYPED[kind], text, None, CanonicalFormat.V2)  # type: ignore[no-any-return] # of its kind
    except UnreadableError as problem:
        problems.append((kind, UnreadableError(problem.typed, problem.expected, f", line {number + 1}")))
        return kept


def _saying(entry: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entry with these members set in place; ``None`` removes one."""
    merged = {**entry, **said}
    return {key: value for key, value in merged.items() if key not in said or value is not None}
