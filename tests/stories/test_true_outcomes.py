"""After an apply the live record is read, and the bot says so where it is not as approved."""

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import simcord

from bot.demo.horde_stand_in import HordeStandIn
from bot.demo.people import ABE, CORA, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.service_environment import Mode
from bot.demo.world import World
from tests.harness.http import CLIENT
from tests.harness.messages import answer_of, card_of, posted_in, text_of
from tests.harness.queue import apply_beside, change_of, decide_beside
from tests.harness.reference_data import SAMPLE
from tests.stories.people import link
from tests.stories.reference import live_record

TWICE = "Sample-Org/Harbor-7B"
TEXT = "text_generation"


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory, horde_url: str, documents: Path) -> Iterator[ReferenceService]:
    """Legacy service whose list of text models has one model twice, as the community's has four."""
    folder = tmp_path_factory.mktemp("twice")
    data = folder / "data"
    shutil.copytree(SAMPLE, data)
    _repeat_row(data / "models.csv", TWICE)
    service = ReferenceService(
        folder / "service", ai_horde_url=horde_url, mode=Mode.LEGACY, reference_data=data, documents=documents
    )
    with service:
        yield service


@pytest.fixture
def service(twice: ReferenceService, horde: HordeStandIn) -> ReferenceService:
    return twice


def _repeat_row(path: Path, name: str) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows, *(row for row in rows if row[0] == name)])


def approved_update(service: ReferenceService, name: str, **fields: object) -> int:
    """Propose and approve an update of a text model beside the bot; returns the change's id."""
    record = {"name": name, **live_record(service, name, TEXT), **fields}
    url = f"{service.url}/model_references/v1/{TEXT}"
    answer = CLIENT.put(url, json=record, headers={"apikey": RITA.key}).raise_for_status()
    change_id = int(answer.json()["change_id"])
    decide_beside(service, approve=[change_id], person=CORA)
    return change_id


async def test_an_apply_that_changed_nothing_is_not_called_live(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    for person in (ABE, RITA):
        await link(world, person)
    change_id = approved_update(service, TWICE, description="Loud answers.")
    await env.advance_time(21)
    shown = await world.member(ABE).click(card_of(world.review, env, change_id), label="Apply")
    assert change_of(service, change_id)["status"] == "applied", "the service says so"
    assert live_record(service, TWICE, TEXT)["description"] != "Loud answers.", "and it is not"
    answer = text_of(answer_of(shown))
    assert f"#{change_id} is applied, but not live as approved" in answer
    assert "Description" in answer
    assert "tell the service's operator" in answer
    await env.advance_time(21)
    for said in (
        text_of(card_of(world.review, env, change_id)),
        text_of(posted_in(world.direct_messages(RITA), env)[-1]),
    ):
        assert "**Not live as approved:** Description." in said
        assert "It is live" not in said


async def test_an_apply_on_the_web_page_that_changed_nothing_is_not_called_live(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    change_id = approved_update(service, TWICE, url="https://models.example.org/text/other")
    await env.advance_time(21)
    apply_beside(service, change_id)
    await env.advance_time(21)
    said = text_of(card_of(world.review, env, change_id))
    assert "**Not live as approved:**" in said
    assert "It is live" not in said


async def test_a_text_model_that_stands_once_is_live_as_approved(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    await link(world, ABE)
    tags = [*live_record(service, "Sample-Org/Quill-13B", TEXT).get("tags", [])[:-1], "slow"]
    change_id = approved_update(service, "Sample-Org/Quill-13B", description="Short tales.", tags=tags)
    await env.advance_time(21)
    shown = await world.member(ABE).click(card_of(world.review, env, change_id), label="Apply")
    assert f"#{change_id} is applied\n" in text_of(answer_of(shown))
    assert "It is live." in text_of(answer_of(shown))
    assert "Not live" not in text_of(card_of(world.review, env, change_id))
