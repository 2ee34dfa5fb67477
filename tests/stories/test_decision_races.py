"""Decisions that meet each other, meet another record, come late or come twice: one truth, and everybody told it."""

from datetime import timedelta

import pytest
import simcord

from bot.demo.people import ABE, CORA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.messages import answer_of, buttons_of, card_of, menu_of, text_of
from tests.harness.queue import change_of, decide_beside, live_model, propose_harmless
from tests.harness.races import Pressed, press_together
from tests.harness.services import empty_the_queue
from tests.harness.simulation import Simulation
from tests.stories.people import fill, link, propose_to_two


@pytest.fixture
def service(primary_service: ReferenceService) -> ReferenceService:
    return primary_service


async def test_an_approval_and_a_rejection_at_once_leave_one_of_them(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    change_id = await propose_to_two(world, "Race Approve Reject")
    abe, cora = world.member(ABE), world.member(CORA)
    card = card_of(world.review, env, change_id)
    asked = await abe.click(card, label="Approve")
    shown = await cora.click(card, label="Reject…")
    decide_beside(service, reject=[change_id], person=CORA)  # hers, a moment earlier, from the web page
    await abe.click(answer_of(asked), label=f"Approve #{change_id}")
    assert "Already rejected" in text_of(answer_of(asked))
    late = await fill(cora, shown, {"Reason": ["Duplicate of a model we have"]})
    assert "Already rejected" in text_of(late)
    assert "Rejected" in text_of(card_of(world.review, env, change_id))


async def test_two_applies_at_once_apply_once(world: World, env: simcord.Env, service: ReferenceService) -> None:
    change_id = await propose_to_two(world, "Race Apply")
    decide_beside(service, approve=[change_id], person=CORA)
    await env.advance_time(21)
    card = card_of(world.review, env, change_id)
    abe, cora = world.member(ABE), world.member(CORA)
    results = await press_together(env, Pressed(abe, card, "Apply"), Pressed(cora, card, "Apply"))
    said = sorted(text_of(result).splitlines()[0] for result in results)
    assert said == [f"## #{change_id} is applied", "## Already applied"]
    assert live_model(service, "Race Apply")


async def test_a_press_that_is_made_twice_decides_once(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    change_id = await propose_to_two(world, "Race Double")
    abe, label = world.member(ABE), f"Approve #{change_id}"
    asked = await abe.click(card_of(world.review, env, change_id), label="Approve")
    await press_together(env, Pressed(abe, answer_of(asked), label), Pressed(abe, answer_of(asked), label))
    change = change_of(service, change_id)
    assert (change["status"], change["approved_by"]) == ("approved", ABE.horde_user_id)
    assert text_of(answer_of(asked)).splitlines()[0] in (f"## #{change_id} is approved", "## Already approved")


async def test_a_purge_before_the_press_closes_the_question(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    change_id = await propose_to_two(world, "Race Purge")
    abe = world.member(ABE)
    asked = await abe.click(card_of(world.review, env, change_id), label="Approve")
    empty_the_queue(service)
    await abe.click(answer_of(asked), label=f"Approve #{change_id}")
    assert "gone from the queue" in text_of(answer_of(asked))


async def test_a_number_that_was_never_given_is_no_change_that_is_gone(world: World) -> None:
    abe = world.member(ABE)
    await link(world, ABE)
    text = text_of(await abe.slash(world.public, "approve", change=2**40))
    assert f"There is no #{2**40}" in text
    assert "**Changed:** nothing." in text
    assert "The card closes" not in text


async def test_a_question_from_before_another_change_became_live_is_asked_again(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    change_id = await propose_to_two(world, "Race Live")
    rival = propose_harmless(service, "Race Live")
    decide_beside(service, approve=[rival], person=CORA)
    await env.advance_time(21)
    abe = world.member(ABE)
    asked = await abe.click(card_of(world.review, env, change_id), label="Approve")
    await env.advance_time(21)
    await world.member(CORA).click(card_of(world.review, env, rival), label="Apply")
    await abe.click(answer_of(asked), label=f"Approve #{change_id}")
    assert "Read it again" in text_of(answer_of(asked))
    assert f"carol\\#303 applied #{rival}" in text_of(answer_of(asked))
    assert change_of(service, change_id)["status"] == "pending"
    await env.advance_time(21)
    asked = await abe.click(card_of(world.review, env, change_id), label="Approve")
    await abe.click(answer_of(asked), label=f"Approve #{change_id}")
    assert change_of(service, change_id)["status"] == "approved"


async def two_models(world: World, env: simcord.Env, service: ReferenceService, name: str) -> tuple[int, int]:
    """Propose two models; Abe and Cora are linked."""
    one, two = (propose_harmless(service, name) for name in (f"{name} One", f"{name} Two"))
    for person in (ABE, CORA):
        await link(world, person)
    await env.advance_time(21)
    return one, two


async def rival_goes_live(world: World, env: simcord.Env, service: ReferenceService, name: str) -> int:
    """Let Cora apply another change of the second model, proposed a while after the last message was drawn."""
    rival = propose_harmless(service, f"{name} Two")
    decide_beside(service, approve=[rival], person=CORA)
    await env.advance_time(21)
    await world.member(CORA).click(card_of(world.review, env, rival), label="Apply")
    return rival


async def test_approving_several_leaves_out_one_whose_model_changed_after_the_question(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    one, two = await two_models(world, env, service, "Race Batch Approve")
    abe = world.member(ABE)
    listed = answer_of(await abe.slash(world.public, "queue list", status="pending"))
    menu = menu_of(listed, "choose")
    await abe.select(listed, values=menu.values, custom_id=menu.custom_id)
    rival = await rival_goes_live(world, env, service, "Race Batch Approve")
    await abe.click(listed, label="Approve 2")
    assert f"carol\\#303 applied #{rival} since it was shown" in text_of(listed)
    assert [change_of(service, change_id)["status"] for change_id in (one, two)] == ["approved", "pending"]


async def test_the_menu_of_approved_changes_names_one_whose_model_changed_after_it_was_drawn(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    one, two = await two_models(world, env, service, "Race Batch Menu")
    decide_beside(service, approve=[one, two], person=CORA)
    abe = world.member(ABE)
    listed = answer_of(await abe.slash(world.public, "apply"))
    rival = await rival_goes_live(world, env, service, "Race Batch Menu")
    menu = menu_of(listed, "apply")
    await abe.select(listed, values=menu.values, custom_id=menu.custom_id)
    assert f"Apply #{one}?" in text_of(listed)
    assert f"carol\\#303 applied #{rival} since it was shown" in text_of(listed)


async def test_applying_several_leaves_out_one_whose_model_changed_after_the_question(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    one, two = await two_models(world, env, service, "Race Batch Apply")
    decide_beside(service, approve=[one, two], person=CORA)
    abe = world.member(ABE)
    asked = answer_of(await abe.slash(world.public, "apply", changes=f"{one}, {two}"))
    rival = await rival_goes_live(world, env, service, "Race Batch Apply")
    await abe.click(asked, label="Apply 2")
    assert f"carol\\#303 applied #{rival} since it was shown" in text_of(asked)
    assert [change_of(service, change_id)["status"] for change_id in (one, two)] == ["applied", "approved"]


async def test_a_card_that_is_a_year_old_works_after_a_restart(
    simulation: Simulation, world: World, service: ReferenceService
) -> None:
    change_id = await propose_to_two(world, "Race Year")
    await simulation.restart()
    await simulation.let_pass(timedelta(days=365))
    abe = world.member(ABE)
    asked = await abe.click(card_of(world.review, simulation.env, change_id), label="Approve")
    await abe.click(answer_of(asked), label=f"Approve #{change_id}")
    assert change_of(service, change_id)["status"] == "approved"
    assert "Apply" in buttons_of(card_of(world.review, simulation.env, change_id))


async def test_who_has_unlinked_since_decides_nothing(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    change_id = await propose_to_two(world, "Race Unlinked")
    abe = world.member(ABE)
    asked = await abe.click(card_of(world.review, env, change_id), label="Approve")
    unlink = await abe.slash(world.public, "account unlink")
    await abe.click(answer_of(unlink), label="Unlink")
    pressed = await abe.click(answer_of(asked), label=f"Approve #{change_id}")
    assert "Link your AI-Horde account first" in text_of(pressed)
    assert change_of(service, change_id)["status"] == "pending"


async def test_several_that_go_stale_one_by_one_leave_the_fresh_ones(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    ids = [propose_harmless(service, f"Race Several {number}") for number in range(4)]
    await link(world, ABE)
    await env.advance_time(21)
    abe = world.member(ABE)
    listed = answer_of(await abe.slash(world.public, "queue list"))
    menu = menu_of(listed, "choose")
    await abe.select(listed, values=menu.values, custom_id=menu.custom_id)
    shown = await abe.click(listed, label="Reject 4…")
    decide_beside(service, approve=ids[1:2], person=CORA)
    await fill(abe, shown, {"Reason": ["Not suitable for the Horde"]})
    assert "3 of 4 rejected" in text_of(listed)
    assert "already approved by carol\\#303" in text_of(listed)
    states = ["rejected", "approved", "rejected", "rejected"]
    assert [change_of(service, one)["status"] for one in ids] == states
    assert change_of(service, ids[0])["reject_reason"] == "Not suitable for the Horde."
