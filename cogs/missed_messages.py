"""Direct messages that could not be sent, shown after the person's next command."""

from typing import Any

import discord
import structlog
from discord import app_commands
from discord.ext import commands

from bot.client.bot import CuratorBot
from bot.client.interactions import UNDELIVERED
from bot.client.types import Interaction
from bot.errors import BotError, ClosedError, DiskError
from bot.ui.notices.direct_messages import missed_notice

type Command = app_commands.Command[Any, ..., Any] | app_commands.ContextMenu

log = structlog.get_logger(__name__)


class MissedMessagesCog(commands.Cog):
    """Listener that shows messages to people whose direct messages are closed."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot

    @commands.Cog.listener()
    async def on_app_command_completion(self, interaction: Interaction, _: Command) -> None:
        """Show what the person missed below the answer to a command; a form is left alone."""
        response = interaction.response
        if not response.is_done() or response.type is discord.InteractionResponseType.modal:
            return
        undelivered = self.bot.services.undelivered
        try:
            for group, news in await undelivered.missed(interaction.user.id):
                view = missed_notice(news, self.bot.theme)
                await interaction.followup.send(view=view, ephemeral=True)
                await undelivered.note_read(group)
        except (BotError, ClosedError, DiskError, *UNDELIVERED) as error:
            log.info("missed_messages_postponed", reason=type(error).__name__)


async def setup(bot: CuratorBot) -> None:
    """Add the cog to the bot."""
    await bot.add_cog(MissedMessagesCog(bot))
