"""The composition root: the only place that opens, joins and closes."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx

from bot.app.connections import Connections, connect, ping
from bot.app.joining import VERSION, join
from bot.app.known import Clocks
from bot.client.bot import CuratorBot
from bot.settings import Settings

__all__ = ["VERSION", "Connections", "build", "connect", "ping", "utc_now"]


def utc_now() -> datetime:
    """The current time, aware."""
    return datetime.now(UTC)


@asynccontextmanager
async def build(
    settings: Settings,
    *,
    service_transport: httpx.AsyncBaseTransport | None = None,
    horde_transport: httpx.AsyncBaseTransport | None = None,
    clock: Callable[[], datetime] = utc_now,
    monotonic: Callable[[], float] = time.monotonic,
    remembers_commands: bool = True,
    is_sharing_allowed: bool = False,
) -> AsyncIterator[CuratorBot]:
    """Build the bot, not yet connected to Discord; everything is closed when the block ends.

    Args:
        settings: what the operator decided.
        service_transport: another way to the service, for a simulated world.
        horde_transport: another way to AI-Horde, likewise.
        clock: the current time, aware.
        monotonic: seconds on a clock that nobody sets, for what must not be shortened or prolonged by one who does.
        remembers_commands: whether a restart may trust that Discord still knows the commands; not so
            where Discord itself is made anew each time.
        is_sharing_allowed: take a database that others may read too (for mounts that know no permissions).

    Raises:
        StartError: the file or the keys must not be used; carries the exit code and the remedy.
    """
    async with connect(
        settings,
        service_transport=service_transport,
        horde_transport=horde_transport,
        is_sharing_allowed=is_sharing_allowed,
    ) as connections:
        bot = await join(settings, connections, Clocks(clock, monotonic), remembers_commands=remembers_commands)
        try:
            yield bot
        finally:
            await bot.close()
