"""Serves Discord until told to stop."""

import asyncio
import contextlib
import signal

import aiohttp
import discord
import structlog
import typer

from bot.app import build
from bot.client.bot import CuratorBot
from bot.logs import configure_logs
from bot.operator.exit_codes import ExitCode
from bot.settings import Settings, SettingsError, load_settings
from storage.errors import StartError

FATAL_CLOSE_CODES = {
    4004: "Discord does not accept the token. Reset it in the developer portal and set CURATOR_DISCORD_TOKEN.",
    4014: "The application asks for intents that it was not given. Horde Curator needs none that are privileged.",
}
"""Gateway close codes after which connecting again cannot help (Discord's documentation)."""

log = structlog.get_logger(__name__)


async def run_bot() -> int:
    """Read the settings, build the bot and serve; returns the exit code."""
    try:
        settings = load_settings()
    except SettingsError as error:
        typer.echo(str(error), err=True)
        return ExitCode.CONFIGURATION
    configure_logs(level=settings.log_level, is_json=settings.log_format == "json")
    try:
        async with build(settings) as bot:
            return await _serve(bot, settings)
    except StartError as error:
        typer.echo(f"The bot did not start: {error}. Nothing was changed.", err=True)
        return error.exit_code


async def _serve(bot: CuratorBot, settings: Settings) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    # discord.py's own run() does not handle SIGTERM: nothing would be closed.
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stop.set)
    serving = asyncio.create_task(bot.start(settings.discord_token.get_secret_value()), name="serving")
    stopping = asyncio.create_task(stop.wait(), name="stopping")
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            return _ended(serving)
        log.info("stopping")
        await bot.close()
        return ExitCode.OK
    finally:
        for task in (serving, stopping):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task


def _ended(serving: "asyncio.Task[None]") -> int:
    """Say why serving ended by itself, and with which code the process follows it."""
    error = serving.exception()
    match error:
        case None:
            return ExitCode.OK
        case discord.LoginFailure():
            text, code = FATAL_CLOSE_CODES[4004], ExitCode.CONFIGURATION
        case discord.PrivilegedIntentsRequired():
            text, code = FATAL_CLOSE_CODES[4014], ExitCode.CONFIGURATION
        case discord.ConnectionClosed() if error.code in FATAL_CLOSE_CODES:
            text, code = FATAL_CLOSE_CODES[error.code], ExitCode.CONFIGURATION
        case aiohttp.ClientError() | OSError() | discord.HTTPException() | discord.GatewayNotFound():
            text, code = f"Discord cannot be reached ({type(error).__name__}).", ExitCode.UNAVAILABLE
        case _:
            raise error
    typer.echo(f"The bot did not start: {text} Nothing was changed.", err=True)
    return code
