"""A live model is updated from the link of a newer version."""

from typing import Any

import pytest

from bot.demo.host_models import LANTERN_BAY, QUAY, TIDE_TABLE, digest
from bot.demo.hosts_stand_in import HostMood, HostsStandIn
from bot.demo.people import RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from bot.reference.models import CanonicalFormat
from bot.reference.records import files_of
from tests.harness.messages import answer_of, enabled_buttons_of, nodes_of, text_of
from tests.harness.queue import change_of
from tests.stories.attachments import json_file
from tests.stories.people import change_id_in, link
from tests.stories.reference import live_record

IMAGE = {"category": "image_generation", "model": "Lantern Dusk"}


async def test_a_newer_version_is_shown_as_a_diff_of_facts_and_sent(world: World, service: ReferenceService) -> None:
    rita = world.member(RITA)
    await link(world, RITA)
    before = live_record(service, "Lantern Dusk")
    drafted = await rita.slash(world.public, "propose-model update", link=LANTERN_BAY, **IMAGE)
    text = text_of(drafted)
    assert "UPDATE · Image model" in text
    assert "**Filled:** file, sha256, size, version" in text
    assert "**Please check:**" not in text
    assert digest("lantern bay v2 pruned")[:12] in text
    menu = next(node for node in nodes_of(answer_of(drafted)) if node["type"] == 3)
    await rita.select(answer_of(drafted), values=["2"], custom_id=menu["custom_id"])
    assert digest("lantern bay v1")[:12] in text_of(answer_of(drafted))
    await rita.click(answer_of(drafted), label="Submit")
    payload = change_of(service, change_id_in(text_of(answer_of(drafted))))["payload"]
    dialect = CanonicalFormat.LEGACY if "files" in payload["config"] else CanonicalFormat.V2
    [file] = files_of(payload, dialect)
    assert file.file_url == "https://civitai.com/api/download/models/41001?fileId=51001"
    assert file.sha256 == digest("lantern bay v1")
    assert payload["size_on_disk_bytes"] == 6_938_040_682
    assert payload["version"] == "v1.0"
    for kept in ("description", "baseline", "nsfw", "tags"):
        assert payload.get(kept) == before.get(kept), kept


async def test_a_link_without_an_answer_fills_its_own_address_alone(world: World, hosts: HostsStandIn) -> None:
    rita = world.member(RITA)
    await link(world, RITA)
    hosts.play(HostMood.FAILING)
    drafted = await rita.slash(world.public, "propose-model update", link=TIDE_TABLE, **IMAGE)
    text = text_of(drafted)
    assert "**Hugging Face** has a fault" in text
    assert "1 field changes" in text
    assert "**Filled:** homepage (the link)" in text
    assert "**Homepage**" in text


@pytest.mark.parametrize("model", ["Lantern Dusk", "no such model"])
async def test_a_link_and_a_file_at_once_or_an_unknown_model_make_no_draft(world: World, model: str) -> None:
    rita = world.member(RITA)
    await link(world, RITA)
    options: dict[str, Any] = {"category": "image_generation", "model": model, "link": LANTERN_BAY}
    if model == "Lantern Dusk":
        options |= {"record": json_file({"version": "2"})}
    refused = await rita.slash(world.public, "propose-model update", **options)
    assert "Submit" not in enabled_buttons_of(answer_of(refused))
    assert "no unsent drafts" in text_of(await rita.slash(world.public, "propose-model drafts"))


async def test_a_text_model_takes_no_page_of_another_model(world: World, service: ReferenceService) -> None:
    rita = world.member(RITA)
    await link(world, RITA)
    options = {"category": "text_generation", "model": "Sample-Org/Harbor-7B", "link": QUAY}
    text = text_of(await rita.slash(world.public, "propose-model update", **options))
    assert "UPDATE · Text model" in text
    assert "Quay-7B" not in text.partition("fields change")[2]
