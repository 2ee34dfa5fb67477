"""Findings about files: a record compared with what its hosts state. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Final

from bot.reference.records import FileEntry
from bot.sources.host_client import HostProblem


class HostVerdict(StrEnum):
    """Result of the comparison of a file with its host."""

    SAME = "same"
    OTHER_SHA256 = "other_sha256"
    OTHER_SIZE = "other_size"
    GATED = "gated"
    DISABLED = "disabled"
    GONE = "gone"
    GONE_OR_PRIVATE = "gone_or_private"
    NO_SUCH_FILE = "no_such_file"
    ARCHIVED = "archived"
    EARLY_ACCESS = "early_access"
    NO_DOWNLOAD = "no_download"
    UNSAFE = "unsafe"
    LOGIN = "login"
    MOVED = "moved"
    NOT_ONE_FILE = "not_one_file"
    NO_SHA256 = "no_sha256"
    HOST_KNOWS_SHA256 = "host_knows_sha256"
    PICKLE = "pickle"
    NOT_ASKED = "not_asked"
    NOT_ASKED_AGAIN = "not_asked_again"

    @property
    def is_fail(self) -> bool:
        """Return whether workers would not get this file."""
        return self not in _NO_FAILS


_NO_FAILS: Final = frozenset(
    {
        HostVerdict.SAME,
        HostVerdict.LOGIN,
        HostVerdict.MOVED,
        HostVerdict.NOT_ONE_FILE,
        HostVerdict.NO_SHA256,
        HostVerdict.HOST_KNOWS_SHA256,
        HostVerdict.PICKLE,
        HostVerdict.NOT_ASKED,
        HostVerdict.NOT_ASKED_AGAIN,
    }
)
_PICKLES: Final = frozenset({".ckpt", ".pt", ".pth", ".bin"})


@dataclass(frozen=True, slots=True)
class HostFacts:
    """Facts of a host about one address.

    Attributes:
        verdicts: findings that do not depend on the record.
        sha256: lower case, ``None`` if the host does not say.
        size_bytes: exact, ``None`` if the host does not say.
        moved_to: the repository's new id, empty if it did not move.
        problem: reason why the host could not be asked.
        asked_at: time of the question.
    """

    host: str
    asked_at: datetime
    verdicts: tuple[HostVerdict, ...] = ()
    sha256: str | None = None
    size_bytes: int | None = None
    moved_to: str = ""
    problem: HostProblem | None = None
    retry_in_s: float | None = None


@dataclass(frozen=True, slots=True)
class HostFinding:
    """One result about one file; ``facts`` are what the host said."""

    file: FileEntry
    verdict: HostVerdict
    facts: HostFacts


def findings_of(file: FileEntry, facts: HostFacts) -> Iterator[HostFinding]:
    """Compare a file with its host's facts; fails first."""
    found = list(facts.verdicts)
    mine = (file.sha256 or "").lower()
    if not any(verdict.is_fail or verdict is HostVerdict.NOT_ONE_FILE for verdict in found if verdict in _NO_FILE):
        if facts.sha256 is None:
            found.append(HostVerdict.NO_SHA256)
        elif not mine:
            found.append(HostVerdict.HOST_KNOWS_SHA256)
        elif mine != facts.sha256:
            found.append(HostVerdict.OTHER_SHA256)
        if facts.size_bytes is not None and file.size_bytes not in (None, facts.size_bytes):
            found.append(HostVerdict.OTHER_SIZE)
        if facts.sha256 is not None and mine == facts.sha256 and HostVerdict.OTHER_SIZE not in found:
            found.append(HostVerdict.SAME)
    if PurePosixPath(file.file_name).suffix.lower() in _PICKLES:
        found.append(HostVerdict.PICKLE)
    yield from (HostFinding(file, verdict, facts) for verdict in sorted(found, key=lambda each: not each.is_fail))


_NO_FILE: Final = frozenset(
    {
        HostVerdict.GONE,
        HostVerdict.GONE_OR_PRIVATE,
        HostVerdict.NO_SUCH_FILE,
        HostVerdict.ARCHIVED,
        HostVerdict.NOT_ONE_FILE,
    }
)
"""Verdicts after which there is no file to compare with."""
