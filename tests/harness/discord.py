"""Fixtures: the bot itself in a simulated Discord on the real service. Light to import; what they need is not."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
import pytest_asyncio

from bot.demo.horde_stand_in import HordeStandIn
from bot.demo.people import ABE
from bot.demo.reference_service import ReferenceService
from tests.harness.services import older_python

if TYPE_CHECKING:
    import simcord

    from bot.demo.world import World
    from bot.settings import Settings
    from tests.harness.simulation import Simulation

POLL_INTERVAL_S = 20.0
ROLE_TTL_S = 60.0


@pytest.fixture
def service(v2_service: ReferenceService) -> ReferenceService:
    """The service the simulated bot fronts; a test module that wants another mode defines its own."""
    return v2_service


@pytest.fixture
def settings(service: ReferenceService, horde: HordeStandIn, tmp_path: Path) -> "Settings":
    """Return the simulated bot's settings."""
    folder = tmp_path / "curator"
    folder.mkdir(mode=0o700)
    from bot.demo.curator import demo_settings  # noqa: PLC0415 - tests without Discord need none of it

    return demo_settings(
        folder,
        service_url=service.url,
        ai_horde_url=horde.url,
        poll_interval_s=POLL_INTERVAL_S,
        role_ttl_s=ROLE_TTL_S,
        reader=ABE if older_python() else None,
    )


@pytest.fixture
def network() -> httpx.AsyncBaseTransport | None:
    """Return the transport of the simulated bot: real sockets, unless a test module overrides it."""
    return None


@pytest_asyncio.fixture
async def simulation(settings: "Settings", network: httpx.AsyncBaseTransport | None) -> AsyncIterator["Simulation"]:
    """The bot in a simulated Discord on `service`, with a review channel."""
    from tests.harness.simulation import simulated  # noqa: PLC0415 - tests without Discord need none of it

    async with simulated(settings, inner=network) as running:
        yield running


@pytest.fixture
def env(simulation: "Simulation") -> "simcord.Env":
    """simcord's environment; simcord's pytest plugin looks for a fixture of this type."""
    return simulation.env


@pytest.fixture
def world(simulation: "Simulation", env: "simcord.Env") -> "World":
    """The server, its channels and its people."""
    return simulation.world
