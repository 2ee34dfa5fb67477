"""Models with open changes, and models with hostile names."""

from datetime import timedelta

import pytest
import simcord

from bot.demo.people import DAVE, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.messages import answer_of, answers_of, card_of, menus_of, text_of
from tests.harness.queue import apply_beside, decide_beside, propose_beside
from tests.harness.simulation import Simulation
from tests.stories.people import change_id_in, fill, link, require_shown_queue

HOSTILE = "**x** [y](https://evil.example) @everyone `z` " + "long " * 60


@pytest.fixture
def service(primary_service: ReferenceService) -> ReferenceService:
    """Return a service of each kind of deployment in turn."""
    return primary_service


async def test_a_hostile_name_does_nothing(simulation: Simulation, world: World, service: ReferenceService) -> None:
    created = propose_beside(service, HOSTILE)
    decide_beside(service, approve=[created])
    apply_beside(service, created)
    await simulation.let_pass(timedelta(minutes=11))  # an older service gives no sign that its models changed
    await simulation.bot.services.catalogue.refresh()
    dave = world.member(DAVE)
    found = answer_of(await dave.slash(world.public, "model search", name="evil.example"))
    menu = menus_of(found)[0]
    opened = answers_of(await dave.select(found, values=menu.values[:1], custom_id=menu.custom_id))[-1]
    for text in (text_of(found), text_of(opened)):
        assert "](https://evil" not in text
        assert "@everyone" not in text.replace("\\@everyone", "")
        assert "(+" in text


async def test_open_changes_are_linked(world: World, env: simcord.Env, service: ReferenceService) -> None:
    require_shown_queue(service)
    await link(world, RITA)
    rita = world.member(RITA)
    drafted = await rita.slash(
        world.public, "propose-model delete", category="image_generation", model="Tin Robot", why="Old."
    )
    await fill(rita, await rita.click(answer_of(drafted), label="Delete…"), {"Name": "Tin Robot"})
    change_id = change_id_in(text_of(answer_of(drafted)))
    dave = world.member(DAVE)
    shown = text_of(await dave.slash(world.public, "model show", model="Tin Robot"))
    assert "-# 1 open change" in shown
    card = card_of(world.review, env, change_id)
    assert f"[#{change_id}]({card.jump_url}) DELETE · pending · by alice\\#101" in shown
    assert "1 open change" in text_of(await dave.slash(world.public, "model search", name="tin"))
