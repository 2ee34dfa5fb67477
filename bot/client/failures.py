"""The one way out for failures of commands, buttons and forms: logged once, told in words, never swallowed."""

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp
import discord
import structlog
from discord import app_commands

from bot.client.acknowledging import ALREADY_ACKNOWLEDGED
from bot.client.doors import admit
from bot.services.reviewing.review import DuplicatePressError
from bot.ui.words.asides import said_in_channel
from bot.ui.words.errors import Attempt, Explanation, explain, fault

if TYPE_CHECKING:
    from bot.client.bot import CuratorBot

log = structlog.get_logger(__name__)

type Interaction = "discord.Interaction[CuratorBot]"

UNKNOWN_INTERACTION = 10062
"""Discord's code for an interaction that was not acknowledged within three seconds."""

ANSWERS_NO_MORE = (10015, 50027)
"""Discord's codes for an interaction whose fifteen minutes are over: no answer to it arrives any more."""


def cause_of(error: BaseException) -> BaseException:
    """What really happened, out of the wrappers that discord.py puts around it."""
    while True:
        if isinstance(error, app_commands.CommandInvokeError):
            error = error.original
        elif isinstance(error, app_commands.TransformerError) and error.__cause__ is not None:
            error = error.__cause__
        else:
            return error


async def report(interaction: Interaction, error: BaseException, attempt: Attempt) -> bool:
    """Tell the person what happened, whether anything was changed and what to do now; returns whether they heard it.

    Refusals of the service's mode are told in the channel, everything else to the person alone. What is no
    foreseen error is a fault of ours: logged with its traceback and shown as an incident's number.
    """
    error = cause_of(error)
    if isinstance(error, DuplicatePressError):
        log.info("press delivered twice", interaction_id=interaction.id)
        return False
    if isinstance(error, discord.HTTPException) and error.code in (UNKNOWN_INTERACTION, ALREADY_ACKNOWLEDGED):
        # Too late, or somebody is at it already; in both cases nothing was begun, as acknowledging comes first.
        log.warning("interaction could not be acknowledged", interaction_id=interaction.id, code=error.code)
        return False
    if isinstance(error, discord.HTTPException) and error.code in ANSWERS_NO_MORE:
        # What was done stands on the card, and what is still open is told by direct message or in the channel.
        log.warning("answer came too late", interaction_id=interaction.id, code=error.code)
        return False
    explanation = _explain(error, attempt, interaction.client)
    try:
        await _say(interaction, explanation, attempt.typed)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as unheard:
        code = unheard.code if isinstance(unheard, discord.HTTPException) else None
        log.warning("failure could not be told", reason=type(unheard).__name__, code=code)
        return False
    return True


def _explain(error: BaseException, attempt: Attempt, bot: "CuratorBot") -> Explanation:
    explanation = explain(error, attempt, bot.theme)
    if explanation is not None:
        log.info("refused", reason=type(error).__name__, verb=attempt.verb.value)
        return explanation
    number = secrets.token_hex(4)
    incident = f"{number[:4]}-{number[4:]}"
    bot.tallies.faults += 1
    log.error("fault", incident=incident, verb=attempt.verb.value, exc_info=error)
    return Explanation(fault(incident, attempt, bot.theme))


async def _say(interaction: Interaction, explanation: Explanation, typed: str) -> None:
    response, is_public = interaction.response, explanation.is_public
    files = list(explanation.files)
    if not response.is_done():
        await response.send_message(view=explanation.view, files=files, ephemeral=not is_public)
        return
    if is_public and response.type is discord.InteractionResponseType.deferred_channel_message:
        # The first follow-up of a deferred answer becomes that answer, and stays as hidden as it was
        # promised to be (Discord's documentation, Create Followup Message).
        await interaction.edit_original_response(view=said_in_channel(typed))
    await interaction.followup.send(view=explanation.view, files=files, ephemeral=not is_public)


@dataclass(frozen=True, slots=True)
class failing:  # noqa: N801 - said of a form where it is made
    """What a form does with a failure; also with a submit from where the bot may not be used any more.

    How fast people are is asked when a form opens, not of its submit: a refusal would take away what was typed.
    """

    attempt: Attempt

    def admit(self, interaction: Interaction) -> None:
        """Let the submit in, or raise ``ServerNotServedError``."""
        admit(interaction)

    async def __call__(self, interaction: Interaction, error: Exception) -> None:
        """Say what became of it."""
        await report(interaction, error, self.attempt)
