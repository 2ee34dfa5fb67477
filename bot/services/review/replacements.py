"""Replacements: changes sent in place of earlier ones, and requests to send them."""

from dataclasses import dataclass

from bot.reference.models import CanonicalFormat, ChangeStatus, PendingChange
from bot.reference.records import new_record
from bot.services.changes import Replaced
from bot.services.records.diff import field_diffs, proposed
from bot.services.records.formats import FormatConflictError, in_format
from storage.revision_requests import RevisionRequest, RevisionRequests
from storage.sent_proposals import SentProposal, SentProposals


@dataclass(slots=True)
class Replacements:
    """Changes before and after a change, from what is stored of sent proposals; no requests."""

    sent: SentProposals
    requests: RevisionRequests

    async def former_of(self, change: PendingChange) -> Replaced | None:
        """Return the change that a pending or approved one replaces, with the fields that differ."""
        is_waiting = change.status in (ChangeStatus.PENDING, ChangeStatus.APPROVED)
        found = await self.sent.replaced_by(change.change_id) if is_waiting else None
        if found is None:
            return None
        former, sent = await self.sent.of_change(found.former_id), await self.sent.of_change(change.change_id)
        fields = None if former is None or sent is None else _changed_since(former, sent)
        return Replaced(found.former_id, found.rejected_by, found.reason, fields, found.was_open)

    async def newer_of(self, change: PendingChange) -> int | None:
        """Return the change that a requestor's same key put in place of one that is not live."""
        match change.status:
            case ChangeStatus.REJECTED:
                return await self.sent.replacement_of(change.change_id, change.digest)
            case ChangeStatus.PENDING | ChangeStatus.APPROVED:
                return await self.sent.replacement_of(change.change_id, change.digest, change.requested_by)
        return None

    async def requests_of(self, change: PendingChange) -> tuple[RevisionRequest, ...]:
        """Return the requests to a pending change's requestor, unless another replaced it."""
        if change.status is not ChangeStatus.PENDING:
            return ()
        found = await self.requests.of(change.change_id, change.digest)
        return () if found and await self.newer_of(change) is not None else tuple(found)

    async def is_stored(self, change: PendingChange) -> bool:
        """Return whether the bot still has the proposal, so that it can be sent again."""
        sent = await self.sent.of_change(change.change_id)
        return sent is not None and sent.is_for(change.operation, change.category, change.model_name)


def _changed_since(former: SentProposal, sent: SentProposal) -> tuple[str, ...] | None:
    """Return the fields that differ; None if the formats cannot be compared."""
    dialect, record = CanonicalFormat(sent.dialect), former.record
    if former.dialect != dialect:
        try:
            record = in_format(record, sent.category, dialect, sent.record)
        except FormatConflictError:
            return None
        record = {**new_record(sent.category, sent.model_name, dialect), **record}
    diffs = field_diffs(proposed(record), proposed(sent.record))
    return tuple(one.field_path for one in diffs)
