"""Submits of forms open during a restart, and presses of items no longer posted."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import discord
from discord.ext import commands

from bot.client.bot import CuratorBot
from bot.client.interactions import attempt_by, check_access, report_error
from bot.client.lost_forms import answer_lost_form
from bot.client.types import Interaction
from bot.services.errors import ChoiceGoneError
from bot.ui.error_messages.attempts import Verb
from bot.ui.forms.base import TAKEN


class LostFormsCog(commands.Cog):
    """Listener for submits and presses that nothing takes, which Discord shows as failed."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """Handle a submit or press that nothing took; forms in memory take theirs earlier."""
        if self.bot.counters.is_repeated(interaction.id):
            return
        if interaction.type is discord.InteractionType.modal_submit and TAKEN not in interaction.extras:
            await self._answer(interaction, Verb.EDIT, partial(answer_lost_form, interaction, self.bot.form_builders))
        elif interaction.type is discord.InteractionType.component and not self._serves(interaction):
            await self._answer(interaction, Verb.LOOK, _refuse)

    def _serves(self, interaction: Interaction) -> bool:
        data: Any = interaction.data or {}
        custom_id = str(data.get("custom_id", ""))
        items = self.bot._connection._view_store._dynamic_items  # noqa: SLF001 - the library has no public list
        return any(pattern.fullmatch(custom_id) for pattern in items)

    async def _answer(self, interaction: Interaction, verb: Verb, answer: Callable[[], Awaitable[None]]) -> None:
        try:
            check_access(interaction)
            await answer()
        except Exception as error:  # noqa: BLE001 - an edge: discord.py would only log it
            await report_error(interaction, error, attempt_by(interaction, verb))


async def _refuse() -> None:
    raise ChoiceGoneError


async def setup(bot: CuratorBot) -> None:
    """Add the cog to the bot."""
    await bot.add_cog(LostFormsCog(bot))
