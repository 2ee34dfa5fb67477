"""Checks of a draft's files with their hosts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.reference.models import CanonicalFormat, Operation
from bot.reference.records import FileEntry
from bot.services.hosts.filling import TEXT_CATEGORY
from bot.services.hosts.host_checks import HostChecks, subject_of, with_corrected
from bot.services.hosts.host_findings import HostSubject
from bot.services.proposals.draft_facts import draft_subject
from bot.services.proposals.draft_service import DraftService
from bot.services.proposals.draft_sources import LiveModel
from bot.services.proposals.outcomes import DraftFacts
from storage.drafts import DraftState


@dataclass(slots=True)
class DraftHosts:
    """Host questions of drafts, and their answers as values; errors as of ``DraftService``."""

    draft_service: DraftService
    host_checks: HostChecks

    def is_due(self, draft: DraftFacts) -> bool:
        """Return whether a host has to be asked about a file of this draft."""
        is_checked = draft.operation is not Operation.DELETE and not draft.is_outcome_unknown
        return is_checked and self.host_checks.is_due(subject_of(draft.record, draft.category, draft.dialect))

    async def ask(self, user_id: int, draft_id: int, *, again: bool = False) -> DraftFacts:
        """Ask the hosts of the draft's files where answers are old (``again``: all); return it."""
        await self.host_checks.ask(draft_subject(await self.draft_service.get(user_id, draft_id)), again=again)
        return await self.draft_service.show(user_id, draft_id)

    async def update(self, user_id: int, guild_id: int | None, live: LiveModel) -> DraftFacts:
        """Store an update of a live model with its hosts' values, or add them to the open one.

        Either is one write: a failure leaves no draft without these values.
        """
        earlier = await self.draft_service.open_draft(user_id, Operation.UPDATE, live.category, live.name)
        if earlier is not None:
            return await self.take_values(user_id, earlier.draft_id)
        subject = subject_of(live.record, live.category, live.dialect)
        record = _corrected(live.record, subject, live.dialect, self.host_checks.corrected)
        new = live.draft(Operation.UPDATE, {**record, "name": live.name})
        return await self.draft_service.create(user_id, guild_id, new)

    async def take_values(self, user_id: int, draft_id: int) -> DraftFacts:
        """Replace sha256, size and repository of each file by what its host said."""
        return await self._take(user_id, draft_id, self.host_checks.corrected)

    async def take_links(self, user_id: int, draft_id: int) -> DraftFacts:
        """Replace addresses by those of the files that have the stated sha256."""
        return await self._take(user_id, draft_id, self.host_checks.with_fitting_links)

    async def _take(
        self, user_id: int, draft_id: int, correct: Callable[[HostSubject], Sequence[FileEntry]]
    ) -> DraftFacts:
        draft = await self.draft_service.get(user_id, draft_id)
        subject = draft_subject(draft)
        record = _corrected(draft.record, subject, CanonicalFormat(draft.dialect), correct)
        if draft.state is DraftState.OPEN and record != draft.record:
            draft = await self.draft_service.save(draft, record, draft.why)
        return await self.draft_service.facts(draft)


def _corrected(
    record: dict[str, Any],
    subject: HostSubject,
    dialect: CanonicalFormat,
    correct: Callable[[HostSubject], Sequence[FileEntry]],
) -> dict[str, Any]:
    """Return the record with corrected files; a text model's record has no files."""
    if not subject.files or subject.category == TEXT_CATEGORY:
        return record
    return with_corrected(record, correct(subject), dialect)
