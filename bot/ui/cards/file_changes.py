"""Changes of a model's files as lines of a card."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.reference.records import FileEntry
from bot.ui.cards.record import files_in
from bot.ui.labels import NOT_STATED
from bot.ui.text import ARROW, FILE_NAME, code, digest_start, field, first, host_link, host_of, size

NAMES_SHOWN = 6


@dataclass(frozen=True, slots=True)
class FileChanges:
    """Pairs of old and new files: by equal name first, then by position."""

    replaced: tuple[tuple[FileEntry, FileEntry], ...]
    added: tuple[FileEntry, ...]
    removed: tuple[FileEntry, ...]

    @property
    def count(self) -> int:
        """Return the number of changed files."""
        return len(self.replaced) + len(self.added) + len(self.removed)


def compare_files(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> FileChanges:
    """Pair the files of two records; unchanged files are left out."""
    before, after = list(files_in(old or {})), list(files_in(new or {}))
    unchanged = [file for file in before if file in after]
    before = [file for file in before if file not in unchanged]
    after = [file for file in after if file not in unchanged]
    pairs: list[tuple[FileEntry, FileEntry]] = []
    for file in list(before):
        twin = next((other for other in after if other.file_name == file.file_name), None)
        if twin is not None:
            pairs.append((file, twin))
            before.remove(file)
            after.remove(twin)
    both = min(len(before), len(after))
    pairs += zip(before[:both], after[:both], strict=True)
    return FileChanges(tuple(pairs), tuple(after[both:]), tuple(before[both:]))


def file_change_lines(changes: FileChanges) -> tuple[str, ...]:
    """Return up to four lines of differences for a single file, else counts and names."""
    if changes.count == 1:
        if changes.replaced:
            return _replaced(*changes.replaced[0])
        if changes.added:
            return _one(changes.added[0])
        return (field("File", f"{code(changes.removed[0].file_name, FILE_NAME)} {ARROW} removed"),)
    counts = (
        (len(changes.added), "added"),
        (len(changes.replaced), "replaced"),
        (len(changes.removed), "removed"),
    )
    summary = ", ".join(f"{count} {word}" for count, word in counts if count)
    files = [*changes.added, *(new for _, new in changes.replaced), *changes.removed]
    names = [code(file.file_name, FILE_NAME) for file in files]
    return (field("Files", summary), first(names, NAMES_SHOWN, between=" ")) if summary else ()


def _replaced(old: FileEntry, new: FileEntry) -> tuple[str, ...]:
    rows: Sequence[tuple[str, str, str]] = (
        ("File", code(old.file_name, FILE_NAME), code(new.file_name, FILE_NAME)),
        (
            "Host" if host_of(old.file_url) != host_of(new.file_url) else "Link",
            host_link(old.file_url),
            host_link(new.file_url),
        ),
        ("sha256", _digest(old), _digest(new)),
    )
    lines = [field(name, f"{before} {ARROW} {after}") for name, before, after in rows if before != after]
    # The record's own size covers the size of the file, unless nothing else differs.
    return tuple(lines) or (field("File size", f"{_size(old)} {ARROW} {_size(new)}"),)


def _one(file: FileEntry) -> tuple[str, ...]:
    return (
        field("File", f"{NOT_STATED} {ARROW} {code(file.file_name, FILE_NAME)}"),
        field("Host", host_link(file.file_url)),
        field("sha256", _digest(file)),
    )


def _digest(file: FileEntry) -> str:
    return digest_start(file.sha256) if file.sha256 else "**missing**"


def _size(file: FileEntry) -> str:
    return size(file.size_bytes) if file.size_bytes is not None else NOT_STATED
