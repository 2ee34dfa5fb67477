"""What a server has set up, and what is missing."""

from bot.services.guild_setup import GuildSetupFacts
from bot.ui.components import Markup
from bot.ui.glyphs import Look


def setup_view(facts: GuildSetupFacts, server_name: str, look: Look) -> Markup:
    """Draw the settings of a server with the test of the bot's permissions."""
    raise NotImplementedError
