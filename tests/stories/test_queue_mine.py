"""Own drafts and proposals are listed with their results, and open from the list."""

import pytest

from bot.demo.people import ABE, DAVE, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.messages import answer_of, buttons_of, menu_of, text_of
from tests.harness.queue import apply_beside, decide_beside, propose_beside
from tests.stories.people import link, open_draft


@pytest.fixture
def service(primary_service: ReferenceService) -> ReferenceService:
    """Return a service of each kind of deployment in turn."""
    return primary_service


async def test_drafts_come_first_and_each_proposal_shows_its_result(world: World, service: ReferenceService) -> None:
    await link(world, RITA)
    await open_draft(world, RITA, "Mine Draft")
    live, approved, refused, waiting = (
        propose_beside(service, f"Mine {word}") for word in ("Live", "Approved", "Refused", "Waiting")
    )
    propose_beside(service, "Not Mine", ABE)
    decide_beside(service, approve=[live, approved], reject=[refused])
    apply_beside(service, live)
    rita = world.member(RITA)
    mine = answer_of(await rita.slash(world.public, "queue mine"))
    text = text_of(mine)
    assert "alice\\#101" in text
    assert "1 draft" in text
    order = ["Mine Draft", "Mine Waiting", "Mine Refused", "Mine Approved", "Mine Live"]
    assert sorted(order, key=text.index) == order
    assert "Not Mine" not in text
    assert "rejected by bob\\#202" in text
    assert "· No\n" in text
    assert "not live yet" in text
    values = menu_of(mine).values
    draft = answer_of(await rita.select(mine, values=values[:1]))
    assert "Submit" in buttons_of(draft)
    opened = answer_of(await rita.select(mine, values=values[1:2]))
    assert f"#{waiting}" in text_of(opened)


async def test_a_long_list_of_own_proposals_has_pages_and_a_filter(world: World, service: ReferenceService) -> None:
    await link(world, RITA)
    for number in range(2):
        await open_draft(world, RITA, f"Mine Draft {number}")
    ids = [propose_beside(service, f"Mine Long {number}") for number in range(10)]
    decide_beside(service, reject=ids[:2])
    rita = world.member(RITA)
    mine = answer_of(await rita.slash(world.public, "queue mine"))
    assert "page 1 of 2" in text_of(mine)
    assert f"**#{ids[4]}**" in text_of(mine)
    assert f"**#{ids[3]}**" not in text_of(mine)
    await rita.click(mine, label="Older")
    assert [one for one in ids if f"**#{one}**" in text_of(mine)] == ids[:4]
    await rita.click(mine, label="Newer")
    assert "Mine Draft 1" in text_of(mine)
    rejected = text_of(await rita.slash(world.public, "queue mine", status="rejected"))
    assert "2 rejected" in rejected
    assert "Mine Draft" not in rejected
    assert "Nothing of yours is applied." in text_of(await rita.slash(world.public, "queue mine", status="applied"))


async def test_own_proposals_need_a_link_and_the_role(world: World, service: ReferenceService) -> None:
    dave = world.member(DAVE)
    assert "Link your AI-Horde account first" in text_of(await dave.slash(world.public, "queue mine"))
    await link(world, DAVE)
    assert "You need the requestor role" in text_of(await dave.slash(world.public, "queue mine"))
    await link(world, RITA)
    assert "You have proposed nothing yet." in text_of(await world.member(RITA).slash(world.public, "queue mine"))
