"""Forms of approvers: reason of a rejection, request for changes, and their submits."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

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
from bot.identity.standing import Role
from bot.reference.deployment import assert_pending_queue_write_enabled
from bot.services.changes import CardState, ChangeFacts, state_of
from bot.services.forms.reasons import reject_reason, request_words
from bot.services.review.outcomes import DecisionResult, Outcome
from bot.services.review.presses import ButtonPress, DecisionVerb, Target
from bot.ui.account import role_confirmed
from bot.ui.custom_ids import parse_number
from bot.ui.error_messages.attempts import Verb
from bot.ui.error_messages.lost_answers import Phase
from bot.ui.forms.base import Form
from bot.ui.forms.reasons import RejectForm, RevisionRequestForm
from bot.ui.review.claims import revision_requested
from bot.ui.review.decisions import decision_result
from cogs.review.questions import show_decision


async def open_change_form(interaction: Interaction, press: ButtonPress, verb: Verb) -> None:
    """Open the form of *Reject…* or *Needs changes…*, for approvers only.

    One read of the local database comes before the form and nothing else, because a form must be the first answer.
    There is none for a change that is known to be decided: its words would reach no one.

    Raises:
        NotLinkedError, MissingRoleError: the person may not decide.
        ReadOnlyError: the service was read-only when it was last asked.
    """
    accounts, user_id, theme = interaction.client.services.accounts, interaction.user.id, interaction.client.theme
    if (await accounts.linked(user_id)).may(Role.APPROVER):
        if (deployment := interaction.client.services.catalogue.deployment) is not None:
            assert_pending_queue_write_enabled(deployment)
        facts = _remembered_facts(interaction, press.targets[0].change_id)
        if facts is not None and facts.state is not CardState.PENDING:
            await acknowledge(interaction)
            result = DecisionResult.of(facts.change, Outcome.ALREADY_DECIDED, interaction.client.clock())
            await interaction.edit_original_response(view=decision_result(result, theme))
            return
        await open_form(interaction, _form(verb, interaction, press))
        return
    await acknowledge(interaction)
    await accounts.actor(user_id, needs=Role.APPROVER)
    # The role is newer than the remembered one; after an acknowledgement no form can be opened.
    now = f"{theme.command('reject')} opens the form." if verb is Verb.REJECT else "press *Needs changes…* again."
    await interaction.edit_original_response(view=role_confirmed(now))


def _form(verb: Verb, interaction: Interaction, press: ButtonPress) -> Form:
    change_id, digest = press.targets[0].change_id, press.targets[0].digest
    return (
        _FORMS[verb]
        .build(
            change_id,
            partial(_submit, verb, press),
            ErrorReporter(attempt_on_change(interaction, verb, change_id)),
            facts=_remembered_facts(interaction, change_id),
        )
        .name_as(f"{verb}:{change_id}:{digest}")
    )


def _remembered_facts(interaction: Interaction, change_id: int) -> ChangeFacts | None:
    """Return the bare facts of an open change from memory, because a form must open at once."""
    change = interaction.client.services.snapshot.get(change_id)
    return None if change is None else ChangeFacts(change, state_of(change, interaction.client.clock()))


async def _submit(verb: Verb, press: ButtonPress, interaction: Interaction, answers: Any) -> None:
    await acknowledge(interaction)
    form = _FORMS[verb]
    words = form.words_of(answers)
    # The submit is an interaction of its own, and the one that acts.
    press = replace(press, user_id=interaction.user.id, origin=origin_of(interaction))
    try:
        await form.send(interaction, press, words)
    except BotError as error:
        attempt = attempt_on_change(interaction, verb, press.targets[0].change_id)
        await report_error(interaction, error, replace(attempt, typed=words))


async def _reject(interaction: Interaction, press: ButtonPress, reason: str) -> None:
    batch = await interaction.client.services.decisions.decide(press, DecisionVerb.REJECT, reason=reason)
    await show_decision(interaction, batch)


async def _ask(interaction: Interaction, press: ButtonPress, words: str) -> None:
    bot = interaction.client
    asked = await bot.services.revision_requests.ask(press, words)
    note_phase(interaction, Phase.DONE if asked.result.outcome is Outcome.ASKED else Phase.NOT_DONE)
    await interaction.edit_original_response(view=revision_requested(asked, bot.theme))


@dataclass(frozen=True, slots=True)
class _ChangeForm:
    """A form about one change, the text in its answers, and the request that sends this text."""

    build: type[RejectForm] | type[RevisionRequestForm]
    words_of: Callable[[Any], str]
    send: Callable[[Interaction, ButtonPress, str], Awaitable[None]]


_FORMS: Final[Mapping[Verb, _ChangeForm]] = {
    Verb.REJECT: _ChangeForm(RejectForm, reject_reason, _reject),
    Verb.ASK: _ChangeForm(RevisionRequestForm, request_words, _ask),
}


async def _rebuild(verb: Verb, interaction: Interaction, rest: str) -> Form | None:
    """Build a form from its key: the change, and the content shown when it opened.

    Raises:
        ValueError: the key names no change.
    """
    change_id, _, digest = rest.partition(":")
    press = ButtonPress(interaction.user.id, origin_of(interaction), (Target(parse_number(change_id), digest),))
    return _form(verb, interaction, press)


FORM_BUILDERS: Final[Mapping[str, Rebuild]] = {verb.value: partial(_rebuild, verb) for verb in _FORMS}
"""Builders of forms that are submitted after a restart, by the first part of their key."""
