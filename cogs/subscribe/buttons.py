"""*Mute* in a direct message."""

from typing import override

from bot.client.components import PersistentButton
from bot.client.interactions import note_done
from bot.client.types import Interaction
from bot.ui.custom_ids import SUBSCRIPTION_TEMPLATE
from bot.ui.error_messages.attempts import Verb
from bot.ui.followed import no_longer_followed


class MuteButton(PersistentButton, template=SUBSCRIPTION_TEMPLATE):
    """Ends a subscription of the person who presses; numbers of ended ones are not reused."""

    verb = Verb.FOLLOW

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """End the subscription and confirm it."""
        bot = interaction.client
        ended = await bot.services.following.end(interaction.user.id, int(self.fields["subscription_id"]))
        note_done(interaction)
        await interaction.edit_original_response(view=no_longer_followed(ended, bot.theme))
