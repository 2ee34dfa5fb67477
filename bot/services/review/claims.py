"""Claims: an approver says that they work on a change. It informs the others and binds nobody."""

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.reference.models import ChangeStatus, PendingChange
from bot.services.changes import CardState, ChangeFacts, Claim
from bot.services.notifications.cards import CardKeeper
from bot.services.review.deciding import Desk, Press
from bot.services.review.outcomes import Claimed, ClaimOutcome, NotClaimed, Released, ReleaseOutcome, TakenBefore
from storage.claims import ClaimRow, Claims

CLAIMED_FOR = timedelta(hours=24)
"""A claim ends by itself: whoever forgot it must not keep others away for longer than a day."""


@dataclass(slots=True)
class Claiming:
    """Takes and gives up claims, each to what a card showed."""

    desk: Desk
    claims: Claims
    keeper: CardKeeper

    async def take(self, press: Press) -> ClaimOutcome:
        """Claim a pending change, or claim it for longer.

        Raises:
            NotLinkedError, MissingRoleError: the person may not decide, so there is nothing to claim.
            ApiError: the service did not answer.
        """
        actor = await self.desk.approver(press.user_id)
        change = await self.desk.check(actor, press, ChangeStatus.PENDING)
        if not isinstance(change, PendingChange):
            return change
        await self.desk.watch.note(change)  # a claim is to a change that is known here
        now = self.desk.clock()
        mine = ClaimRow(
            change.change_id,
            change.digest,
            actor.user_id,
            actor.horde.user_id,
            actor.horde.username,
            now,
            now + CLAIMED_FOR,
        )
        stands = await self.claims.take(mine)
        if stands.horde_user_id != actor.horde.user_id:
            return TakenBefore(change, _claim(stands), await self.desk.link(press))
        await self.keeper.touch(change.change_id)
        return Claimed(change, _claim(stands), await self.desk.link(press))

    async def release(self, press: Press) -> ReleaseOutcome:
        """Give up one's own claim.

        Raises:
            NotLinkedError: the person has no claims.
        """
        actor = await self.desk.accounts.actor(press.user_id)
        if await self.claims.release(press.change_id, actor.horde.user_id):
            await self.keeper.touch(press.change_id)
            return Released(press.change_id, await self.desk.link(press))
        standing = (await self.claims.all(self.desk.clock())).get(press.change_id)
        return NotClaimed(press.change_id, _claim(standing) if standing else None, await self.desk.link(press))

    async def held(self) -> dict[int, Claim]:
        """Every claim that holds, by change; asks nobody outside."""
        return {change_id: _claim(row) for change_id, row in (await self.claims.all(self.desk.clock())).items()}

    async def expire(self) -> None:
        """Clear away claims that have ended, and have their cards say so."""
        for change_id in await self.claims.end(self.desk.clock()):
            await self.keeper.touch(change_id)

    async def complete(self, facts: ChangeFacts, guild_id: int | None) -> ChangeFacts:
        """Add who works on a pending change."""
        del guild_id
        if facts.state is not CardState.PENDING:
            return facts
        row = await self.claims.of(facts.change.change_id, facts.change.digest, self.desk.clock())
        return facts if row is None else replace(facts, claim=_claim(row))


def _claim(row: ClaimRow) -> Claim:
    return Claim(row.user_id, row.horde_username, row.until)
