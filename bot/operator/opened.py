"""Opens what a command needs, and turns what forbids it into an exit code and a sentence."""

from collections.abc import Callable, Coroutine
from typing import Any

import typer

from bot.operator.exit_codes import ExitCode
from bot.settings import Settings, SettingsError, load_settings
from storage.errors import LockedError, StartError

type Command = Callable[[Settings, bool], Coroutine[Any, Any, int]]
"""Works with the settings, and with a file that others may read too if told that this is allowed."""


async def with_settings(command: Command, *, is_sharing_allowed: bool, when_locked: str = "Stop the bot first.") -> int:
    """Run a command with the operator's settings; returns its exit code, or that of what forbade it.

    Args:
        command: what to do; may raise ``StartError``.
        is_sharing_allowed: take a database and files of secrets that others may read too.
        when_locked: what to do when a running bot holds the database.
    """
    try:
        settings = load_settings(allow_insecure_permissions=is_sharing_allowed)
    except SettingsError as error:
        typer.echo(str(error), err=True)
        return ExitCode.CONFIGURATION
    try:
        return await command(settings, is_sharing_allowed)
    except StartError as error:
        remedy = f" {when_locked}" if isinstance(error, LockedError) else ""
        typer.echo(f"Not done: {error}.{remedy} Nothing was changed.", err=True)
        return error.exit_code
