"""The menu and buttons under one's own proposals."""

from typing import override

from bot.client.components import NEVER, Acknowledgement, PersistentButton, PersistentMenu
from bot.client.types import Interaction
from bot.services.queue.listing import ListFilter
from bot.services.queue.selection import SelectedChange
from bot.ui.proposals.draft_card import draft_card
from bot.ui.queue.own_list import draft_of, own_list
from bot.ui.queue_ids import ListVerb, mine_template
from cogs.queue.lists import show_change, viewer_of


async def show_own(interaction: Interaction, wanted: ListFilter, number: int = 0) -> None:
    """Put a page of one's own proposals where the answer stands, or the list that was used."""
    bot = interaction.client
    page = await bot.services.own_proposals.page(viewer_of(interaction), wanted, number)
    await interaction.edit_original_response(view=own_list(page, bot.theme))


class ChooseOwnMenu(PersistentMenu, template=mine_template(ListVerb.CHOOSE)):
    """*Choose one*: shows a draft or a change; the list stays."""

    acknowledgement = Acknowledgement.ANSWER

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Show what was chosen."""
        services = interaction.client.services
        value = self.values[0]
        if (draft_id := draft_of(value)) is not None:
            facts = await services.draft_service.show(interaction.user.id, draft_id)
            await interaction.edit_original_response(view=draft_card(facts, interaction.client.theme))
        else:
            change_id = SelectedChange.of(value).change_id
            await show_change(interaction, await services.queue.show(viewer_of(interaction), change_id))


class TurnOwnButton(PersistentButton, template=NEVER):
    """Turns the pages of one's own proposals."""

    acknowledgement = Acknowledgement.EDIT
    step = 0

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Draw the other page."""
        wanted = await interaction.client.services.queue.filter(int(self.fields["filter_id"]))
        await show_own(interaction, wanted, max(0, int(self.fields["page"]) + self.step))


class NewerOwnButton(TurnOwnButton, template=mine_template(ListVerb.NEWER)):
    """*Newer*."""

    step = -1


class OlderOwnButton(TurnOwnButton, template=mine_template(ListVerb.OLDER)):
    """*Older*."""

    step = 1


MINE_ITEMS = (ChooseOwnMenu, NewerOwnButton, OlderOwnButton)
