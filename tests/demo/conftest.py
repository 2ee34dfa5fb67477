"""The dummy bot in a simulated world, without and with the page around it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import simcord

from bot.demo.horde_stand_in import HordeStandIn
from bot.demo.loopback_transport import LoopbackTransport
from bot.demo.reference_service import ReferenceService
from bot.demo.stage import Stage, open_stage
from bot.demo.world import World, create_world, start_world
from tests.demo.dummy_bot import dummy_bot


@pytest_asyncio.fixture
async def transport() -> AsyncIterator[LoopbackTransport]:
    """Return the dummy bot's HTTP client."""
    async with LoopbackTransport() as made:
        yield made
        await made.stop()


@pytest.fixture
def service_url(v2_service: ReferenceService) -> str:
    """Return the URL of the dummy bot's service."""
    return v2_service.url


@pytest_asyncio.fixture
async def small_world(tmp_path: Path, transport: LoopbackTransport, service_url: str) -> AsyncIterator[World]:
    """The dummy bot in the demo's server."""
    async with dummy_bot(tmp_path, service_url=service_url, ai_horde_url="", transport=transport) as bot:
        world = create_world(bot, pictures={})
        transport.env = world.env
        await start_world(world, pictures={})
        yield world
        await world.env.shutdown()


@pytest.fixture
def small_env(small_world: World) -> simcord.Env:
    """For simcord's pytest plugin."""
    return small_world.env


@pytest_asyncio.fixture
async def stage(tmp_path: Path, v2_service: ReferenceService, horde: HordeStandIn) -> AsyncIterator[Stage]:
    """The whole demo around the dummy bot."""
    opening = open_stage(tmp_path, v2_service, ai_horde_url=horde.url, make_bot=dummy_bot, port=0)
    async with opening as opened:
        yield opened
        assert not opened.pumping.done()
        await asyncio.sleep(0)
