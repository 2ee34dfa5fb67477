"""Facts of a change for approvers: its diff, its checks, and the people behind it."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import SecretStr

from bot.errors import BotError
from bot.reference.client import ReferenceClient
from bot.reference.models import ChangeStatus, Diff, Operation, PendingChange
from bot.services.card_links import CardLinks
from bot.services.catalogue import Catalogue
from bot.services.changes import CardState, ChangeFacts, Claim, LiveState, MessageLink, state_of
from bot.services.checks.checked_record import RIVALS_NAMED_MAX
from bot.services.polling.live_outcomes import LiveOutcomes
from bot.services.polling.queue_snapshot import QueueSnapshot
from bot.services.records.diff import draft_diff, is_same
from bot.services.review.approvals import ApprovalPolicy
from bot.services.review.card_checks import CardHostChecks
from bot.services.review.change_checks import ChangeChecks
from bot.services.review.claims import claim_of
from bot.services.review.replacements import Replacements
from bot.services.review.requestor_notices import RequestorNotices
from storage.cards import TrackedChange
from storage.claims import Claims
from storage.intents import Intents
from storage.memberships import Memberships


@dataclass(slots=True)
class ChangeFactsBuilder:
    """Builds facts from the service, read with the reader's key, and from storage."""

    client: ReferenceClient
    catalogue: Catalogue
    snapshot: QueueSnapshot
    card_links: CardLinks
    checks: ChangeChecks
    replacements: Replacements
    policy: ApprovalPolicy
    requestor_notices: RequestorNotices
    card_checks: CardHostChecks
    memberships: Memberships
    intents: Intents
    claims: Claims
    live_outcomes: LiveOutcomes
    reader_key: SecretStr
    clock: Callable[[], datetime]

    async def build(self, change: PendingChange, guild_id: int | None = None) -> ChangeFacts:
        """Build the facts of a change.

        Args:
            change: as just read from the service.
            guild_id: the server whose cards are linked, members mentioned and approvals counted; ``None`` links any
                card, and mentions and counts no one.
        """
        state = state_of(change, self.clock())
        rivals = self.snapshot.of_model(change.category, change.model_name, besides=change.change_id)
        rivals = rivals[: RIVALS_NAMED_MAX + 1]
        usage = await self.checks.usage_of(change)
        diff, rival_cards, live_difference, why, checks = await asyncio.gather(
            self._diff(change, state),
            self._cards_of(rivals, guild_id),
            self.live_outcomes.difference_of(change),
            self.intents.why_of(change.change_id),
            self.checks.of(change, usage),
        )
        replaces, resubmitted_as, requests = await asyncio.gather(
            self.replacements.former_of(change),
            self.replacements.newer_of(change),
            self.replacements.requests_of(change),
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
            is_kept=state is CardState.STUCK and await self.replacements.is_stored(change),
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
            is_kept=await self.replacements.is_stored(change),
        )

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

    async def _claim(self, change: PendingChange, state: CardState) -> Claim | None:
        row = (
            await self.claims.of(change.change_id, change.digest, self.clock()) if state is CardState.PENDING else None
        )
        return None if row is None else claim_of(row)

    async def _cards_of(self, rivals: Iterable[PendingChange], guild_id: int | None) -> dict[int, MessageLink]:
        links = {rival.change_id: await self.card_links.link(rival.change_id, guild_id) for rival in rivals}
        return {change_id: link for change_id, link in links.items() if link is not None}

    async def _member(self, horde_user_id: str | None, guild_id: int | None) -> int | None:
        """Return the Discord id to mention: of a linked, visible member of the server."""
        if horde_user_id is None or guild_id is None:
            return None
        return await self.memberships.visible_member(guild_id, horde_user_id)
