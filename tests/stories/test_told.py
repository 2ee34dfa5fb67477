"""Notifications: threads, announcements, closed direct messages."""

from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest
import simcord

from bot.demo.people import ABE, CORA, RITA, Person
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from bot.services.polling.missing_changes import GONE_AFTER
from storage.delivery import RETRY_MAX
from tests.harness.messages import answer_of, answers_of, buttons_of, card_of, posted_in, text_of
from tests.harness.queue import decide_beside, propose_beside
from tests.harness.services import empty_the_queue
from tests.harness.simulation import Simulation
from tests.stories.people import change_id_in, fill, link, open_draft, open_section, propose, reject
from tests.stories.prefilled import edit

THREAD_EXISTS, TOO_MANY_THREADS, CLOSED, MISSING_PERMISSION, ARCHIVED = 160004, 160006, 50007, 50013, 50083


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


async def test_a_thread_opens_with_the_reasons_once_there_is_one_to_discuss(world: World, env: simcord.Env) -> None:
    await ready(world, threads=True)
    drafted = await open_draft(world, RITA, "Story Thread")
    rita = world.member(RITA)
    await fill(rita, await open_section(rita, answer_of(drafted), "Why"), {"Why": "Sharper than the others."})
    await rita.click(answer_of(drafted), label="Submit")
    (card,) = [each for each in posted_in(world.review, env) if "Story Thread" in text_of(each)]
    await env.advance_time(21)
    assert world.review.threads == [], "the card says why"
    change_id = change_id_in(text_of(card))
    await reject_it(world, env, change_id)
    await env.advance_time(21)
    (thread,) = world.review.threads
    assert thread.id == card.id
    assert thread.name == f"#{change_id} CREATE Story Thread"
    why, rejected = thread_texts(world, env)
    assert "> Sharper than the others" in why
    assert "Not sharp enough" in rejected


async def test_a_thread_that_a_person_opened_has_the_later_states(
    simulation: Simulation, world: World, env: simcord.Env, service: ReferenceService
) -> None:
    await ready(world, threads=True)
    change_id = await propose(world, RITA, "Story Thread Web")
    card = card_of(world.review, env, change_id)
    with env._bot_scope():
        channel = env.bot.get_partial_messageable(world.review.id, guild_id=world.guild.id)
        await channel.get_partial_message(card.id).create_thread(name="Talk")
        await simulation.bot.services.threads.adopt(world.guild.id, card.id)
    decide_beside(service, approve=[change_id], person=CORA)
    await env.advance_time(21)
    empty_the_queue(service)
    await env.advance_time(21)
    await simulation.let_pass(GONE_AFTER)
    approved, purged = thread_texts(world, env)
    assert "**Approved** by carol\\#303" in approved
    assert "no longer has this change" in purged
    (*_, told) = posted_in(world.direct_messages(RITA), env)
    assert "everything you typed is kept" in text_of(told)
    opened = await world.member(RITA).user.click(told, label="Revise and resubmit")
    assert f"#{change_id} was purged" in text_of(opened)
    assert "Story Thread Web" in text_of(opened)


@pytest.mark.parametrize("threads", [True, False])
async def test_a_requestor_whom_no_direct_message_reaches_is_told_in_a_thread_opened_for_it(
    world: World, env: simcord.Env, monkeypatch: pytest.MonkeyPatch, *, threads: bool
) -> None:
    await ready(world, threads=threads)
    change_id = await propose(world, RITA, "Story Closed")
    close_direct_messages(monkeypatch)
    await reject_it(world, env, change_id)
    await env.advance_time(21)
    await env.advance_time(21)
    *_, told = thread_texts(world, env)
    assert world.member(RITA).mention in told
    assert "rejected" in told
    assert "Not sharp enough" in told
    assert "a message in this thread replaces it" in text_of(card_of(world.review, env, change_id))
    (thread,) = world.review.threads
    (*_, post) = posted_in(thread, env)
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
    await env.advance_time(21)
    *_, told = thread_texts(world, env)
    assert "alice\\#101, your proposal is **rejected**" in told
    assert str(rita.id) not in told


@pytest.mark.parametrize("obstacle", ["no thread can be opened", "the thread is locked"])
async def test_without_a_thread_the_channel_of_the_card_tells_it_once(
    world: World, env: simcord.Env, monkeypatch: pytest.MonkeyPatch, obstacle: str
) -> None:
    await ready(world, threads=False)
    change_id = await propose(world, RITA, "Story Closed Alone")
    close_direct_messages(monkeypatch)
    send = discord.abc.Messageable.send

    async def refuse_thread(self: Any, *arguments: Any, **named: Any) -> discord.Message:
        if getattr(self, "id", 0) in {thread.id for thread in world.review.threads}:
            raise refusal(400, ARCHIVED)
        return await send(self, *arguments, **named)

    async def refuse(*_: Any, **__: Any) -> None:
        raise refusal(403, MISSING_PERMISSION)

    if obstacle == "no thread can be opened":
        monkeypatch.setattr(discord.PartialMessage, "create_thread", refuse)
    else:
        monkeypatch.setattr(discord.abc.Messageable, "send", refuse_thread)
    await reject_it(world, env, change_id)
    for _ in range(4):
        await env.advance_time(21)
    mention = world.member(RITA).mention
    told = [text for text in map(text_of, posted_in(world.review, env)) if f"{mention}, your proposal" in text]
    assert len(told) == 1
    assert f"#{change_id} is **rejected**" in told[0]
    assert "Not sharp enough" in told[0]
    assert "a message in this channel replaces it" in text_of(card_of(world.review, env, change_id))


async def refuse_threads(*_: Any, **__: Any) -> None:
    raise refusal(403, MISSING_PERMISSION)


@pytest.mark.parametrize("refused_since", ["before the card", "after the card"])
async def test_a_requestor_whom_no_channel_reaches_reads_it_after_the_next_command(
    simulation: Simulation,
    world: World,
    env: simcord.Env,
    service: ReferenceService,
    monkeypatch: pytest.MonkeyPatch,
    refused_since: str,
) -> None:
    await ready(world, threads=False)
    edit_message, send = discord.PartialMessage.edit, discord.abc.Messageable.send

    async def refuse_channel(self: Any, *arguments: Any, **named: Any) -> discord.Message:
        if isinstance(self, discord.DMChannel) or getattr(self, "id", 0) == world.review.id:
            raise refusal(403, MISSING_PERMISSION)
        return await send(self, *arguments, **named)

    async def refuse_edit(self: discord.PartialMessage, **named: Any) -> discord.Message | None:
        if self.channel.id == world.review.id:
            raise refusal(403, MISSING_PERMISSION)
        return await edit_message(self, **named)

    def refuse_all() -> None:
        monkeypatch.setattr(discord.abc.Messageable, "send", refuse_channel)
        monkeypatch.setattr(discord.PartialMessage, "edit", refuse_edit)
        monkeypatch.setattr(discord.PartialMessage, "create_thread", refuse_threads)

    if refused_since == "before the card":
        refuse_all()
    change_id = propose_beside(service, "Story Closed Everywhere", RITA)
    await simulation.let_pass(simulation.bot.poll_interval)
    refuse_all()
    decide_beside(service, reject=[change_id], reason="Not sharp enough.", person=CORA)
    for _ in range(6):
        await simulation.let_pass(RETRY_MAX)
    _, told = answers_of(await world.member(RITA).slash(world.public, "status"))
    assert told.ephemeral
    assert f"#{change_id}" in text_of(told)
    assert "rejected" in text_of(told)
    assert len(answers_of(await world.member(RITA).slash(world.public, "status"))) == 1


async def test_a_requestor_is_mentioned_in_a_server_that_they_are_in(
    simulation: Simulation, world: World, env: simcord.Env, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = env.create_guild("Elsewhere", owner=env.create_user("stranger"))
    other = elsewhere.create_text_channel("cards")
    await simulation.bot.services.guild_setup.use_review_channel(elsewhere.id, other.id)
    await ready(world, threads=False)
    change_id = await propose(world, RITA, "Story Two Servers")
    close_direct_messages(monkeypatch)
    await reject_it(world, env, change_id)
    await env.advance_time(21)
    await env.advance_time(21)
    assert world.member(RITA).mention in thread_texts(world, env)[-1]
    assert other.threads == []
    assert str(world.member(RITA).id) not in "".join(map(text_of, posted_in(other, env)))


async def test_the_card_says_that_its_requestor_was_told(world: World, env: simcord.Env) -> None:
    await ready(world, threads=False)
    change_id = await propose(world, RITA, "Story Told")
    await reject_it(world, env, change_id)
    assert "got a direct message" in text_of(card_of(world.review, env, change_id))


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
    await reject_it(world, env, change_id)
    for _ in range(6):
        await env.advance_time(21)
    assert "Rejected" in text_of(card_of(world.review, env, change_id))
    assert len(tried) == 3
    assert world.review.threads == []


@pytest.mark.parametrize(
    "outage",
    [refusal(503, 0), refusal(400, TOO_MANY_THREADS), aiohttp.ServerDisconnectedError()],
    ids=["503", "too many", "cut off"],
)
async def test_a_thread_that_could_not_be_opened_for_a_while_opens_later_with_the_reason(
    world: World, env: simcord.Env, monkeypatch: pytest.MonkeyPatch, outage: Exception
) -> None:
    await ready(world, threads=True)
    tried = []

    async def fails(self: discord.PartialMessage, **_: Any) -> None:
        tried.append(self.id)
        raise outage

    change_id = await propose(world, RITA, "Story Late Thread")
    with monkeypatch.context() as broken:
        broken.setattr(discord.PartialMessage, "create_thread", fails)
        await reject_it(world, env, change_id)
        for _ in range(4):
            await env.advance_time(21)
        assert len(tried) > 3, "an outage is no refusal, and only three of those end the attempts"
    await env.advance_time(21)
    (rejected,) = thread_texts(world, env)
    assert "Not sharp enough" in rejected


async def test_a_thread_that_was_opened_before_a_crash_is_taken_up(
    simulation: Simulation, world: World, v2_service: ReferenceService, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ready(world, threads=True)
    threads = simulation.bot.services.threads

    async def dies(*_: Any) -> None:
        raise RuntimeError("the bot died here")

    monkeypatch.setattr(type(threads), "opened", dies)
    change_id = await propose(world, RITA, "Story Crashed Thread")
    await reject_it(world, simulation.env, change_id)
    monkeypatch.undo()
    await simulation.restart()
    await simulation.env.advance_time(42)
    (rejected,) = thread_texts(world, simulation.env)
    assert "Not sharp enough" in rejected
