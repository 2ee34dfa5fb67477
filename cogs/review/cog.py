"""Commands ``/approve``, ``/reject`` and ``/apply``, for changes named by their numbers."""

from discord import app_commands
from discord.ext import commands

from bot.client.bot import CuratorBot
from bot.client.interactions import acknowledge, origin_of
from bot.client.tree import COUNTS, VERB
from bot.client.types import Interaction
from bot.reference.models import ChangeStatus
from bot.services.review.presses import ButtonPress, DecisionVerb, Target, read_numbers
from bot.ui.choices import change_choices, several_choices
from bot.ui.error_messages.attempts import Verb
from bot.ui.review.batches import approved_list, batch_question
from cogs.review.forms import open_change_form
from cogs.review.questions import ask_hosts, show_question


@app_commands.guild_only()
class ReviewCog(commands.Cog):
    """Commands of approvers."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot

    @app_commands.command(extras={VERB: Verb.APPROVE})
    @app_commands.guild_only()
    @app_commands.describe(change="The change's number")
    async def approve(self, interaction: Interaction, change: app_commands.Range[int, 1, 2**53 - 1]) -> None:
        """Approve a change; asks first."""
        await acknowledge(interaction)
        question = await self.bot.services.decisions.ask(_press(interaction, change), DecisionVerb.APPROVE)
        await show_question(interaction, question)

    @app_commands.command(extras={VERB: Verb.REJECT, COUNTS: True})
    @app_commands.guild_only()
    @app_commands.describe(change="The change's number")
    async def reject(self, interaction: Interaction, change: app_commands.Range[int, 1, 2**53 - 1]) -> None:
        """Reject a change; asks for the reason."""
        await open_change_form(interaction, _press(interaction, change), Verb.REJECT)

    @app_commands.command(extras={VERB: Verb.APPLY})
    @app_commands.guild_only()
    @app_commands.describe(changes="Numbers, such as 12, 14 15. Leave empty to choose from all approved changes")
    async def apply(self, interaction: Interaction, changes: str | None = None) -> None:
        """Publish approved changes; asks first."""
        await acknowledge(interaction)
        decisions = self.bot.services.decisions
        if changes is None:
            await ask_hosts(interaction)
            view = approved_list(await decisions.approved(interaction.user.id), self.bot.theme)
        else:
            press = _press(interaction, *read_numbers(changes))
            await ask_hosts(interaction, [target.change_id for target in press.targets])
            view = batch_question(await decisions.ask(press, DecisionVerb.APPLY), self.bot.theme)
        await interaction.edit_original_response(view=view)

    @approve.autocomplete("change")
    @reject.autocomplete("change")
    async def _pending(self, interaction: Interaction, current: str) -> list[app_commands.Choice[int]]:
        pending = self.bot.services.queue.suggested(interaction.user.id, (ChangeStatus.PENDING,))
        return change_choices(pending, current, now=self.bot.clock())

    @apply.autocomplete("changes")
    async def _approved(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        approved = self.bot.services.queue.suggested(interaction.user.id, (ChangeStatus.APPROVED,))
        return several_choices(approved, current, now=self.bot.clock())


def _press(interaction: Interaction, *change_ids: int) -> ButtonPress:
    targets = tuple(Target(change_id, "") for change_id in change_ids)
    return ButtonPress(interaction.user.id, origin_of(interaction), targets)
