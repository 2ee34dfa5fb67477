"""Background task of the role sync: members' Discord roles follow their queue roles."""

import asyncio
from datetime import timedelta
from typing import Final, override

import structlog
from discord.ext import commands, tasks

from bot.client.bot import ROLES_MOVED, CuratorBot
from bot.client.role_sync import check_memberships, sync_member

EVERY: Final = timedelta(seconds=60)
"""Interval of the loop; a change made through the bot is synced at once."""

log = structlog.get_logger(__name__)


class RoleSyncCog(commands.Cog):
    """Loop and event listener of the role sync."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot
        self._lock = asyncio.Lock()

    @override
    async def cog_load(self) -> None:
        self.run.start()

    @override
    async def cog_unload(self) -> None:
        self.run.cancel()

    @tasks.loop(seconds=EVERY.total_seconds())
    async def run(self) -> None:
        """Refresh old queue roles, sync members, then check some memberships. Never raises."""
        try:
            await self.bot.services.role_sync.refresh_old_roles()
        except Exception:  # it would end the loop for good
            log.exception("role_refresh_failed")
        await self.sync_members()
        try:
            await check_memberships(self.bot)
        except Exception:  # it would end the loop for good
            log.exception("membership_check_failed")

    @run.before_loop
    async def _ready(self) -> None:
        await self.bot.wait_until_ready()

    @commands.Cog.listener(f"on_{ROLES_MOVED}")
    async def sync_members(self) -> None:
        """Run every task that is due. Never raises."""
        try:
            async with self._lock:
                for task in await self.bot.services.role_sync.due_tasks():
                    await sync_member(self.bot, task)
        except Exception:  # called by the loop, which it would end for good
            log.exception("role_sync_failed")


async def setup(bot: CuratorBot) -> None:
    """Load the extension."""
    await bot.add_cog(RoleSyncCog(bot))
