"""Buttons of one change; the services check permissions with the presser's own key."""

from typing import override

from bot.client.components import NEVER, Acknowledgement, PersistentButton
from bot.client.host_answers import note_replaced, personal_drawing
from bot.client.interactions import acknowledging, attempt_on_change, drawn_at, note_phase, origin_of, show_card
from bot.client.types import Interaction
from bot.services.changes import ChangeFacts, Gone
from bot.services.errors import ChoiceGoneError
from bot.services.queue.queue_service import Viewer
from bot.services.review.card_checks import ASKED_AGAIN_EVERY
from bot.services.review.outcomes import DecisionResult, Outcome
from bot.services.review.presses import ButtonPress, DecisionVerb, Target
from bot.ui.cards.change_card import change_card
from bot.ui.cards.full_view import full_answer
from bot.ui.custom_ids import (
    CONFIRM_APPROVE_TEMPLATE,
    CONFIRM_CANCEL,
    CONFIRM_PUBLISH_TEMPLATE,
    ChangeVerb,
    ClaimVerb,
    change_template,
    claim_template,
)
from bot.ui.error_messages.attempts import Attempt, Verb
from bot.ui.error_messages.lost_answers import Phase, phase_of
from bot.ui.review.absent_changes import gone
from bot.ui.review.batches import batch_question
from bot.ui.review.claims import claim_result
from bot.ui.review.decisions import cancelled, decision_result
from cogs.review.forms import open_change_form
from cogs.review.questions import ask_hosts, show_decision, show_question


class ChangeButton(PersistentButton, template=NEVER):
    """A button of one change, bound to the content that its card showed."""

    @property
    def change_id(self) -> int:
        """Number of the change."""
        return int(self.fields["change_id"])

    def press(self, interaction: Interaction) -> ButtonPress:
        """Return the press as the services take it."""
        targets = (Target(self.change_id, self.fields["digest"]),)
        return ButtonPress(interaction.user.id, origin_of(interaction), targets, drawn_at=drawn_at(interaction))

    @override
    async def attempt(self, interaction: Interaction) -> Attempt:
        return attempt_on_change(interaction, self.verb, self.change_id)


class ApproveButton(ChangeButton, template=change_template(ChangeVerb.APPROVE)):
    """*Approve* on a card: shows what would be approved, and asks once."""

    acknowledgement = Acknowledgement.BY_PRESS  # on_press acknowledges, while the change is read
    verb = Verb.APPROVE
    only_asks = True

    @override
    async def on_press(self, interaction: Interaction) -> None:
        async with acknowledging(interaction):
            question = await interaction.client.services.decisions.ask(self.press(interaction), DecisionVerb.APPROVE)
        await show_question(interaction, question)


class ConfirmApproveButton(ChangeButton, template=CONFIRM_APPROVE_TEMPLATE):
    """*Approve #42* on the confirmation."""

    acknowledgement = Acknowledgement.BY_PRESS  # on_press acknowledges, while the change is read
    verb = Verb.APPROVE

    @override
    async def on_press(self, interaction: Interaction) -> None:
        note_replaced(interaction)
        press, decisions = self.press(interaction), interaction.client.services.decisions
        async with acknowledging(interaction, in_place=True) as acknowledged:
            batch = await decisions.decide(press, DecisionVerb.APPROVE, acknowledged=acknowledged)
        await show_decision(interaction, batch)


class PublishButton(ChangeButton, template=CONFIRM_PUBLISH_TEMPLATE):
    """*Approve and apply* on the confirmation."""

    acknowledgement = Acknowledgement.EDIT
    verb = Verb.APPROVE

    @override
    async def on_press(self, interaction: Interaction) -> None:
        bot = interaction.client
        batch = await bot.services.decisions.approve_and_apply(self.press(interaction))
        # An apply is only tried once the approval is taken, so that much is done even if the apply fails.
        is_approved = batch.verb is DecisionVerb.APPLY and phase_of(batch) is Phase.NOT_DONE
        note_phase(interaction, Phase.DONE if is_approved else phase_of(batch))
        await interaction.edit_original_response(view=decision_result(batch.single, bot.theme))


class WithdrawButton(ChangeButton, template=change_template(ChangeVerb.WITHDRAW)):
    """*Withdraw my approval* of a change that needs more approvals."""

    acknowledgement = Acknowledgement.EDIT
    verb = Verb.WITHDRAW

    @override
    async def on_press(self, interaction: Interaction) -> None:
        bot = interaction.client
        result = await bot.services.decisions.withdraw_approval(self.press(interaction))
        note_phase(interaction, Phase.DONE if result.outcome is Outcome.WITHDRAWN else Phase.NOT_DONE)
        await interaction.edit_original_response(view=decision_result(result, bot.theme))


class OpenButton(ChangeButton, template=change_template(ChangeVerb.OPEN)):
    """*Open #42* beside a change that is not decided together with others."""

    @override
    async def on_press(self, interaction: Interaction) -> None:
        bot = interaction.client
        facts = await bot.services.queue.show(Viewer(interaction.user.id, interaction.guild_id), self.change_id)
        if isinstance(facts, Gone):
            await interaction.edit_original_response(view=gone(facts.change_id))
            return
        await show_card(interaction, (await personal_drawing(interaction, facts.change))(facts))


class CancelButton(PersistentButton, template=CONFIRM_CANCEL):
    """*Cancel* on a confirmation."""

    acknowledgement = Acknowledgement.EDIT

    @override
    async def on_press(self, interaction: Interaction) -> None:
        note_replaced(interaction)
        await interaction.edit_original_response(view=cancelled())


class ChangeFormButton(ChangeButton, template=NEVER):
    """A button that opens the form of its verb."""

    acknowledgement = Acknowledgement.BY_PRESS

    @override
    async def on_press(self, interaction: Interaction) -> None:
        await open_change_form(interaction, self.press(interaction), self.verb)


class RejectButton(ChangeFormButton, template=change_template(ChangeVerb.REJECT)):
    """*Reject…*: asks for a reason."""

    verb = Verb.REJECT


class RevisionRequestButton(ChangeFormButton, template=change_template(ChangeVerb.ASK)):
    """*Needs changes…*: asks the requestor for something without rejecting."""

    verb = Verb.ASK


class RejectReplacedButton(ChangeButton, template=change_template(ChangeVerb.REJECT_REPLACED)):
    """*Reject: replaced by #5*: rejects a replaced change, with that as the reason."""

    verb = Verb.REJECT

    @override
    async def on_press(self, interaction: Interaction) -> None:
        bot = interaction.client
        newer_id = await bot.services.resubmission.replacement_of(self.change_id, self.fields["digest"])
        if newer_id is None:
            raise ChoiceGoneError
        reason = f"Replaced by #{newer_id}, which its requestor sent."
        batch = await bot.services.decisions.decide(self.press(interaction), DecisionVerb.REJECT, reason=reason)
        await show_decision(interaction, batch)


class ApplyButton(ChangeButton, template=change_template(ChangeVerb.APPLY)):
    """*Apply*: publishes an approved change; asks first if a host of its files disagrees."""

    acknowledgement = Acknowledgement.BY_PRESS  # on_press acknowledges, while the change is read
    verb = Verb.APPLY

    @override
    async def on_press(self, interaction: Interaction) -> None:
        bot, press = interaction.client, self.press(interaction)
        async with acknowledging(interaction) as acknowledged:
            if await ask_hosts(interaction, (self.change_id,)):
                await acknowledged
                question = await bot.services.decisions.ask(press, DecisionVerb.APPLY)
                if question.ready:
                    await interaction.edit_original_response(view=batch_question(question, bot.theme))
                    return
            batch = await bot.services.decisions.decide(press, DecisionVerb.APPLY, acknowledged=acknowledged)
        await show_decision(interaction, batch)


class ClaimButton(ChangeButton, template=claim_template(ClaimVerb.TAKE)):
    """*Claim*: shows the other approvers who works on the change."""

    verb = Verb.CLAIM

    @override
    async def on_press(self, interaction: Interaction) -> None:
        services = interaction.client.services
        services.rate_limits.count_read(interaction.user.id, is_urgent=True)
        result = await services.claims.take(self.press(interaction))
        await _show_claim(interaction, result)


class ReleaseButton(ChangeButton, template=claim_template(ClaimVerb.RELEASE)):
    """*Release*: gives the claim up."""

    verb = Verb.RELEASE

    @override
    async def on_press(self, interaction: Interaction) -> None:
        result = await interaction.client.services.claims.release(self.press(interaction))
        await _show_claim(interaction, result)


class FullButton(ChangeButton, template=change_template(ChangeVerb.FULL)):
    """*Full diff* or *Full record*, for this person only."""

    @override
    async def on_press(self, interaction: Interaction) -> None:
        bot = interaction.client
        bot.services.rate_limits.count_read(interaction.user.id)
        facts = await bot.services.decisions.facts(self.change_id)
        if isinstance(facts, Gone):
            await interaction.edit_original_response(view=gone(facts.change_id))
            return
        await show_card(interaction, full_answer(facts, read_at=bot.clock()))
        if bot.services.card_checks.is_due(facts):
            await bot.services.card_checks.ask(facts)


class CheckButton(ChangeButton, template=change_template(ChangeVerb.CHECK)):
    """*Check again* on a stuck card: reads change and live record, updates the cards."""

    acknowledgement = Acknowledgement.EDIT

    @override
    async def on_press(self, interaction: Interaction) -> None:
        bot = interaction.client
        bot.services.rate_limits.count_read(interaction.user.id)
        await _redraw(interaction, await bot.services.card_service.check_again(self.change_id))


class HostsButton(ChangeButton, template=change_template(ChangeVerb.HOSTS)):
    """*Check again* on a pending card: asks the hosts of its files, updates the cards."""

    acknowledgement = Acknowledgement.EDIT

    @override
    async def on_press(self, interaction: Interaction) -> None:
        bot = interaction.client
        bot.services.rate_limits.count_read(interaction.user.id)
        bot.services.rate_limits.count(interaction.user.id)
        facts = await bot.services.decisions.facts(self.change_id, interaction.guild_id)
        if not isinstance(facts, Gone):
            facts = await bot.services.card_checks.ask(facts, fresh_for=ASKED_AGAIN_EVERY)
        await _redraw(interaction, facts)


async def _show_claim(interaction: Interaction, result: DecisionResult) -> None:
    is_done = result.outcome in (Outcome.CLAIMED, Outcome.RELEASED)
    note_phase(interaction, Phase.DONE if is_done else Phase.NOT_DONE)
    await interaction.edit_original_response(view=claim_result(result, interaction.client.theme))


async def _redraw(interaction: Interaction, facts: ChangeFacts | Gone) -> None:
    """Redraw the pressed card; tell only the presser if its change is gone."""
    if isinstance(facts, Gone):
        await interaction.followup.send(view=gone(facts.change_id), ephemeral=True)
    elif interaction.message is not None and interaction.message.flags.ephemeral:
        await show_card(interaction, (await personal_drawing(interaction, facts.change))(facts))
    else:
        await show_card(interaction, change_card(facts, interaction.client.theme))


BUTTONS = (
    ApproveButton,
    ConfirmApproveButton,
    PublishButton,
    OpenButton,
    WithdrawButton,
    CancelButton,
    RejectButton,
    RejectReplacedButton,
    RevisionRequestButton,
    ApplyButton,
    ClaimButton,
    ReleaseButton,
    FullButton,
    CheckButton,
    HostsButton,
)
