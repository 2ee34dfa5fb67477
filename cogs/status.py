"""``/status``: how things stand."""

from discord import app_commands
from discord.ext import commands

from bot.client.bot import SERVICE_ANSWERED, CuratorBot
from bot.client.interactions import acknowledge
from bot.client.types import Interaction
from bot.ui.status import status_view


class StatusCog(commands.Cog):
    """Command that everyone may use."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot

    @app_commands.command()
    @app_commands.guild_only()
    async def status(self, interaction: Interaction) -> None:
        """Show whether the service, AI-Horde and the queue work."""
        await acknowledge(interaction)
        report = await self.bot.services.status.report(interaction.guild_id)
        works = report.service_problem is None and report.is_writable
        if works and self.bot.services.monitor.away_since is not None:
            self.bot.dispatch(SERVICE_ANSWERED)
        await interaction.edit_original_response(view=status_view(report, self.bot.theme))


async def setup(bot: CuratorBot) -> None:
    """Add the cog and its components to the bot."""
    await bot.add_cog(StatusCog(bot))
