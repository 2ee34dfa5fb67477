"""Updates and deletes of live models: first form of an update, delete button, JSON upload."""

from functools import partial
from typing import override

from bot.client.components import Acknowledgement
from bot.client.interactions import ErrorReporter, acknowledge, attempt_by, open_form
from bot.client.types import Interaction
from bot.services.errors import NoRecordError
from bot.services.forms.forms_input import SectionAnswers
from bot.services.proposals.draft_service import Saved
from bot.services.proposals.draft_sources import LiveModel
from bot.services.proposals.record_input import json_in
from bot.ui.custom_ids import DraftVerb, draft_template
from bot.ui.error_messages.attempts import Attempt, Verb
from bot.ui.forms.confirmation import DeleteForm
from bot.ui.forms.record_file import GivenRecord, RecordFileForm
from bot.ui.forms.section import SectionForm, change_form
from cogs.propose.attachments import loaded
from cogs.propose.buttons import DraftButton
from cogs.propose.forms import FirstForm
from cogs.propose.showing import show_draft
from cogs.propose.submit import send


def update_form(interaction: Interaction, live: LiveModel) -> SectionForm:
    """Build the first form of an update, with the live record in it."""
    catalogue = interaction.client.services.catalogue
    return change_form(
        live.category,
        FirstForm(partial(_begin, live)),
        ErrorReporter(attempt_by(interaction, Verb.EDIT)),
        record=live.record,
        dialect=live.dialect,
        choices=catalogue.choices,
        unsupported=catalogue.unsupported_fields(live.category, live.dialect),
    )


async def _begin(live: LiveModel, interaction: Interaction, answers: SectionAnswers) -> Saved:
    services, user_id = interaction.client.services, interaction.user.id
    begun = await services.draft_sources.update(user_id, interaction.guild_id, live)
    return await services.draft_service.revise(user_id, begun.draft_id, answers)


class DeleteButton(DraftButton, template=draft_template(DraftVerb.DELETE)):
    """*Delete…*: asks for the name, then sends the draft."""

    acknowledgement = Acknowledgement.FORM
    verb = Verb.QUEUE

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Open the form."""
        draft = await interaction.client.services.draft_service.kept(interaction.user.id, self.draft_id)
        attempt = await self.attempt(interaction)
        delete = partial(_delete, self.draft_id, attempt)
        await open_form(interaction, DeleteForm(draft.model_name, delete, ErrorReporter(attempt)))


async def _delete(draft_id: int, attempt: Attempt, interaction: Interaction, typed: str) -> None:
    await acknowledge(interaction, in_place=True)
    await send(interaction, draft_id, attempt, confirmation=typed)


class UploadJsonButton(DraftButton, template=draft_template(DraftVerb.GIVE)):
    """*Upload edited file…*: replaces the draft's record by a JSON file."""

    acknowledgement = Acknowledgement.FORM

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Open the form."""
        failed = ErrorReporter(await self.attempt(interaction))
        await open_form(interaction, RecordFileForm(partial(_replace, self.draft_id), failed))


async def _replace(draft_id: int, interaction: Interaction, given: GivenRecord) -> None:
    await acknowledge(interaction, in_place=True)
    data = await loaded(given.file) if given.file is not None else json_in(given.text) or given.text.encode()
    if not data.strip():
        raise NoRecordError
    saved = await interaction.client.services.draft_sources.replace(interaction.user.id, draft_id, data)
    await show_draft(interaction, saved.facts, attachments=[])


UPDATE_BUTTONS = (DeleteButton, UploadJsonButton)
