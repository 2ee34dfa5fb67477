"""Submits of forms that were open while the bot restarted."""

import discord
from discord.ext import commands

from bot.client.bot import CuratorBot
from bot.client.interactions import attempt_by, check_access, report_error
from bot.client.lost_forms import answer_lost_form
from bot.client.types import Interaction
from bot.ui.error_messages.attempts import Verb
from bot.ui.forms.base import TAKEN


class LostFormsCog(commands.Cog):
    """Listener for submits that no form in memory takes; Discord would show the person a failure without a cause."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """Handle a submit that its form has not taken: forms in memory take theirs before any listener runs."""
        is_submit = interaction.type is discord.InteractionType.modal_submit
        if not is_submit or TAKEN in interaction.extras or self.bot.counters.is_repeated(interaction.id):
            return
        try:
            check_access(interaction)
            await answer_lost_form(interaction, self.bot.form_builders)
        except Exception as error:  # noqa: BLE001 - an edge: discord.py would only log it
            await report_error(interaction, error, attempt_by(interaction, Verb.EDIT))


async def setup(bot: CuratorBot) -> None:
    """Add the cog to the bot."""
    await bot.add_cog(LostFormsCog(bot))
