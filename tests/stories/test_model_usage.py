"""Use of a model: counted by the service at AI-Horde, and shown where it matters."""

import pytest
import simcord

from bot.demo.horde_stand_in import HordeStandIn
from bot.demo.people import RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.service_environment import Mode
from bot.demo.world import World
from tests.harness.messages import answer_of, card_of, text_of
from tests.harness.services import ServiceFactory, older_python
from tests.stories.people import change_id_in, fill, link
from tests.stories.prefilled import edit

IMAGE = "image_generation"
CONSENSUS = (
    "**Needs consensus:** rank 1 of 5. 18,402 images in the last 30 days; 14 workers serve it now. Discuss it first."
)


MODES = (Mode.V2,) if older_python() else (Mode.V2, Mode.LEGACY)
"""An older service in legacy counts no use before its first write: it counts by v2 files that are not there yet."""


@pytest.fixture(params=MODES, ids=str)
def service(request: pytest.FixtureRequest, module_services: ServiceFactory, horde: HordeStandIn) -> ReferenceService:
    """A service whose models and usage no other module changes."""
    return module_services(request.param)


async def test_to_take_away_a_model_that_many_use_needs_consensus(world: World, env: simcord.Env) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    drafted = await rita.slash(
        world.public, "propose-model delete", category=IMAGE, model="Lantern Dusk", why="Newer ones are better."
    )
    assert CONSENSUS in text_of(drafted)
    opened = await rita.click(answer_of(drafted), label="Delete…")
    await fill(rita, opened, {"Name": "Lantern Dusk"})
    card = text_of(card_of(world.review, env, change_id_in(text_of(answer_of(drafted)))))
    assert CONSENSUS in card
    assert "3 checks pass: model exists; no other open change; name can be addressed" in card


async def test_to_change_a_model_that_many_use_needs_consensus(world: World, env: simcord.Env) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    opened = await rita.slash(world.public, "propose-model update", category=IMAGE, model="Granite Photo")
    drafted = await edit(rita, opened, {"Description": "Plain photographs, without any filter."})
    said = "**Needs consensus:** rank 3 of 5. 911 images in the last 30 days; 1 worker serves it now."
    assert said in text_of(drafted)
    await rita.click(answer_of(drafted), label="Submit")
    assert said in text_of(card_of(world.review, env, change_id_in(text_of(answer_of(drafted)))))


async def test_an_unused_model_may_go_without(world: World) -> None:
    await link(world, RITA)
    drafted = await world.member(RITA).slash(
        world.public, "propose-model delete", category=IMAGE, model="Tin Robot", why="No worker hosts it any more."
    )
    assert "**Use:** rank 5 of 5. 0 images in the last 30 days; 0 workers serve it now." in text_of(drafted)
    assert "Needs consensus" not in text_of(drafted)


async def test_texts_are_counted_under_the_names_that_their_workers_use(world: World) -> None:
    await link(world, RITA)
    drafted = await world.member(RITA).slash(
        world.public, "propose-model update", category="text_generation", model="Sample-Org/Harbor-7B"
    )
    drafted = await edit(world.member(RITA), drafted, {"Description": "Calm answers, short stories, long letters."})
    assert "9,815 texts in the last 30 days; 3 workers serve it now." in text_of(drafted)
