"""A model is proposed from the address of its page."""

from typing import Any

import discord
import pytest
import simcord

from bot.demo.host_models import (
    HARBOUR_MIST,
    LANTERN_BAY,
    MIRROR_FILE,
    NIGHT_FERRY,
    ODDMENTS,
    QUAY,
    TIDE_TABLE,
    digest,
)
from bot.demo.hosts_stand_in import HostMood, HostsStandIn
from bot.demo.people import CORA, DAVE, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from bot.settings import Settings
from tests.harness.messages import answer_of, enabled_buttons_of, nodes_of, text_of
from tests.harness.queue import changes_in, has_licences
from tests.stories.attachments import json_file
from tests.stories.counted import Counted
from tests.stories.people import link
from tests.ui.cases import named_cases

MENU = "Propose from this message"


async def test_a_civitai_page_goes_to_queued_in_five_presses(world: World, service: ReferenceService) -> None:
    rita = Counted(world.member(RITA))
    await link(world, RITA)
    drafted = await rita.slash(world.public, "propose-model create", link=LANTERN_BAY)
    text = text_of(drafted)
    assert "Lantern Bay XL" in text
    assert "**Filled:** file, sha256, size, version, homepage (Civitai)" in text
    assert "**Please check:** name, baseline, description, tags, trigger words (Civitai)" in text
    asked = "NSFW, style, licence" if has_licences(service) else "NSFW, style"
    assert f"**Only you can answer:** {asked}. Civitai rates it as not for everyone." in text
    assert "Licence on Civitai: Open RAIL" in text
    await rita.click(answer_of(drafted), label="NSFW: yes")
    assert "NSFW: no" not in enabled_buttons_of(answer_of(drafted))
    await rita.click(answer_of(drafted), label="Submit")
    assert "Queued as #" in text_of(answer_of(drafted))
    rita.took_at_most(5, "propose from a Civitai link")
    [change] = changes_in(service)
    record = change["payload"]
    assert record["name"] == "Lantern Bay XL"
    assert record["nsfw"] is True
    assert record["homepage"] == "https://civitai.com/models/31001?modelVersionId=41002"
    [download] = record["config"]["download"]
    assert download["file_url"] == "https://civitai.com/api/download/models/41002?fileId=51003"
    assert digest("lantern bay v2 pruned") in str(record)
    assert record["size_on_disk_bytes"] == 6_938_041_850
    assert record["trigger"] == ["lantern light", "bay at night"]


async def test_another_file_is_chosen_from_the_menu_and_what_was_typed_stays(world: World) -> None:
    rita = world.member(RITA)
    await link(world, RITA)
    drafted = await rita.slash(world.public, "propose-model create", link=LANTERN_BAY, name="My Lantern")
    assert "My Lantern" in text_of(drafted)
    menu = next(node for node in nodes_of(answer_of(drafted)) if node["type"] == 3)
    assert [option["description"] for option in menu["options"]] == [
        "v2.0 · 6.94 GB · SafeTensor · pruned · fp16",
        "v2.0 · 13.88 GB · SafeTensor · full · fp32",
        "v1.0 · 6.94 GB · SafeTensor · pruned · fp16",
    ]
    await rita.select(answer_of(drafted), values=["2"], custom_id=menu["custom_id"])
    text = text_of(answer_of(drafted))
    assert "My Lantern" in text
    assert "`lanternBayXL_v10.safetensors`" in text
    assert "v1\\.0" in text


async def test_a_link_and_a_file_at_once_make_no_draft(world: World) -> None:
    rita = world.member(RITA)
    await link(world, RITA)
    refused = await rita.slash(
        world.public, "propose-model create", link=LANTERN_BAY, record=json_file({"name": "Lantern"})
    )
    assert "you gave a link and a file" in text_of(refused)
    refused = await rita.slash(world.public, "propose-model create", record=json_file({"name": "Lantern"}))
    assert "the category is missing" in text_of(refused)
    assert "choose a category" in text_of(refused)
    assert "no unsent drafts" in text_of(await rita.slash(world.public, "propose-model drafts"))


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        ({"name": "Leaning", "record_type": "controlnet"}, "record.json", "ControlNet"),
        ({"name": "Leaning"}, "stable_diffusion.json", "Image model"),
    ],
)
async def test_a_json_file_may_state_the_kind_of_its_model(
    world: World, content: dict[str, object], name: str, kind: str
) -> None:
    await link(world, RITA)
    drafted = await world.member(RITA).slash(world.public, "propose-model create", record=json_file(content, name))
    assert f"CREATE · {kind}" in text_of(drafted)


async def test_a_mirrored_file_is_completed_from_the_other_host(world: World) -> None:
    rita = world.member(RITA)
    await link(world, RITA)
    with named_cases() as case:
        for text in (f"<{MIRROR_FILE}>", f"[file]({MIRROR_FILE}?token=abcdef)", f"see {MIRROR_FILE} !"):
            with case(text):
                shown = text_of(await rita.slash(world.public, "propose-model create", link=text))
                assert "file, sha256, size (Hugging Face) · version, homepage (Civitai)" in shown
                assert "CREATE · Image model" in shown
                assert "abcdef" not in shown


async def test_a_text_model_is_filled_from_its_repository(world: World, service: ReferenceService) -> None:
    rita = world.member(RITA)
    await link(world, RITA)
    text = text_of(await rita.slash(world.public, "propose-model create", link=QUAY))
    assert "CREATE · Text model" in text
    assert "No single file" not in text
    assert "7B" in text
    assert ("32,768 tokens" in text) is has_licences(service)  # both fields came with 8.x
    assert "`ChatML`" in text


async def test_a_page_that_does_not_tell_its_kind_is_asked_for_it(world: World, hosts: HostsStandIn) -> None:
    rita = world.member(RITA)
    await link(world, RITA)
    asked = await rita.slash(world.public, "propose-model create", link=ODDMENTS, name="Oddment x4")
    assert "Which kind of model is it?" in text_of(asked)
    drafts = await rita.slash(world.public, "propose-model drafts")
    assert "kind of model not chosen yet" in text_of(drafts)
    assert "Image model" not in text_of(drafts)
    await rita.select(answer_of(asked), values=["esrgan"])
    text = text_of(answer_of(asked))
    assert "CREATE · Upscaler (ESRGAN)" in text
    assert "Oddment x4" in text
    assert "x4" in text
    assert sum("blobs" in each for each in hosts.asked) == 1


async def test_a_gated_repository_is_named_as_such(world: World) -> None:
    rita = world.member(RITA)
    await link(world, RITA)
    text = text_of(await rita.slash(world.public, "propose-model create", link=NIGHT_FERRY))
    assert "**Workers cannot download `night-ferry.safetensors`:** it is gated on Hugging Face." in text


@pytest.mark.parametrize(
    ("mood", "words"),
    [
        (HostMood.FAILING, "has a fault"),
        (HostMood.GARBAGE, "cannot be read"),
        (HostMood.BUSY, "takes no more requests"),
        (HostMood.REGION, "cannot be asked from the bot's region"),
    ],
)
async def test_a_host_without_an_answer_leaves_the_form_with_what_the_link_says(
    world: World, hosts: HostsStandIn, mood: HostMood, words: str
) -> None:
    rita = world.member(RITA)
    await link(world, RITA)
    hosts.play(mood)
    drafted = await rita.slash(
        world.public, "propose-model create", link=MIRROR_FILE, category="image_generation", name="Story Dark"
    )
    text = text_of(drafted)
    assert words in text
    assert "Story Dark" in text
    assert "`lantern_bay_xl_v2.safetensors`" in text
    assert "(the link)" in text
    assert "Submit" not in enabled_buttons_of(answer_of(drafted))
    asked = await rita.slash(world.public, "propose-model create", link=HARBOUR_MIST)
    assert "Which kind of model is it?" in text_of(asked)


async def test_a_model_that_is_gone_is_said_to_be(world: World) -> None:
    rita = world.member(RITA)
    await link(world, RITA)
    asked = await rita.slash(world.public, "propose-model create", link=HARBOUR_MIST)
    assert text_of(asked).startswith("## Nothing was found")
    assert "has no such model or version" in text_of(asked)
    assert "**Now:** check the link. Or choose a kind of model" in text_of(asked)


async def test_a_draft_of_a_link_without_an_answer_is_named_by_the_link(world: World, hosts: HostsStandIn) -> None:
    rita = world.member(RITA)
    await link(world, RITA)
    hosts.play(HostMood.FAILING)
    for address in (HARBOUR_MIST, MIRROR_FILE):
        await rita.slash(world.public, "propose-model create", link=address)
    for command in ("propose-model drafts", "queue mine"):
        shown = await rita.slash(world.public, command)
        for name in ("civitai.com/models/31002", "lantern_bay_xl_v2.safetensors"):
            assert f"**{name}**" in text_of(shown).replace("\\", "")
            assert any(name in option["label"] for node in nodes_of(shown) for option in node.get("options", ()))


async def test_a_link_in_a_message_becomes_a_draft(world: World) -> None:
    rita = world.member(RITA)
    await link(world, RITA)
    message = await world.member(CORA).send(world.public, f"Can we have [this]({TIDE_TABLE})?")
    drafted = await rita.context_menu(world.public, MENU, message)
    assert "tide-table-xl" in text_of(drafted).replace("\\", "")
    assert "Licence on Hugging Face: openrail" in text_of(drafted)


async def test_what_is_no_link_to_a_model_opens_the_empty_form_without_a_request(
    world: World, hosts: HostsStandIn
) -> None:
    rita = world.member(RITA)
    await link(world, RITA)
    with named_cases() as case:
        for typed, words in (
            ("https://evil.example/models/1", "evil.example is not read"),
            ("https://huggingface.co/datasets/a/b", "names no model"),
            ("no link at all", "No link was found"),
        ):
            with case(typed):
                opened = await rita.slash(world.public, "propose-model create", link=typed, name="Story Typed")
                assert opened.modal is not None
                assert words in opened.modal["title"]
                assert "Story Typed" in str(opened.modal)
    assert hosts.asked == []


async def test_a_link_is_answered_before_its_host_is_asked(
    world: World, hosts: HostsStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await link(world, RITA)
    edit, shown = discord.Interaction.edit_original_response, []

    async def edited(interaction: discord.Interaction, **message: Any) -> discord.InteractionMessage:
        shown.append((len(hosts.asked), str(message["view"].to_components())))
        return await edit(interaction, **message)

    monkeypatch.setattr(discord.Interaction, "edit_original_response", edited)
    hosts.play(HostMood.SLOW)
    await world.member(RITA).slash(world.public, "propose-model create", link=LANTERN_BAY)
    asked, text = shown[0]
    assert asked == 0
    assert "Reading the link" in text
    assert LANTERN_BAY in text
    assert "Lantern Bay XL" in shown[1][1]


async def test_people_without_the_role_cause_no_request(world: World, hosts: HostsStandIn) -> None:
    refused = await world.member(DAVE).slash(world.public, "propose-model create", link=LANTERN_BAY)
    assert "Link your AI-Horde account" in text_of(refused)
    await link(world, DAVE)
    refused = await world.member(DAVE).slash(world.public, "propose-model create", link=LANTERN_BAY)
    assert "requestor role" in text_of(refused)
    assert hosts.asked == []


async def test_the_second_reading_asks_no_host(world: World, hosts: HostsStandIn, env: simcord.Env) -> None:
    rita = world.member(RITA)
    await link(world, RITA)
    for _ in range(2):
        await rita.slash(world.public, "propose-model create", link=LANTERN_BAY)
    assert hosts.asked.count("/api/v1/models/31001") == 1


async def test_a_token_in_a_pasted_link_is_stored_shown_and_logged_nowhere(
    world: World, hosts: HostsStandIn, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    await link(world, RITA)
    secret = "0f3c9a-canary-token"
    pasted = f"https://civitai.com/api/download/models/41002?fileId=51004&token={secret}"
    drafted = await world.member(RITA).slash(world.public, "propose-model create", link=pasted)
    assert "41002?fileId=51004" in text_of(drafted)
    said = capsys.readouterr()
    files = b"".join(path.read_bytes() for path in settings.database_path.parent.iterdir())
    assert secret not in f"{text_of(drafted)} {' '.join(hosts.asked)} {said.out} {said.err}"
    assert secret.encode() not in files
