"""The harness itself: the bot opens, answers, restarts on its file and closes, and what it posts can be read."""

import simcord

from bot.demo.people import DAVE, RITA
from bot.demo.world import World
from tests.harness.messages import answer_of, buttons_of, enabled_buttons_of, labels_of, posted_in, text_of
from tests.harness.simulation import Simulation


async def test_a_person_links_a_key_and_is_known_after_a_restart(
    simulation: Simulation, env: simcord.Env, world: World
) -> None:
    rita = world.member(RITA)
    form = await rita.slash(world.public, "account link")
    (custom_id,) = labels_of(form).values()
    linked = await rita.submit_modal(form, {custom_id: RITA.key})
    assert "alice" in text_of(answer_of(linked))
    await simulation.restart()
    status = await rita.slash(world.public, "account status")
    assert "alice" in text_of(answer_of(status))
    assert not posted_in(world.public, env), "all of it is for Rita alone"
    assert posted_in(world.public, env, viewer=rita)


async def test_a_user_who_never_linked_is_told_to_link(world: World) -> None:
    status = await world.member(DAVE).slash(world.public, "account status")
    assert answer_of(status).ephemeral
    assert text_of(status)
    assert set(enabled_buttons_of(status)) <= set(buttons_of(status))
