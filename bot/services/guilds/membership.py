"""Membership of linked people; without the member intent, Discord is asked one by one."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.identity.accounts import Accounts
from bot.services.polling.change_recorder import ChangeRecorder
from storage.memberships import Memberships

CHECK_AFTER = timedelta(hours=6)
"""Age after which a membership is checked again."""

CHECK_LIMIT = 5
"""Members asked for at a time."""


@dataclass(slots=True)
class MembershipService:
    """Checks that are due, their results, and interactions as signs of life."""

    memberships: Memberships
    accounts: Accounts
    recorder: ChangeRecorder
    clock: Callable[[], datetime]
    _seen: dict[tuple[int, int], datetime] = field(default_factory=dict)

    async def due(self, guild_ids: Collection[int]) -> list[tuple[int, int]]:
        """Return the servers and people to check now."""
        return await self.memberships.due(guild_ids, self.clock() - CHECK_AFTER, CHECK_LIMIT)

    async def note_seen(self, guild_id: int, user_id: int) -> None:
        """Record that a person uses the bot in a server, at most once per ``CHECK_AFTER``."""
        now, last = self.clock(), self._seen.get((guild_id, user_id))
        if last is not None and timedelta() <= now - last < CHECK_AFTER:
            return
        if self.accounts.peek(user_id) is not None:
            self._seen[guild_id, user_id] = now
            await self.record(guild_id, user_id, is_member=True)

    async def record(self, guild_id: int, user_id: int, *, is_member: bool) -> None:
        """Record whether a person is in a server; if new, redraw open cards that name them."""
        if not is_member:
            self._seen.pop((guild_id, user_id), None)
        if await self.memberships.put(guild_id, user_id, is_member=is_member, now=self.clock()):
            standing = await self.accounts.standing(user_id)
            if standing is not None and standing.is_visible:
                await self.recorder.touch_naming(standing.horde.user_id)
