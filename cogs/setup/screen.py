"""Setup screen, shown with fresh tests after every command of the group."""

import discord

from bot.client.types import Interaction
from bot.services.errors import ServerOnlyError
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
    """Return the server of an interaction.

    Raises:
        ServerOnlyError: the interaction is in no server.
    """
    if interaction.guild is None:
        raise ServerOnlyError
    return interaction.guild
