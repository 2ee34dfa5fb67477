"""The main job, as four people live it: link, propose, approve, apply, and see the model live."""

import pytest
import simcord

from bot.demo.people import ABE, CORA, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.messages import answer_of, buttons_of, card_of, posted_in, text_of
from tests.harness.queue import live_model
from tests.stories.people import change_id_in, fill, link, open_draft, propose


@pytest.fixture
def service(primary_service: ReferenceService) -> ReferenceService:
    """Both kinds of deployment in turn."""
    return primary_service


async def test_a_model_goes_from_the_form_to_live(world: World, env: simcord.Env, service: ReferenceService) -> None:
    rita, abe = world.member(RITA), world.member(ABE)
    linked = await link(world, RITA)
    assert "Linked as alice\\#101 · requestor" in text_of(linked)
    await link(world, ABE)

    drafted = await open_draft(world, RITA, "Story Pixel")
    assert "Story Pixel" in text_of(drafted)
    await rita.click(answer_of(drafted), label="Submit")
    queued = answer_of(drafted)
    change_id = change_id_in(text_of(queued))
    assert f"Queued as #{change_id}" in text_of(queued)
    assert "Open the card" in buttons_of(queued)
    assert live_model(service, "Story Pixel") is None

    card = card_of(world.review, env, change_id)
    asked = await abe.click(card, label="Approve")
    assert f"Approve #{change_id}?" in text_of(asked)
    await abe.click(answer_of(asked), label=f"Approve #{change_id}")
    card = card_of(world.review, env, change_id)
    assert "Approved" in text_of(card)

    applied = await abe.click(card, label="Apply")
    assert "live" in text_of(applied)
    model = live_model(service, "Story Pixel")
    assert model is not None
    assert model["baseline"] == "stable_diffusion_xl"
    card = card_of(world.review, env, change_id)
    assert "Applied" in text_of(card)
    assert not [label for label in buttons_of(card) if label in {"Approve", "Apply", "Reject…"}]
    told = [text_of(message) for message in posted_in(world.direct_messages(RITA), env)]
    assert any("It is live" in text for text in told)


async def test_a_rejected_proposal_tells_its_requestor_why(world: World, env: simcord.Env) -> None:
    cora = world.member(CORA)
    await link(world, RITA)
    await link(world, CORA)
    change_id = await propose(world, RITA, "Story Rejected")
    shown = await cora.click(card_of(world.review, env, change_id), label="Reject…")
    rejected = await fill(cora, shown, {"Reason": ["Duplicate of a model we have"], "In your words": "See Deliberate."})
    assert "Rejected" in text_of(rejected)
    card = card_of(world.review, env, change_id)
    assert "See Deliberate" in text_of(card)
    told = [text_of(message) for message in posted_in(world.direct_messages(RITA), env)]
    assert any("See Deliberate" in text for text in told)
