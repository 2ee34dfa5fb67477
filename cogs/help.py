"""``/help`` and ``/privacy``."""

from discord import app_commands
from discord.ext import commands

from bot.client.bot import CuratorBot
from bot.client.interactions import acknowledge
from bot.client.types import Interaction
from bot.services.proposals.resubmission import SENT_KEPT_FOR
from bot.ui.help import HelpReader, help_view
from bot.ui.privacy import privacy_view


class HelpCog(commands.Cog):
    """Commands for everyone, also in direct messages."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot

    @app_commands.command()
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    async def help(self, interaction: Interaction) -> None:
        """Show what you can do, and your next step."""
        await acknowledge(interaction)
        standing = await self.bot.services.accounts.standing(interaction.user.id)
        viewer = HelpReader(
            horde_name=standing.horde.username if standing is not None else None,
            roles=standing.roles if standing is not None else frozenset(),
            is_admin=interaction.guild is not None and interaction.permissions.manage_guild,
        )
        known = {command.qualified_name for command in self.bot.tree.walk_commands()}
        await interaction.edit_original_response(view=help_view(viewer, self.bot.theme, known))

    @app_commands.command()
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    async def privacy(self, interaction: Interaction) -> None:
        """Show what the bot stores about you, where, how long, and who can read it."""
        await acknowledge(interaction)
        services = self.bot.services
        view = privacy_view(
            self.bot.theme,
            draft_days=services.draft_service.keep_for.days,
            link_days=services.link_expiry.keep_for.days,
            sent_days=SENT_KEPT_FOR.days,
        )
        await interaction.edit_original_response(view=view)


async def setup(bot: CuratorBot) -> None:
    """Add the cog and its components to the bot."""
    await bot.add_cog(HelpCog(bot))
