"""The buttons under several changes: approve them, reject them with one reason."""

from dataclasses import replace
from functools import partial
from typing import override

from bot.client.components import NEVER, Acknowledgement, PersistentButton
from bot.client.interactions import ErrorReporter, acknowledge, attempt_by, drawn_at, open_form, origin_of, report_error
from bot.client.types import Interaction
from bot.errors import BotError
from bot.reference.models import PendingChange
from bot.services.forms.forms_input import RejectAnswers, reject_reason
from bot.services.review.bulk_items import BulkPress
from bot.ui.custom_ids import BulkButton, bulk_template
from bot.ui.error_messages.attempts import Verb
from bot.ui.forms.words import ApproveSeveralForm, RejectSeveralForm
from bot.ui.review.batches import bulk_outcome


def press_on(interaction: Interaction, selection_id: int) -> BulkPress:
    """Return the press on a message that shows several changes."""
    return BulkPress(interaction.user.id, selection_id, origin_of(interaction), drawn_at(interaction))


class SeveralButton(PersistentButton, template=NEVER):
    """A button that concerns a choice of several changes."""

    @property
    def selection_id(self) -> int:
        """The number under which the choice is kept."""
        return int(self.fields["selection_id"])

    def press(self, interaction: Interaction) -> BulkPress:
        """The press, in the services' terms."""
        return press_on(interaction, self.selection_id)

    async def remembered(self, interaction: Interaction) -> dict[int, PendingChange | None]:
        """What was chosen, with what is in memory of each: nothing slow may stand before a form."""
        services = interaction.client.services
        chosen = await services.bulk.chosen(interaction.user.id, self.selection_id)
        return {target.change_id: services.watch.remembered(target.change_id) for target in chosen.chosen}


class ApproveSeveralButton(SeveralButton, template=bulk_template(BulkButton.APPROVE)):
    """*Approve 3*: names each once more, and asks for a title."""

    acknowledgement = Acknowledgement.FORM
    verb = Verb.APPROVE

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Open the form; its submit decides."""
        on_done = partial(_approve, self.selection_id)
        on_failed = ErrorReporter(attempt_by(interaction, self.verb))
        form = ApproveSeveralForm(await self.remembered(interaction), on_done, on_failed)
        await open_form(interaction, form)


class RejectSeveralButton(SeveralButton, template=bulk_template(BulkButton.REJECT)):
    """*Reject 3…*: asks for one reason."""

    acknowledgement = Acknowledgement.FORM
    verb = Verb.REJECT

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Open the form; its submit decides."""
        on_done = partial(_reject, self.selection_id)
        on_failed = ErrorReporter(attempt_by(interaction, self.verb))
        form = RejectSeveralForm(await self.remembered(interaction), on_done, on_failed)
        await open_form(interaction, form)


async def _approve(selection_id: int, interaction: Interaction, title: str) -> None:
    await acknowledge(interaction, in_place=True)
    press = press_on(interaction, selection_id)
    outcome = await interaction.client.services.bulk.approve(press, title)
    await interaction.edit_original_response(view=bulk_outcome(outcome, interaction.client.theme))


async def _reject(selection_id: int, interaction: Interaction, answers: RejectAnswers) -> None:
    await acknowledge(interaction, in_place=True)
    press = press_on(interaction, selection_id)
    reason = reject_reason(answers)
    try:
        outcome = await interaction.client.services.bulk.reject(press, reason)
    except BotError as error:
        await report_error(interaction, error, replace(attempt_by(interaction, Verb.REJECT), typed=reason))
        return
    await interaction.edit_original_response(view=bulk_outcome(outcome, interaction.client.theme))


BUTTONS = (ApproveSeveralButton, RejectSeveralButton)
