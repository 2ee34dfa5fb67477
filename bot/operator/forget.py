"""Command ``operator forget``: deletes a person's data when they ask the operator."""

import re

import typer

from bot.build import open_container
from bot.container import Services
from bot.errors import DiskError
from bot.logs import configure_logs
from bot.operator.command_settings import TOKEN, operator_settings
from bot.operator.exit_codes import ExitCode

RUNNING = "Stop the bot first; a person can also type `/account forget-me` while it runs."

_PERSON = re.compile(r"(?:.*#)?([0-9]{1,20})", re.ASCII)
_LARGEST_ID = 2**63 - 1
_SHORTEST_DISCORD_ID = 10**15
"""Discord's ids have 17 digits and more, AI-Horde's fewer than ten."""


async def forget_person(person: str, *, is_sharing_allowed: bool) -> int:
    """Delete the data of a Discord id, or of an AI-Horde id (``101``, ``alice#101``)."""
    match = _PERSON.fullmatch(person.strip())
    if match is None or int(match[1]) > _LARGEST_ID:
        typer.echo("Not done: name a Discord id, or an AI-Horde id such as 101 or alice#101.", err=True)
        return ExitCode.CONFIGURATION

    with operator_settings(
        is_sharing_allowed=is_sharing_allowed, when_locked=RUNNING, not_needed=(TOKEN,), begins_database=False
    ) as settings:
        configure_logs(level="error", is_json=False)
        async with open_container(settings, is_sharing_allowed=is_sharing_allowed) as services:
            return await _forget(services, int(match[1]))


async def _forget(services: Services, number: int) -> int:
    user_id = number if number >= _SHORTEST_DISCORD_ID else await services.accounts.owner_of(str(number))
    if user_id is None:
        typer.echo(f"Not done: no one here has linked AI-Horde's user {number}; name the Discord id.", err=True)
        return ExitCode.CONFIGURATION
    try:
        deleted = await services.privacy.forget(user_id)
    except DiskError as error:
        typer.echo(f"Not wholly done: {error}. Run it again.", err=True)
        return ExitCode.DISK
    if not deleted:
        typer.echo(f"Nothing is stored about Discord user {user_id}.")
        return ExitCode.OK
    rows = ", ".join(f"{table} {count}" for table, count in sorted(deleted.items()))
    typer.echo(
        f"Everything about Discord user {user_id} is deleted (rows: {rows}). Backups still contain it. Discord roles "
        "that the bot gave stay: remove them in Discord."
    )
    return ExitCode.OK
