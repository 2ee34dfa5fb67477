"""A user without a link or a role reads what is missing and how to get it; nothing is sent."""

import pytest
import simcord

from bot.demo.people import ABE, CORA, DAVE, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from cogs.roles import ASKED_AGAIN_AFTER
from tests.harness.messages import answer_of, buttons_of, card_of, posted_in, text_of
from tests.harness.queue import changes_in
from tests.harness.simulation import Simulation
from tests.stories.people import link, propose, require_shown_queue


@pytest.fixture
async def card_id(world: World) -> int:
    """The id of a proposal of Rita's that waits with a card."""
    await link(world, RITA)
    return await propose(world, RITA, "Story Gate")


async def test_unlinked_proposing_offers_the_form_that_links(world: World, service: ReferenceService) -> None:
    dave = world.member(DAVE)
    refused = await dave.slash(world.public, "propose-model create", category="image_generation")
    assert refused.modal is None
    assert "Link your AI-Horde account" in text_of(refused)
    assert refused.ephemeral
    opened = await dave.click(answer_of(refused), label="Link account")
    assert opened.modal is not None
    assert changes_in(service) == []


async def test_linked_without_a_role_is_told_how_roles_are_given(world: World, service: ReferenceService) -> None:
    linked = await link(world, DAVE)
    assert "dave\\#404" in text_of(linked)
    refused = await world.member(DAVE).slash(world.public, "propose-model create", category="image_generation")
    assert refused.modal is None
    assert "requestor role" in text_of(refused)
    assert "given by the people who run the service" in text_of(refused)
    assert changes_in(service) == []


@pytest.mark.parametrize("label", ["Approve", "Reject…"])
async def test_a_press_without_a_link_changes_nothing(world: World, env: simcord.Env, card_id: int, label: str) -> None:
    dave = world.member(DAVE)
    card = card_of(world.review, env, card_id)
    pressed = await dave.click(card, label=label)
    assert pressed.modal is None, "no one writes a reason that no one will read"
    assert "Link your AI-Horde account" in text_of(pressed)
    assert pressed.ephemeral
    assert "Pending" in text_of(card_of(world.review, env, card_id))


async def test_a_change_opened_by_a_member_who_cannot_decide_offers_no_decision(
    world: World, service: ReferenceService, card_id: int
) -> None:
    require_shown_queue(service)
    dave, rita, abe = (world.member(person) for person in (DAVE, RITA, ABE))
    unlinked = await dave.slash(world.public, "queue show", change=card_id)
    assert "Approve" in buttons_of(unlinked), "an approver who is asked to link finds it"
    await link(world, DAVE)
    shown = await dave.slash(world.public, "queue show", change=card_id)
    assert list(buttons_of(shown)) == ["Full record"]
    assert "Approvers decide this change." in text_of(shown)
    own = await rita.slash(world.public, "queue show", change=card_id)
    assert list(buttons_of(own)) == ["Revise…", "Full record"]
    await link(world, ABE)
    assert "Approve" in buttons_of(await abe.slash(world.public, "queue show", change=card_id))


@pytest.mark.parametrize("label", ["Reject…", "Needs changes…"])
async def test_a_change_that_was_approved_meanwhile_opens_no_form(
    world: World, env: simcord.Env, card_id: int, label: str
) -> None:
    abe, cora = world.member(ABE), world.member(CORA)
    await link(world, ABE)
    await link(world, CORA)
    opened = answer_of(await cora.slash(world.public, "queue show", change=card_id))
    asked = await abe.click(card_of(world.review, env, card_id), label="Approve")
    await abe.click(answer_of(asked), label=f"Approve #{card_id}")
    pressed = await cora.click(opened, label=label)
    assert pressed.modal is None, "no one writes a reason that no one will read"
    assert "Already approved" in text_of(pressed)
    assert "**Changed:** nothing by this press." in text_of(pressed)


@pytest.mark.parametrize("label", ["Approve", "Reject…"])
async def test_a_requestor_cannot_decide(world: World, env: simcord.Env, card_id: int, label: str) -> None:
    rita = world.member(RITA)
    pressed = await rita.click(card_of(world.review, env, card_id), label=label)
    assert pressed.modal is None, "no one writes a reason that no one will read"
    assert "approver role" in text_of(pressed)
    assert "Approve" in buttons_of(card_of(world.review, env, card_id))


async def test_roles_are_shown_for_a_member_and_for_the_server(world: World) -> None:
    await link(world, RITA)
    await link(world, ABE)
    rita = world.member(RITA)
    one = await rita.slash(world.public, "roles", member=world.member(ABE))
    assert "bob\\#202" in text_of(one)
    assert "approver" in text_of(one)
    everybody = await rita.slash(world.public, "roles")
    assert "alice\\#101" in text_of(everybody)
    assert "bob\\#202" in text_of(everybody)
    unlinked = await rita.slash(world.public, "roles", member=world.member(DAVE))
    assert "Not linked" in text_of(unlinked)


async def test_members_are_asked_for_once_however_often_the_roles_are_listed(
    simulation: Simulation, world: World, env: simcord.Env
) -> None:
    def asked() -> int:
        return sum("/members/" in entry.path for entry in env.http_requests)

    await link(world, RITA)
    dave = world.member(DAVE)
    before = asked()
    texts = [text_of(await dave.slash(world.public, "roles")) for _ in range(3)]
    assert all("alice\\#101" in text for text in texts)
    assert asked() == before + 1
    simulation.clock.ahead += ASKED_AGAIN_AFTER
    await dave.slash(world.public, "roles")
    assert asked() == before + 2


async def test_unlinking_asks_once_and_deletes_the_key(world: World) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    status = await rita.slash(world.public, "account status")
    assert "alice\\#101" in text_of(status)
    asked = await rita.slash(world.public, "account unlink")
    await rita.click(answer_of(asked), label="Unlink")
    status = await rita.slash(world.public, "account status")
    assert "Not linked" in text_of(status)


async def test_a_refusal_after_the_question_is_read_by_the_presser_alone(
    world: World, env: simcord.Env, card_id: int
) -> None:
    await link(world, ABE)
    abe = world.member(ABE)
    asked = await abe.click(card_of(world.review, env, card_id), label="Approve")
    unlinking = await abe.slash(world.public, "account unlink")
    await abe.click(answer_of(unlinking), label="Unlink")
    before = [each.id for each in posted_in(world.review, env)]
    refused = await abe.click(answer_of(asked), label=f"Approve #{card_id}")
    assert "Link your AI-Horde account" in text_of(refused)
    assert [each.id for each in posted_in(world.review, env)] == before
