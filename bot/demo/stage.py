"""Assembly of the demo: transport, simulation, pump and website."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import discord
import httpx

from bot.demo import simcord_seams as seams
from bot.demo.curator import curator, link_people, pictures, prepare
from bot.demo.launcher import Launcher
from bot.demo.live_reference import LiveReference
from bot.demo.lived_in import LINKED, fill_queue
from bot.demo.loopback_transport import DEMO_GRACE_S, LoopbackTransport
from bot.demo.pump import Pump
from bot.demo.reference_service import ReferenceService
from bot.demo.world import AVATAR, World, create_world, start_world
from bot.logs import configure_logs

LOG_FILE = "curator.log"


class BotMaker(Protocol):
    """Context manager factory of a bot that has not been started."""

    def __call__(
        self,
        folder: Path,
        *,
        service_url: str,
        ai_horde_url: str,
        transport: httpx.AsyncBaseTransport,
        hosts_url: str | None = None,
    ) -> AbstractAsyncContextManager[discord.Client]:
        """Build a bot, as `bot.demo.curator.curator` does."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The running demo.

    Attributes:
        url: The address to open.
        world: The simulated Discord.
        turn: Lock held while the simulation advances.
        live: Reader of the service for the page.
        pumping: Task that ends only if the simulation cannot continue.
    """

    url: str
    world: World
    turn: asyncio.Lock
    live: LiveReference
    pumping: asyncio.Task[None]


@asynccontextmanager
async def open_stage(
    folder: Path,
    service: ReferenceService,
    *,
    ai_horde_url: str,
    make_bot: BotMaker | None,
    port: int,
    hosts_url: str | None = None,
    is_lived_in: bool = False,
    starting: Awaitable[object] | None = None,
) -> AsyncIterator[Stage]:
    """Start the demo on a service that has a port, and may still start.

    ``starting`` ends when the service answers. Data and log are in ``folder``. Port 0 takes a free one. Without
    ``hosts_url`` no file host is queried.

    Raises:
        OSError: The port is taken.
    """
    drawings = pictures()
    async with AsyncExitStack() as stack:
        log = stack.enter_context((folder / LOG_FILE).open("a", encoding="utf-8"))
        configure_logs(level="info", is_json=False, stream=log)
        transport = await stack.enter_async_context(LoopbackTransport(grace_s=DEMO_GRACE_S))
        stack.push_async_callback(transport.stop)
        live = LiveReference(service.url)
        stack.push_async_callback(live.close)
        making = (make_bot or curator)(
            folder, service_url=service.url, ai_horde_url=ai_horde_url, transport=transport, hosts_url=hosts_url
        )
        bot = await stack.enter_async_context(making)
        world = await stack.enter_async_context(_started_world(bot, transport, drawings))
        turn = asyncio.Lock()
        launcher = Launcher(
            world, live, service=service, turn=turn, bot_picture=drawings[AVATAR], is_lived_in=is_lived_in
        )
        url = await stack.enter_async_context(launcher.serve(port))
        if starting is not None:
            await starting
        pumping = asyncio.create_task(Pump(world.env, launcher.previews, turn).run(), name="pump")
        stack.push_async_callback(_end, pumping)
        if is_lived_in:
            await link_people(bot, world, LINKED)
            await fill_queue(world, service.url)
        live.remember_soon()
        yield Stage(url, world, turn, live, pumping)


@asynccontextmanager
async def _started_world(
    bot: discord.Client, transport: LoopbackTransport, drawings: Mapping[str, bytes]
) -> AsyncIterator[World]:
    """Start the simulated Discord with the bot in it."""
    world = create_world(bot, pictures=drawings)
    await prepare(bot, world)
    transport.env = world.env
    try:
        await start_world(world, pictures=drawings)
        seams.trust_answers_to_failures(world.env)
        yield world
    finally:
        await world.env.shutdown()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
