"""*Follow* under a live model, and *Mute* in a direct message."""

from typing import override

from bot.client.components import PersistentButton
from bot.client.interactions import note_done
from bot.client.types import Interaction
from bot.ui.custom_ids import SUBSCRIPTION_TEMPLATE, ModelVerb, model_template
from bot.ui.error_messages.attempts import Verb
from bot.ui.followed import follows_now, no_longer_followed


class FollowButton(PersistentButton, template=model_template(ModelVerb.FOLLOW)):
    """*Follow* under a live model."""

    verb = Verb.FOLLOW

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Follow the model and show what that means."""
        bot = interaction.client
        category, model = self.fields["category"], self.fields["model"]
        follow = bot.services.following.follow
        follows = await follow(interaction.user.id, category=category, model=model, requestor=None)
        note_done(interaction)
        await interaction.edit_original_response(view=follows_now(follows, bot.theme))


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
