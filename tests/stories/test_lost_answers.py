"""Lost answers: nothing is sent twice or reported as done too early, and the result follows later."""

from datetime import timedelta

import pytest
import simcord

from bot.demo.people import ABE, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.lossy import Loss, LossyTransport
from tests.harness.messages import answer_of, card_of, posted_in, text_of
from tests.harness.queue import change_of, changes_in
from tests.harness.simulation import Simulation
from tests.stories.people import link, open_draft, propose, reject


@pytest.fixture
def network() -> LossyTransport:
    return LossyTransport()


async def test_a_proposal_whose_answer_is_lost_is_found_and_never_sent_again(
    world: World, service: ReferenceService, network: LossyTransport
) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    drafted = await open_draft(world, RITA, "Story Lost Answer")
    network.loss = Loss.ANSWER
    await rita.click(answer_of(drafted), label="Submit")
    assert "No answer yet" in text_of(answer_of(drafted))
    assert "**Changed:** unknown" in text_of(answer_of(drafted))
    network.loss = Loss.NOTHING
    await rita.click(answer_of(drafted), label="Look again")
    (change,) = changes_in(service)
    assert f"Queued as #{change['change_id']}" in text_of(answer_of(drafted))
    assert len(network.writes) == 1


async def test_a_proposal_whose_answer_is_lost_turns_up_by_itself(
    world: World, env: simcord.Env, service: ReferenceService, network: LossyTransport
) -> None:
    await link(world, RITA)
    drafted = await open_draft(world, RITA, "Story Found Later")
    network.loss = Loss.ANSWER
    await world.member(RITA).click(answer_of(drafted), label="Submit")
    network.loss = Loss.NOTHING
    await env.advance_time(21)
    (change,) = changes_in(service)
    assert "Story Found Later" in text_of(card_of(world.review, env, change["change_id"]))
    drafts = await world.member(RITA).slash(world.public, "propose-model drafts")
    assert "Story Found Later" not in text_of(drafts)
    (told,) = posted_in(world.direct_messages(RITA), env)
    assert f"#{change['change_id']}" in text_of(told)
    assert len(network.writes) == 1


async def test_a_proposal_that_never_arrived_can_be_sent_again_after_a_while(
    simulation: Simulation, world: World, env: simcord.Env, service: ReferenceService, network: LossyTransport
) -> None:
    simulation.bot.poll_interval = timedelta(minutes=4)  # fewer looks in the quarter of an hour that passes below
    await link(world, RITA)
    rita = world.member(RITA)
    drafted = await open_draft(world, RITA, "Story Never Arrived")
    network.loss = Loss.REQUEST
    await rita.click(answer_of(drafted), label="Submit")
    network.loss = Loss.NOTHING
    await rita.click(answer_of(drafted), label="Look again")
    assert "No answer yet" in text_of(answer_of(drafted))
    await env.advance_time(18 * 60)
    drafts = await rita.slash(world.public, "propose-model drafts")
    await rita.select(answer_of(drafts), values=["1"])
    await rita.click(answer_of(drafts), label="Submit")
    (change,) = changes_in(service)
    assert change["model_name"] == "Story Never Arrived"


async def test_a_service_that_does_not_respond_keeps_the_draft(
    world: World, service: ReferenceService, network: LossyTransport
) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    drafted = await open_draft(world, RITA, "Story Away")
    network.loss = Loss.CONNECTION
    refused = await rita.click(answer_of(drafted), label="Submit")
    assert "the service does not answer" in text_of(refused)
    assert "The draft is kept" in text_of(refused)
    network.loss = Loss.NOTHING
    await rita.click(answer_of(drafted), label="Submit")
    assert len(changes_in(service)) == 1


async def test_a_reason_that_did_not_get_through_is_given_back(
    world: World, env: simcord.Env, service: ReferenceService, network: LossyTransport
) -> None:
    await link(world, RITA)
    await link(world, ABE)
    change_id = await propose(world, RITA, "Story Reason")
    abe = world.member(ABE)
    shown = await abe.click(card_of(world.review, env, change_id), label="Reject…")
    network.loss = Loss.CONNECTION
    refused = await reject(abe, shown, "Too dark, sadly.")
    assert "Not rejected: the service does not answer" in text_of(refused)
    assert text_of(refused).endswith("-# You wrote\n> Too dark\\, sadly\\.")
    network.loss = Loss.NOTHING
    assert change_of(service, change_id)["status"] == "pending"


@pytest.mark.parametrize("loss", [Loss.ANSWER, Loss.REQUEST])
async def test_an_approval_whose_answer_is_lost_is_told_as_it_is(
    world: World, env: simcord.Env, service: ReferenceService, network: LossyTransport, loss: Loss
) -> None:
    await link(world, RITA)
    await link(world, ABE)
    change_id = await propose(world, RITA, f"Story Approval {loss.value}")
    abe = world.member(ABE)
    asked = await abe.click(card_of(world.review, env, change_id), label="Approve")
    network.loss = loss
    await abe.click(answer_of(asked), label=f"Approve #{change_id}")
    network.loss = Loss.NOTHING
    status = change_of(service, change_id)["status"]
    assert status == ("approved" if loss is Loss.ANSWER else "pending")
    assert ("Approved" if loss is Loss.ANSWER else "Pending") in text_of(card_of(world.review, env, change_id))
    said = text_of(answer_of(asked))
    assert ("is approved" in said) is (loss is Loss.ANSWER)
