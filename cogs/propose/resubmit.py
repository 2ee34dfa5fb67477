"""*Revise and resubmit* in a rejection notice: opens a draft of the rejected change."""

from dataclasses import replace
from functools import partial
from typing import override

from bot.client.components import Acknowledgement, PersistentButton
from bot.client.interactions import ErrorReporter, acknowledge, attempt_on_change, note_phase, open_form, report_error
from bot.client.types import Interaction
from bot.errors import BotError
from bot.reference.models import CanonicalFormat
from bot.services.changes import Gone
from bot.services.forms.fields_table import resubmission_fields
from bot.services.forms.forms_input import SectionAnswers
from bot.services.proposals.outcomes import DraftFacts
from bot.ui.custom_ids import ChangeVerb, change_template
from bot.ui.error_messages.attempts import Attempt, Verb
from bot.ui.error_messages.lost_answers import Phase
from bot.ui.forms.section import SectionForm
from bot.ui.proposals.draft_card import draft_card
from bot.ui.review.absent_changes import gone
from cogs.propose.forms import show_saved


class ResubmitButton(PersistentButton, template=change_template(ChangeVerb.REVISE)):
    """Works for months, in a direct message or a thread, for the requestor only."""

    acknowledgement = Acknowledgement.BY_PRESS
    verb = Verb.EDIT

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Open the form with the proposal as it was sent, or show the draft."""
        change_id, digest = self._change_id, self.fields["digest"]
        form = await resubmit_form(interaction, change_id, digest)
        if form is not None:
            await open_form(interaction, form)
            return
        await acknowledge(interaction)
        await _show(interaction, await _open_draft(interaction, change_id, digest))

    @override
    async def attempt(self, interaction: Interaction) -> Attempt:
        return attempt_on_change(interaction, self.verb, self._change_id)

    @property
    def _change_id(self) -> int:
        return int(self.fields["change_id"])


async def resubmit_form(interaction: Interaction, change_id: int, digest: str) -> SectionForm | None:
    """Build the form of a rejected proposal as sent; None if the service must be asked."""
    services = interaction.client.services
    sent = await services.resubmission.known(interaction.user.id, change_id, digest)
    if sent is None:
        return None
    dialect, attempt = CanonicalFormat(sent.dialect), attempt_on_change(interaction, Verb.EDIT, change_id)
    return SectionForm(
        f"Revise #{change_id}",
        sent.category,
        resubmission_fields(sent.category, dialect),
        partial(_revise, change_id, digest, attempt),
        ErrorReporter(attempt),
        record=sent.record,
        dialect=dialect,
        choices=services.catalogue.choices,
        unsupported=services.catalogue.unsupported_fields(sent.category, dialect),
        why=sent.why,
    ).name_as(f"resubmit:{change_id}:{digest}")


async def _revise(
    change_id: int, digest: str, attempt: Attempt, interaction: Interaction, answers: SectionAnswers
) -> None:
    await acknowledge(interaction)
    try:
        draft = await _open_draft(interaction, change_id, digest)
    except BotError as error:
        await report_error(interaction, error, replace(attempt, typed=answers.text()))
        return
    if isinstance(draft, Gone):
        await _show(interaction, draft)
        return
    service = interaction.client.services.draft_service
    await show_saved(interaction, await service.revise(interaction.user.id, draft.draft_id, answers))


async def _open_draft(interaction: Interaction, change_id: int, digest: str) -> DraftFacts | Gone:
    services = interaction.client.services
    services.rate_limits.count_read(interaction.user.id, is_urgent=True)
    draft = await services.resubmission.open_draft(interaction.user.id, interaction.guild_id, change_id, digest)
    note_phase(interaction, Phase.NOT_DONE if isinstance(draft, Gone) else Phase.DONE)
    return draft


async def _show(interaction: Interaction, draft: DraftFacts | Gone) -> None:
    view = gone(draft.change_id) if isinstance(draft, Gone) else draft_card(draft, interaction.client.theme)
    await interaction.edit_original_response(view=view)
