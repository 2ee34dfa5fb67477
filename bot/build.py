"""Opening and closing of everything from settings: services, then the Discord client."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import httpx

from bot.client.bot import CuratorBot
from bot.client.tree import CuratorTree
from bot.connections import connect, utc_now
from bot.container import Services
from bot.settings import Settings
from storage.repositories import Repositories


@asynccontextmanager
async def open_container(
    settings: Settings,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Callable[[], datetime] = utc_now,
    monotonic: Callable[[], float] = time.monotonic,
    is_sharing_allowed: bool = False,
) -> AsyncIterator[Services]:
    """Open everything, build the services and restore their state; close it after the block.

    Args:
        settings: the operator's settings.
        transport: replaces the network to the service, to AI-Horde and to the file hosts.
        clock: returns the current time, with its time zone.
        monotonic: returns seconds of a clock that is never set, for durations.
        is_sharing_allowed: accept a database that other users can read (for mounts without permissions).

    Raises:
        StartError: the database or the keys must not be used; has the exit code and the remedy.
    """
    async with connect(settings, transport=transport, is_sharing_allowed=is_sharing_allowed) as connections:
        repos = Repositories(connections.database, connections.keyring, settings.service_url)
        services = Services(settings, connections, repos, clock=clock, monotonic=monotonic)
        await repos.intents.recover(clock())
        await repos.deliveries.reset_faults()
        await services.recorder.load()
        await services.accounts.warm()
        yield services


@asynccontextmanager
async def build_bot(
    settings: Settings,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Callable[[], datetime] = utc_now,
    monotonic: Callable[[], float] = time.monotonic,
    always_sync_commands: bool = False,
    is_sharing_allowed: bool = False,
) -> AsyncIterator[CuratorBot]:
    """Build the bot, not yet connected to Discord; everything is closed when the block ends.

    ``always_sync_commands`` sends the commands to Discord even if they did not change; the rest as for the container.

    Raises:
        StartError: the database or the keys must not be used; has the exit code and the remedy.
    """
    async with open_container(
        settings,
        transport=transport,
        clock=clock,
        monotonic=monotonic,
        is_sharing_allowed=is_sharing_allowed,
    ) as services:
        bot = CuratorBot(
            services,
            tree_cls=CuratorTree,
            allowed_guild_ids=settings.guild_ids,
            poll_interval=settings.poll_interval,
            clock=clock,
            always_sync_commands=always_sync_commands,
        )
        try:
            yield bot
        finally:
            await bot.close()
