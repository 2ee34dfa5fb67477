"""A delete or an update whose answer never comes: found among the person's own changes, and never sent again."""

import pytest

from bot.demo.people import RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.lossy import Loss, LossyTransport
from tests.harness.messages import answer_of, text_of
from tests.harness.queue import changes_in
from tests.stories.people import fill, link
from tests.stories.prefilled import edit

MODEL = {"category": "image_generation", "model": "Granite Photo"}


@pytest.fixture
def service(primary_service: ReferenceService) -> ReferenceService:
    return primary_service


@pytest.fixture
def network() -> LossyTransport:
    return LossyTransport()


async def test_a_delete_whose_answer_is_lost_is_found_by_the_record_that_the_service_keeps(
    world: World, service: ReferenceService, network: LossyTransport
) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    drafted = await rita.slash(world.public, "propose-model delete", **MODEL, why="No worker hosts it.")
    opened = await rita.click(answer_of(drafted), label="Delete…")
    network.loss = Loss.ANSWER
    await fill(rita, opened, {"Name": "Granite Photo"})
    assert "No answer yet" in text_of(answer_of(drafted))
    network.loss = Loss.NOTHING
    await rita.click(answer_of(drafted), label="Look again")
    (change,) = changes_in(service)
    assert f"Queued as #{change['change_id']}" in text_of(answer_of(drafted))
    assert change["operation"] == "delete"
    assert len(network.writes) == 1


async def test_an_update_whose_answer_is_lost_is_found_and_never_sent_again(
    world: World, service: ReferenceService, network: LossyTransport
) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    shown = await rita.slash(world.public, "propose-model update", **MODEL)
    drafted = await edit(rita, shown, {"Description": "Stone, photographed."})
    network.loss = Loss.ANSWER
    await rita.click(answer_of(drafted), label="Submit")
    assert "No answer yet" in text_of(answer_of(drafted))
    network.loss = Loss.NOTHING
    await rita.click(answer_of(drafted), label="Look again")
    (change,) = changes_in(service)
    assert f"Queued as #{change['change_id']}" in text_of(answer_of(drafted))
    assert len(network.writes) == 1
