"""Answers to interactions: permission checks, acknowledgements, forms and error reports."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import aiohttp
import discord
import structlog
from discord import app_commands

from bot.client.bot import CuratorBot
from bot.client.types import Interaction
from bot.errors import BotError
from bot.reference.errors import ReadOnlyError
from bot.services.changes import Origin
from bot.services.errors import ServerNotServedError
from bot.services.review.presses import DuplicatePressError
from bot.ui.components import Card
from bot.ui.error_messages.attempts import Attempt, Verb
from bot.ui.error_messages.lost_answers import SENT_DIRECTLY, Phase, lost_answer
from bot.ui.error_messages.table import Explanation, explain, fault, refused_in_channel

ALREADY_ACKNOWLEDGED: Final = 40060
"""Discord's code for an interaction that was acknowledged before."""

CONNECTION_LOST: Final = (aiohttp.ClientError, ConnectionError, TimeoutError)
"""Errors of a request to Discord whose answer did not arrive; it may have been taken."""

UNDELIVERED: Final = (discord.HTTPException, discord.RateLimited, *CONNECTION_LOST)
"""Errors of a message to Discord; the services raise none of them."""

_PHASE: Final = "phase"

log = structlog.get_logger(__name__)


def note_phase(interaction: Interaction, phase: Phase) -> None:
    """Note how far the action has come, so that a lost answer is reported truly."""
    interaction.extras[_PHASE] = phase


def note_done(interaction: Interaction) -> None:
    """Note that the action is done, before its answer is shown."""
    note_phase(interaction, Phase.DONE)


def check_access(interaction: Interaction, *, counts: bool = False) -> None:
    """Check that the server may use the bot, and that the person is within the rate limit.

    Only an action that ``counts`` is counted towards the limit and refused above it.

    Raises:
        ServerNotServedError: the server is not on the operator's list.
        RateLimitError: the person has to wait.
    """
    if not interaction.client.serves(interaction.guild_id):
        raise ServerNotServedError
    if counts:
        interaction.client.services.rate_limits.count(interaction.user.id)


async def acknowledge(interaction: Interaction, *, in_place: bool = False) -> None:
    """Acknowledge within Discord's three seconds; one whose answer was lost counts.

    Args:
        interaction: not acknowledged before.
        in_place: promise an edit of the message with the button, instead of a new answer for this person only.

    Raises:
        HTTPException: Discord refused, or has delivered the interaction twice: nothing may be started.
    """
    response = interaction.response

    async def send() -> None:
        await (response.defer() if in_place else response.defer(ephemeral=True, thinking=True))

    if not await _acknowledged(interaction, send):
        kinds = discord.InteractionResponseType
        kind = kinds.deferred_message_update if in_place else kinds.deferred_channel_message
        response._response_type = kind  # noqa: SLF001 - the library assumes that there was no answer


@asynccontextmanager
async def acknowledging(interaction: Interaction, *, in_place: bool = False) -> AsyncIterator[Awaitable[None]]:
    """Acknowledge while the block reads; it awaits the yielded task before it writes or answers.

    Arguments as :func:`acknowledge`.

    Raises:
        HTTPException: as :func:`acknowledge`; instead of any error of the block.
    """
    acknowledged = asyncio.create_task(acknowledge(interaction, in_place=in_place))
    try:
        yield acknowledged
    finally:
        await acknowledged


async def open_form(interaction: Interaction, form: discord.ui.Modal) -> None:
    """Open a form as the first answer; raises as :func:`acknowledge` does."""

    async def send() -> None:
        await interaction.response.send_modal(form)

    if not await _acknowledged(interaction, send):
        # The form is open on the person's screen, so its submit has to be routed to it.
        interaction._state.store_view(form)  # noqa: SLF001 - as the library does after an answer
        interaction.response._response_type = discord.InteractionResponseType.modal  # noqa: SLF001 - as above


async def _acknowledged(interaction: Interaction, send: Callable[[], Awaitable[None]]) -> bool:
    """Send a first answer; return False if an earlier try, whose answer was lost, was taken.

    A lost connection does not tell whether Discord took it; the second try does.

    Raises:
        HTTPException, ClientError, OSError: it was not taken; nothing may be started.
    """
    try:
        try:
            await send()
        except CONNECTION_LOST as error:
            log.info("acknowledgement_repeated", interaction_id=interaction.id, reason=type(error).__name__)
            try:
                await send()
            except CONNECTION_LOST:
                await interaction.original_response()  # an answer exists if one of the two was taken
                return False
    except discord.HTTPException as error:
        _require_acknowledged(interaction, error)
        return False
    return True


def _require_acknowledged(interaction: Interaction, error: discord.HTTPException) -> None:
    """Raise the error unless it says that an earlier try, whose answer was lost, succeeded."""
    if error.code != ALREADY_ACKNOWLEDGED or interaction.client.counters.is_repeated(interaction.id):
        raise error
    log.info("acknowledgement_confirmed", interaction_id=interaction.id)


async def show_card(interaction: Interaction, card: Card) -> discord.InteractionMessage:
    """Show a message with files in place of the pending answer or the message of the button."""
    return await interaction.edit_original_response(view=card.view, attachments=list(card.files))


def origin_of(interaction: discord.Interaction[Any]) -> Origin:
    """Return the interaction's id, server and channel as the services take them."""
    return Origin(interaction.id, interaction.guild_id, interaction.channel_id)


def drawn_at(interaction: discord.Interaction[Any]) -> datetime | None:
    """Return when the button's message was last drawn (Discord's clock); None for a command."""
    message = interaction.message
    return None if message is None else message.edited_at or message.created_at


def attempt_by(interaction: Interaction, verb: Verb) -> Attempt:
    """Describe an action for error messages, from memory only."""
    standing = interaction.client.services.accounts.peek(interaction.user.id)
    return Attempt(
        verb=verb,
        user_id=interaction.user.id,
        horde_name=standing.horde.username if standing is not None else None,
    )


def attempt_on_change(interaction: Interaction, verb: Verb, change_id: int) -> Attempt:
    """Describe an action on a change for error messages, from memory only."""
    attempt = attempt_by(interaction, verb)
    change = interaction.client.services.snapshot.get(change_id)
    if change is None:
        return replace(attempt, change_id=change_id)
    return replace(
        attempt,
        operation=change.operation.value,
        category=change.category,
        name=change.model_name,
        change_id=change_id,
    )


def cause_of(error: BaseException) -> BaseException:
    """Unwrap an error from the wrappers of discord.py."""
    while True:
        if isinstance(error, app_commands.CommandInvokeError):
            error = error.original
        elif isinstance(error, app_commands.TransformerError) and error.__cause__ is not None:
            error = error.__cause__
        else:
            return error


async def report_error(interaction: Interaction, error: BaseException, attempt: Attempt) -> bool:
    """Send what happened, what changed and what to do; return whether the message was delivered.

    Refusals because of the service's mode go to the channel once in a while, everything else to the person only.
    An error without a message of its own is logged with its traceback and shown as an incident number. An error of
    Discord itself means that the answer was lost, not the action.
    """
    error = cause_of(error)
    if isinstance(error, DuplicatePressError):
        log.info("duplicate_press_ignored", interaction_id=interaction.id)
        return False
    if isinstance(error, UNDELIVERED) and not isinstance(error, BotError):
        return await _report_undelivered(interaction, error, attempt)
    explanation = await _explain(error, attempt, interaction)
    try:
        await _send(interaction, explanation, attempt.typed)
    except UNDELIVERED as undelivered:
        log.warning("error_report_undelivered", **_facts_of(undelivered))
        return False
    return True


async def _report_undelivered(interaction: Interaction, error: Exception, attempt: Attempt) -> bool:
    """Tell what was done although its answer was lost: here, or by direct message.

    Without an acknowledgement nothing was started, and Discord itself shows that there was no answer.
    """
    phase = interaction.extras.get(_PHASE, Phase.NOT_DONE)
    facts = {"interaction_id": interaction.id, "phase": phase.value, **_facts_of(error)}
    if not interaction.response.is_done():
        log.warning("acknowledgement_refused", **facts)
        return False
    log.warning("answer_undelivered", verb=attempt.verb.value, **facts)
    view = lost_answer(attempt, phase, interaction.client.theme)
    try:
        await interaction.followup.send(view=view, ephemeral=True)
    except UNDELIVERED as undelivered:
        log.warning("error_report_undelivered", **_facts_of(undelivered))
    else:
        return True
    if phase is Phase.NOT_DONE or attempt.verb not in SENT_DIRECTLY:
        return False
    try:
        await interaction.user.send(view=view)
    except UNDELIVERED as undelivered:
        log.warning("direct_message_undelivered", **_facts_of(undelivered))
        return False
    return True


def _facts_of(error: Exception) -> dict[str, Any]:
    return {
        "reason": type(error).__name__,
        "code": error.code if isinstance(error, discord.HTTPException) else None,
    }


async def _explain(error: BaseException, attempt: Attempt, interaction: Interaction) -> Explanation:
    bot: CuratorBot = interaction.client
    may_be_public = (
        isinstance(error, ReadOnlyError)
        and attempt.verb.is_write
        and await bot.services.public_refusals.take(interaction.channel_id, error.kind)
    )
    explanation = explain(error, attempt, bot.theme, may_be_public=may_be_public)
    if explanation is not None:
        if isinstance(error, BotError):
            log.info("action_refused", reason=type(error).__name__, verb=attempt.verb.value)
        else:
            log.error("storage_failed", reason=type(error).__name__, verb=attempt.verb.value, exc_info=error)
        return explanation
    number = secrets.token_hex(4)
    incident = f"{number[:4]}-{number[4:]}"
    bot.counters.faults += 1
    log.error("interaction_failed", incident=incident, verb=attempt.verb.value, exc_info=error)
    return Explanation(fault(incident, attempt, bot.theme, interaction.extras.get(_PHASE)))


async def _send(interaction: Interaction, explanation: Explanation, typed: str) -> None:
    response, is_public = interaction.response, explanation.is_public
    files = list(explanation.files)
    if not response.is_done():
        await response.send_message(view=explanation.view, files=files, ephemeral=not is_public)
        return
    if is_public and response.type is discord.InteractionResponseType.deferred_channel_message:
        # The first follow-up of a deferred answer becomes that answer, and stays as hidden as it was
        # promised to be (Discord's documentation, Create Followup Message).
        await interaction.edit_original_response(view=refused_in_channel(typed))
    await interaction.followup.send(view=explanation.view, files=files, ephemeral=not is_public)


@dataclass(frozen=True, slots=True)
class ErrorReporter:
    """Error handler of a form; also refuses submits from servers that may no longer use the bot.

    The rate limit is checked when a form opens, not at its submit: a refusal would lose what was typed.
    """

    attempt: Attempt

    def check_access(self, interaction: Interaction) -> None:
        """Allow the submit, or raise ``ServerNotServedError``."""
        check_access(interaction)

    async def __call__(self, interaction: Interaction, error: Exception) -> None:
        """Report an error to the person."""
        await report_error(interaction, error, self.attempt)
