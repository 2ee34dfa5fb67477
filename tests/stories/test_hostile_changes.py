"""Any change that the service accepted becomes a card that Discord takes, complete and inert."""

import re

import pytest
import simcord

from bot.demo.people import ABE, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from bot.ui.components import ATTACHMENT_MAX
from tests.harness.http import CLIENT, openapi
from tests.harness.messages import answer_of, buttons_of, card_of, text_of
from tests.stories.payloads import V2
from tests.stories.people import link
from tests.ui.inert import alive, hidden

CREATE = "model_references/v2/image_generation"
MARKUP = "@everyone <@1> <#2> </x:3> {LINKS} **x** ||y|| `z` \u202egpj\u200b\0"
ALIVE = re.compile(r"@|<[@#/]|\]\(https?://evil|\|\|")


def propose_beside(service: ReferenceService, name: str, **fields: object) -> int:
    """Propose as the web page does, which has no limits; returns the change's id."""
    record = {"name": name, **V2["image_generation"], **fields}
    paths = openapi(service)["paths"]
    older = f"{CREATE}/create_model"  # generation 3
    path = older if f"/{older}" in paths else CREATE
    answer = CLIENT.post(f"{service.url}/{path}", json=record, headers={"apikey": RITA.key}, timeout=60)
    return int(answer.raise_for_status().json()["change_id"])


@pytest.fixture
def service(v2_service: ReferenceService) -> ReferenceService:
    return v2_service


def assert_inert(text: str) -> None:
    assert not hidden(text), "nothing invisible is left"
    left = re.sub(r"<:hc_[a-z]+:\d+>|<t:\d+:[RDt]>", "", alive(text))
    assert not ALIVE.search(left), left


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"description": "word <@1> " * 200_000},
        {"tags": [MARKUP] * 300, "trigger": [MARKUP] * 300, "homepage": "javascript:alert(1)"},
        {"config": {"download": [{"file_name": MARKUP * 9, "file_url": MARKUP * 9, "sha256sum": "x" * 999}] * 40}},
    ],
    ids=["name", "two megabytes", "lists", "files"],
)
async def test_a_hostile_change_becomes_a_card_and_can_be_decided(
    world: World, env: simcord.Env, service: ReferenceService, fields: dict[str, object]
) -> None:
    await link(world, ABE)
    change_id = propose_beside(service, MARKUP + "n" * 5000, **fields)
    await env.advance_time(21)
    card = card_of(world.review, env, change_id)
    assert_inert(text_of(card))
    assert not card.mentions
    abe = world.member(ABE)
    full = await abe.click(card, label="Full record")
    assert_inert(text_of(full))
    (file,) = answer_of(full).attachments
    assert 5000 < file.size <= ATTACHMENT_MAX, "all of it is in the file"
    asked = await abe.click(card, label="Approve")
    assert_inert(text_of(asked))
    await abe.click(answer_of(asked), label=f"Approve #{change_id}")
    assert "Apply" in buttons_of(card_of(world.review, env, change_id))
