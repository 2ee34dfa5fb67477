"""The button under the setup."""

from typing import override

from bot.client.bot import QUEUE_MOVED, ROLES_MOVED
from bot.client.components import Acknowledgement, PersistentButton
from bot.client.types import Interaction
from bot.ui.custom_ids import SETUP_TEMPLATE
from cogs.setup.screen import guild_of, show
from cogs.setup.testing import tested


class TestButton(PersistentButton, template=SETUP_TEMPLATE):
    """*Test again*: repeats the permission tests."""

    acknowledgement = Acknowledgement.EDIT

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Repeat the tests, show them, and deliver posts that failed before."""
        service, guild = interaction.client.services.guild_setup, guild_of(interaction)
        await service.try_again(tested(await service.show(guild.id), guild))
        await show(interaction, await service.show(guild.id))
        await interaction.client.services.role_sync.recheck(guild.id)
        interaction.client.dispatch(ROLES_MOVED)
        interaction.client.dispatch(QUEUE_MOVED)
