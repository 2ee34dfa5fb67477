"""The command tree: checks access before each command and reports its errors."""

from typing import Any, override

import discord
from discord import app_commands

from bot.client.bot import CuratorBot
from bot.client.interactions import attempt_by, attempt_on_change, check_access, report_error
from bot.client.types import Interaction
from bot.errors import BotError
from bot.ui.error_messages.attempts import Attempt, Verb

VERB = "verb"
"""Key in a command's ``extras`` for the verb that error messages use."""

COUNTS = "counts"
"""Key in a command's ``extras`` if it counts towards the rate limit; a command that only asks does not."""


class CuratorTree(app_commands.CommandTree[CuratorBot]):
    """Commands for servers that may use the bot."""

    @override
    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Allow interactions from listed servers and direct messages, within the rate limit."""
        is_autocomplete = interaction.type is discord.InteractionType.autocomplete
        try:
            check_access(interaction, counts=not is_autocomplete and COUNTS in _extras_of(interaction))
        except BotError as error:
            # discord.py drops a refused command without an answer; an autocomplete has no room for a message.
            if not is_autocomplete:
                await report_error(interaction, error, _attempt_of(interaction))
            return False
        return True

    @override
    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        await report_error(interaction, error, _attempt_of(interaction))


def _attempt_of(interaction: Interaction) -> Attempt:
    verb, change_id = _extras_of(interaction).get(VERB, Verb.LOOK), getattr(interaction.namespace, "change", None)
    if isinstance(change_id, int):
        return attempt_on_change(interaction, verb, change_id)
    return attempt_by(interaction, verb)


def _extras_of(interaction: Interaction) -> dict[Any, Any]:
    """Return a command's extras; empty for a command that no longer exists."""
    command = interaction.command
    return command.extras if command is not None else {}
