"""Mistakes in a record are named before it is sent, and on the card; one press takes over a correction."""

import pytest
import simcord

from bot.demo.people import ABE, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.service_environment import Mode
from bot.demo.world import World
from bot.settings.model import Settings
from tests.harness.canary import assert_nowhere, everything_in
from tests.harness.messages import answer_of, buttons_of, card_of, enabled_buttons_of, text_of
from tests.harness.queue import apply_beside, change_of, changes_in, decide_beside, propose_beside
from tests.harness.written import written_logs
from tests.stories.attachments import json_file
from tests.stories.payloads import CONFIG_LEGACY, CONFIG_V2
from tests.stories.people import SHA256, change_id_in, link, open_draft, open_section
from tests.stories.prefilled import edit

SECRET = "hush1234567890abcdef"
FILE = "https://huggingface.co/pixel/lumen/resolve/main/lumen.safetensors"


@pytest.fixture
def service(primary_service: ReferenceService) -> ReferenceService:
    """Both kinds of deployment in turn."""
    return primary_service


def file_line(url: str, name: str = "lumen.safetensors", sha256: str = SHA256) -> str:
    return f"{name} | {url} | {sha256}"


async def test_the_page_of_a_file_is_named_and_one_press_makes_it_the_file(
    world: World, service: ReferenceService
) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    drafted = await open_draft(world, RITA, "Story Lumen", Files=file_line(FILE.replace("resolve", "blob")))
    assert "`/blob/` is a page about the file, not the file" in text_of(drafted)
    assert "Submit" not in enabled_buttons_of(answer_of(drafted))

    await rita.click(answer_of(drafted), label="Fix link of lumen.safetensors")
    assert "Submit" in enabled_buttons_of(answer_of(drafted))
    assert not [label for label in buttons_of(answer_of(drafted)) if label.startswith("Fix")]
    await rita.click(answer_of(drafted), label="Submit")
    change = change_of(service, change_id_in(text_of(answer_of(drafted))))
    assert change["payload"]["config"]["download"][0]["file_url"] == FILE


async def test_values_of_another_kind_in_a_file_are_named_and_corrected_by_a_press(
    world: World, service: ReferenceService
) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    record = {"name": "Story Kinds", "baseline": "stable_diffusion_xl", "nsfw": False, "description": "Soft light."}
    record |= {"tags": "lamp, warm", "size_on_disk_bytes": "6.94 GB", "config": config_of(service)}
    drafted = await rita.slash(
        world.public, "propose-model create", category="image_generation", record=json_file(record)
    )
    assert "Submit" not in enabled_buttons_of(answer_of(drafted))
    for label in ("Fix Tags", "Fix Size of all files"):
        assert label in buttons_of(answer_of(drafted)), text_of(answer_of(drafted))
        await rita.click(answer_of(drafted), label=label)
    await rita.click(answer_of(drafted), label="Submit")
    payload = change_of(service, change_id_in(text_of(answer_of(drafted))))["payload"]
    assert (payload["tags"], payload["size_on_disk_bytes"]) == (["lamp", "warm"], 6_940_000_000)


def config_of(service: ReferenceService) -> dict[str, object]:
    return dict(CONFIG_LEGACY if service.mode is Mode.LEGACY else CONFIG_V2)


async def test_a_hash_left_of_the_old_file_is_named_on_the_draft_and_on_the_card(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    drafted = await open_draft(world, RITA, "Story Kept", Files=file_line(FILE, sha256=SHA256.upper()))
    await rita.click(answer_of(drafted), label="Submit")
    change_id = change_id_in(text_of(answer_of(drafted)))
    hashes = change_of(service, change_id)["payload"]["config"]
    assert SHA256 in repr(hashes)
    decide_beside(service, approve=[change_id])
    apply_beside(service, change_id)

    updated = await rita.slash(world.public, "propose-model update", category="image_generation", model="Story Kept")
    if updated.modal is None:  # the new model was not cached yet
        updated = await rita.click(answer_of(updated), label="Open the form")
    updated = await edit(rita, updated, {"Description": "Soft light."})
    opened = await open_section(rita, answer_of(updated), "Files")
    await edit(rita, opened, {"Download links": FILE.replace("lumen.safe", "lumen_v2.safe")})
    said = "**Hash not changed:** `lumen.safetensors` is another file now"
    assert said in text_of(answer_of(updated))
    await rita.click(answer_of(updated), label="Submit")
    card = card_of(world.review, env, change_id_in(text_of(answer_of(updated))))
    assert said in text_of(card)


async def test_a_credential_in_an_address_is_named_and_kept_nowhere(
    world: World, env: simcord.Env, service: ReferenceService, settings: Settings
) -> None:
    carried = f"{FILE}?token={SECRET}"
    with written_logs() as logs:
        await link(world, RITA)
        rita = world.member(RITA)
        drafted = await open_draft(world, RITA, "Story Hush", Files=file_line(carried), Why=f"From {carried}")
        assert "**Credential in an address:** `token`" in text_of(drafted)
        assert "Submit" not in enabled_buttons_of(answer_of(drafted))
        record = json_file({"name": "Story File", "homepage": f"https://rita:{SECRET}@civitai.com/models/1"})
        given = await rita.slash(world.public, "propose-model create", category="image_generation", record=record)
        assert "`user:password@`" in text_of(given)
        wrong = json_file({"name": "Story Wrong", "config": {"download": f"{carried}"}})
        await rita.slash(world.public, "propose-model create", category="image_generation", record=wrong)
        change_id = propose_beside(service, "Story Beside", homepage=carried)
        await env.advance_time(21)
        card = card_of(world.review, env, change_id)
        assert "**Credential in an address:** `token`" in text_of(card)
        await link(world, ABE)
        await world.member(ABE).click(card, label="Full record")

        await rita.click(answer_of(drafted), label="Fix credentials")
        assert "Submit" in enabled_buttons_of(answer_of(drafted))
        await rita.click(answer_of(drafted), label="Submit")
    sent = [change for change in changes_in(service) if change["model_name"] == "Story Hush"]
    assert sent[0]["payload"]["config"]["download"][0]["file_url"] == FILE
    places: dict[str, bytes | str] = {
        "the files": everything_in(settings.database_path.parent),
        "the logs": logs.getvalue(),
        "what Discord was sent": repr(env.http_requests),
        "the files Discord was sent": b"".join(set(env.backend.cdn._blobs.values()) - {record[1], wrong[1]}),
        "the proposal": repr(sent),
    }
    for place, content in places.items():
        assert_nowhere(SECRET, place, content)
