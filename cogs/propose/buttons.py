"""Buttons and menus of drafts, and sending one; the services look a draft up by its owner."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import override

from bot.client.components import NEVER, Acknowledgement, PersistentButton, PersistentMenu
from bot.client.interactions import (
    acknowledging,
    attempt_by,
    note_done,
    note_phase,
    open_form,
    origin_of,
    report_error,
    show_card,
)
from bot.client.types import Interaction
from bot.errors import BotError
from bot.reference.errors import ApiError, InvalidRequestError
from bot.services.errors import DraftGoneError
from bot.services.forms.fields_text import NO, YES
from bot.services.forms.forms_input import SectionAnswers
from bot.services.proposals.outcomes import InProgress, Queued, SubmissionUnknown, SubmitOutcome
from bot.ui.custom_ids import FIX_TEMPLATE, DraftVerb, draft_template, parse_number
from bot.ui.error_messages.attempts import Attempt, Verb
from bot.ui.error_messages.lost_answers import Phase
from bot.ui.pager import parse_category
from bot.ui.proposals.draft_card import draft_card
from bot.ui.proposals.drafts_list import DRAFTS_TEMPLATE
from bot.ui.proposals.live_changes import raw_draft
from bot.ui.proposals.outcomes import draft_discarded, submit_outcome
from bot.ui.proposals.sections import FORMS
from cogs.propose.forms import revise_form
from cogs.propose.showing import reset_menu, show_draft, show_drafts


class DraftButton(PersistentButton, template=NEVER):
    """A button of one draft."""

    verb = Verb.EDIT

    @property
    def draft_id(self) -> int:
        """Return the draft's id from the custom id."""
        return int(self.fields["draft_id"])

    @override
    async def attempt(self, interaction: Interaction) -> Attempt:
        """Describe the press for error messages; every failure keeps the draft."""
        attempt = attempt_by(interaction, self.verb)
        try:
            draft = await interaction.client.services.draft_service.get(interaction.user.id, self.draft_id)
        except BotError:
            return attempt
        return replace(
            attempt,
            draft_kept=True,
            operation=draft.operation,
            category=draft.category,
            name=draft.model_name,
        )


class FormButton(DraftButton, template=draft_template(*FORMS)):
    """*Fix…*: opens the form that corrects a failure."""

    acknowledgement = Acknowledgement.BY_PRESS

    @override
    async def on_press(self, interaction: Interaction) -> None:
        verb = DraftVerb(self.fields["verb"])
        await open_form(interaction, await revise_form(interaction, self.draft_id, verb))


class EditMenu(PersistentMenu, template=draft_template(DraftVerb.EDIT)):
    """*Edit…*: opens the chosen form."""

    acknowledgement = Acknowledgement.BY_PRESS
    verb = Verb.EDIT

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Open the form, then reset the menu."""
        draft_id, chosen = int(self.fields["draft_id"]), next(iter(self.values), "")
        if chosen not in FORMS:
            raise DraftGoneError(draft_id)
        await open_form(interaction, await revise_form(interaction, draft_id, DraftVerb(chosen)))
        await reset_menu(interaction, draft_id)


class SubmitButton(DraftButton, template=draft_template(DraftVerb.SUBMIT)):
    """*Submit*: sends the draft once."""

    acknowledgement = Acknowledgement.BY_PRESS  # submit_draft acknowledges, while the draft is read
    verb = Verb.QUEUE

    @override
    async def on_press(self, interaction: Interaction) -> None:
        await submit_draft(interaction, self.draft_id, partial(self.attempt, interaction))


class LookButton(DraftButton, template=draft_template(DraftVerb.LOOK)):
    """*Look again*: looks for a proposal without an answer."""

    acknowledgement = Acknowledgement.EDIT
    verb = Verb.LOOK

    @override
    async def on_press(self, interaction: Interaction) -> None:
        bot = interaction.client
        outcome = await bot.services.submission.reconcile(interaction.user.id, self.draft_id)
        await interaction.edit_original_response(view=submit_outcome(outcome, bot.theme))
        await bot.services.submission.cancel_notice(interaction.user.id, self.draft_id, outcome)


class FixButton(DraftButton, template=FIX_TEMPLATE):
    """*Fix …*: takes over a corrected value."""

    acknowledgement = Acknowledgement.EDIT

    @override
    async def on_press(self, interaction: Interaction) -> None:
        bot = interaction.client
        saved = await bot.services.draft_service.fix(interaction.user.id, self.draft_id, self.fields["digest"])
        await show_draft(interaction, saved.facts)


class RawButton(DraftButton, template=draft_template(DraftVerb.RAW)):
    """*Raw JSON*: replaces the card by the record as a file."""

    acknowledgement = Acknowledgement.EDIT
    verb = Verb.LOOK

    @override
    async def on_press(self, interaction: Interaction) -> None:
        bot = interaction.client
        bot.drawings.note_replaced(self.draft_id)
        draft = await bot.services.draft_service.show(interaction.user.id, self.draft_id)
        await show_card(interaction, raw_draft(draft))


class BackButton(DraftButton, template=draft_template(DraftVerb.BACK)):
    """*Back*: replaces the file by the card."""

    acknowledgement = Acknowledgement.EDIT
    verb = Verb.LOOK

    @override
    async def on_press(self, interaction: Interaction) -> None:
        draft = await interaction.client.services.draft_service.show(interaction.user.id, self.draft_id)
        await show_draft(interaction, draft, attachments=[])


class DiscardButton(DraftButton, template=draft_template(DraftVerb.DISCARD)):
    """*Discard*: puts the draft aside for a day."""

    acknowledgement = Acknowledgement.EDIT
    verb = Verb.DISCARD

    @override
    async def on_press(self, interaction: Interaction) -> None:
        gone = await interaction.client.services.draft_service.discard(interaction.user.id, self.draft_id)
        note_done(interaction)
        await interaction.edit_original_response(view=draft_discarded(gone.draft_id, gone.model_name, gone.until))


class UndoButton(DraftButton, template=draft_template(DraftVerb.UNDO)):
    """*Undo*: brings a discarded draft back."""

    acknowledgement = Acknowledgement.EDIT

    @override
    async def on_press(self, interaction: Interaction) -> None:
        draft = await interaction.client.services.draft_service.restore(interaction.user.id, self.draft_id)
        await show_draft(interaction, draft)


class MoreButton(DraftButton, template=draft_template(DraftVerb.MORE)):
    """*More*: shows the buttons that are seldom needed."""

    acknowledgement = Acknowledgement.EDIT
    verb = Verb.LOOK

    @override
    async def on_press(self, interaction: Interaction) -> None:
        bot = interaction.client
        draft = await bot.services.draft_service.show(interaction.user.id, self.draft_id)
        await interaction.edit_original_response(view=draft_card(draft, bot.theme, is_more=True))


class DraftMenu(PersistentMenu, template=DRAFTS_TEMPLATE):
    """*Choose one*: replaces the list by the chosen draft."""

    @override
    async def on_press(self, interaction: Interaction) -> None:
        draft_id = self.chosen_one(parse_number)
        try:
            facts = await interaction.client.services.draft_service.show(interaction.user.id, draft_id)
        except DraftGoneError:
            await show_drafts(interaction)  # without the draft that is gone, which the menu would keep chosen
            raise
        await show_draft(interaction, facts)


class NsfwButton(DraftButton, template=draft_template(DraftVerb.NSFW_YES, DraftVerb.NSFW_NO)):
    """*NSFW: yes* and *NSFW: no* on a draft from a link."""

    acknowledgement = Acknowledgement.EDIT

    @override
    async def on_press(self, interaction: Interaction) -> None:
        bot, answer = interaction.client, YES if self.fields["verb"] == DraftVerb.NSFW_YES else NO
        draft = await bot.services.draft_service.get(interaction.user.id, self.draft_id)
        answers = SectionAnswers(draft.category, {"nsfw": answer})
        saved = await bot.services.draft_service.revise(interaction.user.id, self.draft_id, answers)
        await show_draft(interaction, saved.facts)


class HostsButton(DraftButton, template=draft_template(DraftVerb.HOSTS, DraftVerb.TAKE_HOSTS, DraftVerb.TAKE_LINKS)):
    """*Check again*, *Use the host's values* and *Use that link*."""

    acknowledgement = Acknowledgement.EDIT

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Ask again, or take the hosts' values over, and show the draft."""
        services, user_id = interaction.client.services, interaction.user.id
        match DraftVerb(self.fields["verb"]):
            case DraftVerb.TAKE_HOSTS:
                draft = await services.draft_hosts.take_values(user_id, self.draft_id)
            case DraftVerb.TAKE_LINKS:
                draft = await services.draft_hosts.take_links(user_id, self.draft_id)
            case _:
                services.rate_limits.count(user_id)
                draft = await services.draft_hosts.ask(user_id, self.draft_id, again=True)
        await show_draft(interaction, draft)


class LinkMenu(PersistentMenu, template=draft_template(DraftVerb.OFFER, DraftVerb.CATEGORY)):
    """*File or version* and *Kind of model* of a draft from a link."""

    verb = Verb.EDIT

    @override
    async def on_press(self, interaction: Interaction) -> None:
        bot, draft_id = interaction.client, int(self.fields["draft_id"])
        links = bot.services.link_drafts
        if self.fields["verb"] == DraftVerb.CATEGORY:
            draft = await links.choose_category(interaction.user.id, draft_id, self.chosen_one(parse_category))
        else:
            draft = await links.choose_offer(interaction.user.id, draft_id, self.chosen_one(parse_number))
        await show_draft(interaction, draft)


async def submit_draft(
    interaction: Interaction,
    draft_id: int,
    attempt: Callable[[], Awaitable[Attempt]],
    *,
    confirmation: str | None = None,
) -> None:
    """Acknowledge, send a draft once, and show the outcome in place of its card.

    A refusal shown here is not repeated as a direct message; ``attempt`` describes the press for its message.
    """
    bot, user_id = interaction.client, interaction.user.id
    submission = bot.services.submission
    bot.drawings.note_replaced(draft_id)
    try:
        async with acknowledging(interaction, in_place=True) as acknowledged:
            outcome = await submission.submit(
                user_id, draft_id, origin_of(interaction), confirmation=confirmation, acknowledged=acknowledged
            )
    except ApiError as refusal:
        if isinstance(refusal, InvalidRequestError):  # the card shows its field errors
            marked = await bot.services.draft_service.show(user_id, draft_id)
            await interaction.edit_original_response(view=draft_card(marked, bot.theme))
        if await report_error(interaction, refusal, await attempt()):
            await submission.cancel_notice(user_id, draft_id)
        return
    note_phase(interaction, _phase_of(outcome))
    await interaction.edit_original_response(view=submit_outcome(outcome, bot.theme))
    await submission.cancel_notice(user_id, draft_id, outcome)


def _phase_of(outcome: SubmitOutcome) -> Phase:
    match outcome:
        case Queued():
            return Phase.DONE
        case SubmissionUnknown() | InProgress():
            return Phase.UNKNOWN
    return Phase.NOT_DONE


BUTTONS = (
    FormButton,
    EditMenu,
    MoreButton,
    UndoButton,
    FixButton,
    SubmitButton,
    LookButton,
    RawButton,
    BackButton,
    DiscardButton,
    DraftMenu,
    NsfwButton,
    HostsButton,
    LinkMenu,
)
