"""Wherever a look breaks off, or the program dies: one card for each change, one notice, one post, all of them true."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from simcord.http.client import FakeHTTPClient

from bot.demo.reference_service import ReferenceService
from bot.services.notifications.deliveries import DeliveryKind
from bot.settings import Settings
from storage.deliveries import NewPost
from tests.harness.failures import Ending
from tests.harness.messages import card_of, posted_in, text_of
from tests.harness.queue import decide_beside, propose_beside
from tests.stories.failing_stage import FailingStage

pytestmark = pytest.mark.soak

SOON = timedelta(minutes=1)
OUTAGE = {"since": 1_772_366_400, "until": 1_772_367_000, "is_read_only": False, "came_in": 0}


def knows_nonces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the simulated Discord answer a repeated message with the first one, as the real one does."""
    sent: dict[tuple[str, str], Any] = {}
    inner = FakeHTTPClient.request

    async def request(self: FakeHTTPClient, route: Any, **given: Any) -> Any:
        payload = given.get("json")
        for part in given.get("form") or ():
            payload = json.loads(part["value"]) if part["name"] == "payload_json" else payload
        nonce = payload.get("nonce") if isinstance(payload, dict) and payload.get("enforce_nonce") else None
        if nonce is None:
            return await inner(self, route, **given)
        if (route.path, nonce) not in sent:
            sent[route.path, nonce] = await inner(self, route, **given)
        return sent[route.path, nonce]

    monkeypatch.setattr(FakeHTTPClient, "request", request)


@dataclass(slots=True, repr=False)
class Stage(FailingStage):
    """A bot that looks."""

    async def look(self) -> None:
        """Have the bot look, until it has or is dead; its loop survives any error of a poll."""
        looking = asyncio.create_task(self.simulation.let_pass(SOON))
        while not looking.done() and not self.failures.is_dead:
            await asyncio.wait([looking], timeout=0.02)
        if looking.done():
            with suppress(Exception):
                await looking

    def said(self) -> list[str]:
        world = self.simulation.world
        return [text_of(message) for message in posted_in(world.review, self.simulation.env)]


@pytest.fixture
async def stage(settings: Settings, service: ReferenceService, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    knows_nonces(monkeypatch)
    async with Stage.opened(settings, service, monkeypatch, attempts=2) as stage:
        yield stage


@pytest.mark.parametrize("ending", Ending)
async def test_the_nth_failure_neither_loses_nor_doubles_what_a_look_found(stage: Stage, ending: Ending) -> None:
    for at in range(200):
        steps = await break_off(stage, f"{ending.value} at {at}", at, ending)
        if at >= len(steps):
            assert at > 8, steps
            return
    pytest.fail("it never came to an end")


async def break_off(stage: Stage, name: str, at: int, ending: Ending) -> list[str]:
    """Have one look find a new change, a decided one and a post to make, and break off at a step; returns its steps."""
    decided = propose_beside(stage.service, f"Old {name}")
    await stage.simulation.let_pass(SOON)
    before, told_before = len(stage.said()), len(stage.told())
    new = propose_beside(stage.service, f"New {name}")
    decide_beside(stage.service, reject=[decided])
    simulation, review = stage.simulation, stage.simulation.world.review
    outage = {**OUTAGE, "since": OUTAGE["since"] - 60 * at}  # after a restart an equal post is taken for this one
    post = NewPost(simulation.world.guild.id, review.id, DeliveryKind.OUTAGE, name, outage)
    await simulation.bot.services.deliveries.deliveries.add_posts([post], simulation.bot.clock())
    stage.failures.arm(at, ending)
    await stage.look()
    steps = stage.failures.disarm()
    if stage.failures.is_dead:
        await stage.restart()
    await stage.simulation.let_pass(SOON)
    said, told = stage.said(), stage.told(told_before)
    truth = f"{name}: {steps}\n{said[before:]}\n{told}"
    assert len(said) == before + 2, truth
    assert "Pending" in text_of(card_of(review, stage.simulation.env, new)), truth
    assert "Rejected" in text_of(card_of(review, stage.simulation.env, decided)), truth
    assert sum("The service was away" in text for text in said[before:]) == 1, truth
    assert len(told) == 1, truth
    assert f"#{decided}" in told[0], truth
    decide_beside(stage.service, reject=[new])
    return steps
