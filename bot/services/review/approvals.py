"""Approvals beyond the service's single one, by a server's rules, and for own changes."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.identity.accounts import Accounts, Actor
from bot.identity.roles import Role
from bot.reference.models import Operation, PendingChange
from bot.services.changes import CardState
from bot.services.polling.change_recorder import ChangeRecorder
from bot.services.review.outcomes import DecisionResult
from bot.services.usage import Usages
from storage.approvals import Approval, Approvals
from storage.guild_settings import GuildRow, GuildSettings, SelfApproval

APPROVALS_MAX = 5
"""Largest number of approvals that a server can require."""

TITLE_LENGTH_MAX = 120
"""Characters of a batch's title: the service's limit."""

BLOCKING_NEEDS = 2
"""Known approvers from which own changes can be blocked; with fewer, no approver would be left."""


_BEGINNING, _SEPARATOR = "Approved by ", ", "


@dataclass(frozen=True, slots=True)
class ApprovalRules:
    """Rules of one server.

    Attributes:
        required: approvals by different accounts.
        own: rule for the approval of an own change; never ``block`` while no other approver is known.
    """

    required: int
    own: SelfApproval


@dataclass(frozen=True, slots=True)
class ApprovalCount:
    """Approvals after a press.

    Attributes:
        approvals: those that count, oldest first.
        required: how many the server requires.
        is_first: whether the person had not approved before.
    """

    approvals: tuple[Approval, ...]
    required: int
    is_first: bool

    @property
    def is_enough(self) -> bool:
        """True if the approval is to be sent to the service."""
        return len(self.approvals) >= self.required


@dataclass(slots=True)
class ApprovalPolicy:
    """Counts approvals in each server, by AI-Horde account and for one content of the change."""

    approvals: Approvals
    guild_settings: GuildSettings
    accounts: Accounts
    recorder: ChangeRecorder
    usages: Usages
    clock: Callable[[], datetime]
    _shown_approvers: set[str] | None = None

    async def approvers_known(self) -> int:
        """Return how many linked people, of all servers, held the approver role when last asked."""
        return len(await self._approvers())

    async def rules(self, guild_id: int | None, change: PendingChange | None = None) -> ApprovalRules:
        """Return the rules of a server, for a change; the defaults outside of servers."""
        if guild_id is None:
            return ApprovalRules(1, SelfApproval.WARN)
        setting = await self.guild_settings.get(guild_id)
        own = setting.self_approval
        if own is SelfApproval.BLOCK and await self.approvers_known() < BLOCKING_NEEDS:
            own = SelfApproval.WARN
        return ApprovalRules(await self._required(setting, change), own)

    async def rules_of(self, guild_id: int | None, results: Iterable[DecisionResult]) -> dict[int, ApprovalRules]:
        """Return the rules of a server for the changes that are READY, by number."""
        ready = [result.ready_change for result in results if result.ready_change is not None]
        return {change.change_id: await self.rules(guild_id, change) for change in ready}

    async def _required(self, setting: GuildRow, change: PendingChange | None) -> int:
        """Return the approvals that a change needs: one more if most used, and enough linked."""
        if change is None or not await self._is_most_used(change):
            return setting.approvals_required
        if setting.approvals_most_used is not None:
            return max(setting.approvals_most_used, setting.approvals_required)
        more = min(setting.approvals_required + 1, APPROVALS_MAX)
        return more if await self.approvers_known() >= more else setting.approvals_required

    async def _is_most_used(self, change: PendingChange) -> bool:
        if change.operation is Operation.CREATE or not change.is_record:
            return False
        usage = await self.usages.of(change.category, change.model_name)
        return usage is not None and usage.is_among_most_used

    async def own_change_rule(self, actor: Actor, change: PendingChange, guild_id: int | None) -> SelfApproval | None:
        """Return the server's rule if the change is the approver's own, ``None`` if it is not."""
        if change.requested_by != actor.horde.user_id:
            return None
        return (await self.rules(guild_id)).own

    async def count(
        self, actor: Actor, change: PendingChange, guild_id: int | None, rules: ApprovalRules
    ) -> ApprovalCount:
        """Store an approval and count it by the rules; nothing is stored where one is enough."""
        approval = self._approval(actor, change, guild_id or 0)
        if rules.required == 1:
            return ApprovalCount((approval,), 1, is_first=True)
        await self.recorder.note(change)  # approvals reference a tracked change
        is_first, stored = await self.approvals.add(approval)
        approvers = await self._approvers() | {actor.horde.user_id}
        return ApprovalCount(_counting(stored, change, rules, approvers), rules.required, is_first)

    async def has_approved(self, actor: Actor, change: PendingChange, guild_id: int | None) -> bool:
        """Return whether an approval of this account is stored for a change."""
        stored = await self.approvals.of(guild_id or 0, change.change_id, change.digest)
        return any(one.horde_user_id == actor.horde.user_id for one in stored)

    async def withdraw(self, actor: Actor, change: PendingChange, guild_id: int | None) -> None:
        """Delete an approval: the service refused it, or the approver withdrew it."""
        if guild_id is not None:
            await self.approvals.withdraw(self._approval(actor, change, guild_id))

    async def expire(self) -> None:
        """Delete approvals of changes that are decided or have another content.

        Cards that count approvals of people who gained or lost the role since the last call are drawn again.
        """
        await self.approvals.drop_ended()
        approvers, shown = await self._approvers(), self._shown_approvers
        if approvers != shown:
            await self.approvals.touch_cards(None if shown is None else approvers ^ shown)
            self._shown_approvers = approvers

    async def progress(
        self, change: PendingChange, state: CardState, guild_id: int | None
    ) -> tuple[tuple[str, ...], int]:
        """Return the Horde names of the approvers so far in a server, and how many it requires.

        Of an approved change only if another server, or the service's own page, required fewer.
        """
        if guild_id is None or state not in (CardState.PENDING, CardState.APPROVED):
            return (), 1
        rules, stored = await asyncio.gather(
            self.rules(guild_id, change), self.approvals.of(guild_id, change.change_id, change.digest)
        )
        counting = _counting(stored, change, rules, await self._approvers()) if stored else ()
        if state is CardState.APPROVED and len(counting) >= rules.required:
            return (), 1
        return tuple(approval.horde_username for approval in counting), rules.required

    async def counts(self, guild_id: int) -> dict[int, int]:
        """Return the number of approvals that count, by pending change, without zeros."""
        return await self.approvals.counts(guild_id, await self._approvers())

    async def _approvers(self) -> set[str]:
        """Return the AI-Horde accounts that are linked and held the approver role when last asked."""
        return {one.horde.user_id for one in await self.accounts.with_roles() if one.may(Role.APPROVER)}

    def _approval(self, actor: Actor, change: PendingChange, guild_id: int) -> Approval:
        horde = actor.horde
        now = self.clock()
        return Approval(guild_id, change.change_id, change.digest, actor.user_id, horde.user_id, horde.username, now)


def _counting(
    stored: list[Approval], change: PendingChange, rules: ApprovalRules, approvers: set[str]
) -> tuple[Approval, ...]:
    """Return the approvals that count: of present approvers, without a blocked own one."""
    barred = {change.requested_by} if rules.own is SelfApproval.BLOCK else set()
    return tuple(one for one in stored if one.horde_user_id in approvers - barred)


def approval_title(names: Sequence[str]) -> str:
    """Return a title with the Horde names of all approvers, as many as fit."""
    kept = list(names)
    while len(title := f"{_BEGINNING}{_SEPARATOR.join(kept)}") > TITLE_LENGTH_MAX and len(kept) > 1:
        kept.pop()
    return title[:TITLE_LENGTH_MAX]


def approvers_in(change: PendingChange) -> tuple[str, ...]:
    """Return the Horde names in the title of a change's batch; empty for another title."""
    title = change.batch_title or ""
    return tuple(title.removeprefix(_BEGINNING).split(_SEPARATOR)) if title.startswith(_BEGINNING) else ()
