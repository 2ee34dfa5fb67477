"""Gives and takes the Discord roles that mirror queue roles. Only people who have linked are touched."""

import asyncio
from datetime import timedelta
from typing import Final, override

import aiohttp
import discord
import structlog
from discord.ext import commands, tasks

from bot.client.bot import ROLES_MOVED, CuratorBot
from bot.services.community.role_mirror import Visit

EVERY: Final = timedelta(seconds=60)
"""Between two looks; what somebody does themselves is seen at once."""

UNKNOWN_MEMBER: Final = 10007
"""Discord's code for somebody who is not in the server."""

REASON: Final = "Queue role"
"""What the server's audit log says."""

log = structlog.get_logger(__name__)


class RoleSyncCog(commands.Cog):
    """The loop, and the one place that touches members."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot
        self._working = asyncio.Lock()

    @override
    async def cog_load(self) -> None:
        """Begin to look."""
        self.bot.services.role_mirror.attach(self.pay)
        self.look.change_interval(seconds=EVERY.total_seconds())
        self.look.start()

    @override
    async def cog_unload(self) -> None:
        """Stop looking."""
        self.look.cancel()

    @tasks.loop()
    async def look(self) -> None:
        """Read roles that have grown old, then bring members in line. Ends for nothing."""
        try:
            await self.bot.services.role_mirror.reread()
        except Exception:
            log.exception("reading roles broke")
        await self.bring_in_line()

    @look.before_loop
    async def _ready(self) -> None:
        await self.bot.wait_until_ready()

    @commands.Cog.listener(f"on_{ROLES_MOVED}")
    async def bring_in_line(self) -> None:
        """Pay every visit that is due."""
        try:
            async with self._working:
                for visit in await self.bot.services.role_mirror.due():
                    await self.pay(visit)
        except Exception:
            log.exception("mirroring roles broke")

    async def pay(self, visit: Visit) -> None:
        """Bring one member in line; what Discord refuses is tried again later."""
        mirror = self.bot.services.role_mirror
        guild = self.bot.get_guild(visit.guild_id)
        if guild is None:
            mirror.postponed(visit)
            return
        try:
            member = await guild.fetch_member(visit.user_id)
            await mirror.begin(visit)
            await _give_and_take(member, visit)
        except discord.NotFound as error:
            if error.code == UNKNOWN_MEMBER:
                await mirror.absent(visit)
            else:
                _log_refusal(visit, error)
                mirror.postponed(visit)
        except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError) as error:
            _log_refusal(visit, error)
            mirror.postponed(visit)
        else:
            await mirror.done(visit)


async def _give_and_take(member: discord.Member, visit: Visit) -> None:
    has = {role.id for role in member.roles}
    for role_id in sorted(visit.to_give(has)):
        await member.add_roles(discord.Object(role_id), reason=REASON, atomic=True)
    for role_id in sorted(visit.to_take(has)):
        await member.remove_roles(discord.Object(role_id), reason=REASON, atomic=True)


def _log_refusal(visit: Visit, error: Exception) -> None:
    code = error.code if isinstance(error, discord.HTTPException) else None
    log.warning("role not mirrored", guild_id=visit.guild_id, user_id=visit.user_id, code=code)


async def setup(bot: CuratorBot) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(RoleSyncCog(bot))
