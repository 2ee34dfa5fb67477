"""Buttons and menu of several changes: approve, reject with one reason, apply with progress."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import override

import structlog

from bot.client.bot import QUEUE_MOVED
from bot.client.components import NEVER, Acknowledgement, PersistentButton, PersistentMenu
from bot.client.interactions import (
    UNDELIVERED,
    ErrorReporter,
    acknowledge,
    attempt_by,
    drawn_at,
    note_phase,
    open_form,
    origin_of,
    report_error,
)
from bot.client.types import Interaction
from bot.errors import BotError
from bot.services.forms.reasons import RejectAnswers, reject_reason
from bot.services.review.outcomes import ApplyProgress, BatchResult
from bot.services.review.presses import ButtonPress, DecisionVerb, Target
from bot.services.review.sending import OnProgress
from bot.ui.custom_ids import PICK_APPLY, BulkButton, bulk_template, parse_number
from bot.ui.error_messages.attempts import Verb
from bot.ui.error_messages.lost_answers import phase_of
from bot.ui.forms.reasons import RejectSeveralForm
from bot.ui.review.batches import apply_progress, batch_question, batch_result
from bot.ui.review.concern_lines import several_lines
from cogs.review.questions import ask_hosts

EDIT_EVERY = timedelta(seconds=2)
"""Discord allows about five edits of an answer in five seconds."""

log = structlog.get_logger(__name__)


class BatchButton(PersistentButton, template=NEVER):
    """A button of a stored selection."""

    @property
    def selection_id(self) -> int:
        """Id of the selection."""
        return int(self.fields["selection_id"])

    def press(self, interaction: Interaction) -> ButtonPress:
        """Return the press as the services take it."""
        return _press(interaction, self.selection_id)


class ApproveBatchButton(BatchButton, template=bulk_template(BulkButton.APPROVE)):
    """*Approve 3* under the chosen changes."""

    acknowledgement = Acknowledgement.EDIT
    verb = Verb.APPROVE

    @override
    async def on_press(self, interaction: Interaction) -> None:
        bot = interaction.client
        result = await bot.services.decisions.decide(self.press(interaction), DecisionVerb.APPROVE)
        note_phase(interaction, phase_of(result))
        await interaction.edit_original_response(view=batch_result(result, bot.theme))


class RejectBatchButton(BatchButton, template=bulk_template(BulkButton.REJECT)):
    """*Reject 3…*: asks for one reason."""

    acknowledgement = Acknowledgement.BY_PRESS
    verb = Verb.REJECT

    @override
    async def on_press(self, interaction: Interaction) -> None:
        reporter = ErrorReporter(attempt_by(interaction, self.verb))
        bot = interaction.client
        chosen = await bot.services.decisions.remembered(self.press(interaction))
        form = RejectSeveralForm(
            len(chosen), several_lines(chosen, bot.theme), partial(_reject, self.selection_id), reporter
        )
        await open_form(interaction, form)


class AskApplyButton(BatchButton, template=bulk_template(BulkButton.ASK_APPLY)):
    """*Apply 3* under a result: asks first."""

    verb = Verb.APPLY
    only_asks = True

    @override
    async def on_press(self, interaction: Interaction) -> None:
        await _ask_apply(interaction, self.press(interaction))


class ApplyBatchButton(BatchButton, template=bulk_template(BulkButton.APPLY)):
    """*Apply 4* under the question."""

    acknowledgement = Acknowledgement.EDIT
    verb = Verb.APPLY

    @override
    async def on_press(self, interaction: Interaction) -> None:
        press, decisions = self.press(interaction), interaction.client.services.decisions
        result = await decisions.decide(press, DecisionVerb.APPLY, on_progress=_progress_editor(interaction))
        await _answer(interaction, press, result)


class PickApplyMenu(PersistentMenu, template=PICK_APPLY):
    """Menu of approved changes."""

    verb = Verb.APPLY
    only_asks = True

    @override
    async def on_press(self, interaction: Interaction) -> None:
        targets = tuple(sorted(self.chosen(_target), key=lambda target: target.change_id))  # as the menu lists them
        await _ask_apply(interaction, replace(_press(interaction), targets=targets))


def _target(value: str) -> Target:
    change_id, _, digest = value.partition(":")
    if not digest.isalnum():
        raise ValueError(value)
    return Target(parse_number(change_id), digest)


def _press(interaction: Interaction, selection_id: int | None = None) -> ButtonPress:
    return ButtonPress(
        interaction.user.id, origin_of(interaction), selection_id=selection_id, drawn_at=drawn_at(interaction)
    )


async def _ask_apply(interaction: Interaction, press: ButtonPress) -> None:
    services = interaction.client.services
    chosen = await services.decisions.targets_of(press)
    await ask_hosts(interaction, [target.change_id for target in chosen])
    question = await services.decisions.ask(press, DecisionVerb.APPLY)
    await interaction.edit_original_response(view=batch_question(question, interaction.client.theme))


async def _reject(selection_id: int, interaction: Interaction, answers: RejectAnswers) -> None:
    await acknowledge(interaction, in_place=True)
    press, reason = _press(interaction, selection_id), reject_reason(answers)
    try:
        result = await interaction.client.services.decisions.decide(press, DecisionVerb.REJECT, reason=reason)
    except BotError as error:
        await report_error(interaction, error, replace(attempt_by(interaction, Verb.REJECT), typed=reason))
        return
    note_phase(interaction, phase_of(result))
    await interaction.edit_original_response(view=batch_result(result, interaction.client.theme))


def _progress_editor(interaction: Interaction) -> OnProgress:
    """Return a callback that shows progress at most every two seconds; never raises."""
    edited_at: datetime | None = None

    async def edit(progress: ApplyProgress) -> None:
        nonlocal edited_at
        now = interaction.client.clock()
        if edited_at is not None and now - edited_at < EDIT_EVERY:
            return
        edited_at = now
        try:
            await interaction.edit_original_response(view=apply_progress(progress, interaction.client.theme))
        except UNDELIVERED as error:
            log.info("progress_undelivered", reason=type(error).__name__)

    return edit


async def _answer(interaction: Interaction, press: ButtonPress, result: BatchResult) -> None:
    """Show the result; post it in the channel if the answer can no longer be edited."""
    bot = interaction.client
    try:
        await interaction.edit_original_response(view=batch_result(result, bot.theme))
    except UNDELIVERED as error:
        log.info("result_posted", reason=type(error).__name__)
        await bot.services.decision_reconciler.post(press.user_id, press.origin, result)
        bot.dispatch(QUEUE_MOVED)


ITEMS = (ApproveBatchButton, RejectBatchButton, AskApplyButton, ApplyBatchButton, PickApplyMenu)
