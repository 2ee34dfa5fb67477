"""The first answer to an interaction, within Discord's three seconds; one that was taken, but not confirmed, counts."""

from typing import TYPE_CHECKING, Final

import discord
import structlog

if TYPE_CHECKING:
    from bot.client.bot import CuratorBot

type Interaction = "discord.Interaction[CuratorBot]"

ALREADY_ACKNOWLEDGED: Final = 40060
"""Discord's code for an interaction that was acknowledged before."""

_log = structlog.get_logger(__name__)


async def acknowledge(interaction: Interaction, *, in_place: bool = False) -> None:
    """Promise an answer of its own, for the person alone, or (``in_place``) another look of the message acted on.

    Raises:
        HTTPException: Discord does not take it, or has delivered the interaction twice: nothing may be begun.
    """
    response = interaction.response
    try:
        await (response.defer() if in_place else response.defer(ephemeral=True, thinking=True))
    except discord.HTTPException as error:
        _require_taken(interaction, error)
        kinds = discord.InteractionResponseType
        kind = kinds.deferred_message_update if in_place else kinds.deferred_channel_message
        response._response_type = kind  # noqa: SLF001 - the library believes that there was no answer


async def open_form(interaction: Interaction, form: discord.ui.Modal) -> None:
    """Open a form; errors as :func:`acknowledge`."""
    try:
        await interaction.response.send_modal(form)
    except discord.HTTPException as error:
        _require_taken(interaction, error)
        # It stands open: what is typed into it must find its way.
        interaction._state.store_view(form)  # noqa: SLF001 - as the library does after its answer
        interaction.response._response_type = discord.InteractionResponseType.modal  # noqa: SLF001 - as above


def _require_taken(interaction: Interaction, error: discord.HTTPException) -> None:
    """Raise the error, unless it says that an earlier try, whose answer was lost, had acknowledged it."""
    if error.code != ALREADY_ACKNOWLEDGED or interaction.client.tallies.is_repeated(interaction.id):
        raise error
    _log.info("acknowledged before", interaction_id=interaction.id)
