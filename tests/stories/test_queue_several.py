"""Several changes chosen in the list are decided together; those decided meanwhile are named."""

import pytest
from simcord.results import ResponseMessage

from bot.demo.people import ABE, DAVE
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.messages import answer_of, buttons_of, nodes_of, text_of
from tests.harness.queue import change_of, decide_beside, hides_queue, propose_harmless
from tests.harness.services import ONE_FORMAT
from tests.stories.people import link

SELECT = 3


@pytest.fixture
def service(primary_service: ReferenceService) -> ReferenceService:
    """Return a service of each kind of deployment in turn."""
    return primary_service


def chooser(message: ResponseMessage) -> tuple[str, list[str], int]:
    """Return the id, the values and the maximum of the menu that chooses."""
    (menu,) = [node for node in nodes_of(message) if node["type"] == SELECT and "choose" in node["custom_id"]]
    return menu["custom_id"], [option["value"] for option in menu["options"]], menu.get("max_values", 1)


async def test_several_are_approved_then_applied_from_the_list(world: World, service: ReferenceService) -> None:
    ids = [propose_harmless(service, f"Several {number}") for number in range(3)]
    await link(world, ABE)
    abe = world.member(ABE)
    listed = answer_of(await abe.slash(world.public, "queue list"))
    menu, values, most = chooser(listed)
    assert most == 3
    decide_beside(service, reject=ids[:1])
    await abe.select(listed, values=values, custom_id=menu)
    assert "3 chosen" in text_of(listed)
    assert "1 change cannot be decided any more" in text_of(listed)
    assert {"Approve 2", "Reject 2…", "Back"} <= set(buttons_of(listed))
    await abe.click(listed, label="Back")
    assert "2 pending" in text_of(listed)
    menu, values, _ = chooser(listed)
    await abe.select(listed, values=values, custom_id=menu)
    await abe.click(listed, label="Approve 2")
    assert [change_of(service, one)["status"] for one in ids] == ["rejected", "approved", "approved"]
    approved = answer_of(await abe.slash(world.public, "queue list", status="approved"))
    menu, values, _ = chooser(approved)
    await abe.select(approved, values=values, custom_id=menu)
    assert "Apply 2 changes?" in text_of(approved)


@ONE_FORMAT
async def test_people_who_cannot_decide_choose_one_change_at_a_time(world: World, service: ReferenceService) -> None:
    for number in range(2):
        propose_harmless(service, f"One At A Time {number}")
    if hides_queue(service):
        pytest.skip("this release of the service shows its queue to approvers only")
    dave = world.member(DAVE)
    assert chooser(answer_of(await dave.slash(world.public, "queue list")))[2] == 1
