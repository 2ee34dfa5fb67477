"""Settings for a command; start errors become an exit code and a message."""

from collections.abc import Callable, Collection, Coroutine
from typing import Any, Final

import typer

from bot.operator.exit_codes import ExitCode
from bot.settings import Settings, SettingsError, load_settings
from storage.errors import LockedError, StartError

TOKEN: Final = "discord_token"  # noqa: S105 - the name of a setting
"""Setting that only commands which talk to Discord need."""

type Command = Callable[[Settings, bool], Coroutine[Any, Any, int]]
"""Command body: takes the settings, and whether files that others can read are accepted."""


async def with_settings(
    command: Command,
    *,
    is_sharing_allowed: bool,
    when_locked: str = "Stop the bot first.",
    not_needed: Collection[str] = (),
) -> int:
    """Run a command with the operator's settings; return its exit code, or that of a start error.

    Args:
        command: the body; may raise ``StartError``.
        is_sharing_allowed: accept a database and secret files that others can read.
        when_locked: the remedy if a running bot holds the database.
        not_needed: required settings that the command does without.
    """
    try:
        settings = load_settings(allow_insecure_permissions=is_sharing_allowed, not_needed=not_needed)
    except SettingsError as error:
        typer.echo(str(error), err=True)
        return ExitCode.CONFIGURATION
    try:
        return await command(settings, is_sharing_allowed)
    except StartError as error:
        remedy = f" {when_locked}" if isinstance(error, LockedError) else ""
        typer.echo(f"Not done: {error}.{remedy} Nothing was changed.", err=True)
        return error.exit_code
