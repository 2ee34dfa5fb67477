"""Form that asks for the reason of a rejection, and the rejection after its submit."""

from dataclasses import replace
from functools import partial

from bot.client.interactions import (
    ErrorReporter,
    acknowledge,
    attempt_on_change,
    note_phase,
    open_form,
    origin_of,
    report_error,
)
from bot.client.types import Interaction
from bot.errors import BotError
from bot.identity.errors import NotLinkedError
from bot.identity.standing import Role
from bot.services.forms.forms_input import RejectAnswers, reject_reason
from bot.services.review.presses import ButtonPress, DecisionVerb
from bot.ui.error_messages.attempts import Verb
from bot.ui.error_messages.lost_answers import phase_of
from bot.ui.forms.words import RejectForm
from bot.ui.review.decisions import decision_result
from bot.ui.short_answers import role_confirmed


async def ask_reason(interaction: Interaction, press: ButtonPress) -> None:
    """Open the form from memory; a person without the role is refused before they write a reason.

    One read of the local database comes before the form and nothing else, because a form must be the first answer.

    Raises:
        NotLinkedError, MissingRoleError: the person may not reject.
    """
    accounts = interaction.client.services.accounts
    standing = await accounts.standing(press.user_id)
    if standing is None:
        raise NotLinkedError(press.user_id)
    if standing.may(Role.APPROVER):
        await open_form(interaction, _form(interaction, press))
        return
    await acknowledge(interaction)
    await accounts.actor(press.user_id, needs=Role.APPROVER)
    # The role is newer than the remembered one; after an acknowledgement no form can be opened.
    await interaction.edit_original_response(view=role_confirmed(interaction.client.theme, "reject"))


def _form(interaction: Interaction, press: ButtonPress) -> RejectForm:
    change_id = press.targets[0].change_id
    return RejectForm(
        change_id,
        partial(_reject, press),
        ErrorReporter(attempt_on_change(interaction, Verb.REJECT, change_id)),
        facts=interaction.client.services.watch.remembered_facts(change_id),
    )


async def _reject(press: ButtonPress, interaction: Interaction, answers: RejectAnswers) -> None:
    await acknowledge(interaction)
    bot, reason = interaction.client, reject_reason(answers)
    # The submit is an interaction of its own, and the one that acts.
    submitted = replace(press, user_id=interaction.user.id, origin=origin_of(interaction))
    try:
        batch = await bot.services.decisions.decide(submitted, DecisionVerb.REJECT, reason=reason)
    except BotError as error:
        attempt = attempt_on_change(interaction, Verb.REJECT, press.targets[0].change_id)
        await report_error(interaction, error, replace(attempt, typed=reason))
        return
    note_phase(interaction, phase_of(batch))
    await interaction.edit_original_response(view=decision_result(batch.single, bot.theme))
