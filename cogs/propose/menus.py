"""The menu that opens one of a person's drafts."""

from typing import override

from bot.client.components import PersistentMenu
from bot.client.types import Interaction
from bot.ui.drafts.draft_card import draft_card
from bot.ui.drafts.drafts_list import DRAFTS_TEMPLATE


class DraftMenu(PersistentMenu, template=DRAFTS_TEMPLATE):
    """*Choose one*: shows the chosen draft in place of the list."""

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Show the draft."""
        facts = await interaction.client.services.drafting.show(interaction.user.id, int(self.values[0]))
        await interaction.edit_original_response(view=draft_card(facts, interaction.client.theme))
