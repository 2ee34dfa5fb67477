"""People follow a category, a model or a requestor, are told once of each move, and end it with one press."""

import pytest
import simcord

from bot.demo.people import ABE, CORA, DAVE, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from bot.services.notifications.direct_messages import FOLLOWED_PAUSE
from tests.harness.messages import answer_of, buttons_of, card_of, posted_in, text_of
from tests.harness.simulation import Simulation
from tests.stories.people import link, propose, reject, require_shown_queue

EVERYTHING = {"category": "image_generation"}


async def ready(world: World) -> None:
    for person in (RITA, ABE, CORA):
        await link(world, person)


async def test_a_user_without_an_account_follows_a_category_until_one_press_ends_it(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    require_shown_queue(service)
    await ready(world)
    dave = world.member(DAVE)
    followed = await dave.slash(world.public, "subscribe add", **EVERYTHING)
    assert "You follow category **Image model**" in text_of(followed)
    change_id = await propose(world, RITA, "Story Followed")
    await env.advance_time(21)
    (told,) = posted_in(world.direct_messages(DAVE), env)
    assert "Story Followed" in text_of(told)
    assert "by alice\\#101" in text_of(told)
    assert list(buttons_of(told)) == ["Mute", "Open the card"]
    muted = await dave.user.click(told, label="Mute")
    assert "No longer followed" in text_of(muted)
    cora = world.member(CORA)
    await reject(cora, await cora.click(card_of(world.review, env, change_id), label="Reject…"), "No.")
    await env.advance_time(21)
    assert len(posted_in(world.direct_messages(DAVE), env)) == 1
    again = await dave.user.click(told, label="Mute")
    assert "had already stopped following" in text_of(again)


async def test_each_move_is_told_once_and_no_one_is_told_of_their_own(
    simulation: Simulation, world: World, env: simcord.Env
) -> None:
    await ready(world)
    for person in (RITA, ABE, CORA):
        for options in (EVERYTHING, {"requestor": "alice#101"}):
            await world.member(person).slash(world.public, "subscribe add", **options)
    change_id = await propose(world, RITA, "Story Told Once")
    abe = world.member(ABE)
    asked = await abe.click(card_of(world.review, env, change_id), label="Approve")
    await env.advance_time(21)
    await abe.click(answer_of(asked), label=f"Approve #{change_id}")
    simulation.clock.ahead += FOLLOWED_PAUSE  # news that follow soon after a message wait, to be merged
    await env.advance_time(42)
    told = {person: [text_of(each) for each in posted_in(world.direct_messages(person), env)] for person in (RITA, ABE)}
    (of_rita,) = told[RITA]
    assert "you are notified then" in of_rita, "as its requestor, not as a follower"
    (of_abe,) = told[ABE]
    assert "waits for an approver" in of_abe, "not of the approval that is his own"
    (of_cora,) = [text_of(each) for each in posted_in(world.direct_messages(CORA), env)]
    assert "Not live yet: an approver applies it." in of_cora, "in the message that said that it waits"
    assert "requestor **alice\\#101**" in of_cora, "the narrower of the two"


async def test_what_is_followed_is_listed_and_ended_by_command(
    simulation: Simulation, world: World, service: ReferenceService
) -> None:
    require_shown_queue(service)
    dave = world.member(DAVE)
    empty = await dave.slash(world.public, "subscribe list")
    assert "You follow nothing" in text_of(empty)
    await dave.slash(world.public, "subscribe add", model="Lantern Dusk")
    await dave.slash(world.public, "subscribe add", requestor="101")
    already = await dave.slash(world.public, "subscribe add", model="lantern dusk")
    assert "already" in text_of(already)
    await simulation.restart()
    listed = text_of(await dave.slash(world.public, "subscribe list"))
    assert "**Lantern Dusk** · Image model" in listed
    assert "requestor **\\#101**" in listed
    offered = await dave.autocomplete(world.public, "subscribe remove", "subscription", "lantern")
    (choice,) = offered
    ended = await dave.slash(world.public, "subscribe remove", subscription=choice["value"])
    assert "Lantern Dusk" in text_of(ended)
    assert "Lantern Dusk" not in text_of(await dave.slash(world.public, "subscribe list"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "Not followed: you chose nothing"),
        ({"category": "lora", "requestor": "101"}, "Not followed: a requestor is followed in every category"),
        ({"model": "No Such Model"}, "no live model has this name"),
        ({"requestor": "unknown"}, "Not followed: there is no such requestor"),
    ],
)
async def test_what_cannot_be_followed_is_said(
    world: World, service: ReferenceService, options: dict[str, str], words: str
) -> None:
    require_shown_queue(service)
    refused = await world.member(DAVE).slash(world.public, "subscribe add", **options)
    assert words in text_of(refused)
