"""Nobody is left waiting: threads, announcements, closed direct messages, and what people follow."""

from collections.abc import AsyncIterator

import pytest
import simcord

from bot.demo.people import ABE, CORA, RITA, Person
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.messages import answer_of, card_of, posted_in, text_of
from tests.stories.people import link, propose


@pytest.fixture(autouse=True)
async def _everybody_is_linked(world: World) -> AsyncIterator[None]:
    for person in (RITA, ABE, CORA):
        await link(world, person)
    yield


async def with_threads(world: World) -> None:
    await world.member(ABE).slash(world.public, "setup threads", on=True)


def thread_texts(world: World, env: simcord.Env) -> list[str]:
    (thread,) = world.review.threads
    return [text_of(message) for message in posted_in(thread, env)]


async def approve(world: World, env: simcord.Env, person: Person, change_id: int) -> None:
    member = world.member(person)
    asked = await member.click(card_of(world.review, env, change_id), label="Approve")
    await member.click(answer_of(asked), label=f"Approve #{change_id}")


async def test_a_thread_tells_why_and_each_state(world: World, env: simcord.Env, v2_service: ReferenceService) -> None:
    await with_threads(world)
    change_id = await propose(world, RITA, "Story Thread")
    await env.advance_time(21)
    (thread,) = world.review.threads
    assert thread.name == f"#{change_id} CREATE Story Thread"
    assert thread.id == card_of(world.review, env, change_id).id
    await approve(world, env, ABE, change_id)
    await world.member(ABE).click(card_of(world.review, env, change_id), label="Apply")
    await env.advance_time(21)
    why, approved, applied = thread_texts(world, env)
    assert "No reason was given" in why
    assert "**Approved** by bob\\#202" in approved
    assert "A new model is live" in applied
