"""Opens the form that asks why, for whoever may decide, and rejects with what was answered."""

from dataclasses import replace
from functools import partial

from bot.client.interactions import ErrorReporter, acknowledge, attempt_on_change, open_form, origin_of, report_error
from bot.client.types import Interaction
from bot.errors import BotError
from bot.identity.errors import NotLinkedError
from bot.identity.standing import Role
from bot.services.forms.forms_input import RejectAnswers, reject_reason
from bot.services.review.review import Press
from bot.ui.error_messages.attempts import Verb
from bot.ui.forms.words import RejectForm
from bot.ui.review.decisions import decision_outcome
from bot.ui.short_answers import role_confirmed


async def ask_why(interaction: Interaction, press: Press) -> None:
    """Open the form with what is in memory of the change; nobody writes a reason who may not reject.

    One read of the local file stands before the form, and nothing else: a form must be the first answer.

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
    # The role is newer than what was remembered; what is acknowledged cannot open a form any more.
    await interaction.edit_original_response(view=role_confirmed(interaction.client.theme, "reject"))


def _form(interaction: Interaction, press: Press) -> RejectForm:
    return RejectForm(
        press.change_id,
        partial(_reject, press),
        ErrorReporter(attempt_on_change(interaction, Verb.REJECT, press.change_id)),
        facts=interaction.client.services.watch.remembered_facts(press.change_id),
    )


async def _reject(press: Press, interaction: Interaction, answers: RejectAnswers) -> None:
    await acknowledge(interaction)
    reason = reject_reason(answers)
    # The submit is an interaction of its own, and the one that acts.
    submitted = replace(press, user_id=interaction.user.id, origin=origin_of(interaction))
    try:
        outcome = await interaction.client.services.review.reject(submitted, reason)
    except BotError as error:
        attempt = attempt_on_change(interaction, Verb.REJECT, press.change_id)
        await report_error(interaction, error, replace(attempt, typed=reason))
        return
    await interaction.edit_original_response(view=decision_outcome(outcome, interaction.client.theme))
