"""Checks of queued changes, against the live models and other open changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.errors import BotError
from bot.reference.models import CanonicalFormat, ChangeStatus, Operation, PendingChange
from bot.services.catalogue import Catalogue
from bot.services.checks import Check, CheckCode, CheckedRecord
from bot.services.checks.results import warn
from bot.services.checks.run import run_checks
from bot.services.polling.queue_snapshot import QueueSnapshot
from bot.services.usage import UsageFacts, Usages

CHECKED_MAX = 50
"""Changes whose checks are kept in memory."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class ChangeChecks:
    """Checks of model records that are pending or approved; other changes have none."""

    catalogue: Catalogue
    snapshot: QueueSnapshot
    usages: Usages
    _checked: dict[int, tuple[CheckedRecord, tuple[Check, ...]]] = field(default_factory=dict)

    async def of(self, change: PendingChange, usage: UsageFacts | None) -> tuple[Check, ...]:
        """Check a change; the checks run again only if a fact that they compare differs."""
        if not _is_checked(change):
            return ()
        live = await self.catalogue.models_or_none(change.category)
        subject = self._subject(change, usage, live)
        known, checks = self._checked.pop(change.change_id, (None, ()))
        if subject != known:
            checks = _checks_of(change, subject)
        # Indices of live models are large, so those of former ones go.
        self._checked = {
            number: (other, found)
            for number, (other, found) in self._checked.items()
            if other.live is subject.live or other.category != subject.category
        }
        while len(self._checked) >= CHECKED_MAX:
            del self._checked[next(iter(self._checked))]
        self._checked[change.change_id] = subject, checks
        return checks

    async def from_memory(self, change: PendingChange) -> tuple[Check, ...]:
        """Check a change against the live models and open changes in memory."""
        known = self.catalogue.known_models(change.category)
        if not _is_checked(change):
            return ()
        return _checks_of(change, self._subject(change, await self.usage_of(change), known or None))

    async def usage_of(self, change: PendingChange) -> UsageFacts | None:
        """Return the usage of the model that a change updates or deletes; None if unknown."""
        if change.operation is Operation.CREATE or not _is_checked(change):
            return None
        return await self.usages.of(change.category, change.model_name)

    def _subject(
        self,
        change: PendingChange,
        usage: UsageFacts | None,
        live: Mapping[str, dict[str, Any]] | None,
    ) -> CheckedRecord:
        category, name, number = change.category, change.model_name, change.change_id
        subject = CheckedRecord(
            operation=change.operation,
            category=category,
            name=name,
            record=change.payload,
            dialect=self._dialect(change.category),
            open_changes=self.snapshot.competing(category, name, change.payload, besides=number),
            is_queue_known=self.snapshot.is_polled,
            usage=usage,
        )
        return self.catalogue.with_service_facts(subject, live)

    def _dialect(self, category: str) -> CanonicalFormat:
        try:
            deployment = self.catalogue.deployment
            return deployment.dialect_for(category) if deployment is not None else CanonicalFormat.V2
        except BotError:
            return CanonicalFormat.V2


def _is_checked(change: PendingChange) -> bool:
    return change.is_record and change.status in (ChangeStatus.PENDING, ChangeStatus.APPROVED)


def _checks_of(change: PendingChange, subject: CheckedRecord) -> tuple[Check, ...]:
    try:
        return run_checks(subject)
    except Exception:  # a fault in one check must not hide the whole queue, and the question to reject this change
        log.exception("record_check_failed", change_id=change.change_id)
        return (warn(CheckCode.CHECK_FAILED),)
