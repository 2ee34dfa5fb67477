"""Checks of a record's files with their hosts, as an anonymous worker; cached."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

from bot.reference.models import CanonicalFormat
from bot.reference.records import FileEntry, files_of, with_files
from bot.services.hosts.filling import TEXT_CATEGORY
from bot.services.hosts.host_findings import HostFacts, HostFinding, HostSubject, HostVerdict, findings_of, fitting
from bot.services.hosts.host_questions import StatedFile, ask_host
from bot.services.hosts.hub_offers import file_url
from bot.services.hosts.values import remember
from bot.sources.addresses import Address, HuggingFaceAddress, find_address
from bot.sources.hosts import Hosts

DEADLINE: Final = timedelta(seconds=8)
"""Time for all questions about the files of one record."""
FRESH_FOR: Final = timedelta(minutes=10)
RETRY_SHARE: Final = 0.1
"""Part of the age of an answer, after which a host without an answer is asked again."""
FILES_MAX: Final = 6
"""Files of one record that are checked."""
REMEMBERED_MAX: Final = 2000
"""More than the reference has files, so that the weekly check forgets none within its week."""


@dataclass(slots=True)
class HostChecks:
    """Checks of files with their hosts; ``hosts`` is None if they are switched off.

    A question without an answer keeps the earlier answer: a fail does not vanish because its host is away.
    """

    hosts: Hosts | None
    clock: Callable[[], datetime]
    _facts: dict[Address, HostFacts] = field(default_factory=dict)
    _unanswered: dict[Address, HostFacts] = field(default_factory=dict)

    def known(self, subject: HostSubject) -> tuple[HostFinding, ...]:
        """Return the findings from answers so far; no request."""
        pairs = _checkable(subject.files)
        return tuple(finding for file, address in pairs for finding in self._known(file, address, subject))

    def is_checkable(self, subject: HostSubject) -> bool:
        """Return whether a file of a record is on a host that can be asked."""
        return self.hosts is not None and bool(_checkable(subject.files))

    def is_due(self, subject: HostSubject, *, fresh_for: timedelta = FRESH_FOR) -> bool:
        """Return whether a host has to be asked about one of a record's files."""
        pairs = _checkable(subject.files)
        return self.hosts is not None and any(self._is_due(address, fresh_for) for _, address in pairs)

    async def ask(
        self,
        subject: HostSubject,
        *,
        again: bool = False,
        fresh_for: timedelta = FRESH_FOR,
        within: timedelta = DEADLINE,
    ) -> None:
        """Ask the hosts about files with missing or old answers (``again``: all); never raises."""
        if self.hosts is None:
            return
        pairs = _checkable(subject.files)
        due = {
            address: StatedFile(file.sha256 or "", subject.category, subject.homepage)
            for file, address in pairs
            if again or self._is_due(address, fresh_for)
        }
        now, deadline_s = self.clock(), within.total_seconds()
        answers = await asyncio.gather(
            *(ask_host(self.hosts, address, stated_file, now, deadline_s) for address, stated_file in due.items())
        )
        for address, facts in zip(due, answers, strict=True):
            self._unanswered.pop(address, None)
            kept = self._facts if facts.problem is None else self._unanswered
            remember(kept, address, facts, REMEMBERED_MAX)

    def corrected(self, subject: HostSubject) -> tuple[FileEntry, ...]:
        """Return the files with the sha256, size and repository that their hosts state."""
        return tuple(self._corrected(file) for file in subject.files)

    def with_fitting_links(self, subject: HostSubject) -> tuple[FileEntry, ...]:
        """Return the files with the addresses of those on their hosts that have the stated sha256."""
        return tuple(self._with_fitting_link(file) for file in subject.files)

    def _corrected(self, file: FileEntry) -> FileEntry:
        facts, address = self._facts_of(file)
        if facts is None:
            return file
        if facts.moved_to and isinstance(address, HuggingFaceAddress) and address.path is not None:
            file = replace(file, file_url=file_url(facts.moved_to, address.revision or "main", address.path))
        size = facts.size_bytes if facts.is_size_exact else None
        return replace(file, sha256=facts.sha256 or file.sha256, size_bytes=size or file.size_bytes)

    def _with_fitting_link(self, file: FileEntry) -> FileEntry:
        facts, _ = self._facts_of(file)
        other = None if facts is None else fitting(file, facts)
        return file if other is None else replace(file, file_url=other.url, size_bytes=other.size_bytes)

    def _facts_of(self, file: FileEntry) -> tuple[HostFacts | None, Address | None]:
        address = next((address for _, address in _checkable([file])), None)
        return (None if address is None else self._facts.get(address)), address

    def _known(self, file: FileEntry, address: Address, subject: HostSubject) -> Iterator[HostFinding]:
        facts, unanswered = self._facts.get(address), self._unanswered.get(address)
        if facts is not None:
            yield from findings_of(file, facts, subject)
        if unanswered is not None:
            verdict = HostVerdict.NOT_ASKED if facts is None else HostVerdict.NOT_ASKED_AGAIN
            yield HostFinding(
                file, verdict, unanswered if facts is None else replace(unanswered, asked_at=facts.asked_at)
            )

    def _is_due(self, address: Address, fresh_for: timedelta) -> bool:
        known = self._unanswered.get(address) or self._facts.get(address)
        if known is None:
            return True
        age = self.clock() - known.asked_at
        return not timedelta() <= age < (fresh_for if known.problem is None else fresh_for * RETRY_SHARE)


def subject_of(record: Mapping[str, Any], category: str, dialect: CanonicalFormat) -> HostSubject:
    """Return what hosts can check of a record; a text model's repository stands for its files.

    A single file without a size gets the record's total, where legacy stores it.
    """
    files = files_of(record, dialect)
    total, url = record.get("size_on_disk_bytes"), record.get("url")
    if category == TEXT_CATEGORY:
        files = (FileEntry(str(record.get("name") or ""), url),) if isinstance(url, str) and url else ()
    elif len(files) == 1 and files[0].size_bytes is None and isinstance(total, int) and not isinstance(total, bool):
        files = (replace(files[0], size_bytes=total),)
    baseline, homepage = (str(record.get(key) or "") for key in ("baseline", "homepage"))
    flag = record.get("inpainting")
    is_inpainting = flag if isinstance(flag, bool) else None
    return HostSubject(files, category, "" if category == TEXT_CATEGORY else baseline, homepage, is_inpainting)


def with_corrected(record: Mapping[str, Any], files: Sequence[FileEntry], dialect: CanonicalFormat) -> dict[str, Any]:
    """Copy the record with corrected files, and the total if it is one file's size."""
    is_legacy = dialect is CanonicalFormat.LEGACY
    changed = with_files(record, [replace(file, size_bytes=None) if is_legacy else file for file in files], dialect)
    if len(files) == 1 and files[0].size_bytes is not None:
        changed["size_on_disk_bytes"] = files[0].size_bytes
    return changed


def _checkable(files: Iterable[FileEntry]) -> list[tuple[FileEntry, Address]]:
    pairs = ((file, find_address(file.file_url)) for file in islice(files, FILES_MAX))
    return [(file, address) for file, address in pairs if address is not None]
