"""Notifications: threads, announcements, closed direct messages."""

from types import SimpleNamespace
from typing import Any

import discord
import pytest
import simcord

from bot.demo.people import ABE, CORA, RITA, Person
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from bot.services.polling.missing_changes import GONE_AFTER
from tests.harness.messages import answer_of, buttons_of, card_of, posted_in, text_of
from tests.harness.services import empty_the_queue
from tests.harness.simulation import Simulation
from tests.stories.people import change_id_in, fill, link, open_draft, open_section, propose, reject
from tests.stories.prefilled import edit
from tests.stories.test_races_and_restarts import decide

THREAD_EXISTS, CLOSED, MISSING_PERMISSION = 160004, 50007, 50013


def refusal(status: int, code: int) -> discord.HTTPException:
    """Return the error that discord.py raises for one of Discord's codes."""
    response: Any = SimpleNamespace(status=status, reason="")
    kind = {403: discord.Forbidden, 404: discord.NotFound}.get(status, discord.HTTPException)
    return kind(response, {"code": code, "message": "as Discord words it"})


def close_direct_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    send = discord.abc.Messageable.send

    async def refuses_direct(self: Any, *arguments: Any, **named: Any) -> discord.Message:
        if isinstance(self, discord.DMChannel):
            raise refusal(403, CLOSED)
        return await send(self, *arguments, **named)

    monkeypatch.setattr(discord.abc.Messageable, "send", refuses_direct)


async def ready(world: World, *, threads: bool) -> None:
    """Everybody is linked; the server wants threads, or not."""
    for person in (RITA, ABE, CORA):
        await link(world, person)
    if threads:
        await world.member(ABE).slash(world.public, "setup threads", on=True)


def thread_texts(world: World, env: simcord.Env) -> list[str]:
    (thread,) = world.review.threads
    return [text_of(message) for message in posted_in(thread, env)]


async def approve(world: World, env: simcord.Env, person: Person, change_id: int) -> None:
    member = world.member(person)
    asked = await member.click(card_of(world.review, env, change_id), label="Approve")
    await member.click(answer_of(asked), label=f"Approve #{change_id}")


async def reject_it(world: World, env: simcord.Env, change_id: int) -> None:
    cora = world.member(CORA)
    await reject(cora, await cora.click(card_of(world.review, env, change_id), label="Reject…"), "Not sharp enough.")


async def test_a_thread_tells_why_and_each_state(world: World, env: simcord.Env) -> None:
    await ready(world, threads=True)
    drafted = await open_draft(world, RITA, "Story Thread")
    rita = world.member(RITA)
    await fill(rita, await open_section(rita, answer_of(drafted), "Why"), {"Why": "Sharper than the others."})
    await rita.click(answer_of(drafted), label="Submit")
    (card,) = [each for each in posted_in(world.review, env) if "Story Thread" in text_of(each)]
    (thread,) = world.review.threads
    assert thread.id == card.id
    change_id = change_id_in(str(thread.name))
    assert thread.name == f"#{change_id} CREATE Story Thread"
    await approve(world, env, ABE, change_id)
    await world.member(ABE).click(card_of(world.review, env, change_id), label="Apply")
    await env.advance_time(21)
    why, approved, applied = thread_texts(world, env)
    assert "> Sharper than the others" in why
    assert "**Approved** by bob\\#202" in approved
    assert "A new model is live" in applied


async def test_decisions_of_the_web_page_and_purges_stand_in_the_thread_too(
    simulation: Simulation, world: World, env: simcord.Env, service: ReferenceService
) -> None:
    await ready(world, threads=True)
    change_id = await propose(world, RITA, "Story Thread Web")
    decide(service, CORA, approved_ids=[change_id])
    await env.advance_time(21)
    empty_the_queue(service)
    await env.advance_time(21)
    await simulation.let_pass(GONE_AFTER)
    why, approved, purged = thread_texts(world, env)
    assert "No reason was given" in why
    assert "**Approved** by carol\\#303" in approved
    assert "no longer has this change" in purged
    (*_, told) = posted_in(world.direct_messages(RITA), env)
    assert "everything you typed is kept" in text_of(told)
    opened = await world.member(RITA).user.click(told, label="Revise and resubmit")
    assert f"#{change_id} was purged" in text_of(opened)
    assert "Story Thread Web" in text_of(opened)


async def test_a_requestor_whom_no_direct_message_reaches_is_told_in_the_thread(
    world: World, env: simcord.Env, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ready(world, threads=True)
    change_id = await propose(world, RITA, "Story Closed")
    close_direct_messages(monkeypatch)
    await reject_it(world, env, change_id)
    await env.advance_time(21)
    _why, rejected, told = thread_texts(world, env)
    assert "Not sharp enough" in rejected
    assert world.member(RITA).mention in told
    assert "rejected" in told
    assert "this thread tells it" in text_of(card_of(world.review, env, change_id))
    (thread,) = world.review.threads
    (post,) = [each for each in posted_in(thread, env) if "Not sharp enough" in text_of(each)]
    form = await world.member(RITA).click(post, label="Revise and resubmit")
    opened = await edit(world.member(RITA), form, {})
    assert "Draft · CREATE" in text_of(opened)
    refused = await world.member(ABE).click(post, label="Revise and resubmit")
    assert "not your proposal" in text_of(refused)


async def test_a_requestor_who_hides_is_told_in_the_thread_without_being_mentioned(
    world: World, env: simcord.Env, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ready(world, threads=True)
    rita = world.member(RITA)
    await rita.slash(world.public, "account visibility", visible=False)
    change_id = await propose(world, RITA, "Story Closed Hidden")
    close_direct_messages(monkeypatch)
    await reject_it(world, env, change_id)
    await env.advance_time(21)
    _why, _rejected, told = thread_texts(world, env)
    assert "alice\\#101, your proposal is **rejected**" in told
    assert str(rita.id) not in told


async def test_without_a_thread_a_closed_direct_message_costs_the_decision_nothing(
    world: World, env: simcord.Env, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ready(world, threads=False)
    change_id = await propose(world, RITA, "Story Closed Alone")
    close_direct_messages(monkeypatch)
    await reject_it(world, env, change_id)
    await env.advance_time(21)
    assert "could not be told" in text_of(card_of(world.review, env, change_id))
    assert posted_in(world.direct_messages(RITA), env) == []


async def test_the_card_says_that_its_requestor_was_told(world: World, env: simcord.Env) -> None:
    await ready(world, threads=False)
    change_id = await propose(world, RITA, "Story Told")
    await reject_it(world, env, change_id)
    assert "was told by DM" in text_of(card_of(world.review, env, change_id))


async def test_what_is_live_is_announced_once(
    simulation: Simulation, world: World, v2_service: ReferenceService
) -> None:
    await ready(world, threads=False)
    await world.member(ABE).slash(world.public, "setup announcements", channel=world.public)
    change_id = await propose(world, RITA, "Story Announced")
    await approve(world, simulation.env, ABE, change_id)
    await world.member(ABE).click(card_of(world.review, simulation.env, change_id), label="Apply")
    await simulation.restart()
    await simulation.env.advance_time(60)
    (said,) = [each for each in posted_in(world.public, simulation.env) if "A new model is live" in text_of(each)]
    assert "Story Announced" in text_of(said)
    assert "by bob\\#202 · proposed by alice\\#101" in text_of(said)
    assert buttons_of(said)["Open the card"]["url"].endswith(str(card_of(world.review, simulation.env, change_id).id))


async def test_a_thread_that_discord_refuses_hurts_no_card(
    world: World, env: simcord.Env, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ready(world, threads=True)
    tried = []

    async def refuse(self: discord.PartialMessage, **_: Any) -> None:
        tried.append(self.id)
        raise refusal(403, MISSING_PERMISSION)

    monkeypatch.setattr(discord.PartialMessage, "create_thread", refuse)
    change_id = await propose(world, RITA, "Story No Thread")
    for _ in range(6):
        await env.advance_time(21)
    await approve(world, env, ABE, change_id)
    await env.advance_time(21)
    assert "Approved" in text_of(card_of(world.review, env, change_id))
    assert len(tried) == 3
    assert world.review.threads == []


async def test_a_thread_that_was_opened_before_a_crash_is_taken_up(
    simulation: Simulation, world: World, v2_service: ReferenceService, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ready(world, threads=True)
    threads = simulation.bot.services.threads

    async def dies(*_: Any) -> None:
        raise RuntimeError("the bot died here")

    monkeypatch.setattr(type(threads), "opened", dies)
    change_id = await propose(world, RITA, "Story Crashed Thread")
    await approve(world, simulation.env, ABE, change_id)
    monkeypatch.undo()
    await simulation.restart()
    await simulation.env.advance_time(42)
    why, approved = thread_texts(world, simulation.env)
    assert "No reason was given" in why
    assert "**Approved**" in approved
