"""Facts of a change for approvers: its diff, its checks, and the people behind it."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog
from pydantic import SecretStr

from bot.errors import BotError
from bot.reference.client import ReferenceClient
from bot.reference.models import CanonicalFormat, ChangeStatus, Diff, Operation, PendingChange
from bot.reference.records import new_record
from bot.services.card_links import CardLinks
from bot.services.catalogue import Catalogue
from bot.services.changes import CardState, ChangeFacts, Claim, LiveState, MessageLink, Replaced, state_of
from bot.services.checks import Check, CheckCode, CheckedRecord
from bot.services.checks.results import warn
from bot.services.checks.run import run_checks
from bot.services.polling.live_outcomes import LiveOutcomes
from bot.services.polling.queue_snapshot import QueueSnapshot
from bot.services.records.diff import draft_diff, field_diffs, is_same, proposed
from bot.services.records.formats import FormatConflictError, in_format
from bot.services.review.approvals import ApprovalPolicy
from bot.services.review.card_checks import CardHostChecks
from bot.services.review.claims import claim_of
from bot.services.review.requestor_notices import RequestorNotices
from bot.services.usage import UsageFacts, Usages
from storage.cards import TrackedChange
from storage.claims import Claims
from storage.intents import Intents
from storage.memberships import Memberships
from storage.revision_requests import RevisionRequest, RevisionRequests
from storage.sent_proposals import SentProposal, SentProposals

CHECKED_MAX = 50
"""Changes whose checks are kept in memory."""

log = structlog.get_logger(__name__)

_WAITING = (ChangeStatus.PENDING, ChangeStatus.APPROVED)


@dataclass(slots=True)
class ChangeFactsBuilder:
    """Builds facts from the service, read with the reader's key, and from storage."""

    client: ReferenceClient
    catalogue: Catalogue
    snapshot: QueueSnapshot
    card_links: CardLinks
    policy: ApprovalPolicy
    requestor_notices: RequestorNotices
    card_checks: CardHostChecks
    memberships: Memberships
    intents: Intents
    usages: Usages
    claims: Claims
    sent: SentProposals
    requests: RevisionRequests
    live_outcomes: LiveOutcomes
    reader_key: SecretStr
    clock: Callable[[], datetime]
    _checked: dict[int, tuple[CheckedRecord, tuple[Check, ...]]] = field(default_factory=dict)

    async def build(self, change: PendingChange, guild_id: int | None = None) -> ChangeFacts:
        """Build the facts of a change.

        Args:
            change: as just read from the service.
            guild_id: the server whose cards are linked, members mentioned and approvals counted; ``None`` links any
                card, and mentions and counts no one.
        """
        state = state_of(change, self.clock())
        rivals = self.snapshot.of_model(change.category, change.model_name, besides=change.change_id)
        usage = await self._usage(change)
        diff, rival_cards, live_difference, why, checks = await asyncio.gather(
            self._diff(change, state),
            self._cards_of(rivals, guild_id),
            self.live_outcomes.difference_of(change),
            self.intents.why_of(change.change_id),
            self._checks(change, usage),
        )
        replaces, resubmitted_as, requests = await asyncio.gather(
            self.replaced(change), self.resubmitted_as(change), self.requests_of(change)
        )
        facts = ChangeFacts(
            change=change,
            state=state,
            diff=diff,
            checks=checks,
            why=why,
            rivals=rivals,
            rival_cards=rival_cards,
            usage=usage,
            live=await self._live(change, diff) if state is CardState.STUCK else None,
            is_kept=state is CardState.STUCK and await self._is_kept(change),
            live_difference=live_difference,
            replaces=replaces,
            resubmitted_as=resubmitted_as,
            host_findings=self.card_checks.findings(change) if state is CardState.PENDING else (),
            requests=requests,
        )
        return await self._with_people(facts, guild_id)

    async def _with_people(self, facts: ChangeFacts, guild_id: int | None) -> ChangeFacts:
        """Add the people of a change in a server: requestor, deciders, claim, who was notified."""
        change, state = facts.change, facts.state
        requestor_id, decider_id, claim, (approvals, approvals_required), notified_by = await asyncio.gather(
            self._member(change.requested_by, guild_id),
            self._member(change.approved_by or change.rejected_by, guild_id),
            self._claim(change, state),
            self.policy.progress(change, state, guild_id),
            self.requestor_notices.notified_by(change, state, guild_id),
        )
        return replace(
            facts,
            requestor_id=requestor_id,
            decider_id=decider_id,
            claim=claim,
            approvals=approvals,
            approvals_required=approvals_required,
            notified_by=notified_by,
        )

    async def of_purged(self, tracked: TrackedChange, guild_id: int | None = None) -> ChangeFacts:
        """Build the facts of a change that the service no longer has, from what is stored of it."""
        change = PendingChange(
            change_id=tracked.change_id,
            category=tracked.category,
            model_name=tracked.model_name,
            operation=Operation(tracked.operation),
            requested_by=tracked.requested_by,
            requested_username=tracked.requested_username,
            requested_at=int(tracked.requested_at.timestamp()),
            status=ChangeStatus.PENDING,
        )
        return ChangeFacts(
            change=change,
            state=CardState.PURGED,
            requestor_id=await self._member(change.requested_by, guild_id),
            noticed_at=tracked.updated_at,
            is_kept=await self._is_kept(change),
        )

    async def checks_from_memory(self, change: PendingChange) -> tuple[Check, ...]:
        """Check a pending or approved change, against the live models and open changes in memory."""
        known = self.catalogue.known_models(change.category)
        if not _is_checked(change):
            return ()
        return _checks_of(change, self._subject(change, await self._usage(change), known or None))

    async def resubmitted_as(self, change: PendingChange) -> int | None:
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
        return () if found and await self.resubmitted_as(change) is not None else tuple(found)

    async def _diff(self, change: PendingChange, state: CardState) -> Diff | None:
        """Read the service's diff against the live record; None if not shown or not readable.

        A service with the legacy format compares there even where a category has no legacy form, and so finds no
        live record (7.6.1, 8.6.2): then the bot compares.
        """
        is_shown = state in (CardState.PENDING, CardState.APPROVED, CardState.STUCK)
        if not is_shown or change.operation is not Operation.UPDATE or not change.is_record:
            return None
        try:
            diff = await self.client.diff(self.reader_key, change.change_id)
        except BotError:
            return None
        name, category = change.model_name, change.category
        models = await self.catalogue.models_or_none(category) if diff.current_state is None else None
        if models is None or (live := models.get(name)) is None:
            return diff
        named = {"name": name}
        own = draft_diff(name, category, {**named, **live}, {**named, **change.payload})
        return own.model_copy(update={"change_id": change.change_id})

    async def _checks(self, change: PendingChange, usage: UsageFacts | None) -> tuple[Check, ...]:
        """Check an open change; the checks run again only if a fact that they compare differs."""
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

    def _subject(
        self,
        change: PendingChange,
        usage: UsageFacts | None,
        live: Mapping[str, dict[str, Any]] | None,
    ) -> CheckedRecord:
        rivals = self.snapshot.of_model(change.category, change.model_name, besides=change.change_id)
        sharing = self.snapshot.of_files(change.category, change.payload)
        others = (each for each in sharing if each.model_name != change.model_name)
        subject = CheckedRecord(
            operation=change.operation,
            category=change.category,
            name=change.model_name,
            record=change.payload,
            dialect=self._dialect(change.category),
            open_changes=(*rivals, *others),
            usage=usage,
        )
        return self.catalogue.with_service_facts(subject, live)

    async def _usage(self, change: PendingChange) -> UsageFacts | None:
        if change.operation is Operation.CREATE or not _is_checked(change):
            return None
        return await self.usages.of(change.category, change.model_name)

    async def _live(self, change: PendingChange, diff: Diff | None) -> LiveState | None:
        """Read whether the live record is as a stuck change would make it; None if unknown."""
        if not change.is_record:
            return None
        read_at = self.clock()
        if change.operation is Operation.UPDATE:
            if diff is None:
                return None
            old, new = diff.current_state or {}, diff.proposed_state or {}
            return LiveState(is_same(old, new), read_at)
        try:
            live = await self.catalogue.live_record(change.category, change.model_name)
        except BotError:
            return None
        return LiveState((live is not None) is (change.operation is Operation.CREATE), read_at)

    async def replaced(self, change: PendingChange) -> Replaced | None:
        """Return the change that this waiting one replaces, with the fields that differ."""
        found = await self.sent.replaced_by(change.change_id) if change.status in _WAITING else None
        if found is None:
            return None
        former, sent = await self.sent.of_change(found.former_id), await self.sent.of_change(change.change_id)
        fields = None if former is None or sent is None else _changed_since(former, sent)
        return Replaced(found.former_id, found.rejected_by, found.reason, fields, found.was_open)

    async def _is_kept(self, change: PendingChange) -> bool:
        sent = await self.sent.of_change(change.change_id)
        return sent is not None and (sent.operation, sent.category, sent.model_name) == (
            change.operation.value,
            change.category,
            change.model_name,
        )

    async def _claim(self, change: PendingChange, state: CardState) -> Claim | None:
        row = (
            await self.claims.of(change.change_id, change.digest, self.clock()) if state is CardState.PENDING else None
        )
        return None if row is None else claim_of(row)

    async def _cards_of(self, rivals: Iterable[PendingChange], guild_id: int | None) -> dict[int, MessageLink]:
        links = {rival.change_id: await self.card_links.link(rival.change_id, guild_id) for rival in rivals}
        return {change_id: link for change_id, link in links.items() if link is not None}

    def _dialect(self, category: str) -> CanonicalFormat:
        try:
            deployment = self.catalogue.deployment
            return deployment.dialect_for(category) if deployment is not None else CanonicalFormat.V2
        except BotError:
            return CanonicalFormat.V2

    async def _member(self, horde_user_id: str | None, guild_id: int | None) -> int | None:
        """Return the Discord id to mention: of a linked, visible member of the server."""
        if horde_user_id is None or guild_id is None:
            return None
        return await self.memberships.visible_member(guild_id, horde_user_id)


def _is_checked(change: PendingChange) -> bool:
    return change.is_record and change.status in _WAITING


def _checks_of(change: PendingChange, subject: CheckedRecord) -> tuple[Check, ...]:
    try:
        return run_checks(subject)
    except Exception:  # a fault in one check must not hide the whole queue, and the question to reject this change
        log.exception("record_check_failed", change_id=change.change_id)
        return (warn(CheckCode.CHECK_FAILED),)


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
