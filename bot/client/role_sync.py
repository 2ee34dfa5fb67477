"""Discord calls that give and take the roles that follow queue roles."""

from typing import Final

import aiohttp
import discord
import structlog

from bot.client.bot import CuratorBot
from bot.services.guilds.role_sync import RoleSyncTask

UNKNOWN_MEMBER: Final = 10007
"""Discord's code for a user who is not in the server."""

AUDIT_REASON: Final = "Queue role"
"""Reason in the server's audit log."""

log = structlog.get_logger(__name__)


async def sync_member(bot: CuratorBot, task: RoleSyncTask) -> None:
    """Give and take a member's roles and record the result; a refusal by Discord is postponed, never raised."""
    sync = bot.services.role_sync
    guild = bot.get_guild(task.guild_id)
    if guild is None:
        sync.postpone(task)
        return
    try:
        member = await guild.fetch_member(task.user_id)
        await sync.start(task)
        await _add_and_remove(member, task)
    except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError) as error:
        code = error.code if isinstance(error, discord.HTTPException) else None
        if isinstance(error, discord.NotFound) and code == UNKNOWN_MEMBER:
            await sync.mark_absent(task)
            return
        log.warning("role_sync_failed", guild_id=task.guild_id, user_id=task.user_id, code=code)
        sync.postpone(task)
    else:
        await sync.finish(task)


async def _add_and_remove(member: discord.Member, task: RoleSyncTask) -> None:
    current = {role.id for role in member.roles}
    for role_id in sorted(task.to_add(current)):
        await member.add_roles(discord.Object(role_id), reason=AUDIT_REASON, atomic=True)
    for role_id in sorted(task.to_remove(current)):
        await member.remove_roles(discord.Object(role_id), reason=AUDIT_REASON, atomic=True)
