"""The one screen of the setup: shown after every change of it, tested each time."""

import discord

from bot.client.types import Interaction
from bot.services.errors import ServerOnlyError
from bot.services.guilds.guild_setup import GuildSetupFacts
from bot.ui.setup import setup_view
from cogs.setup.testing import tested


async def show(interaction: Interaction, facts: GuildSetupFacts) -> GuildSetupFacts:
    """Test the settings and draw them as the answer."""
    guild = guild_of(interaction)
    facts = tested(facts, guild)
    await interaction.edit_original_response(view=setup_view(facts, guild.name, interaction.client.theme))
    return facts


def guild_of(interaction: Interaction) -> discord.Guild:
    """The server it is about.

    Raises:
        ServerOnlyError: there is none.
    """
    if interaction.guild is None:
        raise ServerOnlyError
    return interaction.guild
