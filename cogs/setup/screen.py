"""Setup screen, shown with fresh tests after every command of the group."""

import discord

from bot.client.types import Interaction
from bot.services.errors import ManageServerError, ServerOnlyError
from bot.services.guilds.guild_setup import GuildSetupFacts
from bot.ui.setup import setup_view
from cogs.setup.testing import tested


async def show(interaction: Interaction, facts: GuildSetupFacts) -> GuildSetupFacts:
    """Test the settings and show them as the response."""
    guild = guild_of(interaction)
    facts = tested(facts, guild)
    await interaction.edit_original_response(view=setup_view(facts, guild.name, interaction.client.theme))
    return facts


def guild_of(interaction: Interaction) -> discord.Guild:
    """Return the server of an interaction, if the person may manage it.

    Discord asks for the permission too, but an admin can give the commands to other roles.

    Raises:
        ServerOnlyError: the interaction is in no server.
        ManageServerError: the person may not manage it.
    """
    if interaction.guild is None:
        raise ServerOnlyError
    if not interaction.permissions.manage_guild:
        raise ManageServerError
    return interaction.guild
