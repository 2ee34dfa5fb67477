"""Claims: an approver shows the others that they work on a change; a claim prevents nothing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.identity.accounts import Accounts
from bot.identity.roles import Role
from bot.reference.models import ChangeStatus
from bot.services.card_links import CardLinks
from bot.services.changes import Claim
from bot.services.polling.change_recorder import ChangeRecorder
from bot.services.review.guards import DecisionGuards
from bot.services.review.outcomes import DecisionResult, Outcome
from bot.services.review.presses import ButtonPress
from storage.claims import ClaimRow, Claims

CLAIM_LIFETIME = timedelta(hours=24)
"""A forgotten claim must not keep other approvers away for longer than a day."""


@dataclass(slots=True)
class ClaimService:
    """Stores claims, each on the content that a card showed."""

    accounts: Accounts
    guards: DecisionGuards
    claims: Claims
    recorder: ChangeRecorder
    card_links: CardLinks
    clock: Callable[[], datetime]

    async def take(self, press: ButtonPress) -> DecisionResult:
        """Claim a pending change, or extend the claim.

        Raises:
            NotLinkedError, MissingRoleError: the person may not decide, and so not claim.
            ApiError: the service did not answer.
        """
        actor = await self.accounts.actor(press.user_id, needs=Role.APPROVER)
        result = await self.guards.read_single(actor, press, ChangeStatus.PENDING)
        if result.ready_change is None:
            return result
        await self.recorder.note(result.ready_change)  # claims reference a tracked change
        now, horde = self.clock(), actor.horde
        until = now + CLAIM_LIFETIME
        row = ClaimRow(result.change_id, result.digest, actor.user_id, horde.user_id, horde.username, now, until)
        holder = await self.claims.take(row)
        if holder.horde_user_id != horde.user_id:
            return replace(result, outcome=Outcome.CLAIMED_BY_OTHER, claim=claim_of(holder))
        await self.recorder.redraw(result.change_id)
        return replace(result, outcome=Outcome.CLAIMED, claim=claim_of(holder))

    async def release(self, press: ButtonPress) -> DecisionResult:
        """Give up the person's own claim.

        Raises:
            NotLinkedError: the person has no claims.
        """
        actor = await self.accounts.actor(press.user_id)
        change_id, digest = press.targets[0].change_id, press.targets[0].digest
        card = await self.card_links.link(change_id, press.origin.guild_id)
        if await self.claims.release(change_id, actor.horde.user_id):
            await self.recorder.redraw(change_id)
            return DecisionResult(change_id, digest, Outcome.RELEASED, card=card)
        row = (await self.claims.all(self.clock())).get(change_id)
        claim = None if row is None else claim_of(row)
        return DecisionResult(change_id, digest, Outcome.NOT_CLAIMED, claim=claim, card=card)

    async def expire(self) -> None:
        """Delete claims that have ended, and update their cards."""
        for change_id in await self.claims.end(self.clock()):
            await self.recorder.redraw(change_id)


def claim_of(row: ClaimRow) -> Claim:
    """Convert a stored claim."""
    return Claim(row.user_id, row.horde_username, row.until)
