"""*Propose from this message*: turns the JSON record or the link of a message into a draft."""

from collections.abc import Sequence
from functools import partial

import discord
from discord import app_commands

from bot.client.interactions import ErrorReporter, acknowledge, attempt_by, open_form
from bot.client.tree import VERB
from bot.client.types import Interaction
from bot.identity.roles import Role
from bot.reference.deployment import CATEGORIES
from bot.services.errors import NoRecordError
from bot.ui.error_messages.attempts import Verb
from bot.ui.forms.record_file import ChosenRecord, RecordChoiceForm
from cogs.propose.attachments import FoundRecord, category_of, download, first_link_of, record_options, records_of
from cogs.propose.links import draft_from_link
from cogs.propose.showing import show_draft

NAME = "Propose from this message"


def message_menu() -> app_commands.ContextMenu:
    """Build the message command."""
    menu = app_commands.ContextMenu(name=NAME, callback=propose_from_message, extras={VERB: Verb.EDIT})
    menu.guild_only = True
    menu.allowed_contexts = app_commands.AppCommandContext(guild=True)
    return menu


async def propose_from_message(interaction: Interaction, message: discord.Message) -> None:
    """Store the record as a draft, or ask for one of several, or for its category."""
    await interaction.client.services.accounts.linked(interaction.user.id)
    try:
        records = records_of(message)
    except NoRecordError:
        address = first_link_of(message)
        if address is None:
            raise
        await draft_from_link(interaction, address)
        return
    if len(records) == 1 and records[0].stated() in CATEGORIES:
        await _take(records, interaction, ChosenRecord(0, ""))
        return
    failed = ErrorReporter(attempt_by(interaction, Verb.EDIT))
    await open_form(interaction, RecordChoiceForm(record_options(records), CATEGORIES, partial(_take, records), failed))


async def _take(records: Sequence[FoundRecord], interaction: Interaction, chosen: ChosenRecord) -> None:
    """Store the chosen record as a draft; refuse one that states another category."""
    await acknowledge(interaction)
    bot, user_id, found = interaction.client, interaction.user.id, records[chosen.place]
    await bot.services.accounts.actor(user_id, needs=Role.REQUESTOR)
    data = await download(found.file) if found.file is not None else found.data
    category = chosen.category or category_of(data, found.file)
    draft = await bot.services.draft_sources.from_json(user_id, interaction.guild_id, category, data)
    await show_draft(interaction, draft)
