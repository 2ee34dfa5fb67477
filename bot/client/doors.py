"""What is asked of memory alone before anything is begun: whether the server may use the bot, and who is too fast."""

from typing import TYPE_CHECKING

import discord

from bot.services.errors import ServerNotServedError

if TYPE_CHECKING:
    from bot.client.bot import CuratorBot

type Interaction = "discord.Interaction[CuratorBot]"


def admit(interaction: Interaction, *, counts: bool = False) -> None:
    """Let an interaction in.

    Args:
        interaction: a press or a form's submit; the command tree asks for itself.
        counts: whether it is one of the actions that a person may take so many of in a minute.

    Raises:
        ServerNotServedError: the operator has not put the server on the list.
        TooFastError: the person has to wait.
    """
    if not interaction.client.serves(interaction.guild_id):
        raise ServerNotServedError
    if counts:
        interaction.client.services.pace.count(interaction.user.id)
