"""Discord refuses a card: it is retried, left alone or posted again; other cards are unaffected."""

import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from simcord.http.client import FakeHTTPClient

from bot.demo.people import ABE
from bot.demo.reference_service import ReferenceService
from bot.services.changes import ChangeFacts
from bot.services.notifications.deliveries import DeliveryKind
from bot.settings import Settings
from bot.ui.cards.change_card import change_card
from bot.ui.components import Card
from storage.card_queue import CARDS_AT_ONCE
from storage.deliveries import NewPost
from storage.guild_settings import Setting
from tests.harness.messages import answer_of, card_of, posted_in, text_of
from tests.harness.queue import decide_beside, propose_beside
from tests.harness.simulation import Simulation, simulated

LOOK = timedelta(seconds=20)
OLD_EDITS = (400, 30046, "Maximum number of edits to messages older than 1 hour reached")
NO_PERMISSION = (403, 50013, "Missing Permissions")
NO_CHANNEL = (404, 10003, "Unknown Channel")
BAD_GATEWAY = (502, 0, "Bad Gateway")


@dataclass(slots=True)
class Discord:
    """Refusals of the simulated Discord, and the number of requests.

    Attributes:
        refused: the method, and the answer that its requests for messages get; all else is done.
        only: refuse messages that hold this alone.
        asked: requests for messages.
    """

    refused: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    only: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        inner = FakeHTTPClient.request

        async def request(client: FakeHTTPClient, route: Any, **given: Any) -> Any:
            if "/messages" in route.path:
                body = str(given.get("json") or given.get("form"))
                self.asked.append((route.method, body))
                if route.method in self.refused and self.only in body:
                    status, code, text = self.refused[route.method]
                    kind = {403: discord.Forbidden, 404: discord.NotFound}.get(status, discord.HTTPException)
                    answer: Any = SimpleNamespace(status=status, reason="")
                    raise kind(answer, {"code": code, "message": text})
            return await inner(client, route, **given)

        monkeypatch.setattr(FakeHTTPClient, "request", request)

    def count(self, method: str, part: str = "") -> int:
        return sum(asked == method and part in body for asked, body in self.asked)


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Discord:
    wire = Discord()
    wire.install(monkeypatch)
    return wire


@pytest.fixture
async def simulation(settings: Settings, wire: Discord) -> AsyncIterator[Simulation]:
    async with simulated(settings) as running:
        running.bot.poll_interval = timedelta(days=1)
        yield running


def card(simulation: Simulation, change_id: int) -> discord.Message:
    return card_of(simulation.world.review, simulation.env, change_id)


async def test_too_many_edits_of_an_old_message_wait_and_become_one(
    simulation: Simulation, wire: Discord, service: ReferenceService
) -> None:
    old = propose_beside(service, "Old message")
    await simulation.let_pass(LOOK)
    wire.refused["PATCH"] = OLD_EDITS
    rival = propose_beside(service, "Old message")
    await simulation.let_pass(LOOK)
    assert wire.count("PATCH", f"#{old} ") == 1
    decide_beside(service, reject=[old])
    for _ in range(3):
        await simulation.let_pass(LOOK)
    assert wire.count("PATCH", f"#{old} ") == 1, "not tried again at once"
    assert "Pending" in text_of(card(simulation, old))
    wire.refused.clear()
    await simulation.let_pass(timedelta(minutes=5))
    assert "Rejected" in text_of(card(simulation, old)), "the last state"
    assert "Pending" in text_of(card(simulation, rival))


async def test_a_clock_that_is_set_back_prolongs_no_wait(
    simulation: Simulation, wire: Discord, service: ReferenceService
) -> None:
    change_id = propose_beside(service, "Clock set back")
    await simulation.let_pass(LOOK)
    wire.refused["PATCH"] = OLD_EDITS
    decide_beside(service, reject=[change_id])
    await simulation.let_pass(LOOK)
    wire.refused.clear()
    await simulation.let_pass(timedelta(hours=-1))
    assert "Rejected" in text_of(card(simulation, change_id))


@pytest.mark.parametrize("refusal", [NO_PERMISSION, NO_CHANNEL], ids=["no permission", "no channel"])
async def test_a_channel_that_refuses_is_left_alone_after_three_times_until_it_is_set_again(
    simulation: Simulation, wire: Discord, service: ReferenceService, refusal: tuple[int, int, str]
) -> None:
    wire.refused["POST"] = refusal
    change_id = propose_beside(service, "No permission")
    for _ in range(5):
        await simulation.let_pass(LOOK)
    assert wire.count("POST") == 3
    wire.refused.clear()
    await simulation.let_pass(LOOK)
    assert posted_in(simulation.world.review, simulation.env) == []
    world = simulation.world
    await simulation.bot.services.guild_setup.guild_settings.set_review_channel(world.guild.id, world.review.id)
    await simulation.let_pass(LOOK)
    assert "Pending" in text_of(card(simulation, change_id))


async def test_a_channel_that_was_given_up_is_told_once_where_that_is_possible_and_begins_again_after_test_again(
    simulation: Simulation, wire: Discord, service: ReferenceService
) -> None:
    world, abe = simulation.world, simulation.world.member(ABE)
    news = world.guild.create_text_channel("model-news")
    await abe.slash(world.public, "setup announcements", channel=news)
    wire.refused["POST"], wire.only = NO_PERMISSION, "Refused card"
    change_ids = [propose_beside(service, f"Refused card {number}") for number in range(3)]
    for _ in range(6):
        await simulation.let_pass(LOOK)
    (told,) = posted_in(news, simulation.env)
    assert f"Nothing is posted in <#{world.review.id}> any more" in text_of(told)
    assert "/setup show" in text_of(told).replace("</", "/")
    status = text_of(await abe.slash(world.public, "status"))
    assert f"**Posting** stopped in <#{world.review.id}>" in status
    shown = await abe.slash(world.public, "setup show")
    assert "1 thing to fix" in text_of(shown)
    assert "Discord refused Horde Curator three times; 3 messages wait" in text_of(shown)
    wire.refused.clear()
    await abe.click(answer_of(shown), label="Test again")
    assert "ready" in text_of(answer_of(shown))
    await simulation.let_pass(LOOK)
    for change_id in change_ids:
        assert "Pending" in text_of(card(simulation, change_id))
    assert "stopped" not in text_of(await abe.slash(world.public, "status"))
    assert len(posted_in(news, simulation.env)) == 1


async def test_announcements_that_were_given_up_are_told_in_the_review_channel(
    simulation: Simulation, wire: Discord
) -> None:
    world, abe = simulation.world, simulation.world.member(ABE)
    news = world.guild.create_text_channel("model-news")
    await abe.slash(world.public, "setup announcements", channel=news)
    wire.refused["POST"], wire.only = NO_CHANNEL, "is live"
    deliveries = simulation.bot.services.deliveries.deliveries
    who = {"requestor": "alice#101", "requested_by": "101", "at": 1_772_366_400}
    facts = {"change_id": 7, "operation": "create", "category": "lora", "name": "Pixel", **who}
    post = NewPost(world.guild.id, news.id, DeliveryKind.ANNOUNCEMENT, "7", facts)
    await deliveries.add_posts([post], simulation.bot.clock())
    for _ in range(6):
        await simulation.let_pass(timedelta(minutes=1))
    (told,) = posted_in(world.review, simulation.env)
    assert f"Nothing is posted in <#{news.id}> any more" in text_of(told)
    shown = await abe.slash(world.public, "setup show")
    assert "three times; 1 message waits" in text_of(shown)
    wire.refused.clear()
    await abe.click(answer_of(shown), label="Test again")
    await simulation.let_pass(timedelta(minutes=1))
    (posted,) = posted_in(news, simulation.env)
    assert "A new model is live." in text_of(posted)


async def test_a_message_that_discord_stumbles_over_keeps_no_other_from_being_posted(
    simulation: Simulation, wire: Discord, service: ReferenceService
) -> None:
    wire.refused["POST"], wire.only = BAD_GATEWAY, "Stumbling block"
    bad = propose_beside(service, "Stumbling block")
    good = propose_beside(service, "Behind it")
    await simulation.let_pass(LOOK)
    assert "Pending" in text_of(card(simulation, good))
    wire.refused.clear()
    await simulation.let_pass(LOOK)
    assert "Pending" in text_of(card(simulation, bad))


async def test_a_card_that_cannot_be_drawn_keeps_no_other_from_being_drawn(
    simulation: Simulation, service: ReferenceService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(facts: ChangeFacts, *given: Any, **more: Any) -> Card:
        assert facts.change.model_name != "Cannot be drawn"
        return change_card(facts, *given, **more)

    monkeypatch.setattr(sys.modules["cogs.queue_monitor.worker"], "change_card", breaks)
    bad = propose_beside(service, "Cannot be drawn")
    good = propose_beside(service, "Can be drawn")
    await simulation.let_pass(LOOK)
    assert "Pending" in text_of(card(simulation, good))
    monkeypatch.undo()
    await simulation.let_pass(timedelta(minutes=5))
    assert "Pending" in text_of(card(simulation, bad))


async def test_a_card_that_is_deleted_is_posted_again_and_pings_no_one_twice(
    simulation: Simulation, wire: Discord, service: ReferenceService
) -> None:
    settings = simulation.bot.services.guild_setup.guild_settings
    role_id = simulation.world.guild.id
    await settings.set(simulation.world.guild.id, Setting.PING_ROLE, role_id)
    change_id = propose_beside(service, "Deleted card")
    await simulation.let_pass(LOOK)
    assert f"New for <@&{role_id}>" in text_of(card(simulation, change_id))
    assert any(method == "POST" and f"'roles': [{role_id}]" in body for method, body in wire.asked), wire.asked
    await card(simulation, change_id).delete()
    propose_beside(service, "Deleted card")
    await simulation.let_pass(LOOK)
    await simulation.let_pass(LOOK)
    reposted = text_of(card(simulation, change_id))
    assert "New for" not in reposted


async def test_a_flood_and_a_restart_after_it_send_every_message_once(
    simulation: Simulation, wire: Discord, service: ReferenceService
) -> None:
    change_ids = [propose_beside(service, f"Flood {number}") for number in range(CARDS_AT_ONCE + 3)]
    await simulation.let_pass(LOOK)
    said = [text_of(message) for message in posted_in(simulation.world.review, simulation.env)]
    assert len(said) == CARDS_AT_ONCE + 1
    assert any(f"{len(change_ids)} changes came in" in text for text in said)
    asked = len(wire.asked)
    await simulation.restart()
    for _ in range(2):
        await simulation.let_pass(LOOK)
    assert len(wire.asked) == asked
    decide_beside(service, reject=change_ids[:2])
    await simulation.let_pass(LOOK)
    posted = posted_in(simulation.world.review, simulation.env)
    assert len(posted) == CARDS_AT_ONCE + 1 + 2, "the next take their places"
    assert "Pending" in text_of(card(simulation, change_ids[CARDS_AT_ONCE + 1]))
