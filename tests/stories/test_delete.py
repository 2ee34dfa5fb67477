"""A live model is proposed to go: what goes is shown, its name is typed, and it is sent once."""

import pytest
import simcord

from bot.demo.people import ABE, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.messages import (
    answer_of,
    buttons_of,
    card_of,
    enabled_buttons_of,
    nodes_of,
    text_of,
)
from tests.harness.queue import change_of, changes_in
from tests.harness.simulation import Simulation
from tests.stories.people import change_id_in, fill, link

MODEL = {"category": "image_generation", "model": "Tin Robot", "why": "No worker hosts it any more."}


@pytest.fixture
def service(primary_service: ReferenceService) -> ReferenceService:
    return primary_service


async def test_what_would_go_is_shown_and_its_name_must_be_typed(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    drafted = await rita.slash(world.public, "propose-model delete", **MODEL)
    card = text_of(drafted)
    assert "DELETE" in card
    assert "Record to delete" in card
    assert "No worker hosts it any more" in card
    assert {"Submit", "Basics", "Files"}.isdisjoint(buttons_of(drafted))
    opened = await rita.click(answer_of(drafted), label="Delete…")
    await fill(rita, opened, {"Name": "Tin Robots"})
    assert "that is not the name" in text_of(answer_of(drafted)), "in place of the draft, as the result will be"
    assert "**Changed:** nothing. The draft is kept." in text_of(answer_of(drafted))
    assert changes_in(service) == []
    assert text_of(await rita.click(answer_of(drafted), label="Back")) == card
    opened = await rita.click(answer_of(drafted), label="Delete…")
    await fill(rita, opened, {"Name": " tin robot "})
    queued = text_of(answer_of(drafted))
    change = change_of(service, change_id_in(queued), ABE)
    assert (change["operation"], change["model_name"]) == ("delete", "Tin Robot")
    review = text_of(card_of(world.review, env, change["change_id"]))
    assert "Record to delete" in review
    assert "No worker hosts it any more" in review


async def test_a_model_that_is_not_there_is_said_with_what_to_do(world: World, service: ReferenceService) -> None:
    await link(world, RITA)
    refused = await world.member(RITA).slash(
        world.public, "propose-model delete", category="lora", model="Nothing", why="It is gone."
    )
    assert "no live model has this name" in text_of(refused)
    assert "propose-model create" in text_of(refused)
    assert changes_in(service) == []


async def test_a_delete_waits_among_the_drafts_and_works_after_a_restart(
    simulation: Simulation, world: World, service: ReferenceService
) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    await rita.slash(world.public, "propose-model delete", **MODEL)
    await simulation.restart()
    drafts = await rita.slash(world.public, "propose-model drafts")
    assert "DELETE · **Tin Robot**" in text_of(drafts)
    (menu,) = [node for node in nodes_of(drafts) if node["type"] == 3]
    await rita.select(answer_of(drafts), values=[menu["options"][0]["value"]])
    assert "Delete…" in enabled_buttons_of(answer_of(drafts))
    opened = await rita.click(answer_of(drafts), label="Delete…")
    await fill(rita, opened, {"Name": "Tin Robot"})
    assert [change["operation"] for change in changes_in(service)] == ["delete"]
