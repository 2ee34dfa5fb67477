"""The command tree: who is let in, and the way out for failures of commands."""

from hashlib import sha256
from json import dumps
from typing import TYPE_CHECKING, Any, override

import discord
from discord import app_commands

from bot.client.attempts import attempt_by, attempt_on_change
from bot.client.doors import admit
from bot.client.failures import report
from bot.errors import BotError
from bot.ui.words.errors import Attempt, Verb

if TYPE_CHECKING:
    from bot.client.bot import CuratorBot

VERB = "verb"
"""Key in a command's ``extras`` under which stands what the command attempts."""

COUNTS = "counts"
"""Key in the ``extras`` of a command that counts as an action; one that only asks leaves that to the answer."""


class CuratorTree(app_commands.CommandTree["CuratorBot"]):
    """Commands for servers that may use the bot."""

    @override
    async def interaction_check(self, interaction: discord.Interaction["CuratorBot"], /) -> bool:
        """Let in what comes from a server on the operator's list or a direct message, and not too fast."""
        is_typing = interaction.type is discord.InteractionType.autocomplete
        try:
            admit(interaction, counts=not is_typing and COUNTS in extras_of(interaction))
        except BotError as error:
            # discord.py takes this no for an answer and tells nobody; an autocomplete has no room for words.
            if not is_typing:
                await report(interaction, error, attempt_of(interaction))
            return False
        return True

    @override
    async def on_error(
        self, interaction: discord.Interaction["CuratorBot"], error: app_commands.AppCommandError, /
    ) -> None:
        await report(interaction, error, attempt_of(interaction))

    def digest(self, application_id: int) -> str:
        """A fingerprint of all commands as Discord would store them for this application."""
        commands: list[dict[str, Any]] = [dict(command.to_dict(self)) for command in self.get_commands()]
        text = dumps([application_id, commands], sort_keys=True, default=str)
        return sha256(text.encode()).hexdigest()


def attempt_of(interaction: discord.Interaction["CuratorBot"]) -> Attempt:
    """What the person tried with a command; its ``extras`` say which verb that is."""
    verb, change_id = extras_of(interaction).get(VERB, Verb.LOOK), getattr(interaction.namespace, "change", None)
    if isinstance(change_id, int):
        return attempt_on_change(interaction, verb, change_id)
    return attempt_by(interaction, verb)


def extras_of(interaction: discord.Interaction["CuratorBot"]) -> dict[Any, Any]:
    """What a command says of itself; nothing where it is not known any more."""
    command = interaction.command
    return command.extras if command is not None else {}
