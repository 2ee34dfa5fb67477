"""``/propose-model``: create a proposal, and find the drafts of earlier ones."""

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.client.bot import CuratorBot
from bot.client.tree import VERB
from bot.identity.errors import NotLinkedError
from bot.identity.roles import Role
from bot.reference.deployment import CATEGORIES
from bot.services.outcomes import DraftFacts
from bot.services.record_input import JSON_BYTES_MAX, RecordJsonError
from bot.ui.asides import role_confirmed
from bot.ui.draft_card import draft_card
from bot.ui.drafts_list import drafts_list
from bot.ui.errors import Verb
from cogs.propose.forms import create_form

CATEGORY_CHOICES = [app_commands.Choice(name=category, value=category) for category in CATEGORIES]


@app_commands.guild_only()
class ProposeCog(commands.GroupCog, group_name="propose-model", group_description="Propose changes to the reference"):
    """For requestors."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot

    @app_commands.command(extras={VERB: Verb.EDIT})
    @app_commands.describe(
        category="What kind of model it is",
        name="The model's name, as people will type it",
        record="A JSON file with the whole record, instead of the form",
    )
    @app_commands.choices(category=CATEGORY_CHOICES)
    async def create(
        self,
        interaction: discord.Interaction[CuratorBot],
        category: str,
        name: app_commands.Range[str, 1, 100] | None = None,
        record: discord.Attachment | None = None,
    ) -> None:
        """Propose a new model: opens a form, or takes a JSON file."""
        standing = await self.bot.services.accounts.standing(interaction.user.id)
        if standing is None:
            raise NotLinkedError(interaction.user.id)
        if record is None and standing.may(Role.REQUESTOR):
            await interaction.response.send_modal(create_form(interaction, category, name or ""))
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self.bot.services.accounts.actor(interaction.user.id, needs=Role.REQUESTOR)
        if record is None:
            # The role is newer than what was remembered; an acknowledged command cannot open a form any more.
            view = role_confirmed(self.bot.look, "propose-model create")
        else:
            view = draft_card(await self._take(interaction, category, name, record), self.bot.look)
        await interaction.edit_original_response(view=view)

    @app_commands.command()
    async def drafts(self, interaction: discord.Interaction[CuratorBot]) -> None:
        """Your drafts: open, send or discard them."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        drafts = await self.bot.services.proposals.of_user(interaction.user.id)
        await interaction.edit_original_response(view=drafts_list(drafts, self.bot.look))

    async def _take(
        self,
        interaction: discord.Interaction[CuratorBot],
        category: str,
        name: str | None,
        record: discord.Attachment,
    ) -> DraftFacts:
        if record.size > JSON_BYTES_MAX:
            raise RecordJsonError("size", f"{record.size} bytes")
        try:
            data = await record.read()
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            raise RecordJsonError("not_loaded") from error
        return await self.bot.services.proposals.begin_with_record(
            interaction.user.id, interaction.guild_id, category, data, name
        )
