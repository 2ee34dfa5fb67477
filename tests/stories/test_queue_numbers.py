"""The queue in numbers: asked for, told each Monday, and what waits too long brought to mind."""

import json
import re
from datetime import timedelta
from typing import Any, cast

import discord
import pytest
import simcord

from bot.demo.people import ABE, CORA, DAVE
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from cogs.queue_monitor import own_messages
from cogs.scheduled_posts import ScheduledPostsCog
from storage.database import Transaction
from tests.harness.messages import answer_of, buttons_of, card_of, nodes_of, posted_in, text_of
from tests.harness.queue import apply_beside, decide_beside, propose_beside
from tests.harness.simulation import Simulation
from tests.stories.people import link, onlooker

GALLERY = 12
HEADINGS = {"digest": "## The queue in week", "reminder": "over 7 days"}


@pytest.fixture
def service(primary_service: ReferenceService) -> ReferenceService:
    """Both kinds of deployment in turn."""
    return primary_service


def picture_words(posted: Any) -> str:
    (gallery,) = [node for node in nodes_of(posted) if node["type"] == GALLERY]
    (item,) = gallery["items"]
    assert re.search(r"queue\.png", json.dumps(item["media"]))
    return str(item["description"])


def about(env: simcord.Env, world: World, heading: str) -> list[discord.Message]:
    return [posted for posted in posted_in(world.review, env) if heading in text_of(posted)]


async def want_digest(simulation: Simulation) -> None:
    def write(transaction: Transaction) -> None:
        transaction.execute("UPDATE guild SET has_digest = 1")

    await simulation.bot.services.digests.guild_settings._database.transaction(write)


async def until_monday_at_nine(simulation: Simulation, *, days: int = 8) -> None:
    """Let time pass until the first Monday that is more than so many days away, and look at queue and clock."""
    now = simulation.clock()
    later = now + timedelta(days=days)
    monday = (later + timedelta(days=7 - later.weekday())).replace(hour=9, minute=0)
    await simulation.let_pass(monday - now)
    await look_at_clock(simulation)


async def look_at_clock(simulation: Simulation) -> None:
    regular = cast("ScheduledPostsCog", simulation.bot.get_cog("ScheduledPostsCog"))
    assert await regular.queue_due()
    await simulation.let_pass(timedelta(minutes=1))


async def test_everyone_may_see_the_statistics(world: World, service: ReferenceService) -> None:
    waiting = [propose_beside(service, f"Waits {number}") for number in range(3)]
    decided = [propose_beside(service, f"Decided {number}") for number in range(3)]
    decide_beside(service, approve=decided[:2], reject=decided[2:])
    apply_beside(service, decided[0])
    dave = world.member(DAVE)  # not linked
    viewer = await onlooker(world, service)
    shown = answer_of(await viewer.slash(world.public, "queue stats"))
    text = text_of(shown)
    assert "## The queue in week" in text
    assert "**3 decided:** 2 approved, 1 rejected. 0 last week." in text
    assert "**1 applied,** now live." in text
    assert "**3 open:** Image model (3)." in text
    assert "**1 approved,** not live yet." in text
    assert "**Thanks** to bob\\#202 (3)." in text
    words = picture_words(shown)
    assert words.startswith("3 open. 3 decided in week")
    assert "2 approved, 1 rejected" in words
    assert "3 under 1 day" in words
    if viewer is dave:
        told = await dave.click(shown, label="Oldest pending")
        assert "Link your AI-Horde account first" in text_of(told)
    await link(world, CORA)
    shown = answer_of(await world.member(CORA).slash(world.public, "queue stats"))
    listed = await world.member(CORA).click(shown, label="Queue")
    assert "3 pending · newest first" in text_of(listed)
    opened = await world.member(CORA).click(shown, label="Oldest pending")
    assert f"#{waiting[0]} · CREATE" in text_of(opened)


async def test_statistics_of_an_empty_queue_say_that_it_is_empty(world: World, service: ReferenceService) -> None:
    shown = answer_of(await (await onlooker(world, service)).slash(world.public, "queue stats"))
    assert "**Nothing decided.** 0 last week." in text_of(shown)
    assert "**Nothing open.**" in text_of(shown)
    assert list(buttons_of(shown)) == ["Queue"]


async def test_the_weekly_summary_is_posted_once_on_monday(
    simulation: Simulation, world: World, env: simcord.Env, service: ReferenceService
) -> None:
    await want_digest(simulation)
    await world.owner.slash(world.public, "setup reminder", days=0)  # a reminder names the late ones itself
    waits, decided = propose_beside(service, "Waits long"), propose_beside(service, "Decided")
    decide_beside(service, reject=[decided])
    await until_monday_at_nine(simulation, days=0)
    (digest,) = about(env, world, "## The queue in week")
    assert "**1 open:** Image model (1)." in text_of(digest)
    assert "1 decided" in picture_words(digest)
    assert [each.filename for each in digest.attachments] == ["queue.png"]
    await look_at_clock(simulation)
    await simulation.restart()
    await look_at_clock(simulation)
    assert len(about(env, world, "## The queue in week")) == 1
    await link(world, CORA)
    opened = await world.member(CORA).click(digest, label="Oldest pending")
    assert f"#{waits} · CREATE" in text_of(opened)
    await until_monday_at_nine(simulation)
    assert len(about(env, world, "## The queue in week")) == 1, "a week without a decision"


@pytest.mark.parametrize("kind", ["digest", "reminder"])
async def test_an_older_database_repeats_no_weekly_post(
    simulation: Simulation,
    world: World,
    env: simcord.Env,
    service: ReferenceService,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    # Messages of the simulation have the time of this machine, which is weeks before the bot's.
    monkeypatch.setattr(own_messages, "SLACK", timedelta(days=30))
    decided, later, _ = (propose_beside(service, f"Waits {number}") for number in range(3))
    if kind == "digest":
        await want_digest(simulation)
        await world.owner.slash(world.public, "setup reminder", days=0)
        decide_beside(service, reject=[decided])
    await until_monday_at_nine(simulation, days=0 if kind == "digest" else 8)
    (before,) = about(env, world, HEADINGS[kind])
    text = text_of(before)

    def forget(transaction: Transaction) -> None:
        transaction.execute("DELETE FROM delivery WHERE kind = ?", (kind,))

    await simulation.bot.services.digests.guild_settings._database.transaction(forget)
    decide_beside(service, reject=[later])
    await simulation.let_pass(timedelta(days=1))
    await simulation.restart()
    await look_at_clock(simulation)
    (after,) = about(env, world, HEADINGS[kind])
    assert after.id == before.id
    assert text_of(after) != text, "edited"


async def test_overdue_changes_are_named_in_one_post_that_is_edited_until_they_are_decided(
    simulation: Simulation, world: World, env: simcord.Env, service: ReferenceService
) -> None:
    first, second = propose_beside(service, "Waits longest"), propose_beside(service, "[Waits](https://evil.example)")
    await until_monday_at_nine(simulation)
    (reminder,) = about(env, world, "## 2 changes wait over 7 days")
    text = text_of(reminder)
    assert text.index(f"[#{first}](") < text.index(f"[#{second}](")
    assert f"[#{first}]({card_of(world.review, env, first).jump_url}) CREATE · **Waits longest**" in text
    assert "](https://evil" not in text
    await look_at_clock(simulation)
    await simulation.restart()
    await look_at_clock(simulation)
    assert len(about(env, world, "over 7 days")) == 1
    await link(world, CORA)
    opened = await world.member(CORA).click(reminder, label="Oldest pending")
    assert f"#{first} · CREATE" in text_of(opened)
    decide_beside(service, reject=[first], person=ABE)
    await simulation.let_pass(timedelta(days=1))
    await look_at_clock(simulation)
    (again,) = about(env, world, "## 1 change waits over 7 days")
    assert f"[#{second}](" in text_of(again)
    assert again.id == reminder.id, "edited"
    decide_beside(service, reject=[second], person=ABE)
    await simulation.let_pass(timedelta(days=1))
    await look_at_clock(simulation)
    (last,) = about(env, world, "over 7 days")
    assert "No change waits" in text_of(last)
