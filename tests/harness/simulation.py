"""The bot itself in a simulated Discord on the real service: opened for a test, restarted on the same file, closed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from unittest.mock import patch

import httpx
import simcord

from bot.build import build_bot
from bot.client.bot import CuratorBot
from bot.demo.curator import pictures, prepare
from bot.demo.loopback_transport import LoopbackTransport
from bot.demo.world import World, create_world, start_world
from bot.reference import session
from bot.reference.generations import read_document
from bot.settings import Settings
from cogs.queue_monitor.cog import QueueMonitorCog

START_GRACE_S = 2.0
START_TIMEOUT_S = 60.0

READ_ONCE = cache(read_document)
"""The service's document has 340 KB: parsing it takes a tenth of a bot's start."""


@dataclass(slots=True)
class WorldClock:
    """The time inside the simulation, once there is one: `env.advance_time` moves it, and `ahead` all at once."""

    env: simcord.Env | None = None
    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        if self.env is None:
            return datetime.now(UTC)
        now: datetime = self.env.now()
        return now + self.ahead


@dataclass(slots=True, repr=False)  # asyncio renders a fixture's result: seconds for so large a tree
class Simulation:
    """A running bot and the world around it.

    Attributes:
        settings: What the bot was built with; its database stays over a restart.
        transport: Carries the bot's HTTP; set `grace_s` to let the simulation go on without a slow answer.
        world: The server, its channels and its people.
    """

    settings: Settings
    transport: LoopbackTransport
    clock: WorldClock
    world: World = field(init=False)
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def env(self) -> simcord.Env:
        """simcord's environment."""
        return self.world.env

    @property
    def bot(self) -> CuratorBot:
        """The bot that runs at present."""
        bot = self.env.bot
        assert isinstance(bot, CuratorBot)
        return bot

    async def open(self, *, has_review_channel: bool) -> None:
        """Build the bot and bring it into a new world."""
        drawings = pictures()
        bot = await self._build()
        self.world = create_world(bot, pictures=drawings)
        if has_review_channel:
            await prepare(bot, self.world)
        self.transport.env = self.clock.env = self.env
        # simcord gives a start five seconds; a service that has just started on a busy machine may need more.
        self.transport.grace_s, grace_s = START_GRACE_S, self.transport.grace_s
        await start_world(self.world, pictures=drawings)
        await self._first_look()
        self.transport.grace_s = grace_s

    async def _first_look(self) -> None:
        """Wait until the bot has looked at the queue once, or knows why it cannot."""
        monitor = self.bot.services.monitor
        async with asyncio.timeout(START_TIMEOUT_S):
            while monitor.last_poll_at is None and monitor.problem is None:
                await self.env.settle()
                await asyncio.sleep(0)
        await self.env.settle()

    async def let_pass(self, span: timedelta) -> None:
        """Let so much time pass for the bot, and have it look at the queue once, as it does all the while."""
        self.clock.ahead += span
        monitor = self.bot.get_cog("QueueMonitorCog")
        assert isinstance(monitor, QueueMonitorCog)
        try:
            await monitor.poll_once()
        finally:
            await monitor.deliver()

    async def restart(self) -> None:
        """Stop the bot as SIGTERM would, and start another on the same file in the same world."""
        await self.env.settle()
        await self._running.aclose()
        self._running = AsyncExitStack()
        await self.env.restart_bot(await self._build())

    async def close(self) -> None:
        """End the simulation, if it came so far, then the bot."""
        try:
            if self.clock.env is not None:
                await self.clock.env.shutdown()
        finally:
            await self._running.aclose()

    async def _build(self) -> CuratorBot:
        building = build_bot(
            self.settings,
            transport=self.transport,
            clock=self.clock,
            monotonic=lambda: self.clock().timestamp(),
        )
        return await self._running.enter_async_context(building)


@asynccontextmanager
async def simulated(
    settings: Settings, *, has_review_channel: bool = True, inner: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[Simulation]:
    """Run the bot with these settings in a world of its own; `inner` carries its requests, real sockets by default."""
    with patch.object(session, "read_document", READ_ONCE):
        async with LoopbackTransport(inner=inner) as transport:
            simulation = Simulation(settings, transport, WorldClock())
            try:
                await simulation.open(has_review_channel=has_review_channel)
                yield simulation
            finally:
                await simulation.close()
                await transport.stop()
