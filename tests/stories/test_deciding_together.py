"""Approvers work side by side: claims, counted approvals, and one's own left to another."""

from datetime import timedelta

import pytest
import simcord

from bot.demo.people import ABE, CORA, DAVE, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.messages import answer_of, buttons_of, card_of, enabled_buttons_of, text_of
from tests.harness.queue import change_of, decide_beside, propose_beside
from tests.harness.races import Pressed, press_together
from tests.harness.simulation import Simulation
from tests.stories.people import link, propose_to_two


@pytest.fixture
def service(primary_service: ReferenceService) -> ReferenceService:
    """Both kinds of deployment in turn."""
    return primary_service


async def test_a_claim_is_seen_by_all_binds_no_one_and_ends_with_the_decision(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    change_id = await propose_to_two(world, "Story Claim")
    abe, cora = world.member(ABE), world.member(CORA)
    claimed = await abe.click(card_of(world.review, env, change_id), label="Claim")
    assert f"You claimed #{change_id}" in text_of(claimed)
    card = card_of(world.review, env, change_id)
    assert "claimed by bob\\#202" in text_of(card)
    assert "Release" not in buttons_of(card), "the card is everyone's"
    not_hers = await cora.click(card, label="Claim")
    assert "The claim of bob\\#202 ends" in text_of(not_hers)
    assert "Release" not in buttons_of(not_hers)
    asked = await cora.click(card_of(world.review, env, change_id), label="Approve")
    assert "**Claimed by bob\\#202:** ask before you decide it. The claim ends <t:" in text_of(asked)
    await cora.click(answer_of(asked), label=f"Approve #{change_id}")
    card = card_of(world.review, env, change_id)
    assert "claimed" not in text_of(card)
    assert change_of(service, change_id)["approved_by"] == CORA.horde_user_id


async def test_a_claim_is_released_and_ends_after_a_day(world: World, env: simcord.Env, simulation: Simulation) -> None:
    change_id = await propose_to_two(world, "Story Release")
    abe = world.member(ABE)
    claimed = await abe.click(card_of(world.review, env, change_id), label="Claim")
    released = await abe.click(answer_of(claimed), label="Release")
    assert f"You released #{change_id}" in text_of(released)
    assert "claimed" not in text_of(card_of(world.review, env, change_id))
    await abe.click(card_of(world.review, env, change_id), label="Claim")
    await simulation.restart()
    assert "claimed by" in text_of(card_of(world.review, simulation.env, change_id))
    await simulation.let_pass(timedelta(hours=24, minutes=1))
    card = card_of(world.review, simulation.env, change_id)
    assert "claimed" not in text_of(card)
    assert "Claim" in buttons_of(card)


async def test_two_approvals_are_counted_on_the_card_and_the_second_is_sent(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    change_id = await propose_to_two(world, "Story Two Approvals")
    abe, cora = world.member(ABE), world.member(CORA)
    await world.members["Abe"].slash(world.public, "setup approvals", count=2)
    asked = await abe.click(card_of(world.review, env, change_id), label="Approve")
    assert "0 of 2 approvals" in text_of(asked)
    assert "Yours counts. 1 more approval and it is approved." in text_of(asked)
    await abe.click(answer_of(asked), label=f"Approve #{change_id}")
    assert "1 of 2 approvals" in text_of(answer_of(asked))
    assert change_of(service, change_id)["status"] == "pending"
    card = card_of(world.review, env, change_id)
    assert "1 of 2 approvals: bob\\#202" in text_of(card)
    again = await abe.click(card, label="Approve")
    assert f"You have approved #{change_id} already. So far: bob\\#202." in text_of(again)
    assert "**Changed:** nothing by this press." in text_of(again)
    asked = await cora.click(card, label="Approve")
    assert "1 of 2 approvals: bob\\#202" in text_of(asked)
    assert "can no longer be rejected" in text_of(asked)
    await cora.click(answer_of(asked), label=f"Approve #{change_id}")
    assert f"#{change_id} is approved" in text_of(answer_of(asked))
    assert change_of(service, change_id)["approved_by"] == CORA.horde_user_id
    assert enabled_buttons_of(card_of(world.review, env, change_id))[0] == "Apply"


async def test_of_two_last_approvals_at_once_one_is_sent(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    change_id = await propose_to_two(world, "Story Two At Once")
    abe, cora = world.member(ABE), world.member(CORA)
    await world.members["Abe"].slash(world.public, "setup approvals", count=2)
    label = f"Approve #{change_id}"
    asked = [await each.click(card_of(world.review, env, change_id), label="Approve") for each in (abe, cora)]
    await press_together(env, Pressed(abe, answer_of(asked[0]), label), Pressed(cora, answer_of(asked[1]), label))
    said = sorted(text_of(answer_of(each)).splitlines()[0] for each in asked)
    assert said == [f"## #{change_id} is approved", "## 1 of 2 approvals"]
    assert change_of(service, change_id)["status"] == "approved"


async def test_ones_own_is_left_to_another_where_the_server_wants_that(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    for person in (ABE, CORA):
        await link(world, person)
    await world.members["Abe"].slash(world.public, "setup own-changes", mode="block")
    change_id = propose_beside(service, "Story Own", person=ABE)
    await env.advance_time(21)
    refused = await world.member(ABE).click(card_of(world.review, env, change_id), label="Approve")
    assert "Not approved: it is your own" in text_of(refused)
    assert "another approver has to decide" in text_of(refused)
    asked = await world.member(CORA).click(card_of(world.review, env, change_id), label="Approve")
    await world.member(CORA).click(answer_of(asked), label=f"Approve #{change_id}")
    assert change_of(service, change_id)["approved_by"] == CORA.horde_user_id


async def test_a_press_by_who_may_not_changes_nothing(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    change_id = await propose_to_two(world, "Story May Not Claim")
    card = card_of(world.review, env, change_id)
    unlinked = await world.member(DAVE).click(card, label="Claim")
    assert "Link your AI-Horde account first" in text_of(unlinked)
    requestor = await world.member(RITA).click(card, label="Claim")
    assert "You need the approver role" in text_of(requestor)
    assert "claimed" not in text_of(card_of(world.review, env, change_id))
    decide_beside(service, reject=[change_id])
    late = await world.member(ABE).click(card, label="Claim")
    assert "Already rejected" in text_of(late)
