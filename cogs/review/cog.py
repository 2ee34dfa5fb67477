"""``/approve``, ``/reject`` and ``/apply``: what the buttons of a card do, for changes named by their numbers."""

from discord import app_commands
from discord.ext import commands

from bot.client.bot import CuratorBot
from bot.client.interactions import acknowledge, origin_of
from bot.client.tree import COUNTS, VERB
from bot.client.types import Interaction
from bot.reference.models import ChangeStatus
from bot.services.review.bulk_items import BulkPress, Target, read_numbers
from bot.services.review.review import Press
from bot.ui.choices import change_choices, several_choices
from bot.ui.error_messages.attempts import Verb
from bot.ui.review.batches import bulk_question, waiting_list
from bot.ui.review.decisions import approve_question
from cogs.review.forms import ask_why


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
        await acknowledge(interaction)
        asked = await self.bot.services.review.ask(_press(interaction, change))
        await interaction.edit_original_response(view=approve_question(asked, self.bot.theme))

    @app_commands.command(extras={VERB: Verb.REJECT, COUNTS: True})
    @app_commands.guild_only()
    @app_commands.describe(change="The change's number")
    async def reject(self, interaction: Interaction, change: app_commands.Range[int, 1, 2**53 - 1]) -> None:
        """Reject a change: opens a form that asks for the reason."""
        await ask_why(interaction, _press(interaction, change))

    @app_commands.command(extras={VERB: Verb.APPLY})
    @app_commands.guild_only()
    @app_commands.describe(changes="Numbers, as 12, 14 15; leave it out to choose from all that are approved")
    async def apply(self, interaction: Interaction, changes: str | None = None) -> None:
        """Make approved changes live: shows them, and asks once."""
        await acknowledge(interaction)
        applying, user_id = self.bot.services.applying, interaction.user.id
        if changes is None:
            view = waiting_list(await applying.waiting(user_id), self.bot.theme)
        else:
            selection_id = await applying.choose(user_id, [Target(number, "") for number in read_numbers(changes)])
            asked = await applying.ask(BulkPress(user_id, selection_id, origin_of(interaction)))
            view = bulk_question(asked, self.bot.theme)
        await interaction.edit_original_response(view=view)

    @approve.autocomplete("change")
    @reject.autocomplete("change")
    async def _pending(self, interaction: Interaction, current: str) -> list[app_commands.Choice[int]]:
        pending = self.bot.services.queue.suggested(interaction.user.id, (ChangeStatus.PENDING,))
        return [
            app_commands.Choice(name=label, value=change_id)
            for change_id, label in change_choices(pending, current, now=self.bot.clock())
        ]

    @apply.autocomplete("changes")
    async def _approved(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        approved = self.bot.services.queue.suggested(interaction.user.id, (ChangeStatus.APPROVED,))
        return [
            app_commands.Choice(name=label, value=numbers)
            for numbers, label in several_choices(approved, current, now=self.bot.clock())
        ]


def _press(interaction: Interaction, change_id: int) -> Press:
    return Press(interaction.user.id, change_id, None, origin_of(interaction))
