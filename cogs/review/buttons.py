"""The buttons under a change. The services decide who may press them, with the presser's own key."""

from typing import override

from bot.client.components import NEVER, Acknowledgement, PersistentButton
from bot.client.interactions import attempt_on_change, drawn_at, origin_of
from bot.client.types import Interaction
from bot.services.changes import Gone
from bot.services.review.review import Press
from bot.ui.cards.change_card import change_card
from bot.ui.cards.full_view import full_answer
from bot.ui.custom_ids import CONFIRM_APPROVE_TEMPLATE, CONFIRM_CANCEL_TEMPLATE, ChangeVerb, change_template
from bot.ui.error_messages.attempts import Attempt, Verb
from bot.ui.review.decisions import apply_outcome, approve_question, cancelled, decision_outcome, gone
from cogs.review.forms import ask_why


class ChangeButton(PersistentButton, template=NEVER):
    """A button that concerns one change, bound to what its card showed."""

    def press(self, interaction: Interaction) -> Press:
        """The press, in the services' terms."""
        return Press(
            user_id=interaction.user.id,
            change_id=int(self.fields["change_id"]),
            seen=self.fields["digest"],
            origin=origin_of(interaction),
            drawn_at=drawn_at(interaction),
        )

    @override
    async def attempt(self, interaction: Interaction) -> Attempt:
        """What was tried with the change."""
        return attempt_on_change(interaction, self.verb, int(self.fields["change_id"]))


class ApproveButton(ChangeButton, template=change_template(ChangeVerb.APPROVE)):
    """*Approve* on a card: shows what would be approved, and asks once."""

    verb = Verb.APPROVE
    only_asks = True

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Ask."""
        asked = await interaction.client.services.review.ask(self.press(interaction))
        await interaction.edit_original_response(view=approve_question(asked, interaction.client.theme))


class ConfirmApproveButton(ChangeButton, template=CONFIRM_APPROVE_TEMPLATE):
    """*Approve #42* on the confirmation: decides."""

    acknowledgement = Acknowledgement.EDIT
    verb = Verb.APPROVE

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Approve, and say what came of it."""
        outcome = await interaction.client.services.review.approve(self.press(interaction))
        await interaction.edit_original_response(view=decision_outcome(outcome, interaction.client.theme))


class CancelButton(PersistentButton, template=CONFIRM_CANCEL_TEMPLATE):
    """*Cancel* on a confirmation."""

    acknowledgement = Acknowledgement.EDIT

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Say that nothing was done."""
        await interaction.edit_original_response(view=cancelled())


class RejectButton(ChangeButton, template=change_template(ChangeVerb.REJECT)):
    """*Reject…*: asks for a reason."""

    acknowledgement = Acknowledgement.FORM
    verb = Verb.REJECT

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Open the form with what is in memory: nothing slow may stand before it."""
        await ask_why(interaction, self.press(interaction))


class ApplyButton(ChangeButton, template=change_template(ChangeVerb.APPLY)):
    """*Apply*: makes an approved change live."""

    verb = Verb.APPLY

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Apply, and say what came of it."""
        outcome = await interaction.client.services.review.apply(self.press(interaction))
        await interaction.edit_original_response(view=apply_outcome(outcome, interaction.client.theme))


class FullButton(ChangeButton, template=change_template(ChangeVerb.FULL)):
    """*Full diff* or *Full record*: everything, for one person."""

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Read the change now and show all of it."""
        bot = interaction.client
        facts = await bot.services.review.facts(int(self.fields["change_id"]))
        if isinstance(facts, Gone):
            await interaction.edit_original_response(view=gone(facts.change_id))
            return
        card = full_answer(facts, read_at=bot.clock())
        await interaction.edit_original_response(view=card.view, attachments=list(card.files))


class CheckButton(ChangeButton, template=change_template(ChangeVerb.CHECK)):
    """*Check again* on a stuck card: what the service and the live record say of it now."""

    acknowledgement = Acknowledgement.EDIT

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Draw the card as it is now, here and in every server."""
        bot = interaction.client
        facts = await bot.services.card_keeper.check_again(int(self.fields["change_id"]))
        if isinstance(facts, Gone):
            await interaction.followup.send(view=gone(facts.change_id), ephemeral=True)
            return
        card = change_card(facts, bot.theme)
        await interaction.edit_original_response(view=card.view, attachments=list(card.files))


BUTTONS = (ApproveButton, ConfirmApproveButton, CancelButton, RejectButton, ApplyButton, FullButton, CheckButton)
