"""The bot in a simulated Discord, before a service that the test writes: nothing is started for it."""

import io
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import stamina

from bot.demo.people import ABE
from bot.demo.world import World
from bot.settings import Settings
from tests.harness.scripted_service import URL, ScriptedService
from tests.harness.written import written_logs
from tests.stories.people import link

if TYPE_CHECKING:
    from tests.harness.simulation import Simulation


@pytest.fixture(autouse=True)
def _retries_without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


@pytest.fixture
def scripted() -> ScriptedService:
    """A queue with one change that waits; everybody who links is bob#202, an approver."""
    service = ScriptedService()
    service.put(42)
    return service


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    folder = tmp_path / "curator"
    folder.mkdir(mode=0o700)
    from bot.demo.curator import demo_settings  # noqa: PLC0415 - needs the pictures, which few tests do

    return demo_settings(folder, service_url=URL, ai_horde_url=f"{URL}/api/", poll_interval_s=20, role_ttl_s=60)


@pytest.fixture
async def simulation(settings: Settings, scripted: ScriptedService) -> AsyncIterator["Simulation"]:
    from tests.harness.simulation import simulated  # noqa: PLC0415 - as in the harness

    async with simulated(settings, inner=scripted) as running:
        yield running


@pytest.fixture
async def approver(simulation: "Simulation", world: World) -> World:
    """The world with Abe linked."""
    await link(world, ABE)
    return world


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """Return the bot's log, at debug level."""
    with written_logs() as stream:
        yield stream
