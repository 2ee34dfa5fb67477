"""Health report to a supervisor when a part of a running bot fails."""

import socket
from datetime import timedelta
from typing import cast

import httpx
import pytest
from simcord import Env

from bot.operator.command_settings import UnusablePortError
from bot.operator.health import health
from bot.operator.measures import STALLED_AFTER
from bot.reference.errors import UnavailableError
from bot.services.reader_key import ReaderKeyError, ReaderProblem
from bot.tls import tls_context
from cogs.queue_monitor.cog import QueueMonitorCog
from tests.harness.simulation import Simulation


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _parts(port: int) -> tuple[int, dict[str, str]]:
    async with httpx.AsyncClient(trust_env=False, timeout=10, verify=tls_context()) as client:
        answer = await client.get(f"http://127.0.0.1:{port}/healthz")
    return answer.status_code, answer.json()["parts"]


async def test_each_part_that_fails_is_named(simulation: Simulation, env: Env, port: int) -> None:
    bot = simulation.bot
    async with health(bot, port):
        assert (await _parts(port))[0] == 200
        setattr(env.bot.ws, "open", False)  # noqa: B010 - simcord's own socket has no property
        status, parts = await _parts(port)
        assert (status, parts["gateway"], parts["database"]) == (503, "failing", "ok")
        setattr(env.bot.ws, "open", True)  # noqa: B010 - simcord's own socket has no property
        bot.services.monitor.problem = UnavailableError("The service cannot be reached.")
        status, parts = await _parts(port)
        assert (status, parts["service"]) == (200, "failing"), "no restart of the bot would bring the service back"
        bot.services.monitor.problem = ReaderKeyError(ReaderProblem.UNKNOWN_KEY)
        status, parts = await _parts(port)
        assert (status, parts["reader_key"], parts["service"]) == (503, "failing", "ok")
        bot.services.monitor.problem = KeyError("a fault of the bot")
        status, parts = await _parts(port)
        assert (status, parts["polling"]) == (503, "failing")
        bot.services.monitor.problem = None
        await bot.services.upkeep.database.close()
        status, parts = await _parts(port)
        assert (status, parts["database"], parts["gateway"]) == (503, "failing", "ok")


async def test_a_poll_that_does_not_end_is_named(simulation: Simulation, port: int) -> None:
    bot = simulation.bot
    watcher = cast("QueueMonitorCog", bot.get_cog("QueueMonitorCog"))
    async with health(bot, port):
        watcher.poll_began_at = bot.clock()
        assert (await _parts(port))[0] == 200
        simulation.clock.ahead += STALLED_AFTER + timedelta(seconds=1)
        status, parts = await _parts(port)
        assert (status, parts["polling"]) == (503, "failing")
        watcher.poll_began_at = None
        assert (await _parts(port))[0] == 200


async def test_the_age_of_the_last_completed_poll_is_told(simulation: Simulation, port: int) -> None:
    bot = simulation.bot
    async with health(bot, port), httpx.AsyncClient(trust_env=False, timeout=10, verify=tls_context()) as client:
        bot.services.monitor.last_poll_at = bot.clock() - timedelta(seconds=90)
        assert (await client.get(f"http://127.0.0.1:{port}/healthz")).json()["last_poll_age_s"] == 90
        bot.services.monitor.last_poll_at = None
        assert (await client.get(f"http://127.0.0.1:{port}/healthz")).json()["last_poll_age_s"] is None


async def test_a_port_in_use_is_named_with_its_remedy(simulation: Simulation, port: int) -> None:
    async with health(simulation.bot, port):
        with pytest.raises(UnusablePortError, match=f"port {port}"):
            async with health(simulation.bot, port):
                pass
