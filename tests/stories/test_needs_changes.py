"""An approver asks for changes without rejecting: the card and the question show it, and the requestor answers it."""

import pytest
import simcord

from bot.demo.people import CORA, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.messages import answer_of, card_of, posted_in, text_of
from tests.harness.queue import change_of, propose_beside
from tests.harness.simulation import Simulation
from tests.stories.people import change_id_in, fill, link, propose
from tests.stories.prefilled import edit

WORDS = "Name the licence, @everyone **please**."


@pytest.fixture
def service(primary_service: ReferenceService) -> ReferenceService:
    """Return a service of each kind of deployment in turn."""
    return primary_service


async def ask(world: World, env: simcord.Env, change_id: int, words: str = WORDS) -> str:
    """Cora asks for changes on the card; returns her answer."""
    cora = world.member(CORA)
    form = await cora.click(card_of(world.review, env, change_id), label="Needs changes…")
    return text_of(await fill(cora, form, {"What should change?": words}))


async def test_it_is_shown_told_and_answered_by_another_change(
    simulation: Simulation, world: World, service: ReferenceService
) -> None:
    env = simulation.env
    for person in (RITA, CORA):
        await link(world, person)
    change_id = await propose(world, RITA, "Story Asked")
    told = await ask(world, env, change_id)
    assert f"#{change_id} needs changes" in told
    assert "gets it as a direct message" in told
    assert change_of(service, change_id)["status"] == "pending"
    await simulation.restart()
    await env.advance_time(21)

    card = text_of(card_of(world.review, env, change_id))
    assert "**Needs changes**, asked by carol\\#303" in card
    assert "Name the licence" in card
    assert "\\@everyone" in card, "escaped: it pings no one"
    assert "**please**" not in card
    question = await world.member(CORA).click(card_of(world.review, env, change_id), label="Approve")
    assert "**Needs changes**, asked by carol\\#303" in text_of(question)

    message = posted_in(world.direct_messages(RITA), env)[-1]
    assert "is not rejected, and still waits" in text_of(message)
    rita = world.member(RITA).user
    opened = await edit(rita, await rita.click(message, label="Revise and resubmit"), {"Description": "Licensed."})
    assert "Name the licence" in text_of(opened)
    await rita.click(answer_of(opened), label="Submit")
    newer = change_id_in(text_of(answer_of(opened)))
    await env.advance_time(21)
    former = text_of(card_of(world.review, env, change_id))
    assert f"Replaced by #{newer}" in former
    assert "Needs changes" not in former
    assert "carol\\#303 asked for changes" in text_of(card_of(world.review, env, newer))


async def test_a_requestor_without_a_link_is_named_as_not_told(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    await link(world, CORA)
    change_id = propose_beside(service, "Story Asked Unlinked")
    await env.advance_time(21)
    assert "has not linked" in await ask(world, env, change_id)


async def test_white_space_asks_for_nothing(world: World, env: simcord.Env, service: ReferenceService) -> None:
    await link(world, CORA)
    change_id = propose_beside(service, "Story Asked Nothing")
    await env.advance_time(21)
    assert "Not asked" in await ask(world, env, change_id, "   ")
    assert "Needs changes" not in text_of(card_of(world.review, env, change_id))
