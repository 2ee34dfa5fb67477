"""Deletion of a model: by the bot, and by another user while a draft about it waits. Own services."""

import pytest
import simcord

from bot.demo.people import ABE, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.service_environment import Mode
from bot.demo.world import World
from tests.harness.messages import answer_of, card_of, text_of
from tests.harness.queue import changes_in
from tests.harness.services import ServiceFactory
from tests.stories.people import change_id_in, fill, link, press_behind_more
from tests.stories.prefilled import edit
from tests.stories.reference import live

MODEL = {"category": "image_generation", "model": "Velvet Night"}


@pytest.fixture(params=[Mode.V2, Mode.LEGACY], ids=str)
def service(request: pytest.FixtureRequest, new_service: ServiceFactory) -> ReferenceService:
    return new_service(request.param)


async def test_an_approved_delete_takes_the_model_away_and_a_waiting_update_is_told(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    await link(world, RITA)
    await link(world, ABE)
    rita, abe = world.member(RITA), world.member(ABE)
    shown = await rita.slash(world.public, "propose-model update", **MODEL)
    waiting = await edit(rita, shown, {"Description": "Too late."})
    drafted = await rita.slash(world.public, "propose-model delete", **MODEL, why="Gone.")
    opened = await rita.click(answer_of(drafted), label="Delete…")
    await fill(rita, opened, {"Name": "Velvet Night"})
    change_id = change_id_in(text_of(answer_of(drafted)))
    asked = await abe.click(card_of(world.review, env, change_id), label="Approve")
    await abe.click(answer_of(asked), label=f"Approve #{change_id}")
    await abe.click(card_of(world.review, env, change_id), label="Apply")
    assert live(service, "Velvet Night") is None
    before = len(changes_in(service))
    await rita.click(answer_of(waiting), label="Submit")
    assert "No live model has this name" in text_of(answer_of(waiting))
    await press_behind_more(rita, answer_of(waiting), "Discard")
    again = await rita.slash(world.public, "propose-model update", **MODEL)
    assert "no live model has this name" in text_of(again)
    assert len(changes_in(service)) == before
