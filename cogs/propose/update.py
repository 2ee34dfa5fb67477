"""Updates and deletes of live models: first form, delete buttons, JSON upload."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import override

from bot.client.components import Acknowledgement, PersistentButton
from bot.client.interactions import ErrorReporter, acknowledge, attempt_by, open_form
from bot.client.types import Interaction
from bot.identity.roles import Role
from bot.services.errors import NoRecordError, UnknownModelError
from bot.services.forms.fields_table import update_fields
from bot.services.forms.forms_input import SectionAnswers
from bot.services.model_names import short_digest
from bot.services.models.verification import name_digest
from bot.services.proposals.draft_sources import LiveModel
from bot.services.records.json_input import first_record_block
from bot.ui.custom_ids import VERIFY_TEMPLATE, DraftVerb, ModelVerb, VerifyVerb, draft_template, model_template
from bot.ui.error_messages.attempts import Attempt, Verb
from bot.ui.forms.confirmation import DeleteForm
from bot.ui.forms.reasons import WhyForm
from bot.ui.forms.record_file import RecordFileForm, SubmittedRecord
from bot.ui.forms.section import SectionForm, proposal_title
from bot.ui.proposals.live_changes import form_ready
from cogs.propose.attachments import download
from cogs.propose.buttons import DraftButton, submit_draft
from cogs.propose.forms import save_answers, show_saved
from cogs.propose.showing import show_draft

WHY_DELETE = "Workers cannot download its file any more."


def update_form(interaction: Interaction, live: LiveModel) -> SectionForm:
    """Build the first form of an update, with the live record in it."""
    catalogue = interaction.client.services.catalogue
    return SectionForm(
        proposal_title("Change", live.category),
        live.category,
        update_fields(live.category, live.dialect),
        partial(_save_update, live),
        ErrorReporter(attempt_by(interaction, Verb.EDIT)),
        record=live.record,
        dialect=live.dialect,
        choices=catalogue.choices,
        unsupported=catalogue.unsupported_fields(live.category, live.dialect),
    ).name_as(f"update:{live.category}:{short_digest(live.name)}")


async def _save_update(live: LiveModel, interaction: Interaction, answers: SectionAnswers) -> None:
    services = interaction.client.services
    save = partial(services.draft_sources.update_from_form, interaction.user.id, interaction.guild_id, live, answers)
    await show_saved(interaction, await save_answers(interaction, save))


async def open_update(interaction: Interaction, category: str, typed: str) -> None:
    """Show the person's open draft of this model, or open the form of an update.

    If the live record is not cached, it is read first and the person presses once more: a form has to be the first
    answer.

    Raises:
        UnknownModelError: no live model has this name.
        ApiError: the service does not answer.
    """
    services, user_id = interaction.client.services, interaction.user.id
    sources = services.draft_sources
    draft = await sources.open_update(user_id, category, typed)
    if draft is not None:
        await acknowledge(interaction)
        await show_draft(interaction, draft)
        return
    standing, known = await services.accounts.linked(user_id), sources.known(category, typed)
    if known is not None and standing.may(Role.REQUESTOR):
        await open_form(interaction, update_form(interaction, known))
        return
    await acknowledge(interaction)
    await services.accounts.actor(user_id, needs=Role.REQUESTOR)
    live = await sources.live(category, typed)
    await interaction.edit_original_response(view=form_ready(live.category, live.name))


class UpdateButton(PersistentButton, template=model_template(ModelVerb.UPDATE)):
    """*Open the form* and *Propose update* of a live model."""

    acknowledgement = Acknowledgement.BY_PRESS
    verb = Verb.EDIT

    @override
    async def on_press(self, interaction: Interaction) -> None:
        interaction.client.services.catalogue.require_category(self.fields["category"])
        await open_update(interaction, self.fields["category"], self.fields["model"])


class ProposeDeleteButton(PersistentButton, template=model_template(ModelVerb.DELETE)):
    """*Propose delete…* of a live model: asks why."""

    acknowledgement = Acknowledgement.BY_PRESS
    verb = Verb.EDIT

    @override
    async def on_press(self, interaction: Interaction) -> None:
        category, model = self.fields["category"], self.fields["model"]
        interaction.client.services.catalogue.require_category(category)
        failed = ErrorReporter(attempt_by(interaction, Verb.EDIT))
        await open_form(interaction, WhyForm("", partial(_draft_delete, category, model), failed))


async def _draft_delete(category: str, model: str, interaction: Interaction, why: str) -> None:
    await acknowledge(interaction)
    services, user_id = interaction.client.services, interaction.user.id
    await services.accounts.actor(user_id, needs=Role.REQUESTOR)
    live = await services.draft_sources.live(category, model)
    await show_draft(interaction, await services.draft_sources.delete(user_id, interaction.guild_id, live, why))


class DeleteButton(DraftButton, template=draft_template(DraftVerb.DELETE)):
    """*Delete…*: asks for the name, then sends the draft."""

    acknowledgement = Acknowledgement.BY_PRESS
    verb = Verb.QUEUE

    @override
    async def on_press(self, interaction: Interaction) -> None:
        draft = await interaction.client.services.draft_service.get(interaction.user.id, self.draft_id)
        delete = partial(_delete, self.draft_id, partial(self.attempt, interaction))
        failed = ErrorReporter(await self.attempt(interaction))
        await open_form(interaction, DeleteForm(draft.model_name, delete, failed))


async def _delete(
    draft_id: int, attempt: Callable[[], Awaitable[Attempt]], interaction: Interaction, typed: str
) -> None:
    await submit_draft(interaction, draft_id, attempt, confirmation=typed)


class UploadJsonButton(DraftButton, template=draft_template(DraftVerb.GIVE)):
    """*Upload edited file…*: replaces the draft's record by a JSON file."""

    acknowledgement = Acknowledgement.BY_PRESS

    @override
    async def on_press(self, interaction: Interaction) -> None:
        failed = ErrorReporter(await self.attempt(interaction))
        await open_form(interaction, RecordFileForm(partial(_replace, self.draft_id), failed))


async def _replace(draft_id: int, interaction: Interaction, given: SubmittedRecord) -> None:
    await acknowledge(interaction, in_place=True)
    data = (
        await download(given.file) if given.file is not None else first_record_block(given.text) or given.text.encode()
    )
    if not data.strip():
        raise NoRecordError
    saved = await interaction.client.services.draft_sources.replace(interaction.user.id, draft_id, data)
    await show_draft(interaction, saved.facts, attachments=[])


class VerifyButton(PersistentButton, template=VERIFY_TEMPLATE):
    """Opens a draft: an update with what the host states, or a deletion."""

    verb = Verb.EDIT

    @override
    async def on_press(self, interaction: Interaction) -> None:
        services, user_id, category = interaction.client.services, interaction.user.id, self.fields["category"]
        await services.accounts.actor(user_id, needs=Role.REQUESTOR)
        names = await services.catalogue.live_models(category)
        name = next((name for name in names if name_digest(name) == self.fields["name_digest"]), None)
        if name is None:
            raise UnknownModelError(category, "", ())
        live = await services.draft_sources.live(category, name)
        if self.fields["verb"] == VerifyVerb.DELETE:
            draft = await services.draft_sources.delete(user_id, interaction.guild_id, live, WHY_DELETE)
        else:
            draft = await services.draft_hosts.update(user_id, interaction.guild_id, live)
        await show_draft(interaction, draft)


UPDATE_BUTTONS = (UpdateButton, ProposeDeleteButton, DeleteButton, UploadJsonButton, VerifyButton)
