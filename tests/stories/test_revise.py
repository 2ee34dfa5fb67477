"""A proposal that was not taken is taken up again: from the message that told of it, as one draft, with the reason."""

import pytest
import simcord

from bot.demo.people import CORA, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.messages import answer_of, buttons_of, card_of, posted_in, text_of
from tests.harness.queue import change_of
from tests.harness.simulation import Simulation
from tests.stories.people import change_id_in, link, open_section, propose, reject
from tests.stories.prefilled import edit
from tests.stories.reference import change_live, live_record

BUTTON = "Revise and resubmit"


@pytest.fixture
def service(primary_service: ReferenceService) -> ReferenceService:
    """Both kinds of deployment in turn."""
    return primary_service


async def reject_card(world: World, env: simcord.Env, change_id: int) -> None:
    """Cora rejects it, in words of her own."""
    cora = world.member(CORA)
    await reject(cora, await cora.click(card_of(world.review, env, change_id), label="Reject…"), "Not sharp enough.")


async def both_linked(world: World) -> None:
    for person in (RITA, CORA):
        await link(world, person)


async def test_the_old_record_opens_with_the_reason_on_top_and_goes_out_again(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    await both_linked(world)
    change_id = await propose(world, RITA, "Story Revised")
    await reject_card(world, env, change_id)
    (told,) = posted_in(world.direct_messages(RITA), env)
    assert "everything you typed is kept" in text_of(told)

    rita = world.member(RITA).user
    form = await rita.click(told, label=BUTTON)
    opened = await edit(rita, form, {"Description": "In soft light."})
    shown = text_of(opened)
    assert "In soft light" in shown
    assert "Draft · CREATE" in shown
    assert "Rejected by carol\\#303" in shown
    assert shown.index("Not sharp enough") < shown.index("checks pass")
    await edit(rita, await open_section(rita, answer_of(opened), "Why"), {"Why": "Sharper now."})
    await rita.click(answer_of(opened), label="Submit")
    again = change_id_in(text_of(answer_of(opened)))
    assert again != change_id
    before, now = change_of(service, change_id)["payload"], change_of(service, again)["payload"]
    assert {**now, "metadata": None} == {**before, "description": "In soft light.", "metadata": None}
    card = text_of(card_of(world.review, env, again))
    assert "Sharper now" in card
    assert f"Replaces #{change_id}, rejected by carol\\#303" in card
    assert "Not sharp enough" in card
    assert f"**Changed since #{change_id}:** Description." in card
    await env.advance_time(21)
    assert f"Resubmitted as #{again}." in text_of(card_of(world.review, env, change_id))


async def test_a_second_press_opens_the_same_draft_after_a_restart_and_months_later(
    simulation: Simulation, world: World, v2_service: ReferenceService
) -> None:
    await both_linked(world)
    change_id = await propose(world, RITA, "Story Revised Twice")
    await reject_card(world, simulation.env, change_id)
    (told,) = posted_in(world.direct_messages(RITA), simulation.env)
    await simulation.restart()
    rita = world.member(RITA).user
    await edit(rita, await rita.click(told, label=BUTTON), {"Why": "Once more."})
    again = await rita.click(told, label=BUTTON)
    assert "Once more" in text_of(again)
    assert "Not sharp enough" in text_of(again)
    listed = await world.member(RITA).slash(world.public, "propose-model drafts")
    assert "1 draft ·" in text_of(listed)


async def test_an_own_pending_proposal_is_replaced_and_its_card_says_so(
    simulation: Simulation, world: World, service: ReferenceService
) -> None:
    env = simulation.env
    await both_linked(world)
    change_id = await propose(world, RITA, "Story Replaced")
    rita, cora = world.member(RITA), world.member(CORA)
    others = answer_of(await cora.slash(world.public, "queue show", change=change_id))
    assert "Revise…" not in buttons_of(others)
    shown = answer_of(await rita.slash(world.public, "queue show", change=change_id))
    opened = await edit(rita, await rita.click(shown, label="Revise…"), {"Description": "In soft light."})
    assert f"The service cannot withdraw #{change_id}" in text_of(opened)
    await rita.click(answer_of(opened), label="Submit")
    sent = text_of(answer_of(opened))
    newer = change_id_in(sent)
    assert newer != change_id
    assert f"The service cannot withdraw #{change_id}. Its card names #{newer} now." in sent
    assert change_of(service, change_id)["status"] == "pending", "no route of the service withdraws it"
    await simulation.restart()
    await env.advance_time(21)

    old = card_of(world.review, env, change_id)
    assert f"Replaced by #{newer}:** alice\\#101 sent that" in text_of(old)
    assert f"Replaces #{change_id}, by the same requestor" in text_of(card_of(world.review, env, newer))
    question = await cora.click(old, label="Approve")
    assert f"Replaced by #{newer}" in text_of(question)
    refused = await rita.click(old, label=f"Reject: replaced by #{newer}")
    assert "You need the approver role" in text_of(refused)
    done = await cora.click(old, label=f"Reject: replaced by #{newer}")
    assert f"#{change_id} is rejected" in text_of(done)
    decided = change_of(service, change_id)
    assert (decided["status"], decided["rejected_username"]) == ("rejected", "carol#303")
    assert decided["reject_reason"] == f"Replaced by #{newer}, which its requestor sent."
    await env.advance_time(21)
    assert f"Resubmitted as #{newer}." in text_of(card_of(world.review, env, change_id))
    told = posted_in(world.direct_messages(RITA), env)[-1]
    assert f"You sent #{newer} in its place." in text_of(told)
    assert BUTTON not in buttons_of(told)


async def test_a_rejected_update_stands_on_the_live_record_as_it_is_now(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    await both_linked(world)
    member = world.member(RITA)
    form = await member.slash(world.public, "propose-model update", category="image_generation", model="Lantern Dusk")
    drafted = await edit(member, form, {"Description": "A light that was rejected."})
    await member.click(answer_of(drafted), label="Submit")
    change_id = change_id_in(text_of(answer_of(drafted)))
    await reject_card(world, env, change_id)
    change_live(service, "Lantern Dusk", version=f"rejected-{change_id}")
    await env.advance_time(120)

    (told, *_) = posted_in(world.direct_messages(RITA), env)
    rita = member.user
    opened = await edit(rita, await rita.click(told, label=BUTTON), {})
    assert "1 field changes" in text_of(opened), "only what she changed"
    await rita.click(answer_of(opened), label="Submit")
    payload = change_of(service, change_id_in(text_of(answer_of(opened))))["payload"]
    assert payload["version"] == live_record(service, "Lantern Dusk")["version"] == f"rejected-{change_id}"
    assert payload["description"] == "A light that was rejected."
