"""Resubmission of a pending, rejected or purged proposal: one draft, for its requestor only.

The service cannot withdraw a pending change: the new one is sent beside it, and its card names the new one.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.identity.accounts import Accounts
from bot.identity.errors import NotLinkedError
from bot.reference.errors import NotFoundError
from bot.reference.models import CanonicalFormat, ChangeStatus, Operation, PendingChange
from bot.reference.records import new_record
from bot.services.catalogue import Catalogue
from bot.services.changes import CardState, Gone
from bot.services.errors import NotRevisableError, NotYourProposalError
from bot.services.polling.queue_poller import QueuePoller
from bot.services.proposals.draft_service import DraftService
from bot.services.proposals.outcomes import DraftFacts
from bot.services.records.diff import rebase
from bot.services.records.formats import FormatConflictError, in_format
from storage.cards import Cards, TrackedChange
from storage.drafts import NewDraft, Revises
from storage.revision_requests import RevisionRequests
from storage.sent_proposals import SentProposal, SentProposals

SENT_KEPT_FOR = timedelta(days=365)
"""Retention of sent proposals that did not go live."""

REJECTED_SHOWN_FOR = timedelta(days=30)
"""Time for which a rejected proposal counts as waiting for its requestor."""

_REVISABLE = (ChangeStatus.PENDING, ChangeStatus.REJECTED)


@dataclass(frozen=True, slots=True)
class _Former:
    """A change that is replaced, and the content of its new draft."""

    operation: Operation
    category: str
    name: str
    requested_by: str
    revises: Revises
    payload: dict[str, Any]


@dataclass(slots=True)
class Resubmission:
    """Creates drafts from pending, rejected and purged proposals."""

    accounts: Accounts
    poller: QueuePoller
    cards: Cards
    sent: SentProposals
    requests: RevisionRequests
    draft_service: DraftService
    catalogue: Catalogue
    clock: Callable[[], datetime]

    async def open_draft(self, user_id: int, guild_id: int | None, change_id: int, digest: str) -> DraftFacts | Gone:
        """Return the draft that sends a change again: the existing one, or a new one.

        An update is compared with the live record like every draft. ``digest`` is that of the proposed content,
        because ids can be reused.

        Raises:
            NotLinkedError: the person is not linked.
            NotYourProposalError: another person proposed it.
            NotRevisableError: it is approved, being applied, or live.
            DraftsFullError: the person has reached the limit of drafts.
            ApiError: the service did not answer.
        """
        begun = await self.draft_service.drafts.revising(user_id, change_id, digest)
        if begun is not None:
            return await self.draft_service.facts(begun)
        standing = await self.accounts.standing(user_id)
        if standing is None:
            raise NotLinkedError(user_id)
        sent = await self.sent.of_change(change_id)
        former = await self._former(change_id, digest)
        is_delete = former is not None and former.operation is Operation.DELETE
        if former is None or not (former.payload or is_delete or _is_of(sent, former)):
            return Gone(change_id)
        if former.requested_by != standing.horde.user_id:
            raise NotYourProposalError(change_id)
        return await self._draft(user_id, guild_id, former, sent if _is_of(sent, former) else None)

    async def known(self, user_id: int, change_id: int, digest: str) -> SentProposal | None:
        """Return an own proposal for a form that must open at once, or ``None``; local reads only.

        ``None`` also if the person has a draft of it already, or the service has changed its format since.
        """
        if await self.draft_service.drafts.revising(user_id, change_id, digest) is not None:
            return None
        sent, tracked = await self.sent.of_change(change_id), await self.cards.change(change_id)
        if sent is None or tracked is None or tracked.digest != digest or tracked.status not in _REVISABLE:
            return None
        known = self.catalogue.deployment
        is_current = known is not None and known.dialect_for(sent.category) == sent.dialect
        is_form = sent.user_id == user_id and sent.operation != Operation.DELETE
        return sent if is_current and is_form else None

    async def replacement_of(self, change_id: int, digest: str) -> int | None:
        """Return the change that a requestor sent in an open one's place, or None; no request."""
        tracked = await self.cards.change(change_id)
        if tracked is None or tracked.digest != digest:
            return None
        return await self.sent.replacement_of(change_id, digest, tracked.requested_by)

    async def is_possible(self, change_id: int, operation: Operation, category: str, name: str) -> bool:
        """Return whether a purged change can be sent again: a delete always, others if stored."""
        if operation is Operation.DELETE:
            return True
        sent = await self.sent.of_change(change_id)
        return sent is not None and sent.is_for(operation, category, name)

    async def waiting(self, horde_user_id: str) -> list[TrackedChange]:
        """Return a requestor's changes to revise, newest first: rejected, or commented on."""
        return await self.cards.to_revise(horde_user_id, self.clock() - REJECTED_SHOWN_FOR)

    async def expire(self) -> int:
        """Delete old sent proposals; return their count."""
        return await self.sent.expire(self.clock() - SENT_KEPT_FOR)

    async def _former(self, change_id: int, digest: str) -> _Former | None:
        try:
            change = await self.poller.read(change_id)
        except NotFoundError:
            return await self._purged(change_id, digest)
        if change.digest != digest:
            return None
        if change.status not in _REVISABLE:
            raise NotRevisableError(change_id, CardState.of(change.status))
        former = _former_of(change)
        if change.status is ChangeStatus.PENDING and (asked := await self.requests.of(change_id, digest)):
            who, reason = asked[0].horde_username, asked[0].words
            return replace(former, revises=replace(former.revises, rejected_by=who, reason=reason))
        return former

    async def _purged(self, change_id: int, digest: str) -> _Former | None:
        known = await self.cards.change(change_id)
        if known is None or known.digest != digest:
            return None
        is_noticed = known.status == CardState.PURGED
        revises = Revises(change_id, digest, ended_at=known.updated_at if is_noticed else None)
        operation = Operation(known.operation)
        return _Former(operation, known.category, known.model_name, known.requested_by, revises, {})

    async def _draft(
        self, user_id: int, guild_id: int | None, former: _Former, sent: SentProposal | None
    ) -> DraftFacts:
        dialect = await self.catalogue.dialect_of(former.category)
        live = None
        if former.operation is not Operation.CREATE:
            live = await self.catalogue.live_record(former.category, former.name)
        try:
            record, base = _in_current_format(former, sent, dialect, live)
        except FormatConflictError:  # kept as it was sent; the check of the format fails
            dialect, live = _other(dialect), None
            record, base = ({**former.payload}, None) if sent is None else (sent.record, sent.base)
        record = {**record, "name": former.name}
        if former.operation is not Operation.CREATE:
            record, base = _on_live(former, record, base, live)
        new = NewDraft(
            operation=former.operation,
            category=former.category,
            dialect=dialect,
            record=record,
            why=sent.why if sent is not None else "",
            base=base,
            revises=former.revises,
        )
        return await self.draft_service.create(user_id, guild_id, new)


def _in_current_format(
    former: _Former, sent: SentProposal | None, dialect: CanonicalFormat, live: dict[str, Any] | None
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Return the proposed record and its base in the service's current format.

    Raises:
        FormatConflictError: a record says a value in the places of both formats, and differently.
    """
    if sent is not None and sent.dialect == dialect:
        return sent.record, sent.base
    given, base = (former.payload, None) if sent is None else (sent.record, sent.base)
    record = in_format(given, former.category, dialect, live)
    if former.operation is Operation.CREATE:
        return {**new_record(former.category, former.name, dialect), **record}, None
    if base is not None:
        return record, in_format(base, former.category, dialect, live)
    is_converted = record != given
    return ({**(live or {}), **record} if is_converted else record), None


def _on_live(
    former: _Former, record: dict[str, Any], base: dict[str, Any] | None, live: dict[str, Any] | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the proposed record rebased onto the live record, and the live record."""
    if live is None:  # a check reports it
        return record, base or record
    live = {"name": former.name, **live}
    if former.operation is Operation.DELETE:
        return live, live
    return (record if base is None else rebase(base, record, live).record), live


def _other(dialect: CanonicalFormat) -> CanonicalFormat:
    return CanonicalFormat.LEGACY if dialect is CanonicalFormat.V2 else CanonicalFormat.V2


def _is_of(sent: SentProposal | None, former: _Former) -> bool:
    return sent is not None and sent.is_for(former.operation, former.category, former.name)


def _former_of(change: PendingChange) -> _Former:
    rejected_at = None if change.rejected_at is None else datetime.fromtimestamp(change.rejected_at, UTC)
    who = change.rejected_username or (f"#{change.rejected_by}" if change.rejected_by else None)
    revises = Revises(change.change_id, change.digest, who, rejected_at, change.reject_reason or "")
    if change.status is ChangeStatus.PENDING:
        revises = Revises(change.change_id, change.digest, is_open=True)
    return _Former(
        change.operation, change.category, change.model_name, change.requested_by, revises, dict(change.payload)
    )
