"""The demo with `--lived-in`: a queue with pending and decided changes, and people who may act at once."""

from collections import Counter
from pathlib import Path

import aiohttp
import httpx
import pytest

from bot.demo import simcord_seams as seams
from bot.demo.horde_stand_in import HordeStandIn
from bot.demo.lived_in import LINKED
from bot.demo.people import RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.stage import open_stage
from bot.tls import tls_context
from tests.harness.command_line import typed
from tests.harness.messages import text_of


async def test_the_queue_has_changes_in_all_states_with_cards_and_linked_people(
    tmp_path: Path, fresh_v2_service: ReferenceService, horde: HordeStandIn
) -> None:
    service = fresh_v2_service
    opening = open_stage(tmp_path, service, ai_horde_url=horde.url, make_bot=None, port=0, is_lived_in=True)
    async with opening as stage, aiohttp.ClientSession(stage.url) as page:
        async with httpx.AsyncClient(trust_env=False, headers={"apikey": RITA.key}, verify=tls_context()) as client:
            listed = (await client.get(f"{service.url}/model_references/v2/pending_queue/changes")).json()["items"]
        assert Counter(change["status"] for change in listed) == {
            "pending": 3,
            "approved": 1,
            "applied": 1,
            "rejected": 1,
        }
        assert {change["operation"] for change in listed} == {"create", "update", "delete"}
        assert seams.message_count(stage.world.env, stage.world.review.id) == 1 + len(listed)
        async with page.get("/world.json") as answer:
            assert (await answer.json())["lived_in"] is True
        async with page.get("/live.json?category=image_generation") as answer:
            live = await answer.json()
        assert live["new_counts"] == {}, "steps count from what the demo began with"
        async with stage.turn:
            for person in LINKED:
                answered = await stage.world.member(person).slash(stage.world.public, "account status")
                assert "replaces the key" in text_of(answered), person.name


@pytest.mark.parametrize("mode", ["legacy", "replica"])
def test_a_lived_in_queue_needs_a_service_that_takes_its_records(mode: str) -> None:
    result = typed("demo", "--lived-in", "--mode", mode)
    assert result.exit_code == 2
    assert "--mode v2" in result.output
