"""``/approve``, ``/reject`` and ``/apply``: what the buttons of a card do, for a change named by its number."""

from collections.abc import Sequence

import discord
from discord import app_commands
from discord.ext import commands

from bot.client.bot import CuratorBot
from bot.client.buttons import origin_of
from bot.client.tree import VERB
from bot.reference.models import ChangeStatus
from bot.services.review import Press
from bot.ui.choices import change_choices
from bot.ui.decisions import apply_outcome, approve_question
from bot.ui.errors import Verb
from cogs.review.forms import reject_form

type Interaction = discord.Interaction[CuratorBot]


@app_commands.guild_only()
class ReviewCog(commands.Cog):
    """For approvers."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot

    @app_commands.command(extras={VERB: Verb.APPROVE})
    @app_commands.guild_only()
    @app_commands.describe(change="The change's number")
    async def approve(self, interaction: Interaction, change: app_commands.Range[int, 1, 2**53 - 1]) -> None:
        """Approve a change: shows what would be approved, and asks once."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        asked = await self.bot.services.review.ask(_press(interaction, change))
        await interaction.edit_original_response(view=approve_question(asked, self.bot.look))

    @app_commands.command(extras={VERB: Verb.REJECT})
    @app_commands.guild_only()
    @app_commands.describe(change="The change's number")
    async def reject(self, interaction: Interaction, change: app_commands.Range[int, 1, 2**53 - 1]) -> None:
        """Reject a change: opens a form that asks for the reason."""
        await interaction.response.send_modal(await reject_form(interaction, _press(interaction, change)))

    @app_commands.command(extras={VERB: Verb.APPLY})
    @app_commands.guild_only()
    @app_commands.describe(change="The approved change's number")
    async def apply(self, interaction: Interaction, change: app_commands.Range[int, 1, 2**53 - 1]) -> None:
        """Make an approved change live."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        outcome = await self.bot.services.review.apply(_press(interaction, change))
        await interaction.edit_original_response(view=apply_outcome(outcome, self.bot.look))

    @approve.autocomplete("change")
    @reject.autocomplete("change")
    async def _pending(self, interaction: Interaction, current: str) -> list[app_commands.Choice[int]]:  # noqa: ARG002
        return self._choices(current, (ChangeStatus.PENDING,))

    @apply.autocomplete("change")
    async def _approved(self, interaction: Interaction, current: str) -> list[app_commands.Choice[int]]:  # noqa: ARG002
        return self._choices(current, (ChangeStatus.APPROVED,))

    def _choices(self, typed: str, statuses: Sequence[ChangeStatus]) -> list[app_commands.Choice[int]]:
        # From memory: an autocomplete must not wait for anybody.
        waiting = [change for status in statuses for change in self.bot.services.watch.waiting(status)]
        return [
            app_commands.Choice(name=label, value=change_id)
            for change_id, label in change_choices(waiting, typed, now=self.bot.clock())
        ]


def _press(interaction: Interaction, change_id: int) -> Press:
    return Press(interaction.user.id, change_id, None, origin_of(interaction))
