"""Several approved changes are made live: chosen or typed, one after the other, each with its own outcome."""

import pytest
import simcord

from bot.demo.people import ABE, CORA, DAVE
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.messages import answer_of, buttons_of, card_of, menu_of, text_of
from tests.harness.queue import apply_beside, change_of, decide_beside, live_model, propose_harmless
from tests.stories.people import link


@pytest.fixture
def service(primary_service: ReferenceService) -> ReferenceService:
    """Both kinds of deployment in turn."""
    return primary_service


async def approved(world: World, service: ReferenceService, env: simcord.Env, *names: str) -> list[int]:
    """Models that Cora approved and that are not applied yet; Abe is linked and the bot has looked."""
    ids = [propose_harmless(service, name) for name in names]
    decide_beside(service, approve=ids, person=CORA)
    await link(world, ABE)
    await env.advance_time(21)
    return ids


async def test_all_that_is_approved_is_shown_to_choose_from(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    ids = await approved(world, service, env, "Apply One", "Apply Two", "Apply Three")
    abe = world.member(ABE)
    shown = answer_of(await abe.slash(world.public, "apply"))
    assert "3 approved · oldest first" in text_of(shown)
    assert "approved by carol\\#303" in text_of(shown)
    menu = menu_of(shown)
    await abe.select(shown, values=[menu.values[2], menu.values[0]], custom_id=menu.custom_id)
    assert "Apply 2 changes?" in text_of(shown)
    await abe.click(shown, label="Apply 2")
    assert "2 of 2 applied" in text_of(shown)
    assert live_model(service, "Apply One")
    assert live_model(service, "Apply Two") is None
    assert live_model(service, "Apply Three")
    assert [change_of(service, one)["status"] for one in ids] == ["applied", "approved", "applied"]
    for one in (ids[0], ids[2]):
        assert "Applied" in text_of(card_of(world.review, env, one))


async def test_numbers_are_typed_and_what_cannot_be_applied_is_named(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    first, second, third = await approved(world, service, env, "Typed One", "Typed Two", "Typed Three")
    pending = propose_harmless(service, "Typed Pending")
    apply_beside(service, second, person=CORA)
    abe = world.member(ABE)
    asked = answer_of(await abe.slash(world.public, "apply", changes=f"{third}, {second} {pending} {2**40} #{first}"))
    text = text_of(asked)
    assert "Apply 2 changes?" in text
    assert "already applied by carol\\#303" in text
    assert "it is not approved yet" in text
    assert "there is no change of this number" in text
    await abe.click(asked, label="Apply 2")
    applied = [change_of(service, one) for one in (third, first)]
    assert [change["status"] for change in applied] == ["applied", "applied"]
    assert applied[0]["applied_at"] <= applied[1]["applied_at"]
    assert applied[0]["applied_job_id"].startswith("discord:")


async def test_what_are_no_numbers_is_said(world: World, env: simcord.Env, service: ReferenceService) -> None:
    await link(world, ABE)
    refused = await world.member(ABE).slash(world.public, "apply", changes="all of them")
    assert "these are not change numbers" in text_of(refused)
    assert "You typed `all of them`" in text_of(refused)


async def test_several_are_offered_while_typing(world: World, env: simcord.Env, service: ReferenceService) -> None:
    first, second = await approved(world, service, env, "Offered One", "Offered Two")
    abe = world.member(ABE)
    offered = await abe.autocomplete(world.public, "apply", "changes", "")
    assert [choice["value"] for choice in offered] == [str(first), str(second)]
    offered = await abe.autocomplete(world.public, "apply", "changes", f"{second}, off")
    assert [choice["value"] for choice in offered] == [f"{second}, {first}"]


async def test_nothing_waits_and_not_everybody_may(world: World, service: ReferenceService) -> None:
    refused = await world.member(DAVE).slash(world.public, "apply")
    assert "Link your AI-Horde account first" in text_of(refused)
    await link(world, ABE)
    empty = await world.member(ABE).slash(world.public, "apply")
    assert "Nothing waits to be applied" in text_of(empty)
    assert not buttons_of(empty)
