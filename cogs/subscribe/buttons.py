"""*Mute*, in a direct message of something that is followed."""

from typing import override

from bot.client.components import PersistentButton
from bot.client.types import Interaction
from bot.ui.custom_ids import SUBSCRIPTION_TEMPLATE
from bot.ui.error_messages.attempts import Verb
from bot.ui.followed import no_longer_followed


class MuteButton(PersistentButton, template=SUBSCRIPTION_TEMPLATE):
    """Ends the presser's own subscription; numbers of ended ones are not used again."""

    verb = Verb.SET

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """End it, and say so."""
        bot = interaction.client
        ended = await bot.services.following.end(interaction.user.id, int(self.fields["subscription_id"]))
        await interaction.edit_original_response(view=no_longer_followed(ended, bot.theme))
