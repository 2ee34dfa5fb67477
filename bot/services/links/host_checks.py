"""Checks of a record's files with their hosts, as an anonymous worker sees them; answers are cached."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any, Final

from bot.reference.models import CanonicalFormat
from bot.reference.records import FileEntry, files_of, with_files
from bot.sources.addresses import (
    CIVITAI,
    HUGGING_FACE,
    Address,
    AddressError,
    CivitaiAddress,
    HuggingFaceAddress,
    parse_address,
)
from bot.sources.host_client import HostError, HostProblem
from bot.sources.hosts import Hosts

DEADLINE: Final = timedelta(seconds=8)
"""Time for all questions about the files of one record."""
FRESH_FOR: Final = timedelta(minutes=10)
RETRY_SHARE: Final = 0.1
"""Part of the age of an answer, after which a host without an answer is asked again."""
FILES_MAX: Final = 6
"""Files of one record that are checked."""
REMEMBERED_MAX: Final = 500


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

    @property
    def is_fail(self) -> bool:
        """Return whether workers would not get this file."""
        return self not in _NO_FAILS

    @property
    def is_unknown(self) -> bool:
        """Return whether the host could not be asked."""
        return self is HostVerdict.NOT_ASKED


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


@dataclass(slots=True)
class HostChecks:
    """Checks of files with their hosts; ``hosts`` is ``None`` if the operator switched the hosts off."""

    hosts: Hosts | None
    clock: Callable[[], datetime]
    _facts: dict[Address, HostFacts] = field(default_factory=dict)
    _shown: dict[int, object] = field(default_factory=dict)

    def known(self, files: Iterable[FileEntry]) -> tuple[HostFinding, ...]:
        """Return the findings from answers so far; no request."""
        pairs = [(file, self._facts.get(address)) for file, address in _checkable(files)]
        return tuple(finding for file, facts in pairs if facts is not None for finding in findings_of(file, facts))

    def is_due(self, files: Iterable[FileEntry], *, fresh_for: timedelta = FRESH_FOR) -> bool:
        """Return whether a host has to be asked about one of these files."""
        return self.hosts is not None and any(self._is_due(address, fresh_for) for _, address in _checkable(files))

    async def ask(self, files: Iterable[FileEntry], *, again: bool = False, fresh_for: timedelta = FRESH_FOR) -> None:
        """Ask the hosts about the files whose answers are missing or old; never raises, takes ``DEADLINE`` at most.

        Args:
            files: the files of a record.
            again: ask even if the answers are fresh.
            fresh_for: age from which an answer is old.
        """
        if self.hosts is None:
            return
        due = dict.fromkeys(address for _, address in _checkable(files) if again or self._is_due(address, fresh_for))
        answers = await asyncio.gather(*(self._ask(self.hosts, address) for address in due))
        for address, facts in zip(due, answers, strict=True):
            self._facts.pop(address, None)
            while len(self._facts) >= REMEMBERED_MAX:
                del self._facts[next(iter(self._facts))]
            self._facts[address] = facts

    def corrected(self, files: Iterable[FileEntry]) -> tuple[FileEntry, ...]:
        """Return the files with the sha256 and size that their hosts state."""
        corrected = []
        for file in files:
            facts = next((self._facts.get(address) for _, address in _checkable([file])), None)
            if facts is not None:
                file = replace(  # noqa: PLW2901 - the same file, corrected
                    file, sha256=facts.sha256 or file.sha256, size_bytes=facts.size_bytes or file.size_bytes
                )
            corrected.append(file)
        return tuple(corrected)

    def shown(self, draft_id: int) -> object:
        """Return a token for the draft card that was just drawn; earlier tokens of this draft are outdated."""
        self._shown.pop(draft_id, None)
        while len(self._shown) >= REMEMBERED_MAX:
            del self._shown[next(iter(self._shown))]
        self._shown[draft_id] = token = object()
        return token

    def is_shown(self, draft_id: int, token: object) -> bool:
        """Return whether the card of this token is still the newest of its draft."""
        return self._shown.get(draft_id) is token

    def hidden(self, draft_id: int) -> None:
        """Note that the draft's card was replaced by something else."""
        self._shown.pop(draft_id, None)

    def _is_due(self, address: Address, fresh_for: timedelta) -> bool:
        known = self._facts.get(address)
        if known is None:
            return True
        age = self.clock() - known.asked_at
        return not timedelta() <= age < (fresh_for if known.problem is None else fresh_for * RETRY_SHARE)

    async def _ask(self, hosts: Hosts, address: Address) -> HostFacts:
        try:
            async with asyncio.timeout(DEADLINE.total_seconds()):
                if isinstance(address, HuggingFaceAddress):
                    return await _ask_hub(hosts, address, self.clock())
                return await _ask_civitai(hosts, address, self.clock())
        except TimeoutError:
            return HostFacts(address.host, self.clock(), problem=HostProblem.SLOW)
        except HostError as error:
            return _without_answer(error, self.clock())


def files_to_check(record: Mapping[str, Any], dialect: CanonicalFormat) -> tuple[FileEntry, ...]:
    """Return a record's files; a single file without a size gets the record's total, where legacy stores it."""
    files = files_of(record, dialect)
    total = record.get("size_on_disk_bytes")
    if len(files) == 1 and files[0].size_bytes is None and isinstance(total, int) and not isinstance(total, bool):
        return (replace(files[0], size_bytes=total),)
    return files


def with_corrected(record: Mapping[str, Any], files: Sequence[FileEntry], dialect: CanonicalFormat) -> dict[str, Any]:
    """Copy the record with corrected files; the total follows where it is the size of a single file."""
    is_legacy = dialect is CanonicalFormat.LEGACY
    changed = with_files(record, [replace(file, size_bytes=None) if is_legacy else file for file in files], dialect)
    if len(files) == 1 and files[0].size_bytes is not None:
        changed["size_on_disk_bytes"] = files[0].size_bytes
    return changed


def findings_of(file: FileEntry, facts: HostFacts) -> Iterator[HostFinding]:
    """Compare a file with its host's facts; fails first."""
    if facts.problem is not None:
        yield HostFinding(file, HostVerdict.NOT_ASKED, facts)
        return
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


def _checkable(files: Iterable[FileEntry]) -> list[tuple[FileEntry, Address]]:
    found = []
    for file in list(files)[:FILES_MAX]:
        try:
            found.append((file, parse_address(file.file_url)))
        except AddressError:
            continue
    return found


def _without_answer(error: HostError, now: datetime) -> HostFacts:
    gone = {
        HostProblem.MISSING: HostVerdict.GONE,
        HostProblem.MISSING_OR_PRIVATE: HostVerdict.GONE_OR_PRIVATE,
    }.get(error.problem)
    if gone is not None:
        return HostFacts(error.host, now, (gone,))
    if error.problem is HostProblem.REFUSED and "disabled" in error.message.lower():
        return HostFacts(error.host, now, (HostVerdict.DISABLED,))
    return HostFacts(error.host, now, problem=error.problem, retry_in_s=error.retry_in_s)


async def _ask_hub(hosts: Hosts, address: HuggingFaceAddress, now: datetime) -> HostFacts:
    hub = hosts.hugging_face
    if address.path is None:
        return HostFacts(HUGGING_FACE, now, (HostVerdict.NOT_ONE_FILE,))
    repo, file = await asyncio.gather(
        hub.access(address.repo), hub.file(address.repo, address.revision or "main", address.path)
    )
    verdicts = []
    if repo.is_disabled:
        verdicts.append(HostVerdict.DISABLED)
    if repo.is_gated:
        verdicts.append(HostVerdict.GATED)
    if file is None:
        verdicts.append(HostVerdict.NO_SUCH_FILE)
    elif file.is_unsafe:
        verdicts.append(HostVerdict.UNSAFE)
    moved = repo.repo if repo.repo.lower() != address.repo.lower() else ""
    if moved:
        verdicts.append(HostVerdict.MOVED)
    return HostFacts(
        HUGGING_FACE,
        now,
        tuple(verdicts),
        sha256=None if file is None else file.sha256,
        size_bytes=None if file is None else file.size_bytes,
        moved_to=moved,
    )


async def _ask_civitai(hosts: Hosts, address: CivitaiAddress, now: datetime) -> HostFacts:
    if address.version_id is None:
        return HostFacts(CIVITAI, now, (HostVerdict.NOT_ONE_FILE,))
    version = await hosts.civitai.version(address.version_id)
    weights = [file for file in version.files if file.is_weights]
    named = [file for file in version.files if file.file_id == address.file_id]
    chosen = named[0] if named else weights[0] if address.file_id is None and len(weights) == 1 else None
    verdicts = []
    if version.mode:
        verdicts.append(HostVerdict.ARCHIVED)
    elif chosen is None:
        verdicts.append(HostVerdict.NO_SUCH_FILE if address.file_id is not None else HostVerdict.NOT_ONE_FILE)
    if version.availability == "EarlyAccess" or version.early_access_until:
        verdicts.append(HostVerdict.EARLY_ACCESS)
    if version.usage not in ("", "Download"):
        verdicts.append(HostVerdict.NO_DOWNLOAD)
    if chosen is not None and chosen.is_unsafe:
        verdicts.append(HostVerdict.UNSAFE)
    if chosen is not None and await _needs_login(hosts, version.version_id, chosen.file_id):
        verdicts.append(HostVerdict.LOGIN)
    return HostFacts(
        CIVITAI,
        now,
        tuple(verdicts),
        sha256=None if chosen is None else chosen.sha256,
        size_bytes=chosen.size_bytes if chosen is not None and chosen.is_size_exact else None,
    )


async def _needs_login(hosts: Hosts, version_id: int, file_id: int) -> bool:
    """Return whether Civitai says that a download needs an account; without an answer it does not."""
    try:
        return await hosts.civitai.needs_login(version_id, file_id) is True
    except HostError:
        return False
