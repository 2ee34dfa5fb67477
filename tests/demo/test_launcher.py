"""The launcher's own answers: who there is, what is new, and what the real service says."""

from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest

from bot.demo.horde_stand_in import HordeStandIn
from bot.demo.people import ABE, PEOPLE, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.service_environment import Mode
from bot.demo.stage import Stage, open_stage
from bot.tls import tls_context
from tests.demo.dummy_bot import dummy_bot
from tests.harness.services import ServiceFactory

V2 = "model_references/v2"


@pytest.fixture
async def page(stage: Stage) -> Any:
    async with aiohttp.ClientSession(stage.url) as session:
        yield session


async def read(page: aiohttp.ClientSession, path: str) -> Any:
    async with page.get(path) as answer:
        assert answer.status == 200
        return await answer.json()


async def test_the_welcome_knows_who_has_which_key(page: aiohttp.ClientSession) -> None:
    world = await read(page, "/world.json")
    assert {who["name"]: who["key"] for who in world["people"]} == {who.name: who.key for who in PEOPLE}
    assert world["mode"] == "v2"


async def test_every_file_of_the_page_is_there(page: aiohttp.ClientSession) -> None:
    for path in ("/", "/launcher.css", "/launcher.js", "/steps.js", "/stage.css", "/stage.js", "/portraits/rita.png"):
        async with page.get(path) as answer:
            assert answer.status == 200, path
            assert await answer.read()


async def test_a_new_message_is_news_for_everybody_who_sees_the_channel(
    stage: Stage, page: aiohttp.ClientSession
) -> None:
    before = (await read(page, "/news.json"))["newest"]
    await stage.world.member(RITA).slash(stage.world.public, "hello")
    after = (await read(page, "/news.json"))["newest"]
    assert {path for path in after if after[path] != before[path]} == {
        f"/as/{who.name.lower()}/model-talk/" for who in PEOPLE
    }


async def test_the_service_is_stopped_for_a_minute_and_answers_again(
    page: aiohttp.ClientSession, v2_service: ReferenceService
) -> None:
    try:
        async with page.post("/pause") as answer:
            assert (await answer.json()) == {"seconds": 60}
        async with page.get("/live.json?category=image_generation") as answer:
            assert answer.status == 503
            told = await answer.json()
            assert told["problem"] == "paused"
            assert 50 <= told["seconds"] <= 60
        async with httpx.AsyncClient(trust_env=False, timeout=0.3, verify=tls_context()) as client:
            with pytest.raises(httpx.ReadTimeout):
                await client.get(f"{v2_service.url}/replicate_mode")
    finally:
        v2_service.resume()
    assert (await read(page, "/live.json?category=image_generation"))["mode"]


async def test_a_model_is_seen_to_become_live(page: aiohttp.ClientSession, v2_service: ReferenceService) -> None:
    name = "Launcher Newcomer"
    before = await read(page, "/live.json?category=image_generation")
    assert not any(model["is_new"] for model in before["models"])
    assert before["changes"] == []
    async with httpx.AsyncClient(base_url=v2_service.url, trust_env=False, verify=tls_context()) as client:
        record = {"name": name, "baseline": "stable_diffusion_xl", "nsfw": False}
        proposed = await client.post(f"{V2}/image_generation", json=record, headers={"apikey": RITA.key})
        queued = await read(page, "/live.json?category=image_generation")
        assert queued["changes"][0]["model_name"] == name
        assert queued["counts"] == queued["new_counts"] == {"pending": 1}
        number = proposed.json()["change_id"]
        abe = {"apikey": ABE.key}
        queue = f"{V2}/pending_queue"
        await client.post(f"{queue}/batches", json={"batch_title": "t", "approved_ids": [number]}, headers=abe)
        applied = await client.post(f"{queue}/changes/{number}/apply", json={}, headers=abe)
        assert applied.status_code == 200
    after = await read(page, "/live.json?category=image_generation")
    assert after["models"][0]["name"] == name
    assert after["models"][0]["is_new"]
    assert after["counts"] == {"applied": 1}
    async with page.get(after["models"][0]["link"]) as answer:
        assert (await answer.json())["name"] == name


async def test_an_unknown_category_is_not_found(page: aiohttp.ClientSession) -> None:
    async with page.get("/live.json?category=nonsense") as answer:
        assert answer.status == 404


async def test_a_service_that_is_away_is_said_to_be(
    tmp_path: Path, new_service: ServiceFactory, horde: HordeStandIn
) -> None:
    service = new_service(Mode.V2)
    opening = open_stage(tmp_path, service, ai_horde_url=horde.url, make_bot=dummy_bot, port=0)
    async with opening as stage, aiohttp.ClientSession(stage.url) as page:
        service.stop()
        async with page.get("/live.json") as answer:
            assert answer.status == 503
