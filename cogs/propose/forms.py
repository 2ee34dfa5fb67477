"""Opens the forms of a proposal and stores the answers as a draft."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial

from bot.client.interactions import UNDELIVERED, ErrorReporter, acknowledge, attempt_by, report_error
from bot.client.types import Interaction
from bot.reference.models import CanonicalFormat, Operation
from bot.services.forms.fields import Section
from bot.services.forms.fields_table import first_fields
from bot.services.forms.forms_input import SectionAnswers
from bot.services.proposals.draft_service import Saved
from bot.sources.addresses import AddressError
from bot.ui.custom_ids import DraftVerb
from bot.ui.error_messages.attempts import Verb
from bot.ui.forms.base import Form
from bot.ui.forms.reasons import WhyForm
from bot.ui.forms.section import SectionForm, page_of_section, proposal_title
from bot.ui.proposals.link_lines import unread_link_title
from bot.ui.proposals.sections import FORMS
from cogs.propose.showing import draw_draft, redraw_with_links


def create_form(
    interaction: Interaction, category: str, name: str, *, unread_link: AddressError | None = None
) -> SectionForm:
    """Build the form that starts a proposal; its title says why a link was not read."""
    catalogue = interaction.client.services.catalogue
    known = catalogue.deployment
    dialect = CanonicalFormat.V2 if known is None else known.dialect_for(category)
    return SectionForm(
        proposal_title("Propose", category) if unread_link is None else unread_link_title(unread_link),
        category,
        first_fields(category, dialect),
        CreateHandler(_create),
        ErrorReporter(attempt_by(interaction, Verb.EDIT)),
        record={},
        dialect=dialect,
        choices=catalogue.choices,
        unsupported=catalogue.unsupported_fields(category, dialect),
        name=name,
    ).name_as(f"create:{category}")


async def revise_form(interaction: Interaction, draft_id: int, verb: DraftVerb) -> Form:
    """Build the form of one section of a draft.

    Only one local read precedes it, because a form must be the first answer.

    Raises:
        DraftGoneError: it was sent, discarded, or has expired.
    """
    services = interaction.client.services
    draft = await services.draft_service.get(interaction.user.id, draft_id)
    done = partial(_revise, draft_id)
    failed = ErrorReporter(attempt_by(interaction, Verb.EDIT))
    dialect = CanonicalFormat(draft.dialect)
    section, page = FORMS[verb]
    if section is Section.WHY:
        return WhyForm(draft.why, done, failed).name_as(f"draft:{verb}:{draft_id}")
    title, fields = page_of_section(draft.category, section, page, dialect)
    return SectionForm(
        title,
        draft.category,
        fields,
        done,
        failed,
        record=draft.record,
        dialect=dialect,
        choices=services.catalogue.choices,
        unsupported=services.catalogue.unsupported_fields(draft.category, dialect),
        name=draft.model_name if draft.operation == Operation.CREATE else None,
        invalid_inputs=draft.invalid_inputs,
    ).name_as(f"draft:{verb}:{draft_id}")


@dataclass(slots=True)
class CreateHandler:
    """Submit handler of the form that creates a draft; a second submit updates the same draft."""

    create: Callable[[Interaction, SectionAnswers], Awaitable[Saved]]
    draft_id: int | None = None
    _saving: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def __call__(self, interaction: Interaction, answers: SectionAnswers) -> None:
        """Store the answers and show the draft."""
        await show_saved(interaction, await save_answers(interaction, partial(self._save, interaction, answers)))

    async def _save(self, interaction: Interaction, answers: SectionAnswers) -> Saved:
        async with self._saving:  # Discord may deliver one submit twice
            if self.draft_id is not None:
                service = interaction.client.services.draft_service
                return await service.revise(interaction.user.id, self.draft_id, answers)
            saved = await self.create(interaction, answers)
            self.draft_id = saved.facts.draft_id
            return saved


async def _create(interaction: Interaction, answers: SectionAnswers) -> Saved:
    return await interaction.client.services.draft_service.create_from_form(
        interaction.user.id, interaction.guild_id, answers
    )


async def _revise(draft_id: int, interaction: Interaction, answers: SectionAnswers | str) -> None:
    save = partial(interaction.client.services.draft_service.revise, interaction.user.id, draft_id, answers)
    await show_saved(interaction, await save_answers(interaction, save, in_place=True))


async def save_answers[ResultT](
    interaction: Interaction, save: Callable[[], Awaitable[ResultT]], *, in_place: bool = False
) -> ResultT:
    """Store the answers, even if Discord refuses the acknowledgement."""
    try:
        await acknowledge(interaction, in_place=in_place)
    except UNDELIVERED:
        await save()
        raise
    return await save()


async def show_saved(interaction: Interaction, saved: Saved) -> None:
    """Show the draft, and report the inputs that could not be read."""
    token = await draw_draft(interaction, saved.facts)
    if saved.problem is not None:
        await report_error(interaction, saved.problem, attempt_by(interaction, Verb.EDIT))
    await redraw_with_links(interaction, saved.facts, token)
