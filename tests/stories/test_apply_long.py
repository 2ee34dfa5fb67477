"""An apply that takes longer than Discord waits for an answer, or than the bot lives: told in the channel, once."""

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import pytest
import simcord

from bot.demo.people import ABE, CORA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from bot.settings import Settings
from cogs.queue_monitor.cog import QueueMonitorCog
from tests.harness.held import HeldTransport
from tests.harness.messages import answer_of, card_of, posted_in, text_of
from tests.harness.queue import change_of, decide_beside, propose_harmless
from tests.harness.simulation import Simulation, simulated
from tests.stories.people import link

EACH_TAKES_S = 100
TOKEN_LASTS_S = 15 * 60
GRACE_S = 0.3
"""Real seconds after which the world goes on without an answer of the service."""


@pytest.fixture
def network() -> HeldTransport:
    return HeldTransport()


@pytest.fixture
async def simulation(settings: Settings, network: HeldTransport) -> AsyncIterator[Simulation]:
    async with simulated(settings, inner=network) as running:
        yield running


async def asked(
    world: World, service: ReferenceService, name: str, count: int
) -> tuple[list[int], simcord.ResponseMessage]:
    """Abe is asked whether to apply so many that Cora approved."""
    ids = [propose_harmless(service, f"{name} {number}") for number in range(count)]
    decide_beside(service, approve=ids, person=CORA)
    await world.env.advance_time(21)
    await link(world, ABE)
    typed = " ".join(map(str, ids))
    return ids, answer_of(await world.member(ABE).slash(world.public, "apply", changes=typed))


async def arrives(env: simcord.Env, network: HeldTransport, number: int) -> None:
    """Wait until so many applies are on their way."""
    async with asyncio.timeout(60):
        while network.arrived < number:
            await env.settle()
            await asyncio.sleep(0)


def told(world: World, env: simcord.Env) -> list[str]:
    """Outcomes that stand in the channel where it was asked for."""
    return [text for text in map(text_of, posted_in(world.public, env)) if "applied" in text]


async def test_an_outcome_after_fifteen_minutes_stands_in_the_channel(
    simulation: Simulation, world: World, env: simcord.Env, service: ReferenceService, network: HeldTransport
) -> None:
    count = TOKEN_LASTS_S // EACH_TAKES_S + 1
    ids, question = await asked(world, service, "Long", count)
    simulation.transport.grace_s = GRACE_S
    network.path = "/apply"
    cast("QueueMonitorCog", simulation.bot.get_cog("QueueMonitorCog")).poll.cancel()  # so that much time passes quickly
    await world.member(ABE).click(question, label=f"Apply {count}")
    await arrives(env, network, 1)
    assert f"Applying 1 of {count}" in text_of(question)
    for number in range(1, count + 1):
        await arrives(env, network, number)
        assert told(world, env) == []
        await env.advance_time(EACH_TAKES_S)
        network.release()
    async with asyncio.timeout(60):
        while not told(world, env):
            await env.settle()
            await asyncio.sleep(0)
    assert [change_of(service, one)["status"] for one in ids] == ["applied"] * count
    (outcome,) = told(world, env)
    assert f"{count} of {count} applied" in outcome
    assert "<@" in outcome


async def test_an_apply_during_which_the_bot_stops_is_reported_by_the_next_one(
    simulation: Simulation,
    world: World,
    service: ReferenceService,
    network: HeldTransport,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.client.bot.DRAIN_TIMEOUT_S", 0.1)
    ids, question = await asked(world, service, "Stopped", 3)
    simulation.transport.grace_s = GRACE_S
    network.path = "/apply"
    await world.member(ABE).click(question, label="Apply 3")
    network.release()
    await arrives(simulation.env, network, 2)
    network.path = None
    await simulation.restart()
    env = simulation.env
    await env.advance_time(90)
    (outcome,) = told(world, env)
    assert "1 of 3 applied" in outcome
    assert f"#{ids[0]} is live. #{ids[1]} and #{ids[2]} are still approved." in outcome
    assert [change_of(service, one)["status"] for one in ids] == ["applied", "approved", "approved"]
    assert "Applied" in text_of(card_of(world.review, env, ids[0]))
    await env.advance_time(300)
    assert len(told(world, env)) == 1
