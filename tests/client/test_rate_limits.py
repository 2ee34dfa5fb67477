"""A user takes at most ten actions a minute, by any command; reading is free."""

import pytest
import simcord
from simcord.results import InteractionResult

from bot.demo.people import ABE
from bot.demo.world import World
from bot.services.rate_limits import ACTIONS_A_MINUTE
from tests.harness.messages import answer_of, card_of, text_of
from tests.harness.scripted_service import ScriptedService
from tests.harness.simulation import Simulation
from tests.stories.people import reject

SLOW_DOWN = "## Slow down: 10 actions a minute"


async def begin_rejecting(world: World, env: simcord.Env) -> InteractionResult:
    return await world.member(ABE).click(card_of(world.review, env, 42), label="Reject…")


def assert_slowed(result: InteractionResult) -> None:
    assert result.modal is None
    assert answer_of(result).ephemeral
    said = text_of(answer_of(result))
    assert SLOW_DOWN in said
    assert "**Changed:** nothing." in said
    assert "**Now:** press again <t:" in said


@pytest.fixture
async def hasty(approver: World, env: simcord.Env) -> World:
    """Abe has taken as many actions as a user may in a minute."""
    for _ in range(ACTIONS_A_MINUTE):
        assert (await begin_rejecting(approver, env)).modal is not None
    return approver


async def test_the_eleventh_action_has_to_wait_and_then_goes(
    hasty: World, env: simcord.Env, simulation: Simulation, scripted: ScriptedService
) -> None:
    asked = len(scripted.requests)
    assert_slowed(await begin_rejecting(hasty, env))
    assert len(scripted.requests) == asked
    await env.advance_time(61)
    assert (await begin_rejecting(hasty, env)).modal is not None


async def test_a_command_that_acts_counts_like_a_button(hasty: World) -> None:
    assert_slowed(await hasty.member(ABE).slash(hasty.public, "reject", change=42))


async def test_looking_and_asking_are_free_and_deciding_is_not(
    hasty: World, env: simcord.Env, scripted: ScriptedService
) -> None:
    abe = hasty.member(ABE)
    assert SLOW_DOWN not in text_of(await abe.click(card_of(hasty.review, env, 42), label="Full record"))
    question = await abe.click(card_of(hasty.review, env, 42), label="Approve")
    assert "Approve #42?" in text_of(question)
    assert SLOW_DOWN in text_of(await abe.click(answer_of(question), label="Approve #42"))
    assert scripted.writes == []


async def test_what_was_typed_into_a_form_that_had_opened_still_goes(
    approver: World, env: simcord.Env, scripted: ScriptedService
) -> None:
    opened = [await begin_rejecting(approver, env) for _ in range(ACTIONS_A_MINUTE)]
    assert_slowed(await begin_rejecting(approver, env))
    await reject(approver.member(ABE), opened[-1], "It is a copy.")
    assert len(scripted.writes) == 1
