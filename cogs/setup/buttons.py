"""The button under the setup."""

from typing import override

from bot.client.buttons import Acknowledgement, PersistentButton, Press
from bot.client.events import QUEUE_MOVED, ROLES_MOVED
from bot.services.community.guild_setup import Place
from bot.ui.custom_ids import SETUP_TEMPLATE
from cogs.setup.screen import guild_of, show


class TestButton(PersistentButton, template=SETUP_TEMPLATE):
    """*Test again*: looks at the bot's permissions once more."""

    acknowledgement = Acknowledgement.EDIT

    @override
    async def on_press(self, interaction: Press) -> None:
        """Test, show, and post what could not be posted before."""
        service = interaction.client.services.guild_setup
        facts = await show(interaction, await service.show(guild_of(interaction).id))
        await interaction.client.services.role_mirror.look_again(facts.guild_id)
        interaction.client.dispatch(ROLES_MOVED)
        test = facts.channels.get(Place.REVIEW)
        if test is not None and not test.is_gone:
            await service.use_review_channel(facts.guild_id, test.channel_id)
            interaction.client.dispatch(QUEUE_MOVED)
