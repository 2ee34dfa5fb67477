"""What was typed into a form, read into a revision of a draft: pure, and kind about what cannot be read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any
from urllib.parse import unquote, urlsplit

from bot.errors import BotError
from bot.reference.models import CanonicalFormat
from bot.reference.records import FileEntry
from bot.services.quantities import read_count, read_size
from bot.services.record_input import Revision, parse_json

ANOTHER_REASON = "Another reason"
CANNED_REASONS = (
    "Duplicate of a model we have",
    "The download link does not work",
    "The sha256 is missing or wrong",
    "The licence does not allow it",
    "Not fit for the Horde",
    "Needs discussion first",
    ANOTHER_REASON,
)
REASON_MAX = 500
"""Characters: the service's limit (8.6.2)."""

FILE_LINE = "name | url | sha256"
NOT_KNOWN = "-"
"""A line of the files form that stands for nothing: Discord may trim empty lines at either end."""

_FILE_PARTS = 3


class InputError(BotError):
    """Something typed cannot be read; everything else was.

    Attributes:
        field: the label of the field, and the line where there are several.
        typed: what was typed there, whole.
        expected: what it should look like.
        kept: everything that could be read, so that nothing is lost.
    """

    def __init__(self, field: str, typed: str, expected: str, kept: Revision) -> None:
        super().__init__(field)
        self.field = field
        self.typed = typed
        self.expected = expected
        self.kept = kept


@dataclass(frozen=True, slots=True)
class BasicsAnswers:
    """Answers of a basics form as typed; ``None`` for what the form does not ask.

    ``nsfw`` is ``None`` until somebody chose. An empty text empties the field.
    """

    category: str
    name: str
    baseline: str | None = None
    nsfw: bool | None = None
    parameters: str | None = None
    description: str | None = None
    files: str | None = None
    other_fields: str | None = None
    style: str | None = None


@dataclass(frozen=True, slots=True)
class FilesAnswers:
    """Answers of the files form as typed: a line a file, in the same order in each."""

    links: str
    sha256: str
    names: str
    size: str


@dataclass(frozen=True, slots=True)
class RejectAnswers:
    """A canned reason, and the approver's own words."""

    choice: str
    words: str


@dataclass(slots=True)
class _Reading:
    """What could be read so far, and the first thing that could not."""

    fields: dict[str, Any] = field(default_factory=dict)
    files: tuple[FileEntry, ...] | None = None
    problem: tuple[str, str, str] | None = None

    def complain(self, where: str, typed: str, expected: str) -> None:
        self.problem = self.problem or (where, typed, expected)

    def revision(self) -> Revision:
        revision = Revision(fields=self.fields, files=self.files)
        if self.problem is not None:
            raise InputError(*self.problem, kept=revision)
        return revision


def basics_revision(answers: BasicsAnswers, dialect: CanonicalFormat) -> Revision:
    """Read a basics form.

    Args:
        answers: as typed.
        dialect: the vocabulary of the record; a legacy baseline is written with spaces.

    Raises:
        InputError: a number, a line of files or a JSON object cannot be read; ``kept`` has the rest.
    """
    reading = _Reading()
    if answers.other_fields is not None:
        reading.fields |= _other_fields(answers.other_fields, reading)
    reading.fields["name"] = answers.name.strip()
    if answers.baseline is not None:
        reading.fields["baseline"] = _baseline(answers.baseline, dialect)
    if answers.style is not None:
        reading.fields["style"] = answers.style.strip() or None
    if answers.nsfw is not None:
        reading.fields["nsfw"] = answers.nsfw
    if answers.parameters is not None:
        parameters = answers.parameters.strip()
        count = read_count(parameters)
        if parameters and not count:
            reading.complain("Parameters", parameters, "a number, or one like `7B`, `1.1B`, `350M`")
        elif count or not parameters:
            reading.fields["parameters"] = count
    if answers.description is not None:
        reading.fields["description"] = answers.description.strip() or None
    if answers.files is not None:
        reading.files = _file_lines(answers.files, reading)
    return reading.revision()


def files_revision(answers: FilesAnswers, dialect: CanonicalFormat) -> Revision:
    """Read the files form.

    Args:
        answers: as typed.
        dialect: the vocabulary of the record; legacy has no place for the size of a single file.

    Raises:
        InputError: more digests or names than links, or no size; ``kept`` has the rest.
    """
    reading = _Reading()
    links = _lines(answers.links)
    hashes, names = (_aligned(text, len(links)) for text in (answers.sha256, answers.names))
    for label, lines in (("sha256", hashes), ("File names", names)):
        if len(lines) > len(links):
            extra = "\n".join(lines[len(links) :])
            reading.complain(label, extra, f"as many lines as there are links: {len(links)}")
    rows = zip_longest(links, hashes[: len(links)], names[: len(links)], fillvalue="")
    size = read_size(answers.size.strip())
    if answers.size.strip() and size is None:
        reading.complain("Size of all files", answers.size.strip(), "a size like `7.27 GB`, or bytes")
    else:
        reading.fields["size_on_disk_bytes"] = size
    is_single = len(links) == 1 and dialect is CanonicalFormat.V2
    reading.files = tuple(
        FileEntry(name or name_from(link), link, sha256 or None, size if is_single else None)
        for link, sha256, name in rows
    )
    return reading.revision()


def file_lines(files: tuple[FileEntry, ...]) -> str:
    """Files as lines of a form; what :func:`basics_revision` reads back."""
    return "\n".join(f"{file.file_name} | {file.file_url} | {file.sha256 or ''}".rstrip(" |") for file in files)


def reject_reason(answers: RejectAnswers) -> str:
    """The reason that is sent, ``{choice}. {words}``, at most 500 characters.

    Raises:
        InputError: *Another reason* without words.
    """
    choice, words = answers.choice.strip(), answers.words.strip()
    if choice == ANOTHER_REASON:
        if not words:
            raise InputError("In your words", "", "your reason: “Another reason” needs words", Revision())
        return words[:REASON_MAX]
    return (f"{choice}. {words}" if words else f"{choice}.")[:REASON_MAX]


def name_from(link: str) -> str:
    """The last part of an address's path, decoded; empty where there is none."""
    try:
        return unquote(urlsplit(link).path).rstrip("/").rpartition("/")[2]
    except ValueError:
        return ""


def _baseline(typed: str, dialect: CanonicalFormat) -> str | None:
    baseline = typed.strip()
    if dialect is CanonicalFormat.LEGACY:
        # Legacy records write these two otherwise than with spaces for underscores (the service's converter).
        special = {"stable_diffusion_2_768": "stable diffusion 2", "stable_diffusion_2_512": "stable diffusion 2 512"}
        baseline = special.get(baseline, baseline)
        if baseline in ("stable_diffusion_1", "stable_diffusion_2"):
            baseline = baseline.replace("_", " ")
    return baseline or None


def _other_fields(typed: str, reading: _Reading) -> Mapping[str, Any]:
    text = typed.strip()
    if not text:
        return {}
    expected = 'one JSON object, like `{"version": "2.0"}`'
    try:
        parsed = parse_json(text)
    except json.JSONDecodeError as error:
        reading.complain(f"Other fields, line {error.lineno}, column {error.colno}", text, expected)
        return {}
    except (ValueError, RecursionError):
        reading.complain("Other fields", text, expected)
        return {}
    if not isinstance(parsed, dict):
        reading.complain("Other fields", text, expected)
        return {}
    return parsed


def _file_lines(typed: str, reading: _Reading) -> tuple[FileEntry, ...]:
    files = []
    for number, line in enumerate(_lines(typed), start=1):
        parts = [part.strip() for part in line.split("|")]
        if len(parts) > _FILE_PARTS:
            reading.complain(f"Files, line {number}", line, f"`{FILE_LINE}`")
            parts = parts[:_FILE_PARTS]
        if "://" in parts[0]:  # the name was left out: it is taken from the address
            parts = ["", *parts][:_FILE_PARTS]
        name, url, sha256 = [*parts, "", ""][:_FILE_PARTS]
        files.append(FileEntry(name or name_from(url), url, sha256 or None))
    return tuple(files)


def _aligned(text: str, count: int) -> list[str]:
    """Lines that belong to the links beside them: an empty one, or a dash, stands for what is not known."""
    lines = [line.strip() for line in text.rstrip().splitlines()]
    if len(lines) > count:
        lines = [line for line in lines if line]
    return ["" if line == NOT_KNOWN else line for line in lines]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
