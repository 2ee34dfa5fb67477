"""Tests of a server's settings: permissions in channels, and roles to give."""

from dataclasses import replace

import discord

from bot.client.role_sync import dangerous_permissions
from bot.services.errors import RoleNotGrantableError
from bot.services.guilds.guild_setup import (
    ChannelTest,
    GuildSetupFacts,
    RoleProblem,
    RolePurpose,
    RoleTest,
    channels_of,
    permissions_needed,
    roles_of,
)


def with_test_results(facts: GuildSetupFacts, guild: discord.Guild) -> GuildSetupFacts:
    """Return the settings with test results for every channel and role, from the client's cache."""
    setting = facts.setting
    channels = {
        place: _channel(guild, channel_id, permissions_needed(place, setting))
        for place, channel_id in channels_of(setting).items()
    }
    pinged_in = guild.get_channel(setting.review_channel_id or 0)
    roles = {part: _role(guild, role_id, part, pinged_in) for part, role_id in roles_of(setting).items()}
    return replace(facts, channels=channels, roles=roles)


def assert_may_give(giver: discord.Member | discord.User, role: discord.Role) -> None:
    """Check that the person could give the role without the bot.

    Raises:
        RoleNotGrantableError: the role has dangerous permissions, the person lacks Manage Roles, or the role is not
            below their top role.
    """
    if not isinstance(giver, discord.Member):
        raise RoleNotGrantableError(role.id)
    is_owner = role.guild.owner_id == giver.id
    if not (is_owner or (giver.guild_permissions.manage_roles and giver.top_role > role)):
        raise RoleNotGrantableError(role.id)
    if dangerous := dangerous_permissions(role):
        raise RoleNotGrantableError(role.id, dangerous)


def _channel(guild: discord.Guild, channel_id: int, needed: tuple[str, ...]) -> ChannelTest:
    channel = guild.get_channel(channel_id)
    if channel is None:
        return ChannelTest(channel_id, is_gone=True)
    has = channel.permissions_for(guild.me)
    missing = tuple(name for name in needed if not getattr(has, name))
    # Without the first permission (to view the channel) the others have no effect: report it alone.
    if needed[0] in missing:
        missing = needed[:1]
    return ChannelTest(channel_id, missing)


def _role(
    guild: discord.Guild, role_id: int, part: RolePurpose, pinged_in: discord.abc.GuildChannel | None
) -> RoleTest:
    role = guild.get_role(role_id)
    if role is None:
        return RoleTest(role_id, RoleProblem.GONE)
    if role.is_default():
        return RoleTest(role_id, RoleProblem.EVERYONE)
    if part is RolePurpose.PING:
        rights = guild.me.guild_permissions if pinged_in is None else pinged_in.permissions_for(guild.me)
        can_ping = role.mentionable or rights.mention_everyone
        return RoleTest(role_id, None if can_ping else RoleProblem.NOT_MENTIONABLE)
    return RoleTest(role_id, _obstacle(guild, role))


def _obstacle(guild: discord.Guild, role: discord.Role) -> RoleProblem | None:
    """Return the reason why the bot cannot give or remove a role; None if it can."""
    if role.managed:
        return RoleProblem.MANAGED
    if dangerous_permissions(role):
        return RoleProblem.DANGEROUS
    if not guild.me.guild_permissions.manage_roles:
        return RoleProblem.NO_PERMISSION
    return None if guild.me.top_role > role else RoleProblem.TOO_HIGH
