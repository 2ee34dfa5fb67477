"""Drafts from links."""

from bot.client.interactions import acknowledge
from bot.client.types import Interaction
from bot.identity.roles import Role
from bot.sources.addresses import Address
from bot.ui.proposals.link_lines import reading_link
from cogs.propose.showing import show_draft


async def draft_from_link(
    interaction: Interaction, address: Address, *, category: str | None = None, name: str | None = None
) -> None:
    """Read the link and show the draft; counts towards the person's rate limit."""
    bot, user_id = interaction.client, interaction.user.id
    bot.services.rate_limits.count(user_id)
    await acknowledge(interaction)
    await bot.services.accounts.actor(user_id, needs=Role.REQUESTOR)
    await _say_reading(interaction, address, category)
    draft = await bot.services.link_drafts.create(user_id, interaction.guild_id, address, category=category, name=name)
    await show_draft(interaction, draft)


async def update_from_link(interaction: Interaction, address: Address, *, category: str, model: str) -> None:
    """Read the link and show what a newer version changes; counts as ``draft_from_link``."""
    services, user_id = interaction.client.services, interaction.user.id
    services.rate_limits.count(user_id)
    await acknowledge(interaction)
    await services.accounts.actor(user_id, needs=Role.REQUESTOR)
    live = await services.draft_sources.live(category, model)
    await _say_reading(interaction, address, live.category)
    await show_draft(interaction, await services.link_drafts.update(user_id, interaction.guild_id, live, address))


async def _say_reading(interaction: Interaction, address: Address, category: str | None) -> None:
    """Say at once that the host is being asked, unless its answer is known."""
    if interaction.client.services.link_drafts.reader.needs_host(address, category):
        await interaction.edit_original_response(view=reading_link(address))
