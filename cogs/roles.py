"""``/roles``: roles of members in the queue."""

from datetime import UTC, datetime, timedelta
from typing import override

import discord
from discord import app_commands
from discord.ext import commands

from bot.client.bot import CuratorBot
from bot.client.interactions import UNDELIVERED, acknowledge
from bot.client.types import Interaction
from bot.ui.roles import not_linked, roles_list, roles_of_member

MENU = "Queue roles"

MEMBERS_ASKED_MAX = 50
"""Members fetched from Discord one by one; the bot has no member list."""

ASKED_AGAIN_AFTER = timedelta(minutes=10)
"""Age at which an answer about a member is out of date: everyone may type the command as often as they like."""


_UNKNOWN = datetime.min.replace(tzinfo=UTC), False


@app_commands.guild_only()
class RolesCog(commands.Cog):
    """Role lookup in a server."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot
        self._answers: dict[tuple[int, int], tuple[datetime, bool]] = {}
        self._menu = app_commands.ContextMenu(name=MENU, callback=self.queue_roles)

    @override
    async def cog_load(self) -> None:
        self.bot.tree.add_command(self._menu)

    @override
    async def cog_unload(self) -> None:
        self.bot.tree.remove_command(MENU, type=self._menu.type)

    @app_commands.guild_only()
    async def queue_roles(self, interaction: Interaction, member: discord.Member) -> None:
        """Show a member's roles from *Queue roles* in their menu."""
        await acknowledge(interaction)
        await interaction.edit_original_response(view=await self._one(interaction, member))

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.describe(member="Member of this server (default: everyone with a role)")
    async def roles(self, interaction: Interaction, member: discord.Member | None = None) -> None:
        """Show who may propose and approve in this server."""
        await acknowledge(interaction)
        view = await (self._one(interaction, member) if member is not None else self._all(interaction))
        await interaction.edit_original_response(view=view)

    async def _one(self, interaction: Interaction, member: discord.Member) -> discord.ui.LayoutView:
        standing = await self.bot.services.accounts.standing(member.id)
        if standing is None or not (standing.is_visible or member.id == interaction.user.id):
            return not_linked(member.id)
        return roles_of_member(standing)

    async def _all(self, interaction: Interaction) -> discord.ui.LayoutView:
        guild = interaction.guild
        known = await self.bot.services.accounts.with_roles()
        here, unseen = [], max(0, len(known) - MEMBERS_ASKED_MAX)
        for standing in known[:MEMBERS_ASKED_MAX]:
            is_here = await self._is_here(guild, standing.user_id) if guild else False
            if is_here is None:
                unseen += 1
            elif is_here:
                here.append(standing)
        return roles_list(here, guild.name if guild else "", self.bot.theme, unseen=unseen)

    async def _is_here(self, guild: discord.Guild, user_id: int) -> bool | None:
        """Return whether a user is in the server, ``None`` if Discord does not answer."""
        now, (answered_at, is_here) = self.bot.clock(), self._answers.get((guild.id, user_id), _UNKNOWN)
        if timedelta() <= now - answered_at < ASKED_AGAIN_AFTER:
            return is_here
        try:
            await guild.fetch_member(user_id)
            is_here = True
        except discord.NotFound:
            is_here = False
        except UNDELIVERED:
            return None
        self._answers[guild.id, user_id] = now, is_here
        return is_here


async def setup(bot: CuratorBot) -> None:
    """Add the cog and its components to the bot."""
    await bot.add_cog(RolesCog(bot))
