"""Host checks on cards of pending changes: beside the poll, a few at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from bot.reference.models import ChangeStatus, Operation, PendingChange
from bot.reference.records import format_of
from bot.services.changes import CardState, ChangeFacts
from bot.services.hosts.host_checks import HostChecks, subject_of
from bot.services.hosts.host_findings import HostFinding, HostSubject

CHANGES_MAX: Final = 3
"""Changes of one round, so that a flood does not use up a host's limit."""
ASKED_EVERY: Final = timedelta(hours=1)
"""Age from which the answers on a card are old."""
APPLIED_MAX: Final = 10
"""Changes that are checked before they are applied together."""
APPLY_WAITS: Final = timedelta(seconds=4)
"""Time that hosts have to answer before an apply."""
ASKED_AGAIN_EVERY: Final = timedelta(seconds=30)
"""Age from which a press asks again: anyone who sees a card may press, and a host's limit is for all."""


@dataclass(slots=True)
class CardHostChecks:
    """Keeps the host findings on the cards of pending changes up to date.

    Attributes:
        host_checks: the cached answers.
        waiting: returns the open changes in a status, oldest first.
        redraw: has the cards of a change drawn again.
    """

    host_checks: HostChecks
    waiting: Callable[[ChangeStatus], Iterable[PendingChange]]
    redraw: Callable[[int], Awaitable[None]]

    def findings(self, change: PendingChange) -> tuple[HostFinding, ...]:
        """Return what the hosts said so far of a change's files."""
        return self.host_checks.known(_subject(change))

    def doubts(self, change: PendingChange) -> tuple[HostFinding, ...]:
        """Return the answers so far by which workers would not get a file of this change."""
        return tuple(finding for finding in self.findings(change) if finding.verdict.is_fail)

    async def ask_before_apply(self, change_ids: Collection[int] | None = None) -> bool:
        """Ask about approved changes (None: the oldest); return whether a host disagrees.

        Only missing or old answers are asked for; a host without an answer stops nothing.
        """
        approved = self._approved(change_ids)
        subjects = [_subject(change) for change in approved]
        await asyncio.gather(
            *(self.host_checks.ask(each, fresh_for=ASKED_EVERY, within=APPLY_WAITS) for each in subjects)
        )
        return any(map(self.doubts, approved))

    def is_due_before_apply(self, change_ids: Collection[int] | None = None) -> bool:
        """Return whether a host has to be asked before an apply (None: of the oldest approved)."""
        subjects = [_subject(change) for change in self._approved(change_ids)]
        return any(self.host_checks.is_due(each, fresh_for=ASKED_EVERY) for each in subjects)

    def _approved(self, change_ids: Collection[int] | None) -> list[PendingChange]:
        approved = self.waiting(ChangeStatus.APPROVED)
        return [one for one in approved if change_ids is None or one.change_id in change_ids][:APPLIED_MAX]

    def is_due(self, facts: ChangeFacts, *, fresh_for: timedelta = ASKED_EVERY) -> bool:
        """Return whether a host has to be asked about a file of this pending change."""
        is_pending = facts.state is CardState.PENDING
        return is_pending and self.host_checks.is_due(_subject(facts.change), fresh_for=fresh_for)

    async def ask(self, facts: ChangeFacts, *, fresh_for: timedelta = ASKED_EVERY) -> ChangeFacts:
        """Ask the hosts of a change if answers are old, redraw its cards, return its facts."""
        await self.host_checks.ask(_subject(facts.change), fresh_for=fresh_for)
        await self.redraw(facts.change.change_id)
        is_pending = facts.state is CardState.PENDING
        return replace(facts, host_findings=self.findings(facts.change)) if is_pending else facts

    async def ask_due(self) -> int:
        """Ask about the newest changes with old answers, redraw their cards, return their count."""
        pending = self.waiting(ChangeStatus.PENDING)
        due = [each for each in pending if self.host_checks.is_due(_subject(each), fresh_for=ASKED_EVERY)]
        chosen = due[-CHANGES_MAX:]
        for change in chosen:
            await self.host_checks.ask(_subject(change), fresh_for=ASKED_EVERY)
            await self.redraw(change.change_id)
        return len(chosen)


def _subject(change: PendingChange) -> HostSubject:
    if change.operation is Operation.DELETE or not change.is_record:
        return HostSubject()
    return subject_of(change.payload, change.category, format_of(change.payload))
