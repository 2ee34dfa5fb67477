"""Command ``run``: connects to Discord and serves until a signal stops it."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import aiohttp
import discord
import structlog
import typer

from bot.build import build_bot
from bot.client.bot import CuratorBot
from bot.logs import configure_logs
from bot.operator.command_settings import operator_settings
from bot.operator.exit_codes import ExitCode
from bot.operator.sessions import connect_within_limits
from bot.settings import Settings, unknown_settings
from storage.errors import StorageError

FATAL_CLOSE_CODES = {
    4004: "Discord does not accept the token. Reset it in the developer portal and set CURATOR_DISCORD_TOKEN.",
    4014: "The application asks for intents that it was not given. Horde Curator needs none that are privileged.",
}
"""Gateway close codes after which reconnecting cannot help (Discord's documentation)."""

log = structlog.get_logger(__name__)


async def run_bot(*, is_sharing_allowed: bool) -> int:
    """Read the settings, build the bot and serve; return the exit code."""
    with operator_settings(
        is_sharing_allowed=is_sharing_allowed, failure="The bot did not start", when_locked=""
    ) as settings:
        configure_logs(level=settings.log_level, is_json=settings.log_format == "json")
        for name, nearest in unknown_settings():
            log.warning("setting_unknown", setting=name, nearest=nearest)
        async with (
            build_bot(settings, is_sharing_allowed=is_sharing_allowed) as bot,
            _health_server(bot, settings),
            _upkeep(bot),
        ):
            return await _serve(bot, settings)


def _health_server(bot: CuratorBot, settings: Settings) -> AbstractAsyncContextManager[None]:
    """Return the health server, or a null context without a port; import its libraries lazily."""
    if settings.health_port is None:
        return contextlib.nullcontext()
    from bot.operator.health import health  # noqa: PLC0415 - aiohttp's server and the metrics' library: 8 MiB

    return health(bot, settings.health_port)


@contextlib.asynccontextmanager
async def _upkeep(bot: CuratorBot) -> AsyncIterator[None]:
    """Rotate credential keys in the background; write a backup on SIGUSR1."""
    upkeep, loop = bot.services.upkeep, asyncio.get_running_loop()
    working = {asyncio.create_task(_attempted(upkeep.rotate), name="rotating")}

    def copy() -> None:
        task = asyncio.create_task(_attempted(upkeep.backup), name="copying")
        working.add(task)
        task.add_done_callback(working.discard)

    loop.add_signal_handler(signal.SIGUSR1, copy)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGUSR1)
        await asyncio.gather(*working)


async def _attempted(work: Callable[[], Awaitable[object]]) -> None:
    try:
        await work()
    except StorageError as error:
        log.error("upkeep_failed", reason=str(error))  # noqa: TRY400 - the text is the operator's; no traceback helps


async def _serve(bot: CuratorBot, settings: Settings) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    # discord.py's own run() does not handle SIGTERM: nothing would be closed.
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stop.set)
    serving = asyncio.create_task(connect_within_limits(bot, settings.discord_token.get_secret_value()), name="serving")
    stopping = asyncio.create_task(stop.wait(), name="stopping")
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            return _ended(serving)
        log.info("shutdown_started")
        await bot.close()
        return ExitCode.OK
    finally:
        for task in (serving, stopping):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task


def _ended(serving: "asyncio.Task[None]") -> int:
    """Print why serving ended by itself; return the exit code."""
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
    typer.echo(f"The bot ends: {text}", err=True)  # possible at any time: a token can be reset
    return code
