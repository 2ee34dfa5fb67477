"""A record is taken from the shape that a person has at hand, and the draft says how it was read."""

import json
from typing import Any

import pytest

from bot.demo.people import CORA, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.service_environment import Mode
from bot.demo.world import World
from tests.harness.messages import answer_of, enabled_buttons_of, text_of
from tests.harness.queue import change_of
from tests.stories.attachments import json_file
from tests.stories.payloads import CONFIG_LEGACY, CONFIG_V2, SHA256
from tests.stories.people import change_id_in, fill, link

IMAGE = {"baseline": "stable_diffusion_1", "nsfw": False, "description": "Soft light."}


@pytest.fixture
def service(primary_service: ReferenceService) -> ReferenceService:
    return primary_service


async def test_a_record_in_the_other_formats_shape_is_converted_and_queued(
    world: World, service: ReferenceService
) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    is_legacy = service.mode is Mode.LEGACY
    record = {"name": "Story Other", **IMAGE, "config": CONFIG_V2 if is_legacy else CONFIG_LEGACY}
    drafted = await rita.slash(
        world.public, "propose-model create", category="image_generation", record=json_file(record)
    )
    other = "v2 format to this service's legacy" if is_legacy else "legacy format to this service's v2"
    assert f"Converted from the {other} format." in text_of(drafted)
    await rita.click(answer_of(drafted), label="Submit")
    config: dict[str, Any] = change_of(service, change_id_in(text_of(answer_of(drafted))))["payload"]["config"]
    assert config["files" if is_legacy else "download"][0]["sha256sum"] == SHA256


async def test_the_added_lines_of_a_diff_become_a_draft(world: World, service: ReferenceService) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    config = CONFIG_LEGACY if service.mode is Mode.LEGACY else CONFIG_V2
    lines = json.dumps({"Story Diff": {**IMAGE, "config": config}}, indent=2).splitlines()[1:-1]
    content = "\n".join(("```diff", *(f"+{line}" for line in lines), "```"))
    message = await world.member(CORA).send(world.public, content)
    opened = await rita.context_menu(world.public, "Propose from this message", message)
    drafted = await fill(rita, opened, {"Category": ["image_generation"]})
    assert "Read as the added lines of a diff and a part of a reference file." in text_of(drafted)
    assert "Story Diff" in text_of(drafted)
    assert "Submit" in enabled_buttons_of(answer_of(drafted))


async def test_a_row_of_the_text_models_becomes_a_draft(world: World, service: ReferenceService) -> None:
    await link(world, RITA)
    row = "acme/Story-12B,12,,https://huggingface.co/acme/Story-12B,,Short answers.,,chat,ChatML,"
    message = await world.member(CORA).send(world.public, f"```\n{row}\n```")
    drafted = await world.member(RITA).context_menu(world.public, "Propose from this message", message)
    assert "CREATE · Text model" in text_of(drafted)
    assert "Read as a row of models.csv." in text_of(drafted)
    assert "12B" in text_of(drafted)
