"""The command tree: who is let in, and the way out for failures of commands."""

from hashlib import sha256
from json import dumps
from typing import TYPE_CHECKING, Any, override

import discord
import structlog
from discord import app_commands

from bot.client.attempts import attempt_by
from bot.client.failures import report
from bot.ui.errors import Attempt, Verb

if TYPE_CHECKING:
    from bot.client.bot import CuratorBot

log = structlog.get_logger(__name__)

VERB = "verb"
"""Key in a command's ``extras`` under which stands what the command attempts."""


class CuratorTree(app_commands.CommandTree["CuratorBot"]):
    """Commands for servers that may use the bot."""

    @override
    async def interaction_check(self, interaction: discord.Interaction["CuratorBot"], /) -> bool:
        """Let in what comes from a server on the operator's list, or from a direct message."""
        allowed = interaction.client.allowed_guild_ids
        return not allowed or interaction.guild_id is None or interaction.guild_id in allowed

    @override
    async def on_error(
        self, interaction: discord.Interaction["CuratorBot"], error: app_commands.AppCommandError, /
    ) -> None:
        if (
            isinstance(error, app_commands.CheckFailure)
            and interaction.type is not discord.InteractionType.autocomplete
        ):
            log.info("server not on the list", guild_id=interaction.guild_id)
        await report(interaction, error, attempt_of(interaction))

    def digest(self, application_id: int) -> str:
        """A fingerprint of all commands as Discord would store them for this application."""
        commands: list[dict[str, Any]] = [dict(command.to_dict(self)) for command in self.get_commands()]
        text = dumps([application_id, commands], sort_keys=True, default=str)
        return sha256(text.encode()).hexdigest()


def attempt_of(interaction: discord.Interaction["CuratorBot"]) -> Attempt:
    """What the person tried with a command; its ``extras`` say which verb that is."""
    command = interaction.command
    extras: dict[Any, Any] = command.extras if command is not None else {}
    return attempt_by(interaction, extras.get(VERB, Verb.LOOK))
