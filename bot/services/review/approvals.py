"""What a server wants of an approval: by how many, and whether one may approve one's own; the service wants neither."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.identity.accounts import Accounts, Actor
from bot.identity.roles import Role
from bot.reference.models import PendingChange
from bot.services.changes import CardState, ChangeFacts
from bot.services.errors import OwnChangeError
from bot.services.watching.queue_monitor import QueueMonitor
from storage.approvals import Approval, Approvals
from storage.guild_settings import GuildSettings, SelfApproval

BLOCKING_NEEDS = 2
"""Approvers that must be known before one may be kept from approving their own: else nobody could."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What one server wants.

    Attributes:
        required: approvals by different accounts.
        own: what becomes of an approval of one's own change; never ``block`` where nobody else could approve.
    """

    required: int
    own: SelfApproval


@dataclass(frozen=True, slots=True)
class Count:
    """Where the counting stands after a press.

    Attributes:
        approvals: those that count, oldest first.
        required: how many the server wants.
        is_first: whether the person had not approved before.
    """

    approvals: tuple[Approval, ...]
    required: int
    is_first: bool

    @property
    def is_enough(self) -> bool:
        """Whether the service is to be asked now."""
        return len(self.approvals) >= self.required


@dataclass(slots=True)
class Approving:
    """Counts approvals in each server, by AI-Horde account and for one content of the change."""

    approvals: Approvals
    guild_settings: GuildSettings
    accounts: Accounts
    watch: QueueMonitor
    clock: Callable[[], datetime]

    async def approvers_known(self, guild_id: int | None) -> int:
        """How many could approve in a server: everybody linked who held the role when last asked.

        Linked accounts are not tied to a server, so all count; ``guild_id`` is there for when they are.
        """
        del guild_id
        return sum(standing.may(Role.APPROVER) for standing in await self.accounts.with_roles())

    async def rules(self, guild_id: int | None) -> Rules:
        """What a server wants; outside of servers, what a server that set nothing wants."""
        if guild_id is None:
            return Rules(1, SelfApproval.WARN)
        setting = await self.guild_settings.get(guild_id)
        own = setting.self_approval
        if own is SelfApproval.BLOCK and await self.approvers_known(guild_id) < BLOCKING_NEEDS:
            own = SelfApproval.WARN
        return Rules(setting.approvals_required, own)

    async def admit(self, actor: Actor, change: PendingChange, guild_id: int | None) -> bool:
        """Let somebody approve; whether they are to be warned that the change is their own.

        Raises:
            OwnChangeError: it is, and the server lets another decide.
        """
        if change.requested_by != actor.horde.user_id:
            return False
        own = (await self.rules(guild_id)).own
        if own is SelfApproval.BLOCK:
            raise OwnChangeError(change.change_id)
        return own is SelfApproval.WARN

    async def count(self, actor: Actor, change: PendingChange, guild_id: int | None) -> Count:
        """Count a press; one is enough outside of servers, and where a server wants no more."""
        approval = self._approval(actor, change, guild_id or 0)
        rules = await self.rules(guild_id)
        if rules.required == 1:
            return Count((approval,), 1, is_first=True)
        await self.watch.note(change)  # an approval is of a change that is known here
        is_first, pressed = await self.approvals.press(approval)
        return Count(_counting(pressed, change, rules), rules.required, is_first)

    async def counts(self, actor: Actor, change: PendingChange, guild_id: int | None) -> bool:
        """Whether an approval of this account is among those of a change."""
        pressed = await self.approvals.of(guild_id or 0, change.change_id, change.digest)
        return any(one.horde_user_id == actor.horde.user_id for one in pressed)

    async def withdraw(self, actor: Actor, change: PendingChange, guild_id: int | None) -> None:
        """Count a press no more: the service would not have taken it from this account."""
        if guild_id is not None:
            await self.approvals.withdraw(self._approval(actor, change, guild_id))

    async def expire(self) -> None:
        """Forget approvals that nothing counts any more."""
        await self.approvals.end()

    async def complete(self, facts: ChangeFacts, guild_id: int | None) -> ChangeFacts:
        """Add who approved so far in a server, and how many it wants.

        Of an approved change only where another server, or the service's own page, was content with fewer.
        """
        if guild_id is None or facts.state not in (CardState.PENDING, CardState.APPROVED):
            return facts
        rules = await self.rules(guild_id)
        pressed = await self.approvals.of(guild_id, facts.change.change_id, facts.change.digest)
        names = tuple(approval.horde_username for approval in _counting(pressed, facts.change, rules))
        if facts.state is CardState.APPROVED and len(names) >= rules.required:
            return facts
        return replace(facts, approvals=names, approvals_required=rules.required)

    def _approval(self, actor: Actor, change: PendingChange, guild_id: int) -> Approval:
        horde = actor.horde
        now = self.clock()
        return Approval(guild_id, change.change_id, change.digest, actor.user_id, horde.user_id, horde.username, now)


def _counting(pressed: list[Approval], change: PendingChange, rules: Rules) -> tuple[Approval, ...]:
    is_blocked = rules.own is SelfApproval.BLOCK
    return tuple(one for one in pressed if not (is_blocked and one.horde_user_id == change.requested_by))
