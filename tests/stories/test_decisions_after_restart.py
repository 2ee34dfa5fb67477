"""Decisions on a service that was restarted with other files or other roles."""

import json
from pathlib import Path

import pytest
import simcord

from bot.demo.horde_stand_in import HordeStandIn
from bot.demo.people import ABE, CORA, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.service_environment import Mode
from bot.demo.world import World
from tests.harness.messages import answer_of, card_of, text_of
from tests.harness.queue import change_of
from tests.harness.services import ServiceFactory
from tests.stories.people import link, propose


@pytest.fixture(params=[Mode.V2, Mode.LEGACY], ids=str)
def service(request: pytest.FixtureRequest, new_service: ServiceFactory) -> ReferenceService:
    """A deployment of each format, the test's own: it is stopped and its files are changed."""
    return new_service(request.param)


async def ready(world: World, name: str) -> int:
    """Rita has proposed a model; Abe and Cora are linked."""
    for person in (RITA, ABE, CORA):
        await link(world, person)
    return await propose(world, RITA, name)


async def test_an_id_that_stands_for_something_else_now_is_not_decided(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    """A deployment with several workers may give an id twice (8.6.2): here its files are changed beneath it."""
    change_id = await ready(world, "Race Reused")
    abe = world.member(ABE)
    card = card_of(world.review, env, change_id)
    asked = await abe.click(card, label="Approve")
    await abe.click(card, label="Claim")
    service._end_process()
    path = service.data_folder / "pending_queue" / "changes.json"
    changes = json.loads(path.read_text())
    for change in changes:
        change["payload"]["description"] = "Something else entirely."
    path.write_text(json.dumps(changes))
    service.start()
    await abe.click(answer_of(asked), label=f"Approve #{change_id}")
    assert "Read it again" in text_of(answer_of(asked))
    assert change_of(service, change_id)["status"] == "pending"
    card = card_of(world.review, env, change_id)
    assert "Something else entirely" in text_of(card)
    assert "claimed" not in text_of(card)
    asked = await abe.click(card, label="Approve")
    await abe.click(answer_of(asked), label=f"Approve #{change_id}")
    assert change_of(service, change_id)["status"] == "approved"


async def test_a_role_that_was_lost_since_the_card_was_drawn_is_missed_at_the_press(
    world: World, env: simcord.Env, service: ReferenceService, horde: HordeStandIn, documents: Path
) -> None:
    change_id = await ready(world, "Race Role")
    abe = world.member(ABE)
    asked = await abe.click(card_of(world.review, env, change_id), label="Approve")
    port = int(service.origin.rpartition(":")[2])
    service.stop()
    stricter = ReferenceService(
        service.folder,
        ai_horde_url=horde.url,
        mode=service.mode,
        port=port,
        approver_ids=(CORA.horde_user_id,),
        documents=documents,
    ).start()
    try:
        pressed = await abe.click(answer_of(asked), label=f"Approve #{change_id}")
        assert "You need the approver role" in text_of(pressed)
        again = await abe.click(card_of(world.review, env, change_id), label="Approve")
        assert "You need the approver role" in text_of(again)
        assert change_of(stricter, change_id)["status"] == "pending"
        assert "Pending" in text_of(card_of(world.review, env, change_id))
    finally:
        stricter.stop()
