"""A person's page of a channel or thread: its context menus, and who gets none."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.demo.people import ABE, RITA
from bot.demo.preview_mount import CAPABILITY
from bot.demo.stage import Stage

CAPABLE = {"X-Simcord-Capability": CAPABILITY}


@pytest.fixture
async def http(stage: Stage) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(stage.url, headers=CAPABLE) as session:
        yield session


async def said(stage: Stage) -> int:
    """Return the id of a message that Rita wrote."""
    async with stage.turn:
        return (await stage.world.member(RITA).send(stage.world.public, "Who knows this one?")).id


async def menus(http: aiohttp.ClientSession, path: str) -> list[str]:
    async with http.get(path) as answer:
        assert answer.status == 200
        return list(await answer.json())


async def test_a_message_offers_the_menus_for_it_and_for_its_author(stage: Stage, http: aiohttp.ClientSession) -> None:
    message_id = await said(stage)
    path = f"as/abe/model-talk/api/context-menus/{message_id}"
    assert await menus(http, path) == ["Ask about it", "Greet"]
    async with http.post("as/abe/model-talk/api/pages", json={}) as answer:
        context = (await answer.json())["context"]["id"]
    async with http.post(path, data="Greet") as answer:
        assert answer.status == 200
    async with http.get("as/abe/model-talk/api/state", headers={"X-Simcord-Context": context}) as answer:
        assert "Hello Rita" in await answer.text()
    async with http.post(path, data="Ask about it") as answer:
        assert answer.status == 200
    async with http.get("as/abe/model-talk/api/state", headers={"X-Simcord-Context": context}) as answer:
        assert (await answer.json())["modal"]["payload"]["title"] == "Ask the service"


async def test_the_bot_itself_has_no_menu_of_a_person(stage: Stage, http: aiohttp.ClientSession) -> None:
    async with stage.turn:
        shown = await stage.world.member(ABE).slash(stage.world.public, "hello")
    assert shown.response is not None
    assert await menus(http, f"as/abe/model-talk/api/context-menus/{shown.response.id}") == ["Ask about it"]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("as/abe/model-talk/api/context-menus/{}", "No such menu"),
        ("as/abe/model-review/api/context-menus/{}", "Greet"),
        ("as/abe/model-talk/api/context-menus/1", "Greet"),
        ("as/abe/messages/api/context-menus/{}", "Greet"),
        ("as/abe/thread-1/api/context-menus/{}", "Greet"),
        ("as/zoe/model-talk/api/context-menus/{}", "Greet"),
    ],
)
async def test_what_is_not_there_has_no_menu(stage: Stage, http: aiohttp.ClientSession, path: str, name: str) -> None:
    async with http.post(path.format(await said(stage)), data=name) as answer:
        assert answer.status == 404


async def test_another_site_opens_no_menu(stage: Stage, http: aiohttp.ClientSession) -> None:
    path = f"as/abe/model-talk/api/context-menus/{await said(stage)}"
    async with http.post(path, data="Greet", headers={"X-Simcord-Capability": "guess"}) as answer:
        assert answer.status == 401


async def test_a_thread_is_a_place_for_everybody(stage: Stage, http: aiohttp.ClientSession) -> None:
    async with stage.turn:
        message = await stage.world.member(RITA).send(stage.world.public, "Let us talk about it below")
        thread = await message.create_thread(name="Below")
    async with http.get("news.json") as answer:
        assert (await answer.json())["threads"] == [{"id": str(thread.id), "name": "Below"}]
    for person in ("rita", "dave"):
        async with http.post(f"as/{person}/thread-{thread.id}/api/pages", json={}) as answer:
            assert answer.status == 200
