"""``/propose-model``: create, update and delete models by proposal, and find the drafts of earlier proposals."""

from datetime import timedelta
from typing import Final, override

import discord
import structlog
from discord import app_commands
from discord.ext import commands, tasks

from bot.client.bot import CuratorBot
from bot.client.interactions import acknowledge, open_form
from bot.client.tree import VERB
from bot.client.types import Interaction
from bot.identity.errors import NotLinkedError
from bot.identity.roles import Role
from bot.identity.standing import Standing
from bot.ui.choices import CATEGORY_CHOICES, CHOICES_MAX, offered_models
from bot.ui.error_messages.attempts import Verb
from bot.ui.proposals.draft_card import draft_card
from bot.ui.proposals.drafts_list import drafts_list
from bot.ui.short_answers import role_confirmed
from cogs.propose.attachments import loaded
from cogs.propose.context_menu import NAME, message_menu
from cogs.propose.forms import create_form
from cogs.propose.update import update_form

FOLLOW_EVERY: Final = timedelta(minutes=1)
"""Between two looks at whether the reference changed: one small question without a key."""

log = structlog.get_logger(__name__)


@app_commands.guild_only()
class ProposeCog(commands.GroupCog, group_name="propose-model", group_description="Propose changes to the reference"):
    """For requestors."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot

    @override
    async def cog_load(self) -> None:
        """Begin to follow the reference, and stand in the menu of messages."""
        self.bot.tree.add_command(message_menu())
        self.follow.change_interval(seconds=FOLLOW_EVERY.total_seconds())
        self.follow.start()

    @override
    async def cog_unload(self) -> None:
        """Stop both."""
        self.bot.tree.remove_command(NAME, type=discord.AppCommandType.message)
        self.follow.cancel()

    @tasks.loop()
    async def follow(self) -> None:
        """Bring the names and records in memory up to date, so that no autocomplete waits for anybody."""
        try:
            await self.bot.services.catalogue.follow()
        except Exception:
            log.exception("following the reference broke")

    @follow.before_loop
    async def _ready(self) -> None:
        await self.bot.wait_until_ready()

    @app_commands.command(extras={VERB: Verb.EDIT})
    @app_commands.describe(
        category="What kind of model it is",
        name="The model's name, as people will type it",
        record="A JSON file with the whole record, instead of the form",
    )
    @app_commands.choices(category=CATEGORY_CHOICES)
    async def create(
        self,
        interaction: Interaction,
        category: str,
        name: app_commands.Range[str, 1, 100] | None = None,
        record: discord.Attachment | None = None,
    ) -> None:
        """Propose a new model: opens a form, or takes a JSON file."""
        self.bot.services.catalogue.require_category(category)
        standing = await self._standing(interaction)
        if record is None and standing.may(Role.REQUESTOR):
            await open_form(interaction, create_form(interaction, category, name or ""))
            return
        await self._gate(interaction)
        if record is None:
            # The role is newer than what was remembered; an acknowledged command cannot open a form any more.
            view = role_confirmed(self.bot.theme, "propose-model create")
        else:
            data, begin = await loaded(record), self.bot.services.draft_sources.create_from_json
            draft = await begin(interaction.user.id, interaction.guild_id, category, data, name)
            view = draft_card(draft, self.bot.theme)
        await interaction.edit_original_response(view=view)

    @app_commands.command(extras={VERB: Verb.EDIT})
    @app_commands.describe(
        category="What kind of model it is",
        model="The live model, by its name",
        record="A JSON file with the fields that change, instead of the form; null removes one",
    )
    @app_commands.choices(category=CATEGORY_CHOICES)
    async def update(
        self, interaction: Interaction, category: str, model: str, record: discord.Attachment | None = None
    ) -> None:
        """Propose a change of a live model: opens its record in a form, or takes a JSON file."""
        standing = await self._standing(interaction)
        draft_sources = self.bot.services.draft_sources
        if record is None and standing.may(Role.REQUESTOR) and (known := draft_sources.known(category, model)):
            await open_form(interaction, update_form(interaction, known))
            return
        await self._gate(interaction)
        user_id, guild_id = interaction.user.id, interaction.guild_id
        if record is None:
            # Not in memory: an acknowledged command cannot open a form any more, but the card has its buttons.
            draft = await draft_sources.update(user_id, guild_id, await draft_sources.live(category, model))
        else:
            draft = await draft_sources.update_from_json(user_id, guild_id, category, await loaded(record), model)
        await interaction.edit_original_response(view=draft_card(draft, self.bot.theme))

    @app_commands.command(extras={VERB: Verb.EDIT})
    @app_commands.describe(
        category="What kind of model it is",
        model="The live model, by its name",
        why="Why it should go; approvers read it first",
    )
    @app_commands.choices(category=CATEGORY_CHOICES)
    async def delete(
        self, interaction: Interaction, category: str, model: str, why: app_commands.Range[str, 1, 500]
    ) -> None:
        """Propose to delete a live model: shows what would go, and asks for its name."""
        await self._standing(interaction)
        await self._gate(interaction)
        draft_sources = self.bot.services.draft_sources
        live = await draft_sources.live(category, model)
        draft = await draft_sources.delete(interaction.user.id, interaction.guild_id, live, why)
        await interaction.edit_original_response(view=draft_card(draft, self.bot.theme))

    @app_commands.command()
    async def drafts(self, interaction: Interaction) -> None:
        """Your drafts: open, send or discard them."""
        await acknowledge(interaction)
        drafts = await self.bot.services.draft_service.of_user(interaction.user.id)
        await interaction.edit_original_response(view=drafts_list(drafts, self.bot.theme))

    @update.autocomplete("model")
    @delete.autocomplete("model")
    async def _models(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        # From memory: an autocomplete must not wait for anybody.
        category = str(getattr(interaction.namespace, "category", ""))
        names = self.bot.services.catalogue.best_names(current, CHOICES_MAX, category)
        return [app_commands.Choice(name=label, value=value) for label, value in offered_models(names)]

    async def _standing(self, interaction: Interaction) -> Standing:
        standing = await self.bot.services.accounts.standing(interaction.user.id)
        if standing is None:
            raise NotLinkedError(interaction.user.id)
        return standing

    async def _gate(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        await self.bot.services.accounts.actor(interaction.user.id, needs=Role.REQUESTOR)
