"""Forms of approvers: the reason of a rejection, and a request for changes; and what follows their submit."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from bot.client.interactions import (
    ErrorReporter,
    acknowledge,
    attempt_on_change,
    note_phase,
    open_form,
    origin_of,
    report_error,
)
from bot.client.lost_forms import Rebuild
from bot.client.types import Interaction
from bot.errors import BotError
from bot.identity.errors import NotLinkedError
from bot.identity.standing import Role
from bot.services.forms.forms_input import RejectAnswers, reject_reason, request_words
from bot.services.review.outcomes import Outcome
from bot.services.review.presses import ButtonPress, DecisionVerb, Target
from bot.ui.account import role_confirmed
from bot.ui.custom_ids import number_in
from bot.ui.error_messages.attempts import Verb
from bot.ui.error_messages.lost_answers import Phase, phase_of
from bot.ui.forms.base import Form
from bot.ui.forms.words import AskForm, RejectForm
from bot.ui.review.claims import revision_asked
from bot.ui.review.decisions import decision_result


async def ask_reason(interaction: Interaction, press: ButtonPress) -> None:
    """Open the form for a rejection; raises as :func:`_open_for_approver`."""
    await _open_for_approver(interaction, _reject_form(interaction, press), "reject")


async def ask_request(interaction: Interaction, press: ButtonPress) -> None:
    """Open the form for a request for changes; raises as :func:`_open_for_approver`."""
    await _open_for_approver(interaction, _ask_form(interaction, press), "ask for changes")


async def _open_for_approver(interaction: Interaction, form: Form, action: str) -> None:
    """Open a form from memory; a person without the role is refused before they write.

    One read of the local database comes before the form and nothing else, because a form must be the first answer.

    Raises:
        NotLinkedError, MissingRoleError: the person may not decide.
    """
    accounts, user_id = interaction.client.services.accounts, interaction.user.id
    standing = await accounts.standing(user_id)
    if standing is None:
        raise NotLinkedError(user_id)
    if standing.may(Role.APPROVER):
        await open_form(interaction, form)
        return
    await acknowledge(interaction)
    await accounts.actor(user_id, needs=Role.APPROVER)
    # The role is newer than the remembered one; after an acknowledgement no form can be opened.
    await interaction.edit_original_response(view=role_confirmed(interaction.client.theme, action))


async def _rebuilt_reject(interaction: Interaction, rest: str) -> Form | None:
    return _reject_form(interaction, _rebuilt_press(interaction, rest))


async def _rebuilt_ask(interaction: Interaction, rest: str) -> Form | None:
    return _ask_form(interaction, _rebuilt_press(interaction, rest))


def _rebuilt_press(interaction: Interaction, rest: str) -> ButtonPress:
    """Return the press from a form's key: the change, and the content that was shown when the form opened.

    Raises:
        ValueError: the key names no change.
    """
    change_id, _, digest = rest.partition(":")
    return ButtonPress(interaction.user.id, origin_of(interaction), (Target(number_in(change_id), digest),))


FORM_BUILDERS: Final[Mapping[str, Rebuild]] = {"reject": _rebuilt_reject, "ask": _rebuilt_ask}
"""Builders of forms that are submitted after a restart, by the first part of their key."""


def _reject_form(interaction: Interaction, press: ButtonPress) -> RejectForm:
    change_id, digest = press.targets[0].change_id, press.targets[0].digest
    return RejectForm(
        change_id,
        partial(_reject, press),
        ErrorReporter(attempt_on_change(interaction, Verb.REJECT, change_id)),
        facts=interaction.client.services.monitor.remembered_facts(change_id),
    ).name_as(f"reject:{change_id}:{digest}")


async def _reject(press: ButtonPress, interaction: Interaction, answers: RejectAnswers) -> None:
    await acknowledge(interaction)
    bot, reason = interaction.client, reject_reason(answers)
    try:
        batch = await bot.services.decisions.decide(_submitted(press, interaction), DecisionVerb.REJECT, reason=reason)
    except BotError as error:
        attempt = attempt_on_change(interaction, Verb.REJECT, press.targets[0].change_id)
        await report_error(interaction, error, replace(attempt, typed=reason))
        return
    note_phase(interaction, phase_of(batch))
    await interaction.edit_original_response(view=decision_result(batch.single, bot.theme))


def _ask_form(interaction: Interaction, press: ButtonPress) -> AskForm:
    change_id, digest = press.targets[0].change_id, press.targets[0].digest
    return AskForm(
        change_id,
        partial(_request, press),
        ErrorReporter(attempt_on_change(interaction, Verb.ASK, change_id)),
        facts=interaction.client.services.monitor.remembered_facts(change_id),
    ).name_as(f"ask:{change_id}:{digest}")


async def _request(press: ButtonPress, interaction: Interaction, typed: str) -> None:
    await acknowledge(interaction)
    bot, words = interaction.client, request_words(typed)
    try:
        asked = await bot.services.revision_requests.ask(_submitted(press, interaction), words)
    except BotError as error:
        attempt = attempt_on_change(interaction, Verb.ASK, press.targets[0].change_id)
        await report_error(interaction, error, replace(attempt, typed=words))
        return
    note_phase(interaction, Phase.DONE if asked.result.outcome is Outcome.ASKED else Phase.NOT_DONE)
    await interaction.edit_original_response(view=revision_asked(asked, bot.theme))


def _submitted(press: ButtonPress, interaction: Interaction) -> ButtonPress:
    """Return the press as its form's submit, which is an interaction of its own and the one that acts."""
    return replace(press, user_id=interaction.user.id, origin=origin_of(interaction))
