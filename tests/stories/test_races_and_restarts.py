"""Several people, several presses, a restart in between: each thing happens once, and each card ends in the truth."""

import simcord

from bot.demo.people import ABE, CORA, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from bot.services.polling.missing_changes import GONE_AFTER
from tests.harness.messages import answer_of, buttons_of, card_of, posted_in, text_of
from tests.harness.queue import change_of, changes_in, decide_beside
from tests.harness.races import Pressed, press_together
from tests.harness.services import empty_the_queue
from tests.harness.simulation import Simulation
from tests.stories.people import fill, link, open_draft, propose


async def ready(world: World, name: str) -> int:
    """Rita has proposed a model; Abe and Cora are linked."""
    for person in (RITA, ABE, CORA):
        await link(world, person)
    return await propose(world, RITA, name)


async def test_an_approver_who_was_faster_is_named_and_nothing_is_done_twice(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    change_id = await ready(world, "Story Faster")
    abe, cora = world.member(ABE), world.member(CORA)
    asked = await abe.click(card_of(world.review, env, change_id), label="Approve")
    asked_too = await cora.click(card_of(world.review, env, change_id), label="Approve")
    await cora.click(answer_of(asked_too), label=f"Approve #{change_id}")
    await abe.click(answer_of(asked), label=f"Approve #{change_id}")
    assert "Already approved" in text_of(answer_of(asked))
    assert "carol\\#303" in text_of(answer_of(asked))
    assert change_of(service, change_id)["approved_by"] == CORA.horde_user_id


async def test_a_decision_on_the_web_page_repairs_the_card_and_tells_the_requestor(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    change_id = await ready(world, "Story Web")
    decide_beside(service, reject=[change_id], reason="Not like this.", person=CORA)
    await env.advance_time(21)
    card = card_of(world.review, env, change_id)
    assert "Rejected" in text_of(card)
    assert "Not like this" in text_of(card)
    assert "Approve" not in buttons_of(card)
    assert any("Not like this" in text_of(message) for message in posted_in(world.direct_messages(RITA), env))
    await env.advance_time(60)
    assert len(posted_in(world.direct_messages(RITA), env)) == 1


async def test_a_press_on_an_outdated_card_shows_how_things_are(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    change_id = await ready(world, "Story Outdated")
    card = card_of(world.review, env, change_id)
    decide_beside(service, approve=[change_id], person=CORA)
    pressed = await world.member(ABE).click(card, label="Approve")
    assert "Already approved" in text_of(pressed)
    assert "Apply" in buttons_of(card_of(world.review, env, change_id))


async def test_a_purged_change_is_closed_once_it_has_been_missing_for_ten_minutes(
    simulation: Simulation, world: World, env: simcord.Env, service: ReferenceService
) -> None:
    change_id = await ready(world, "Story Purged")
    card = card_of(world.review, env, change_id)
    empty_the_queue(service)
    pressed = await world.member(ABE).click(card, label="Approve")
    assert "gone from the queue" in text_of(pressed)
    await env.advance_time(21)
    await simulation.let_pass(GONE_AFTER)
    card = card_of(world.review, env, change_id)
    assert "Purged" in text_of(card)
    assert "alice\\#101" in text_of(card)
    assert "Approve" not in buttons_of(card)


async def test_buttons_of_cards_and_drafts_work_after_a_restart(
    simulation: Simulation, world: World, service: ReferenceService
) -> None:
    change_id = await ready(world, "Story Restart")
    drafted = await open_draft(world, RITA, "Story Restart Draft")
    before = len(posted_in(world.review, simulation.env))
    await simulation.restart()
    env = simulation.env
    assert len(posted_in(world.review, env)) == before
    asked = await world.member(ABE).click(card_of(world.review, env, change_id), label="Approve")
    await world.member(ABE).click(answer_of(asked), label=f"Approve #{change_id}")
    assert change_of(service, change_id)["status"] == "approved"
    await world.member(RITA).click(answer_of(drafted), label="Submit")
    assert [change["model_name"] for change in changes_in(service)] == ["Story Restart", "Story Restart Draft"]


async def test_a_deleted_card_is_posted_again_when_the_change_moves(world: World, env: simcord.Env) -> None:
    change_id = await ready(world, "Story Deleted Card")
    abe = world.member(ABE)
    await world.owner.delete(card_of(world.review, env, change_id))
    asked = await abe.slash(world.public, "approve", change=change_id)
    await abe.click(answer_of(asked), label=f"Approve #{change_id}")
    await env.advance_time(21)
    assert "Approved" in text_of(card_of(world.review, env, change_id))


async def test_a_draft_pressed_twice_at_once_is_queued_once(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    await link(world, RITA)
    draft = answer_of(await open_draft(world, RITA, "Story Twice"))
    rita = world.member(RITA)
    await press_together(env, Pressed(rita, draft, "Submit"), Pressed(rita, draft, "Submit"))
    assert len(changes_in(service)) == 1


async def test_a_press_that_discord_delivers_twice_is_one_press(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    await link(world, RITA)
    draft = answer_of(await open_draft(world, RITA, "Story Delivered Twice"))
    await press_together(env, Pressed(world.member(RITA), draft, "Submit", deliveries=2))
    assert len(changes_in(service)) == 1


async def test_of_two_approvers_at_once_one_approves_and_the_other_is_told(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    change_id = await ready(world, "Story Both")
    abe, cora = world.member(ABE), world.member(CORA)
    asked = [await each.click(card_of(world.review, env, change_id), label="Approve") for each in (abe, cora)]
    label = f"Approve #{change_id}"
    await press_together(env, Pressed(abe, answer_of(asked[0]), label), Pressed(cora, answer_of(asked[1]), label))
    said = [text_of(answer_of(each)) for each in asked]
    assert sum("Already approved" in text for text in said) == 1
    assert change_of(service, change_id)["status"] == "approved"
    assert len([m for m in posted_in(world.review, env) if "Story Both" in text_of(m)]) == 1


async def test_a_rejection_with_words_of_ones_own_needs_them(world: World, env: simcord.Env) -> None:
    change_id = await ready(world, "Story No Words")
    cora = world.member(CORA)
    shown = await cora.click(card_of(world.review, env, change_id), label="Reject…")
    refused = await fill(cora, shown, {"Reason": ["Another reason"]})
    assert "one answer is empty" in text_of(refused)
    assert "**In your words** takes a reason" in text_of(refused)
    assert "Pending" in text_of(card_of(world.review, env, change_id))
