"""A live model is changed: its record is fetched, edited and sent whole; nothing changed is nothing sent."""

from datetime import timedelta

import pytest
import simcord
from simcord.results import ResponseMessage

from bot.demo.people import ABE, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from bot.reference.models import without_nulls
from tests.harness.failures import Ending, Failures
from tests.harness.messages import (
    answer_of,
    answers_of,
    card_of,
    enabled_buttons_of,
    labels_of,
    nodes_of,
    text_of,
)
from tests.harness.queue import change_of, changes_in, hides_queue
from tests.harness.simulation import Simulation
from tests.stories.attachments import json_file, raw_file
from tests.stories.people import change_id_in, fill, link, open_draft, open_section, press_behind_more
from tests.stories.prefilled import edit, standing_in
from tests.stories.reference import change_live, live_record

IMAGE = {"category": "image_generation", "model": "Lantern Dusk"}


@pytest.fixture
def service(primary_service: ReferenceService) -> ReferenceService:
    return primary_service


def names_of(posted: ResponseMessage) -> list[str]:
    """Names of the files that a message carries."""
    return [file.filename for file in posted.attachments]


async def test_one_field_is_changed_and_the_rest_is_sent_as_it_was(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    shown = await rita.slash(world.public, "propose-model update", **IMAGE)
    assert "Description" in labels_of(shown)
    drafted = await edit(rita, shown, {"Description": "Evening light, and shadows that stay soft."})
    card = text_of(drafted)
    assert "UPDATE · Image model" in card
    assert "1 field changes" in card
    assert "**Description**" in card.replace("\u00a0", " ")
    await rita.click(answer_of(drafted), label="Submit")
    change = change_of(service, change_id_in(text_of(answer_of(drafted))), ABE)
    before = live_record(service, "Lantern Dusk")
    assert change["operation"] == "update"
    sent = {key: value for key, value in change["payload"].items() if key in before and key != "metadata"}
    assert without_nulls(sent) == {
        **without_nulls({key: value for key, value in before.items() if key != "metadata"}),
        "description": "Evening light, and shadows that stay soft.",
    }
    assert "1 field" in text_of(card_of(world.review, env, change["change_id"]))


async def test_nothing_changed_is_nothing_sent(world: World, service: ReferenceService) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    shown = await rita.slash(world.public, "propose-model update", **IMAGE)
    before = standing_in(shown, "Description")
    drafted = await edit(rita, shown, {"Description": "Another one."})
    back = await edit(rita, await open_section(rita, answer_of(drafted), "Basics"), {"Description": before})
    assert "No field changes yet" in text_of(back)
    assert "Submit" not in enabled_buttons_of(answer_of(drafted))
    assert changes_in(service) == []


async def test_only_a_later_part_of_a_model_is_changed_by_forms(world: World, service: ReferenceService) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    shown = await rita.slash(world.public, "propose-model update", **IMAGE)
    drafted = await edit(rita, shown, {"Why": "It is newer."})
    assert "Choose a part under *Edit…*" in text_of(drafted)
    details = await open_section(rita, answer_of(drafted), "Details")
    assert "1 field changes" in text_of(await edit(rita, details, {"Version": "9"}))
    await rita.click(answer_of(drafted), label="Submit")
    (change,) = changes_in(service)
    assert change["payload"]["version"] == "9"


async def test_an_open_draft_is_resumed_and_never_doubled(world: World, service: ReferenceService) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    first = await edit(rita, await rita.slash(world.public, "propose-model update", **IMAGE), {"Description": "Mine."})
    assert "You already had" not in text_of(first)
    again = await rita.slash(world.public, "propose-model update", **IMAGE)
    assert again.modal is None
    assert "You already had a draft of this model" in text_of(again)
    assert "1 field changes" in text_of(again)
    file = json_file({"version": "9"})
    merged = await rita.slash(world.public, "propose-model update", **IMAGE, record=file)
    assert "2 fields change" in text_of(merged)
    await open_draft(world, RITA, "Story Once")
    twice = await open_draft(world, RITA, "Story Once", Why="Because it is good.")
    assert "Because it is good" in text_of(twice)
    kept = await rita.slash(
        world.public, "propose-model create", category="image_generation", record=json_file({"name": "Story Once"})
    )
    assert "nothing was written over it" in text_of(kept)
    assert "Because it is good" in text_of(kept)
    for why in ("Old.", "Older."):
        gone = await rita.slash(world.public, "propose-model delete", **IMAGE, why=why)
    assert "Older" in text_of(gone)
    assert "3 drafts ·" in text_of(await rita.slash(world.public, "propose-model drafts"))


async def test_a_discarded_draft_can_be_brought_back_within_a_day(
    simulation: Simulation, world: World, service: ReferenceService
) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    drafted = await open_draft(world, RITA, "Story Undone", Why="Pixel art in clear colours.")
    await press_behind_more(rita, answer_of(drafted), "Discard")
    assert "Discarded" in text_of(answer_of(drafted))
    await simulation.restart()
    listed = await rita.slash(world.public, "propose-model drafts")
    assert "**Story Undone** is discarded" in text_of(listed)
    back = await rita.click(answer_of(listed), label="Undo")
    assert "Pixel art in clear colours" in text_of(answer_of(listed)), text_of(back)
    assert "Submit" in enabled_buttons_of(answer_of(listed))
    await press_behind_more(rita, answer_of(listed), "Discard")
    await simulation.let_pass(timedelta(days=1, minutes=1))
    late = await rita.click(answer_of(listed), label="Undo")
    assert "This draft is gone" in text_of(answers_of(late)[-1])


async def test_a_list_of_drafts_no_longer_offers_one_that_is_gone(world: World) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    drafted = await open_draft(world, RITA, "Story Left The List")
    listed = answer_of(await rita.slash(world.public, "propose-model drafts"))
    await press_behind_more(rita, answer_of(drafted), "Discard")
    menu = next(node for node in nodes_of(listed) if node.get("custom_id") == "drafts:open")
    chosen = await rita.select(listed, values=[menu["options"][0]["value"]], custom_id="drafts:open")
    assert "This draft is gone" in text_of(answers_of(chosen)[-1])
    assert "**Story Left The List** is discarded" in text_of(listed)
    assert "choose one" not in text_of(listed)
    assert not [node for node in nodes_of(listed) if node.get("custom_id") == "drafts:open"]


async def test_a_record_that_moved_is_shown_before_it_is_sent(world: World, service: ReferenceService) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    shown = await rita.slash(world.public, "propose-model update", **IMAGE)
    drafted = await edit(rita, shown, {"Description": "Mine."})
    change_live(service, "Lantern Dusk", version="9.9")
    before = len(changes_in(service))
    await rita.click(answer_of(drafted), label="Submit")
    moved = text_of(answer_of(drafted))
    assert "the live record changed since this draft began" in moved
    assert "Now with the live values: Version" in moved
    assert "1 field changes" in moved
    assert len(changes_in(service)) == before
    await rita.click(answer_of(drafted), label="Submit")
    change = change_of(service, change_id_in(text_of(answer_of(drafted))), ABE)
    assert (change["payload"]["description"], change["payload"]["version"]) == ("Mine.", "9.9")


async def test_what_both_changed_is_said_and_stays_the_persons(world: World, service: ReferenceService) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    shown = await rita.slash(world.public, "propose-model update", **IMAGE)
    drafted = await edit(rita, shown, {"Description": "Mine."})
    change_live(service, "Lantern Dusk", description="By another user.")
    await rita.click(answer_of(drafted), label="Submit")
    assert "Changed by both, yours is kept: Description" in text_of(answer_of(drafted))
    assert "Submit" in enabled_buttons_of(answer_of(drafted))


async def test_a_record_that_is_not_in_memory_is_read_before_its_form_opens(
    simulation: Simulation, world: World, service: ReferenceService
) -> None:
    await link(world, RITA)
    simulation.bot.services.catalogue._models.clear()
    rita = world.member(RITA)
    ready = await rita.slash(world.public, "propose-model update", **IMAGE)
    assert ready.modal is None
    assert "no unsent drafts" in text_of(await rita.slash(world.public, "propose-model drafts"))
    opened = await rita.click(answer_of(ready), label="Open the form")
    assert standing_in(opened, "Description")


async def test_a_name_that_is_not_live_is_said_with_names_like_it(world: World, service: ReferenceService) -> None:
    await link(world, RITA)
    refused = await world.member(RITA).slash(
        world.public, "propose-model update", category="image_generation", model="Lantern Dust"
    )
    assert "no live model has this name" in text_of(refused)
    assert "Lantern Dusk" in text_of(refused)
    assert "**Changed:** nothing" in text_of(refused)


async def test_names_are_offered_best_first(world: World, service: ReferenceService) -> None:
    rita = world.member(RITA)
    offered = await rita.autocomplete(
        world.public, "propose-model update", "model", "an", category="image_generation", model="an"
    )
    names = [choice["name"] for choice in offered]
    assert set(names) >= {"Lantern Dusk", "Paper Crane", "Granite Photo"}
    assert all("an" in name.casefold() for name in names)
    text = await rita.autocomplete(
        world.public, "propose-model delete", "model", "harbor", category="text_generation", model="harbor", why="x"
    )
    assert [choice["name"] for choice in text] == ["Sample-Org/Harbor-7B"]


async def test_a_file_changes_what_it_says_and_nothing_else(world: World, service: ReferenceService) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    drafted = await rita.slash(
        world.public, "propose-model update", **IMAGE, record=json_file({"version": "3.0", "tags": None})
    )
    assert "2 fields change" in text_of(drafted)
    await rita.click(answer_of(drafted), label="Submit")
    payload = change_of(service, change_id_in(text_of(answer_of(drafted))), ABE)["payload"]
    before = live_record(service, "Lantern Dusk")
    assert payload["version"] == "3.0"
    assert not payload.get("tags")
    assert payload["description"] == before["description"]
    assert payload["config"]["download"] == before["config"]["download"]


@pytest.mark.parametrize(
    ("file", "complaint"),
    [
        (json_file({"nsfw": "sometimes"}), "`nsfw`: takes true or false"),
        (json_file({"config": {"download": {"file_name": "x"}}}), "`config.download`: takes a list"),
        (json_file({"name": "Another"}), "another model"),
        (json_file({"A": {"name": "A"}, "B": {"name": "B"}}), "more than one record"),
        (raw_file(b"{"), "line 1"),
    ],
    ids=["wrong type", "wrong type inside", "another model", "two records", "broken"],
)
async def test_a_file_that_cannot_be_taken_is_refused_by_its_place(
    world: World, service: ReferenceService, file: tuple[str, bytes], complaint: str
) -> None:
    await link(world, RITA)
    refused = await world.member(RITA).slash(world.public, "propose-model update", **IMAGE, record=file)
    assert complaint in text_of(refused).replace("\\", "")
    assert refused.ephemeral
    drafts = await world.member(RITA).slash(world.public, "propose-model drafts")
    assert "Lantern" not in text_of(drafts)
    assert changes_in(service) == []


async def test_a_corrected_file_takes_the_place_of_the_draft(world: World, service: ReferenceService) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    shown = await rita.slash(world.public, "propose-model update", **IMAGE)
    drafted = await edit(rita, shown, {"Description": "Mine."})
    await press_behind_more(rita, answer_of(drafted), "Raw JSON")
    assert names_of(answer_of(drafted)) == ["draft-1.json", "draft-1.diff.txt"]
    opened = await rita.click(answer_of(drafted), label="Upload edited file…")
    refused = await fill(rita, opened, {"Or the JSON itself": '```json\n{"size_on_disk_bytes": "large"}\n```'})
    assert "takes a whole number" in text_of(refused)
    opened = await rita.click(answer_of(drafted), label="Upload edited file…")
    assert "no record was found" in text_of(await fill(rita, opened, {}))
    opened = await rita.click(answer_of(drafted), label="Upload edited file…")
    record = live_record(service, "Lantern Dusk")
    del record["tags"]
    await fill(rita, opened, {"JSON file": json_file(record)})
    assert "**Not in the file:** `tags`. They stay as they are." in text_of(answer_of(drafted))
    await rita.click(answer_of(drafted), label="Remove them")
    card = answer_of(drafted)
    assert "**Removed, because they are not in the file:** `tags`." in text_of(card)
    assert "**Tags**" in text_of(card).replace("\u00a0", " "), "in the place of the older card"
    assert "Description" not in text_of(card)
    assert names_of(card) == []


async def test_the_file_of_a_draft_is_looked_at_and_put_away(world: World, service: ReferenceService) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    drafted = await rita.slash(world.public, "propose-model delete", **IMAGE, why="Old.")
    before = text_of(drafted)
    await press_behind_more(rita, answer_of(drafted), "Raw JSON")
    assert enabled_buttons_of(answer_of(drafted)) == ["Back"]
    await rita.click(answer_of(drafted), label="Back")
    assert text_of(answer_of(drafted)) == before
    assert names_of(answer_of(drafted)) == []


async def test_an_approved_change_of_a_live_model_becomes_live(
    world: World, env: simcord.Env, service: ReferenceService
) -> None:
    await link(world, RITA)
    await link(world, ABE)
    rita, abe = world.member(RITA), world.member(ABE)
    shown = await rita.slash(world.public, "propose-model update", **IMAGE)
    drafted = await edit(rita, shown, {"Description": "Applied by a story."})
    await rita.click(answer_of(drafted), label="Submit")
    change_id = change_id_in(text_of(answer_of(drafted)))
    asked = await abe.click(card_of(world.review, env, change_id), label="Approve")
    await abe.click(answer_of(asked), label=f"Approve #{change_id}")
    await abe.click(card_of(world.review, env, change_id), label="Apply")
    assert live_record(service, "Lantern Dusk")["description"] == "Applied by a story."


async def test_a_name_with_a_slash_is_changed_where_that_is_possible(world: World, service: ReferenceService) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    text = {"category": "text_generation", "model": "Sample-Org/Harbor-7B"}
    drafted = await rita.slash(world.public, "propose-model update", **text, record=json_file({"version": "8"}))
    if "Name contains /" in text_of(drafted):  # v2 puts the name into a path
        assert "takes no update of such a model" in text_of(drafted)
        assert "Submit" not in enabled_buttons_of(answer_of(drafted))
        assert changes_in(service) == []
    else:
        await rita.click(answer_of(drafted), label="Submit")
        (change,) = changes_in(service)
        assert (change["model_name"], change["payload"]["version"]) == ("Sample-Org/Harbor-7B", "8")
    gone = await rita.slash(world.public, "propose-model delete", **text, why="Old.")
    assert "takes no delete of such a model" in text_of(gone)
    assert "Delete…" not in enabled_buttons_of(answer_of(gone))


async def test_wherever_the_form_of_an_update_breaks_off_nothing_changed_is_true(
    world: World, simulation: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    await link(world, RITA)
    rita, drafts = world.member(RITA), simulation.bot.services.draft_service.drafts
    shown = await rita.slash(world.public, "model show", model="Lantern Dusk")
    failures = Failures()
    failures.watch_storage(simulation.bot, monkeypatch)
    for at in range(50):
        form = await rita.click(answer_of(shown), label="Propose update")
        failures.arm(at, Ending.FAILS)
        answer = await edit(rita, form, {"Description": "Mine."})
        steps = failures.disarm()
        stored = await drafts.of_user(rita.id)
        if at >= len(steps):
            assert "disk" in steps
            assert "Draft · UPDATE" in text_of(answer)
            return
        if "**Changed:** nothing" in text_of(answer):
            assert stored == [], (at, steps)
        for draft in stored:
            await simulation.bot.services.draft_service.discard(rita.id, draft.draft_id)
    pytest.fail("it never came to an end")


async def test_a_shown_model_is_updated_deleted_and_followed_by_its_buttons(
    world: World, service: ReferenceService
) -> None:
    await link(world, RITA)
    rita = world.member(RITA)
    shown = await rita.slash(world.public, "model show", model="Lantern Dusk")
    drafted = await edit(rita, await rita.click(answer_of(shown), label="Propose update"), {"Description": "Mine."})
    assert "Draft · UPDATE" in text_of(drafted)
    why = await rita.click(answer_of(shown), label="Propose delete…")
    gone = await fill(rita, why, {"Why": "No worker hosts it."})
    assert "Draft · DELETE" in text_of(gone)
    assert "No worker hosts it" in text_of(gone)
    followed = await rita.click(answer_of(shown), label="Follow")
    assert ("approver role" if hides_queue(service) else "Lantern Dusk") in text_of(followed)
