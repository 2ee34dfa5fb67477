"""The weekly check of live models, run by the bot itself where the operator switched it on."""

import pytest

from bot.demo.hosts_stand_in import HostsStandIn
from bot.services.models.verification import SLOT, SLOTS, slot_of
from bot.settings import Settings
from cogs.host_checks import HostChecksCog
from tests.harness.simulation import Simulation
from tests.stories.links.conftest import REFUTED

pytestmark = pytest.mark.usefixtures("refuted")


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    return settings.model_copy(update={"verify_weekly": getattr(request, "param", True)})


def cog_of(simulation: Simulation) -> HostChecksCog:
    cog = simulation.bot.get_cog("HostChecksCog")
    assert isinstance(cog, HostChecksCog)
    return cog


def until_its_slot(simulation: Simulation) -> None:
    """Let time pass up to the ten minutes of the week in which a refuted model is checked."""
    now = int(simulation.clock().timestamp() // SLOT.total_seconds())
    slot = slot_of("image_generation", REFUTED[0][0])
    simulation.clock.ahead += SLOT * ((slot - now) % SLOTS or SLOTS)


@pytest.mark.parametrize("settings", [False], indirect=True)
async def test_where_it_is_off_nothing_runs(simulation: Simulation) -> None:
    assert not cog_of(simulation).verify.is_running()


async def test_a_model_is_checked_once_a_week_without_a_command(simulation: Simulation, hosts: HostsStandIn) -> None:
    cog = cog_of(simulation)
    assert cog.verify.is_running()
    for _ in range(2):
        asked = len(hosts.asked)
        until_its_slot(simulation)
        await cog.verify()
        asked_now = len(hosts.asked)
        assert asked_now > asked
        await cog.verify()
        assert len(hosts.asked) == asked_now


async def test_a_fault_in_one_round_is_logged_and_the_next_one_checks(
    simulation: Simulation, hosts: HostsStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    cog = cog_of(simulation)
    with monkeypatch.context() as broken:
        broken.setattr(type(simulation.bot.services.verification), "ask_due", _fails)
        until_its_slot(simulation)
        await cog.verify()
    assert hosts.asked == []
    await cog.verify()
    assert hosts.asked


async def _fails(_: object) -> int:
    raise RuntimeError
