"""The queue is listed newest first, in pages, with filters that survive a restart; a change opens from it."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from simcord.results import ResponseMessage

from bot.demo.people import ABE, CORA, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.messages import answer_of, buttons_of, enabled_buttons_of, menu_of, text_of
from tests.harness.queue import apply_beside, change_of, decide_beside, propose_beside
from tests.harness.simulation import Simulation
from tests.stories.people import link, onlooker


@pytest.fixture
def service(primary_service: ReferenceService) -> ReferenceService:
    """Return a service of each kind of deployment in turn."""
    return primary_service


def shown(message: ResponseMessage, ids: Sequence[int]) -> list[int]:
    """Return those of these changes that are listed, in their order."""
    text = text_of(message)
    return sorted((one for one in ids if f"**#{one}**" in text), key=lambda one: text.index(f"**#{one}**"))


async def test_the_queue_is_listed_newest_first_in_pages(world: World, service: ReferenceService) -> None:
    ids = [propose_beside(service, f"Listed {number}") for number in range(19)]
    viewer = await onlooker(world, service)  # not even linked: the queue is public
    listed = answer_of(await viewer.slash(world.public, "queue list"))
    assert "19 pending · newest first · page 1 of 3" in text_of(listed)
    assert shown(listed, ids) == ids[:-9:-1]
    assert enabled_buttons_of(listed) == ["Older"]
    await viewer.click(listed, label="Older")
    assert shown(listed, ids) == ids[-9:-17:-1]
    await viewer.click(listed, label="Older")
    assert shown(listed, ids) == ids[2::-1]
    assert enabled_buttons_of(listed) == ["Newer"]
    await viewer.click(listed, label="Newer")
    assert "page 2 of 3" in text_of(listed)


async def test_a_filter_holds_across_pages_and_a_restart(
    simulation: Simulation, world: World, service: ReferenceService
) -> None:
    wanted = [propose_beside(service, f"Narrowed {number}", ABE) for number in range(10)]
    others = [propose_beside(service, "Narrowed by Rita"), propose_beside(service, "Something else", ABE)]
    decide_beside(service, approve=wanted[:1], reject=wanted[1:2])
    viewer = await onlooker(world, service)
    listed = answer_of(
        await viewer.slash(
            world.public, "queue list", model="narrowed", requestor="bob#202", category="image_generation"
        )
    )
    assert "8 pending" in text_of(listed)
    assert "name contains narrowed · by bob\\#202" in text_of(listed)
    await viewer.select(listed, values=[], custom_id=menu_of(listed, "status").custom_id)
    assert "10 changes · newest first · page 1 of 2" in text_of(listed)
    await simulation.restart()
    await viewer.click(listed, label="Older")
    assert shown(listed, [*wanted, *others]) == wanted[1::-1]
    assert "rejected" in text_of(listed)
    await viewer.select(listed, values=["lora"], custom_id=menu_of(listed, "category").custom_id)
    assert "Nothing in the queue matches." in text_of(listed)
    await viewer.select(listed, values=["approved", "rejected"], custom_id=menu_of(listed, "status").custom_id)
    assert "Nothing here is approved or rejected." in text_of(listed)
    await viewer.select(listed, values=[], custom_id=menu_of(listed, "category").custom_id)
    assert "2 approved or rejected" in text_of(listed)


async def test_words_are_searched_for_in_the_whole_change(
    simulation: Simulation, world: World, service: ReferenceService
) -> None:
    by_name = propose_beside(service, "Quiet Harbour Fog")
    by_record = propose_beside(service, "Another", description="Paints fog over a quiet sea.")
    other = propose_beside(service, "Fog Alone")
    viewer = await onlooker(world, service)
    listed = answer_of(await viewer.slash(world.public, "queue list", search="QUIET fog"))
    assert shown(listed, [by_name, by_record, other]) == [by_record, by_name]
    assert "2 pending" in text_of(listed)
    assert "with the words QUIET fog" in text_of(listed)
    await simulation.restart()
    await viewer.select(listed, values=["rejected"], custom_id=menu_of(listed, "status").custom_id)
    assert "Nothing here is rejected." in text_of(listed)
    nothing = await viewer.slash(world.public, "queue list", search="no such words")
    assert "Nothing here is pending." in text_of(nothing)


async def test_a_page_that_no_longer_exists_shows_the_last_one(world: World, service: ReferenceService) -> None:
    ids = [propose_beside(service, f"Shrinking {number}") for number in range(9)]
    viewer = await onlooker(world, service)
    listed = answer_of(await viewer.slash(world.public, "queue list"))
    decide_beside(service, reject=ids[:6])
    await viewer.click(listed, label="Older")
    assert "3 pending · newest first" in text_of(listed)
    assert shown(listed, ids) == ids[:5:-1]


async def test_a_chosen_change_opens_and_its_buttons_decide(world: World, service: ReferenceService) -> None:
    change_id = propose_beside(service, "Chosen One")
    await link(world, ABE)
    abe = world.member(ABE)
    listed = answer_of(await abe.slash(world.public, "queue list"))
    menu = menu_of(listed, "choose")
    opened = answer_of(await abe.select(listed, values=menu.values, custom_id=menu.custom_id))
    assert "Chosen One" in text_of(opened)
    asked = await abe.click(opened, label="Approve")
    await abe.click(answer_of(asked), label=f"Approve #{change_id}")
    assert change_of(service, change_id)["status"] == "approved"


async def test_open_and_closed_changes_are_shown_by_number(world: World, service: ReferenceService) -> None:
    live, refused = propose_beside(service, "Shown Live"), propose_beside(service, "Shown Refused")
    decide_beside(service, approve=[live], reject=[refused])
    apply_beside(service, live)
    viewer = await onlooker(world, service)
    assert "Applied" in text_of(await viewer.slash(world.public, "queue show", change=live))
    assert "Rejected" in text_of(await viewer.slash(world.public, "queue show", change=refused))
    gone = await viewer.slash(world.public, "queue show", change=999_999)
    assert "There is no #999999" in text_of(gone)


async def test_next_is_the_oldest_change_of_another_person(world: World, service: ReferenceService) -> None:
    await link(world, ABE)
    abe, cora = world.member(ABE), world.member(CORA)
    assert "Nothing is waiting for you" in text_of(await abe.slash(world.public, "queue next"))
    propose_beside(service, "Next Own", ABE)
    oldest = propose_beside(service, "Next Other")
    propose_beside(service, "Next Newest")
    opened = answer_of(await abe.slash(world.public, "queue next"))
    assert "Next Other" in text_of(opened)
    assert str(oldest) in str(buttons_of(opened)["Approve"]["custom_id"])
    assert "Link your AI-Horde account first" in text_of(await cora.slash(world.public, "queue next"))
    await link(world, RITA)
    assert "You need the approver role" in text_of(await world.member(RITA).slash(world.public, "queue next"))


async def test_next_skips_a_page_of_own_changes_and_a_claimed_one(world: World, service: ReferenceService) -> None:
    for person in (ABE, CORA):
        await link(world, person)
    abe, cora = world.member(ABE), world.member(CORA)
    for number in range(25):
        propose_beside(service, f"Next Own {number}", ABE)
    claimed, free = propose_beside(service, "Next Claimed"), propose_beside(service, "Next Free")
    opened = answer_of(await cora.slash(world.public, "queue show", change=claimed))
    assert f"You claimed #{claimed}" in text_of(await cora.click(opened, label="Claim"))
    assert "Next Free" in text_of(await abe.slash(world.public, "queue next"))
    decide_beside(service, reject=[free])
    assert "Nothing is waiting for you" in text_of(await abe.slash(world.public, "queue next"))


async def test_names_and_requestors_are_offered_from_memory(
    simulation: Simulation, world: World, service: ReferenceService
) -> None:
    propose_beside(service, "Offered Model", ABE)
    await simulation.let_pass(timedelta(seconds=20))
    viewer = await onlooker(world, service)
    models = await viewer.autocomplete(world.public, "queue list", "model", "offered")
    assert [choice["name"] for choice in models] == ["Offered Model"]
    people = await viewer.autocomplete(world.public, "queue list", "requestor", "bob")
    assert [(choice["name"], choice["value"]) for choice in people] == [("bob#202", "202")]
    unknown = await viewer.slash(world.public, "queue list", requestor="no such person")
    assert "there is no such requestor" in text_of(unknown)


async def test_the_age_of_a_change_stays_behind_its_right_to_left_name(
    simulation: Simulation, world: World, service: ReferenceService
) -> None:
    change = propose_beside(service, "דגם ציור", ABE)
    await simulation.let_pass(timedelta(seconds=20))
    viewer = await onlooker(world, service)
    (offered,) = await viewer.autocomplete(world.public, "queue show", "change", "דגם")
    assert offered["name"] == f"#{change} · create · \u2068דגם ציור\u2069 · 0 min"
