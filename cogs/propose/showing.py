"""Shows a draft's card, and once more when the hosts of its files have answered."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import discord
import structlog

from bot.client.interactions import UNDELIVERED, note_done
from bot.client.types import Interaction
from bot.errors import BotError
from bot.services.proposals.outcomes import DraftFacts
from bot.ui.proposals.draft_card import draft_card
from bot.ui.proposals.drafts_list import drafts_list

log = structlog.get_logger(__name__)


async def show_draft(
    interaction: Interaction, draft: DraftFacts, *, attachments: Sequence[Any] = discord.utils.MISSING
) -> None:
    """Show the draft at once, and again after its hosts have answered."""
    await redraw_with_hosts(interaction, draft, await draw_draft(interaction, draft, attachments=attachments))


async def show_drafts(interaction: Interaction) -> None:
    """Show the person's drafts, and the one discarded last."""
    bot, user_id = interaction.client, interaction.user.id
    gone = await bot.services.draft_service.last_discarded(user_id)
    discarded = None if gone is None else (gone.draft_id, gone.model_name, gone.until)
    drafts = await bot.services.draft_service.of_user(user_id)
    await interaction.edit_original_response(view=drafts_list(drafts, bot.theme, discarded=discarded))


async def draw_draft(
    interaction: Interaction, draft: DraftFacts, *, attachments: Sequence[Any] = discord.utils.MISSING
) -> object:
    """Show the saved draft; return a token of this card for ``redraw_with_hosts``."""
    bot = interaction.client
    note_done(interaction)
    await interaction.edit_original_response(view=draft_card(draft, bot.theme), attachments=attachments)
    return bot.drawings.note_drawn(draft.draft_id)


async def redraw_with_links(interaction: Interaction, draft: DraftFacts, token: object) -> None:
    """Fill the draft from links pasted as files, check its files, and edit the newest card."""
    bot = interaction.client
    try:
        filled = await bot.services.link_drafts.complete_files(interaction.user.id, draft.draft_id)
    except BotError as error:
        log.info("draft_redraw_failed", draft_id=draft.draft_id, reason=type(error).__name__)
        return
    if filled is not None and bot.drawings.is_latest(draft.draft_id, token):
        draft = replace(filled, shapes=draft.shapes)
        token = await draw_draft(interaction, draft)
    await redraw_with_hosts(interaction, draft, token)


async def redraw_with_hosts(interaction: Interaction, draft: DraftFacts, token: object) -> None:
    """Ask the hosts of the draft's files, and edit the card if it is still the newest."""
    bot = interaction.client
    hosts = bot.services.draft_hosts
    if not hosts.is_due(draft):
        return
    try:
        fresh = replace(await hosts.ask(interaction.user.id, draft.draft_id), shapes=draft.shapes)
        if bot.drawings.is_latest(draft.draft_id, token) and not fresh.is_outcome_unknown:
            await interaction.edit_original_response(view=draft_card(fresh, bot.theme))
    except (BotError, *UNDELIVERED) as error:
        log.info("draft_redraw_failed", draft_id=draft.draft_id, reason=type(error).__name__)


async def reset_menu(interaction: Interaction, draft_id: int) -> None:
    """Redraw the card after a form was opened from its menu.

    Discord's clients keep the choice of a menu until its message is edited, and do not send the same choice again.
    """
    bot = interaction.client
    token = bot.drawings.note_drawn(draft_id)
    try:
        draft = await bot.services.draft_service.show(interaction.user.id, draft_id)
        if bot.drawings.is_latest(draft_id, token):
            await interaction.edit_original_response(view=draft_card(draft, bot.theme))
    except (BotError, *UNDELIVERED) as error:
        log.info("draft_redraw_failed", draft_id=draft_id, reason=type(error).__name__)
        return
    await redraw_with_hosts(interaction, draft, token)
