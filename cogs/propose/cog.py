"""``/propose-model``: proposals to create, update and delete models, and the list of drafts."""

from datetime import timedelta
from typing import Final, override

import discord
import structlog
from discord import app_commands
from discord.ext import commands, tasks

from bot.client.bot import CuratorBot
from bot.client.interactions import acknowledge, note_done, open_form
from bot.client.tree import VERB
from bot.client.types import Interaction
from bot.identity.roles import Role
from bot.services.errors import LinkAndRecordError
from bot.sources.addresses import AddressError, parse_address
from bot.ui.account import role_confirmed
from bot.ui.choices import CATEGORY_CHOICES, CHOICES_MAX, model_choices
from bot.ui.error_messages.attempts import Verb
from bot.ui.proposals.draft_card import draft_card
from cogs.propose.attachments import category_of, download
from cogs.propose.context_menu import NAME, message_menu
from cogs.propose.forms import create_form
from cogs.propose.links import draft_from_link, update_from_link
from cogs.propose.showing import show_draft, show_drafts
from cogs.propose.update import open_update

REFRESH_EVERY: Final = timedelta(minutes=1)
"""Interval of the refresh; one small request without a key while nothing changes."""

DEFAULT_CATEGORY: Final = "image_generation"
"""Kind of model of a form without one: most models of the reference are."""

log = structlog.get_logger(__name__)


@app_commands.guild_only()
class ProposeCog(commands.GroupCog, group_name="propose-model", group_description="Propose changes to the reference"):
    """Commands of requestors."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot

    @override
    async def cog_load(self) -> None:
        """Start refreshing the reference and add the message command."""
        self.bot.tree.add_command(message_menu())
        self.refresh_reference.start()

    @override
    async def cog_unload(self) -> None:
        """Stop refreshing and remove the message command."""
        self.bot.tree.remove_command(NAME, type=discord.AppCommandType.message)
        self.refresh_reference.cancel()

    @tasks.loop(seconds=REFRESH_EVERY.total_seconds())
    async def refresh_reference(self) -> None:
        """Refresh the cached names and records, so that autocomplete needs no request."""
        try:
            await self.bot.services.catalogue.refresh()
        except Exception:  # it would end the loop for good
            log.exception("reference_refresh_failed")

    @refresh_reference.before_loop
    async def _ready(self) -> None:
        await self.bot.wait_until_ready()

    @app_commands.command(extras={VERB: Verb.EDIT})
    @app_commands.describe(
        link="Page of the model on Hugging Face or Civitai; fills the draft",
        category="Kind of model; a form defaults to image model, a JSON file may state its kind",
        name="The name users will see",
        record="JSON file with the whole record, instead of link and form",
    )
    @app_commands.choices(category=CATEGORY_CHOICES)
    async def create(
        self,
        interaction: Interaction,
        link: app_commands.Range[str, 1, 1000] | None = None,
        category: str | None = None,
        name: app_commands.Range[str, 1, 100] | None = None,
        record: discord.Attachment | None = None,
    ) -> None:
        """Propose a new model from a link, a form or a JSON file."""
        standing = await self.bot.services.accounts.linked(interaction.user.id)
        if category is not None:
            self.bot.services.catalogue.require_category(category)
        if record is not None and link is not None:
            raise LinkAndRecordError
        if link is not None:
            try:
                address = parse_address(link)
            except AddressError as error:
                if not standing.may(Role.REQUESTOR):
                    raise
                form = create_form(interaction, category or DEFAULT_CATEGORY, name or "", unread_link=error)
                await open_form(interaction, form)
                return
            await draft_from_link(interaction, address, category=category, name=name)
            return
        if record is None and standing.may(Role.REQUESTOR):
            await open_form(interaction, create_form(interaction, category or DEFAULT_CATEGORY, name or ""))
            return
        await self._require_requestor(interaction)
        if record is None:
            # The cached roles were outdated; an acknowledged command can no longer open a form.
            now = f"{self.bot.theme.command('propose-model create')} opens the form."
            await interaction.edit_original_response(view=role_confirmed(now))
            return
        user_id, guild_id, draft_sources = interaction.user.id, interaction.guild_id, self.bot.services.draft_sources
        data = await download(record)
        if category is None:
            category = category_of(data, record)
            self.bot.services.catalogue.require_category(category)
        draft = await draft_sources.create_from_json(user_id, guild_id, category, data, name)
        await show_draft(interaction, draft)

    @app_commands.command(extras={VERB: Verb.EDIT})
    @app_commands.describe(
        category="Kind of model",
        model="Name of the live model",
        link="Page of a newer version on Hugging Face or Civitai; replaces file, sha256, size and version",
        record="JSON file with the fields that change, instead of the form; null removes a field",
    )
    @app_commands.choices(category=CATEGORY_CHOICES)
    async def update(
        self,
        interaction: Interaction,
        category: str,
        model: str,
        link: app_commands.Range[str, 1, 1000] | None = None,
        record: discord.Attachment | None = None,
    ) -> None:
        """Propose a change of a live model from a link, a form or a JSON file."""
        await self.bot.services.accounts.linked(interaction.user.id)
        if record is not None and link is not None:
            raise LinkAndRecordError
        if link is not None:
            await update_from_link(interaction, parse_address(link), category=category, model=model)
            return
        if record is None:
            await open_update(interaction, category, model)
            return
        await self._require_requestor(interaction)
        user_id, guild_id, draft_sources = interaction.user.id, interaction.guild_id, self.bot.services.draft_sources
        draft = await draft_sources.update_from_json(user_id, guild_id, category, await download(record), model)
        await show_draft(interaction, draft)

    @app_commands.command(extras={VERB: Verb.EDIT})
    @app_commands.describe(
        category="Kind of model",
        model="Name of the live model",
        why="Reason for the deletion; approvers read it first",
    )
    @app_commands.choices(category=CATEGORY_CHOICES)
    async def delete(
        self, interaction: Interaction, category: str, model: str, why: app_commands.Range[str, 1, 500]
    ) -> None:
        """Propose to delete a live model."""
        await self._require_requestor(interaction)
        draft_sources = self.bot.services.draft_sources
        live = await draft_sources.live(category, model)
        draft = await draft_sources.delete(interaction.user.id, interaction.guild_id, live, why)
        note_done(interaction)
        await interaction.edit_original_response(view=draft_card(draft, self.bot.theme))

    @app_commands.command()
    async def drafts(self, interaction: Interaction) -> None:
        """Your drafts: open, send or discard them."""
        await acknowledge(interaction)
        await show_drafts(interaction)

    @update.autocomplete("model")
    @delete.autocomplete("model")
    async def _models(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        # From the cache: autocomplete must answer within 3 s.
        category = str(getattr(interaction.namespace, "category", ""))
        names = self.bot.services.catalogue.best_names(current, CHOICES_MAX, category)
        return model_choices(names)

    async def _require_requestor(self, interaction: Interaction) -> None:
        await acknowledge(interaction)
        await self.bot.services.accounts.actor(interaction.user.id, needs=Role.REQUESTOR)
