"""Two hundred cards of former days: a restart sends none of them again, and their buttons still work."""

import pytest

from bot.demo.people import ABE
from bot.demo.world import World
from tests.harness.messages import answers_of, card_of, posted_in, text_of
from tests.harness.scripted_service import ScriptedService
from tests.harness.simulation import Simulation
from tests.stories.people import link

FIRST, COUNT, AT_ONCE = 1000, 200, 4


@pytest.mark.story
async def test_a_restart_sends_no_old_card_again_and_each_can_still_be_pressed(
    simulation: Simulation, world: World, scripted: ScriptedService
) -> None:
    await link(world, ABE)
    for begin in range(FIRST, FIRST + COUNT, AT_ONCE):
        chosen = range(begin, begin + AT_ONCE)
        for change_id in chosen:
            scripted.put(change_id)
        await simulation.let_pass(simulation.bot.poll_interval)
        for change_id in chosen:
            scripted.put(change_id, status="approved", approved_by="303", approved_username="carol#303")
        await simulation.let_pass(simulation.bot.poll_interval)
    before = [(message.id, message.edited_at) for message in posted_in(world.review, simulation.env)]
    assert len(before) > COUNT
    await simulation.restart()
    for _ in range(3):
        await simulation.let_pass(simulation.bot.poll_interval)
    assert [(message.id, message.edited_at) for message in posted_in(world.review, simulation.env)] == before
    abe = world.member(ABE)
    for change_id in range(FIRST, FIRST + COUNT, COUNT // 10):
        shown = await abe.click(card_of(world.review, simulation.env, change_id), label="Full record")
        assert f"Model {change_id}" in "".join(text_of(answer) for answer in answers_of(shown))
