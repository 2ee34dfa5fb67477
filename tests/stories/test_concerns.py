"""Questions repeat what approvers have to know; what has to be read by itself is not decided with others."""

import pytest
import simcord

from bot.demo.people import ABE, CORA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.messages import answer_of, buttons_of, card_of, menu_of, text_of
from tests.harness.queue import (
    apply_beside,
    change_of,
    decide_beside,
    delete_beside,
    live_model,
    propose_beside,
    propose_harmless,
)
from tests.stories.people import link


@pytest.fixture
def service(primary_service: ReferenceService) -> ReferenceService:
    """Both kinds of deployment in turn."""
    return primary_service


async def test_a_deletion_is_not_decided_together_with_others(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    first = propose_harmless(service, "Concern Live")
    decide_beside(service, approve=[first])
    apply_beside(service, first)
    removes, harmless = delete_beside(service, "Concern Live"), propose_harmless(service, "Concern Harmless")
    await link(world, ABE)
    await env.advance_time(61)
    abe = world.member(ABE)
    listed = answer_of(await abe.slash(world.public, "queue list"))
    menu = menu_of(listed, "choose")
    await abe.select(listed, values=menu.values, custom_id=menu.custom_id)
    text = text_of(listed)
    assert "**Deletes the model.**" in text
    assert f"**Not approved together:** #{removes}" in text
    assert f"Open #{removes}" in buttons_of(listed)
    opened = await abe.click(listed, label=f"Open #{removes}")
    assert "Concern Live" in text_of(opened)
    await abe.click(listed, label=f"Approve #{harmless}")
    assert [change_of(service, one)["status"] for one in (removes, harmless)] == ["pending", "approved"]


async def test_of_two_changes_of_one_model_the_question_says_which_wins_and_neither_is_applied_in_bulk(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    rivals = [propose_beside(service, "Concern Twin", version=str(n)) for n in range(2)]
    decide_beside(service, approve=rivals, person=CORA)
    await link(world, ABE)
    await env.advance_time(21)
    asked = answer_of(await world.member(ABE).slash(world.public, "apply", changes=" ".join(map(str, rivals))))
    text = text_of(asked)
    assert "Nothing to apply" in text
    assert f"**#{rivals[1]} by" in text
    assert "The one applied later overwrites the earlier." in text
    assert {f"Open #{one}" for one in rivals} <= set(buttons_of(asked))


async def test_the_question_before_an_approval_repeats_the_warnings_of_the_card(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    rivals = [propose_beside(service, "Concern Question", version=str(n)) for n in range(2)]
    await link(world, ABE)
    await env.advance_time(21)
    asked = await world.member(ABE).click(card_of(world.review, env, rivals[0]), label="Approve")
    assert f"**#{rivals[1]} by" in text_of(asked)
    assert "has no file" in text_of(asked).lower() or "no file" in text_of(asked).lower()


async def test_approve_and_apply_is_one_press_in_the_question(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    change_id = propose_beside(service, "Concern Published")
    await link(world, ABE)
    await env.advance_time(21)
    asked = await world.member(ABE).click(card_of(world.review, env, change_id), label="Approve")
    await world.member(ABE).click(answer_of(asked), label="Approve and apply")
    assert f"#{change_id} is applied" in text_of(answer_of(asked))
    assert live_model(service, "Concern Published")
    assert "Applied" in text_of(card_of(world.review, env, change_id))


async def test_all_harmless_changes_are_applied_with_one_press_under_the_list(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    ids = [propose_harmless(service, f"Concern All {n}") for n in range(3)]
    decide_beside(service, approve=ids, person=CORA)
    await link(world, ABE)
    await env.advance_time(21)
    shown = answer_of(await world.member(ABE).slash(world.public, "apply"))
    menu_of(shown)
    await world.member(ABE).click(shown, label="Apply all (3)")
    assert [change_of(service, one)["status"] for one in ids] == ["applied"] * 3
    assert "3 of 3 applied" in text_of(shown)
