"""Forms that were open while the bot restarted: what was typed is kept or given back, a key is neither."""

import io
from collections.abc import Iterator

import pytest
import simcord

from bot.demo.people import ABE, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from tests.harness.messages import answer_of, answers_of, card_of, fields_of, labels_of, text_of
from tests.harness.simulation import Simulation
from tests.harness.written import written_logs
from tests.stories.people import FILE_LINE, link, open_draft, open_section, propose
from tests.stories.prefilled import edit


@pytest.fixture
def service(v2_service: ReferenceService) -> ReferenceService:
    return v2_service


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    with written_logs() as stream:
        yield stream


async def test_the_first_form_becomes_a_draft_though_the_bot_restarted_meanwhile(
    simulation: Simulation, world: World, service: ReferenceService
) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    shown = await rita.slash(world.public, "propose-model create")
    await simulation.restart()
    labels = labels_of(shown)
    answers: dict[str, object] = {
        "Name": "Story Kept Open",
        "Baseline": ["stable_diffusion_xl"],
        "NSFW": "no",
        "Files or link": FILE_LINE,
        "Why": "Typed before the restart.",
    }
    drafted = await rita.submit_modal(shown, {labels[label]: typed for label, typed in answers.items()})
    assert "Story Kept Open" in text_of(drafted)
    assert "Typed before the restart" in text_of(drafted)
    assert "pixel.safetensors" in text_of(drafted)


async def test_forms_of_a_draft_and_of_a_live_model_are_taken_after_a_restart(
    simulation: Simulation, world: World, service: ReferenceService
) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    update = await rita.slash(world.public, "propose-model update", category="image_generation", model="Lantern Dusk")
    drafted = await open_draft(world, RITA, "Story Section")
    section = await open_section(rita, answers_of(drafted)[0], "Basics")
    why = await open_section(rita, answers_of(drafted)[0], "Why")
    await simulation.restart()
    await simulation.bot.services.catalogue.refresh()
    assert "Typed before" in text_of(await edit(rita, update, {"Description": "Typed before."}))
    await edit(rita, section, {"Description": "Soft light."})
    await edit(rita, why, {"Why": "Many ask."})
    card = text_of(answers_of(drafted)[0])
    assert "Soft light" in card
    assert "Many ask" in card


async def test_what_cannot_be_kept_is_given_back_and_a_key_is_not(
    simulation: Simulation, world: World, env: simcord.Env, service: ReferenceService, logs: io.StringIO
) -> None:
    rita = world.member(RITA)
    secret = "canaryKEY_0123456789ab"
    key_form = await rita.slash(world.public, "account link")
    await link(world, ABE)
    abe = world.member(ABE)
    await link(world, RITA)
    change_id = await propose(world, RITA, "Story Form Reason")
    reason = await abe.click(card_of(world.review, env, change_id), label="Reject…")
    drafted = await open_draft(world, RITA, "Story Sent Meanwhile")
    gone = await open_section(rita, answers_of(drafted)[0], "Why")
    await rita.click(answers_of(drafted)[0], label="Submit")
    await simulation.restart()

    answered = await rita.submit_modal(key_form, dict.fromkeys(fields_of(key_form), secret))
    assert "open it again" in text_of(answered)
    assert "**Changed:** nothing." in text_of(answered)
    assert secret not in repr(answer_of(answered)) + text_of(answered)
    assert answer_of(answered).attachments == []
    assert secret not in logs.getvalue()

    labels = labels_of(reason)
    typed = {labels["Reason"]: ["Another reason"], labels["In your words"]: "Two words are missing."}
    answered = await abe.submit_modal(reason, typed)
    assert f"#{change_id} is rejected" in text_of(answered), "the reason is bound to the content that was shown"
    answered = await edit(rita, gone, {"Why": "Too late."})
    assert "The file holds what you typed" in text_of(answered)
    assert [file.filename for file in answer_of(answered).attachments] == ["typed.txt"]
    assert answer_of(answered).ephemeral
