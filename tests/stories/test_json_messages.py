"""A record posted in a message becomes a draft from the menu of the message."""

import json
from typing import Any

import discord
import pytest

from bot.demo.people import CORA, DAVE, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.messages import answer_of, enabled_buttons_of, fields_of, labels_of, text_of
from tests.harness.queue import categories_taken, changes_in
from tests.stories.people import fill, link

MENU = "Propose from this message"


@pytest.fixture
def service(primary_service: ReferenceService) -> ReferenceService:
    return primary_service


async def posted(world: World, content: str = "", files: Any = ()) -> discord.Message:
    """Cora writes a message."""
    return await world.member(CORA).send(world.public, content, attachments=list(files))


def block(record: Any) -> str:
    return f"What about this one?\n```json\n{json.dumps(record, indent=1)}\n```\nI think it fits."


async def test_a_block_that_says_its_category_becomes_a_draft_at_once(world: World, service: ReferenceService) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    message = await posted(world, block({"name": "Story Block", "record_type": "lora", "description": "Leans."}))
    drafted = await rita.context_menu(world.public, MENU, message)
    assert drafted.modal is None
    assert "CREATE · LoRA" in text_of(drafted)
    assert "Story Block" in text_of(drafted)
    if "lora" not in categories_taken(service):
        assert "**This service does not take this kind of model:** LoRA." in text_of(drafted)
        assert "Submit" not in enabled_buttons_of(answer_of(drafted))
        return
    await rita.click(answer_of(drafted), label="Submit")
    assert [change["category"] for change in changes_in(service)] == ["lora"]


async def test_a_block_that_does_not_say_its_category_is_asked_for_it(world: World, service: ReferenceService) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    message = await posted(world, block({"Story Named": {"description": "Mends faces."}}))
    opened = await rita.context_menu(world.public, MENU, message)
    assert "Category" in labels_of(opened)
    drafted = await fill(rita, opened, {"Category": ["gfpgan"]})
    assert "CREATE · Face fixer (GFPGAN)" in text_of(drafted)
    assert "Story Named" in text_of(drafted)


async def test_a_live_models_name_makes_it_a_change(world: World, service: ReferenceService) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    message = await posted(world, block({"name": "Paper Crane", "version": "7.7"}))
    opened = await rita.context_menu(world.public, MENU, message)
    drafted = await fill(rita, opened, {"Category": ["image_generation"]})
    assert "UPDATE" in text_of(drafted)
    assert "1 field changes" in text_of(drafted)


async def test_an_attached_file_of_the_reference_tells_its_category(world: World, service: ReferenceService) -> None:
    await link(world, RITA)
    data = json.dumps({"Story Json File": {"baseline": "stable_diffusion_xl", "nsfw": False}}).encode()
    message = await posted(world, files=[("stable_diffusion.json", data)])
    drafted = await world.member(RITA).context_menu(world.public, MENU, message)
    assert "Story Json File" in text_of(drafted)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("Just words.", "no record was found"),
        ("```json\n{]\n```", "not valid JSON"),
        ("```\n[1, 2]\n```", "holds no record"),
        (block({"A": {"name": "A"}, "B": {"name": "B"}}), "more than one record"),
    ],
    ids=["words", "broken", "list", "two"],
)
async def test_a_message_without_a_record_says_what_was_looked_for(
    world: World, service: ReferenceService, content: str, complaint: str
) -> None:
    await link(world, RITA)
    refused = await world.member(RITA).context_menu(world.public, MENU, await posted(world, content))
    assert complaint in text_of(refused)
    assert refused.ephemeral
    assert changes_in(service) == []


async def test_wrong_values_are_told_by_their_place(world: World, service: ReferenceService) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    message = await posted(world, block({"name": "Story Json Wrong", "nsfw": "sometimes", "tags": 3}))
    opened = await rita.context_menu(world.public, MENU, message)
    refused = await fill(rita, opened, {"Category": ["image_generation"]})
    text = text_of(refused).replace("\\", "")
    assert '`nsfw`: takes true or false, not "sometimes"' in text
    assert "`tags`: takes a list, not 3" in text


async def test_a_user_without_a_role_is_told_about_it(world: World, service: ReferenceService) -> None:
    message = await posted(world, block({"name": "Story Json Gate", "record_type": "lora"}))
    refused = await world.member(DAVE).context_menu(world.public, MENU, message)
    assert "Link your AI-Horde account" in text_of(refused)
    await link(world, DAVE)
    refused = await world.member(DAVE).context_menu(world.public, MENU, message)
    assert "requestor role" in text_of(refused)


async def test_several_records_of_a_message_are_offered_and_one_is_chosen(
    world: World, service: ReferenceService
) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    first = block({"name": "Story First", "record_type": "lora", "description": "Leans."})
    second = block({"name": "Story Second", "description": "Mends faces."})
    data = json.dumps({"name": "Story Third", "baseline": "stable_diffusion_xl", "nsfw": False}).encode()
    message = await posted(world, f"{first}\n{second}", files=[("stable_diffusion.json", data)])
    opened = await rita.context_menu(world.public, MENU, message)
    (menu,) = [field for field in fields_of(opened).values() if field["custom_id"] == "Record"]
    offered = {option["label"]: option["description"] for option in menu["options"]}
    assert offered == {
        "stable_diffusion.json": "Kind: Image model",
        "Block 1: Story First": "Kind: LoRA",
        "Block 2: Story Second": "States no kind",
    }
    refused = await fill(rita, opened, {"Record": ["2"]})
    assert "the category is missing" in text_of(refused)
    opened = await rita.context_menu(world.public, MENU, message)
    drafted = await fill(rita, opened, {"Record": ["2"], "Category": ["gfpgan"]})
    assert "CREATE · Face fixer (GFPGAN)" in text_of(drafted)
    assert "Story Second" in text_of(drafted)
    opened = await rita.context_menu(world.public, MENU, message)
    assert "Story Third" in text_of(await fill(rita, opened, {"Record": ["0"]}))


async def test_a_chosen_category_is_kept_and_a_file_of_another_kind_is_refused(
    world: World, service: ReferenceService
) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    data = json.dumps({"name": "Story Json Kept", "record_type": "lora"}).encode()
    message = await posted(world, files=[("model.json", data)])
    opened = await rita.context_menu(world.public, MENU, message)
    refused = await fill(rita, opened, {"Category": ["gfpgan"]})
    assert "the record is of another category" in text_of(refused)
    assert "lora" in text_of(refused)
    opened = await rita.context_menu(world.public, MENU, message)
    assert "CREATE · LoRA" in text_of(await fill(rita, opened, {"Category": ["lora"]}))
