"""The world moves by itself, and no click is lost while it does."""

import asyncio
from typing import Any

import aiohttp
import pytest
from simcord import SetupError

from bot.demo.people import RITA
from bot.demo.preview_mount import CAPABILITY
from bot.demo.stage import Stage

CLICKS = 20
TOO_LONG_S = 60
"""Reached only where what is waited for never comes."""


class Page:
    """A browser page, as far as the bridge can tell."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self._session = session
        self._base = base
        self._sequence = 0
        self.state: dict[str, Any] = {}

    async def open(self) -> None:
        self.state = await self._send("POST", "api/pages", {})

    async def read(self) -> dict[str, Any]:
        self.state = await self._send("GET", "api/state", None)
        return self.state

    async def act(self, kind: str, **more: Any) -> dict[str, Any]:
        self._sequence += 1
        body = {
            "protocol_version": 3,
            "sequence": self._sequence,
            "request_id": f"r{self._sequence}",
            "generation": self.state["context"]["generation"],
            "bot_generation": self.state["botGeneration"],
            "published_revision": self.state["publishedRevision"],
            "kind": kind,
            **more,
        }
        return await self._send("POST", "api/action", body)

    async def _send(self, method: str, path: str, body: Any) -> dict[str, Any]:
        headers = {"X-Simcord-Capability": CAPABILITY}
        if self.state:
            headers["X-Simcord-Context"] = self.state["context"]["id"]
        async with self._session.request(method, self._base + path, json=body, headers=headers) as answer:
            assert answer.status == 200
            return dict(await answer.json())


async def test_no_click_is_lost_while_the_world_moves(stage: Stage) -> None:
    async with aiohttp.ClientSession() as session:
        page = Page(session, f"{stage.url}as/rita/model-talk/")
        await page.open()
        for number in range(CLICKS):
            # The page still shows an older state than the world has: another person writes all the time.
            async with stage.turn:
                await stage.world.owner.send(stage.world.public, f"words {number}")
            await asyncio.sleep(0)
            result = await page.act("send_message", content=f"click {number}")
            assert not result["rejected"], result["diagnostics"]
    said = [message.content for message in stage.world.public.history()]
    assert [f"click {number}" for number in range(CLICKS)] == [text for text in said if text.startswith("click")]


async def test_a_page_sees_what_happens_elsewhere(stage: Stage) -> None:
    async with aiohttp.ClientSession() as session:
        page = Page(session, f"{stage.url}as/abe/model-talk/")
        await page.open()
        before = len(page.state["timeline"])
        async with stage.turn:
            await stage.world.member(RITA).slash(stage.world.public, "hello")
        async with asyncio.timeout(TOO_LONG_S):
            while len((await page.read())["timeline"]) == before:  # noqa: ASYNC110 - asks again, as a browser does
                await asyncio.sleep(0.05)


async def test_time_inside_passes_by_itself(stage: Stage) -> None:
    began = stage.world.env.now()
    async with asyncio.timeout(TOO_LONG_S):
        while stage.world.env.now() == began:  # noqa: ASYNC110 - the clock has no callback
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("failure", [SetupError("operation overlaps active slash"), TimeoutError()], ids=repr)
async def test_one_failure_of_the_simulation_does_not_end_the_demo(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    advance, failed = stage.world.env.advance_time, asyncio.Event()

    async def fail_once(seconds: float) -> None:
        if not failed.is_set():
            failed.set()
            raise failure
        await advance(seconds)

    monkeypatch.setattr(stage.world.env, "advance_time", fail_once)
    await failed.wait()
    began = stage.world.env.now()
    while stage.world.env.now() == began:
        assert not stage.pumping.done()
        await asyncio.sleep(0.05)
