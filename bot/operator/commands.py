"""Commands that talk to Discord and end: ``sync-commands`` and ``operator leave``."""

import aiohttp
import discord
import typer

from bot.build import build_bot
from bot.logs import configure_logs
from bot.operator.command_settings import operator_settings
from bot.operator.exit_codes import ExitCode

DISCORD_ERRORS = (discord.LoginFailure, discord.HTTPException, aiohttp.ClientError, OSError)
"""Errors of a login or a request."""


def discord_problem(error: Exception) -> tuple[str, ExitCode]:
    """Return the problem behind one of ``DISCORD_ERRORS``, with the remedy, and the exit code."""
    if isinstance(error, discord.LoginFailure):
        text = "the token is not accepted; reset it in the developer portal and set CURATOR_DISCORD_TOKEN"
        return text, ExitCode.CONFIGURATION
    return f"Discord cannot be reached ({type(error).__name__})", ExitCode.UNAVAILABLE


async def sync_commands(*, is_sharing_allowed: bool) -> int:
    """Log in, send all commands, changed or not, and log out."""
    when_locked = "Stop the bot first; at its start it sends them only if they changed."
    with operator_settings(is_sharing_allowed=is_sharing_allowed, when_locked=when_locked) as settings:
        configure_logs(level="error", is_json=False)
        async with build_bot(settings, always_sync_commands=True, is_sharing_allowed=is_sharing_allowed) as bot:
            try:
                await bot.login(settings.discord_token.get_secret_value())  # its setup hook sends them
            except DISCORD_ERRORS as error:
                return _not_done(error)
            typer.echo(f"Discord knows {len(bot.tree.get_commands())} commands of {bot.user}.")
    return ExitCode.OK


async def leave_guild(guild_id: int, *, is_sharing_allowed: bool) -> int:
    """Leave a server, on the operator's word only.

    Works while the bot runs, and keeps the server's settings.
    """
    with operator_settings(is_sharing_allowed=is_sharing_allowed) as settings:
        client = discord.Client(intents=discord.Intents.none())
        try:
            await client.login(settings.discord_token.get_secret_value())
            await client.http.leave_guild(guild_id)
        except discord.NotFound:
            typer.echo(f"Nothing to do: the bot is not in the server {guild_id}.")
            return ExitCode.OK
        except DISCORD_ERRORS as error:
            return _not_done(error)
        finally:
            await client.close()
    typer.echo(f"The bot has left the server {guild_id}. Its settings are kept; an invitation brings the bot back.")
    return ExitCode.OK


def _not_done(error: Exception) -> int:
    text, code = discord_problem(error)
    typer.echo(f"Not done: {text}. Nothing was changed.", err=True)
    return code
