"""Discord calls that give and take synced roles."""

from collections.abc import Collection
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


_DANGEROUS: Final = frozenset({"administrator", "kick_members", "ban_members", "moderate_members", "mention_everyone"})
"""Permissions that a queue role must not bring along, besides those that are named ``manage_…``."""


def dangerous_permissions(role: discord.Role | None) -> tuple[str, ...]:
    """Return the role's permissions that an approver list must not give away (API names)."""
    if role is None:
        return ()
    held = [name for name, is_held in role.permissions if is_held]
    return tuple(name for name in held if name in _DANGEROUS or name.startswith("manage_"))


async def sync_member(bot: CuratorBot, task: RoleSyncTask) -> None:
    """Give and take a member's roles and record the result; postpone if Discord refuses."""
    sync = bot.services.role_sync
    guild = bot.get_guild(task.guild_id)
    if guild is None:
        sync.postpone(task)
        return
    powerful = {role_id for role_id in task.wanted if dangerous_permissions(guild.get_role(role_id))}
    try:
        member = await guild.fetch_member(task.user_id)
        await sync.start(task)
        await _add_and_remove(member, task, besides=powerful)
    except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError) as error:
        code = error.code if isinstance(error, discord.HTTPException) else None
        if isinstance(error, discord.NotFound) and code == UNKNOWN_MEMBER:
            await sync.mark_absent(task)
            await bot.services.memberships.record(task.guild_id, task.user_id, is_member=False)
            return
        log.warning("role_sync_failed", guild_id=task.guild_id, user_id=task.user_id, code=code)
        sync.postpone(task)
    else:
        await bot.services.memberships.record(task.guild_id, task.user_id, is_member=True)
        if powerful:
            log.warning("powerful_role_not_given", guild_id=task.guild_id, role_ids=sorted(powerful))
            sync.postpone(task)
        else:
            await sync.finish(task)


async def check_memberships(bot: CuratorBot) -> None:
    """Ask Discord whether some linked people are in the bot's servers; stop at a failure."""
    service = bot.services.memberships
    for guild_id, user_id in await service.due(bot.served_guild_ids):
        guild = bot.get_guild(guild_id)
        if guild is None:
            continue
        try:
            await guild.fetch_member(user_id)
        except (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError) as error:
            if not isinstance(error, discord.NotFound):
                return
            await service.record(guild_id, user_id, is_member=False)
        else:
            await service.record(guild_id, user_id, is_member=True)


async def _add_and_remove(member: discord.Member, task: RoleSyncTask, *, besides: Collection[int]) -> None:
    current = {role.id for role in member.roles}
    for role_id in sorted(task.to_add(current).difference(besides)):
        await member.add_roles(discord.Object(role_id), reason=AUDIT_REASON, atomic=True)
    for role_id in sorted(task.to_remove(current)):
        await member.remove_roles(discord.Object(role_id), reason=AUDIT_REASON, atomic=True)
