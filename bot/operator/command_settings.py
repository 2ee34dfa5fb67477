"""Settings for a command; an error of the start becomes a message and an exit code."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Final

import typer

from bot.operator.exit_codes import ExitCode
from bot.settings import Settings, SettingsError, load_settings
from storage.errors import LockedError, StartError, WipeError
from storage.sqlite_file import check_is_there

TOKEN: Final = "discord_token"  # noqa: S105 - the name of a setting
"""Setting that only commands which talk to Discord need."""


class UnusablePortError(StartError):
    """The port for ``CURATOR_HEALTH_PORT`` cannot be opened."""

    def __init__(self, port: int, reason: str) -> None:
        super().__init__(
            f"port {port} on loopback cannot be opened: {reason}; set CURATOR_HEALTH_PORT to a free one, or to nothing"
        )
        self.port = port


@contextmanager
def operator_settings(
    *,
    is_sharing_allowed: bool,
    failure: str = "Not done",
    when_locked: str = "Stop the bot first.",
    not_needed: Collection[str] = (),
    begins_database: bool = True,
) -> Iterator[Settings]:
    """Load the operator's settings for a command, which may raise ``StartError``.

    Args:
        is_sharing_allowed: accept a database and secret files that others can read.
        failure: what to say first of a start error.
        when_locked: the remedy if a running bot holds the database.
        not_needed: required settings that the command does without.
        begins_database: False to refuse a path without a database, instead of making an empty one there.

    Raises:
        typer.Exit: the settings, the database or the keys cannot be used. Reason and remedy are printed.
    """
    try:
        settings = load_settings(is_sharing_allowed=is_sharing_allowed, not_needed=not_needed)
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(ExitCode.CONFIGURATION) from None
    try:
        if not begins_database:
            check_is_there(settings.database_path)
        yield settings
    except StartError as error:
        remedy = f" {when_locked}" if isinstance(error, LockedError) and when_locked else ""
        text = f"{failure}: {error}.{remedy} Nothing was changed."
        if isinstance(error, WipeError):
            text = f"Not wholly done: {error}. Run it again."
        typer.echo(text, err=True)
        raise typer.Exit(error.exit_code) from None
