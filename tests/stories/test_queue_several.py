"""Several changes chosen in the list are decided together; those decided meanwhile are named."""

import pytest

from bot.demo.people import ABE, CORA, DAVE
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.messages import answer_of, buttons_of, menu_of, text_of
from tests.harness.queue import change_of, decide_beside, propose_harmless
from tests.stories.people import link, require_shown_queue


@pytest.fixture
def service(primary_service: ReferenceService) -> ReferenceService:
    """Return a service of each kind of deployment in turn."""
    return primary_service


async def test_several_are_approved_then_applied_from_the_list(world: World, service: ReferenceService) -> None:
    ids = [propose_harmless(service, f"Several {number}") for number in range(3)]
    await link(world, ABE)
    abe = world.member(ABE)
    listed = answer_of(await abe.slash(world.public, "queue list"))
    menu = menu_of(listed, "choose")
    assert menu.most == 3
    decide_beside(service, reject=ids[:1])
    await abe.select(listed, values=menu.values, custom_id=menu.custom_id)
    assert "3 chosen" in text_of(listed)
    assert "1 change cannot be decided any more" in text_of(listed)
    assert {"Approve 2", "Reject 2…", "Back"} <= set(buttons_of(listed))
    await abe.click(listed, label="Back")
    assert "2 pending" in text_of(listed)
    menu = menu_of(listed, "choose")
    await abe.select(listed, values=menu.values, custom_id=menu.custom_id)
    await abe.click(listed, label="Approve 2")
    assert [change_of(service, one)["status"] for one in ids] == ["rejected", "approved", "approved"]
    approved = answer_of(await abe.slash(world.public, "queue list", status="approved"))
    menu = menu_of(approved, "choose")
    await abe.select(approved, values=menu.values, custom_id=menu.custom_id)
    assert "Apply 2 changes?" in text_of(approved)


async def test_several_chosen_in_the_list_are_applied_oldest_first(world: World, service: ReferenceService) -> None:
    ids = [propose_harmless(service, f"In Order {number}") for number in range(2)]
    decide_beside(service, approve=ids, person=CORA)
    await link(world, ABE)
    abe = world.member(ABE)
    listed = answer_of(await abe.slash(world.public, "queue list", status="approved"))
    menu = menu_of(listed, "choose")
    await abe.select(listed, values=menu.values, custom_id=menu.custom_id)
    asked = text_of(listed)
    assert "In this order" in asked
    first, second = (asked.index(f"#{one}") for one in ids)
    assert first < second, "of two changes of one model, the older one would take the newer one back"


async def test_people_who_cannot_decide_choose_one_change_at_a_time(world: World, service: ReferenceService) -> None:
    for number in range(2):
        propose_harmless(service, f"One At A Time {number}")
    require_shown_queue(service)
    dave = world.member(DAVE)
    assert menu_of(answer_of(await dave.slash(world.public, "queue list")), "choose").most == 1
