"""Bad input gets an answer that says where and what instead; it is shown inert and not lost."""

import pytest
import simcord
from simcord.results import InteractionResult

from bot.demo.horde_stand_in import HordeStandIn, Mood
from bot.demo.people import RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.messages import answer_of, answers_of, buttons_of, card_of, enabled_buttons_of, text_of
from tests.harness.queue import changes_in
from tests.stories.attachments import json_file, raw_file
from tests.stories.people import change_id_in, fill, link, open_draft, open_section, sections_of


def whole_text(result: InteractionResult) -> str:
    return "\n".join(text_of(answer) for answer in answers_of(result))


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("   ", "Name"),
        ("back\\slash", "has a backslash"),
        ("right\u202eto left", "invisible"),
        ("two\u200bparts", "invisible"),
    ],
    ids=["blank", "backslash", "right-to-left", "zero-width"],
)
async def test_a_name_that_no_one_can_type_keeps_the_draft_from_being_sent(
    world: World, service: ReferenceService, name: str, complaint: str
) -> None:
    await link(world, RITA)
    drafted = await open_draft(world, RITA, name)
    draft = answers_of(drafted)[0]
    assert complaint in text_of(draft)
    assert "Submit" not in enabled_buttons_of(draft)
    assert "Basics" in sections_of(draft)
    assert changes_in(service) == []


@pytest.mark.parametrize("length", [101, 200, 300])
async def test_a_name_of_too_many_characters_comes_by_file_and_is_stopped(
    world: World, service: ReferenceService, length: int
) -> None:
    await link(world, RITA)
    record = json_file({"name": "x" * length, "baseline": "stable_diffusion_xl", "nsfw": False})
    drafted = await world.member(RITA).slash(
        world.public, "propose-model create", category="image_generation", record=record
    )
    assert f"{length} characters" in text_of(drafted)
    assert "Submit" not in enabled_buttons_of(answer_of(drafted))
    assert changes_in(service) == []


@pytest.mark.parametrize("name", ["نموذج الرسم", "דגם ציור 2", "絵を描く模型"], ids=["arabic", "hebrew", "japanese"])
async def test_a_name_in_any_script_is_proposed_and_shown_as_typed(
    world: World, env: simcord.Env, service: ReferenceService, name: str
) -> None:
    await link(world, RITA)
    drafted = await open_draft(world, RITA, name)
    await world.member(RITA).click(answer_of(drafted), label="Submit")
    change_id = change_id_in(text_of(answer_of(drafted)))
    is_right_to_left = "模" not in name
    shown = f"\u2068{name}\u2069" if is_right_to_left else name
    assert f"## {shown}" in text_of(card_of(world.review, env, change_id))
    listed = await world.member(RITA).slash(world.public, "queue list", search=name)
    assert f"**{shown}**" in text_of(listed)


async def test_a_hostile_name_is_drawn_inert_and_pings_no_one(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    await link(world, RITA)
    name = "@everyone **bold** [free](https://evil.example) <@1>"
    drafted = await open_draft(world, RITA, name)
    await world.member(RITA).click(answer_of(drafted), label="Submit")
    card = card_of(world.review, env, change_id_in(text_of(answer_of(drafted))))
    text = text_of(card)
    assert "\\@everyone \\*\\*bold" in text
    assert "](https://evil" not in text
    assert not card.mention_everyone
    assert {user.id for user in card.mentions} <= {world.member(RITA).id}
    sent = [entry.json for entry in env.http_requests if entry.method == "POST" and entry.path.endswith("/messages")]
    assert all(not (body.get("allowed_mentions") or {}).get("parse") for body in sent if body)
    assert changes_in(service)[0]["model_name"] == name


async def test_a_name_with_a_slash_is_warned_about_and_can_be_sent(world: World) -> None:
    await link(world, RITA)
    drafted = await open_draft(world, RITA, "org/model")
    assert "Name contains /" in text_of(drafted)
    assert "Submit" in enabled_buttons_of(answer_of(drafted))


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ("model.safetensors | https://huggingface.co/m.safetensors | FIXME", "sha256"),
        ("model.safetensors | https://huggingface.co/m.safetensors |", "sha256"),
        ("model.safetensors | javascript:alert(1) | " + "a" * 64, "not an https address"),
        ("model.ckpt | https://evil.example/m.ckpt | " + "a" * 64, "File host not known"),
    ],
    ids=["placeholder digest", "no digest", "no address", "unknown host"],
)
async def test_a_doubtful_file_is_named_on_the_draft(world: World, lines: str, complaint: str) -> None:
    await link(world, RITA)
    drafted = await open_draft(world, RITA, "Story Files", Files=lines)
    assert complaint in whole_text(drafted)


async def test_what_cannot_be_read_is_given_back_and_the_rest_is_kept(world: World) -> None:
    await link(world, RITA)
    drafted = await open_draft(world, RITA, "Story Unread", Files="just words without any bars")
    assert "Story Unread" in whole_text(drafted)
    drafts = await world.member(RITA).slash(world.public, "propose-model drafts")
    assert "Story Unread" in text_of(drafts)


@pytest.mark.parametrize(
    ("file", "complaint"),
    [
        (raw_file(b"[1, 2]"), "object"),
        (raw_file(b"{"), "line 1"),
        (raw_file(b"\xff\xfe\x00"), "UTF-8"),
        (json_file({"name": "x", "record_type": "controlnet"}), "controlnet"),
        (raw_file(b'{"name": "x", "size": NaN}'), "JSON"),
        (raw_file(b"[" * 100_000), "JSON"),
    ],
    ids=["list", "broken", "no text", "other category", "NaN", "nested"],
)
async def test_a_file_that_is_no_record_is_refused_with_the_place(
    world: World, service: ReferenceService, file: tuple[str, bytes], complaint: str
) -> None:
    await link(world, RITA)
    refused = await world.member(RITA).slash(
        world.public, "propose-model create", category="image_generation", record=file
    )
    assert complaint in text_of(refused)
    assert "**Changed:** nothing" in text_of(refused)
    assert refused.ephemeral
    assert changes_in(service) == []


async def test_a_description_of_two_megabytes_is_stopped_before_it_is_sent(
    world: World, service: ReferenceService
) -> None:
    await link(world, RITA)
    record = json_file(
        {"name": "Story Long", "baseline": "stable_diffusion_xl", "nsfw": False, "description": "word " * 400_000}
    )
    refused = await world.member(RITA).slash(
        world.public, "propose-model create", category="image_generation", record=record
    )
    assert "the record is too large" in text_of(refused)
    assert "**Changed:** nothing" in text_of(refused)
    assert changes_in(service) == []


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("0000000000", "anonymous key"),
        ("with a space in it", "Not linked"),
        ("line\nbreak-in-it", "Not linked"),
        ("zero\u200bwidth-key-x", "Not linked"),
        ("unknown-key-12345", "Not linked"),
    ],
    ids=["anonymous", "space", "newline", "zero-width", "unknown"],
)
async def test_a_key_that_cannot_be_linked_says_why_and_is_not_repeated(
    world: World, capfd: pytest.CaptureFixture[str], key: str, answer: str
) -> None:
    refused = await link(world, RITA, key)
    assert answer in text_of(refused)
    assert refused.ephemeral
    if key != "0000000000":
        assert key not in text_of(refused)
        assert key not in "".join(capfd.readouterr())
    status = await world.member(RITA).slash(world.public, "account status")
    assert "Not linked" in text_of(status)


async def test_a_key_that_is_lent_out_is_not_linked(world: World, horde: HordeStandIn) -> None:
    horde.know("lent-out-key-1", "alice#101 (Shared Key: for a friend)")
    refused = await link(world, RITA, "lent-out-key-1")
    assert "shared key" in text_of(refused)
    assert "**Changed:** nothing" in text_of(refused)
    assert refused.ephemeral


@pytest.mark.parametrize("mood", [Mood.RATE_LIMITED, Mood.FAILING, Mood.GARBAGE], ids=str)
async def test_an_outage_of_ai_horde_is_never_called_a_bad_key(world: World, horde: HordeStandIn, mood: Mood) -> None:
    horde.play(mood)
    refused = await link(world, RITA)
    assert "AI-Horde" in text_of(refused)
    assert "does not know" not in text_of(refused)
    assert "**Changed:** nothing" in text_of(refused)


async def test_a_form_that_is_corrected_mends_the_draft(world: World, service: ReferenceService) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    drafted = await open_draft(world, RITA, "back\\slash")
    shown = await open_section(rita, answers_of(drafted)[0], "Basics")
    await fill(rita, shown, {"Name": "Story Mended", "Baseline": ["stable_diffusion_xl"], "NSFW": "yes"})
    draft = answers_of(drafted)[0]
    assert "Story Mended" in text_of(draft)
    assert buttons_of(draft)["Submit"].get("disabled") is not True
    await rita.click(draft, label="Submit")
    assert changes_in(service)[0]["payload"]["nsfw"] is True
