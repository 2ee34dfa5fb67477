"""*Claim* and *Release* on a card."""

from typing import override

from bot.client.types import Interaction
from bot.ui.custom_ids import ClaimVerb, claim_template
from bot.ui.error_messages.attempts import Verb
from bot.ui.review.claims import claim_outcome
from cogs.review.buttons import ChangeButton


class ClaimButton(ChangeButton, template=claim_template(ClaimVerb.TAKE)):
    """*Claim*: tells the others who works on it."""

    verb = Verb.CLAIM

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Claim, and say until when."""
        outcome = await interaction.client.services.claiming.take(self.press(interaction))
        await interaction.edit_original_response(view=claim_outcome(outcome, interaction.client.theme))


class ReleaseButton(ChangeButton, template=claim_template(ClaimVerb.RELEASE)):
    """*Release*: gives the claim up."""

    verb = Verb.CLAIM

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Release, if the claim is theirs."""
        outcome = await interaction.client.services.claiming.release(self.press(interaction))
        await interaction.edit_original_response(view=claim_outcome(outcome, interaction.client.theme))


BUTTONS = (ClaimButton, ReleaseButton)
