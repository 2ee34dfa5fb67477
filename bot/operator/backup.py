"""Command ``backup``: a private, complete copy of the database; needs no key and no network."""

from pathlib import Path

import typer

from bot.operator.command_settings import TOKEN, operator_settings
from bot.operator.exit_codes import ExitCode
from storage.database import Database

RUNNING = "A running bot makes the copy itself: send it SIGUSR1, and it writes one beside the database."


async def make_backup(target: Path, *, is_sharing_allowed: bool) -> int:
    """Copy the database to ``target``; an earlier backup is replaced when the copy is complete."""
    with operator_settings(
        is_sharing_allowed=is_sharing_allowed,
        when_locked=RUNNING,
        not_needed=(TOKEN, "credential_keys"),
        begins_database=False,
    ) as settings:
        async with await Database.open(settings.database_path, is_sharing_allowed=is_sharing_allowed) as database:
            await database.backup(target)
    typer.echo(f"{settings.database_path} is copied to {target}. The credential keys are not in it: keep them.")
    return ExitCode.OK
