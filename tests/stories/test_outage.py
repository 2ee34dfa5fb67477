"""The service goes away and comes back: the review channel reads it in one message, and then sees what came in."""

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from typing import override

import httpx
import pytest
import stamina

from bot.demo.people import DAVE
from bot.demo.reference_service import ReferenceService
from bot.reference.errors import ApiError
from bot.settings import Settings
from bot.tls import tls_context
from tests.harness.messages import card_of, posted_in, text_of
from tests.harness.queue import propose_beside
from tests.harness.simulation import Simulation, simulated

LONG = timedelta(seconds=70)


class Network(httpx.AsyncBaseTransport):
    """Real sockets, until the connection to the service is cut."""

    def __init__(self) -> None:
        self.is_cut = False
        self._inner = httpx.AsyncHTTPTransport(verify=tls_context(), trust_env=False)

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.is_cut:
            raise httpx.ConnectError("refused", request=request)
        return await self._inner.handle_async_request(request)

    @override
    async def aclose(self) -> None:
        await self._inner.aclose()


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
async def simulation(settings: Settings, network: Network) -> AsyncIterator[Simulation]:
    with stamina.set_testing(True, attempts=1):
        async with simulated(settings, inner=network) as running:
            running.bot.poll_interval = timedelta(days=1)
            yield running


async def look(simulation: Simulation, network: Network, *, is_cut: bool) -> list[str]:
    """Have the bot look after a while; returns what the review channel says of the service."""
    network.is_cut = is_cut
    with suppress(ApiError):
        await simulation.let_pass(LONG)
    said = [text_of(message) for message in posted_in(simulation.world.review, simulation.env)]
    return [text for text in said if "The service is" in text]


async def test_a_user_who_sees_the_service_answer_again_has_the_bot_poll_at_once(
    simulation: Simulation, network: Network
) -> None:
    dave, monitor = simulation.world.member(DAVE), simulation.bot.services.monitor
    await look(simulation, network, is_cut=True)
    await dave.slash(simulation.world.public, "status")
    away = monitor.away_since
    assert away is not None
    network.is_cut = False
    await dave.slash(simulation.world.public, "status")
    await simulation.env.settle()
    assert monitor.away_since is None, "the next look by itself would come in a day"


async def test_an_outage_is_one_message_that_turns_green(
    simulation: Simulation, network: Network, service: ReferenceService
) -> None:
    assert await look(simulation, network, is_cut=True) == [], "one failed look proves nothing"
    for _ in range(3):
        (said,) = await look(simulation, network, is_cut=True)
        assert "The service is away" in said
    await simulation.restart()
    (said,) = await look(simulation, network, is_cut=True)
    assert "The service is away" in said
    change_id = propose_beside(service, "Came in meanwhile")
    (said,) = await look(simulation, network, is_cut=False)
    assert "The service is back" in said
    assert "1 change came in meanwhile" in said
    assert "Pending" in text_of(card_of(simulation.world.review, simulation.env, change_id))
    (said,) = await look(simulation, network, is_cut=False)
    assert "The service is back" in said
