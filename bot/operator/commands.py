"""Command ``sync-commands``: sends all commands to Discord, changed or not."""

import aiohttp
import discord
import typer

from bot.build import build_bot
from bot.logs import configure_logs
from bot.operator.exit_codes import ExitCode
from bot.operator.opened import with_settings
from bot.settings import Settings


async def sync_commands(*, is_sharing_allowed: bool) -> int:
    """Log in, send the commands, and log out."""
    return await with_settings(
        _sync,
        is_sharing_allowed=is_sharing_allowed,
        when_locked="Stop the bot first; at its start it sends them only if they changed.",
    )


async def _sync(settings: Settings, is_sharing_allowed: bool) -> int:  # noqa: FBT001 - a Command
    configure_logs(level="error", is_json=False)
    async with build_bot(settings, always_sync_commands=True, is_sharing_allowed=is_sharing_allowed) as bot:
        try:
            await bot.login(settings.discord_token.get_secret_value())  # its setup hook sends them
        except discord.LoginFailure:
            text = "the token is not accepted; reset it in the developer portal and set CURATOR_DISCORD_TOKEN"
            typer.echo(f"Not done: {text}. Nothing was changed.", err=True)
            return ExitCode.CONFIGURATION
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            typer.echo(f"Not done: Discord cannot be reached ({type(error).__name__}).", err=True)
            return ExitCode.UNAVAILABLE
        typer.echo(f"Discord knows {len(bot.tree.get_commands())} commands of {bot.user}.")
    return ExitCode.OK
