"""A draft begins from a live record or a JSON file, and nothing is written to another model."""

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.reference.models import CanonicalFormat, Operation
from bot.reference.routes import schema_paths, v2_prefix
from bot.services.checks import CheckCode
from bot.services.errors import UnknownModelError
from bot.services.forms.fields_table import WHY_MAX
from bot.services.forms.forms_input import RecordEdit, SectionAnswers
from bot.services.proposals.draft_sources import LiveModel
from bot.services.proposals.outcomes import DraftFacts, Resumed
from bot.services.records.json_input import RECORD_BYTES_MAX, RecordJsonError
from bot.services.records.texts import RecordShape
from tests.harness.scripted_service import harmless
from tests.services.conftest import GUILD, REQUESTOR, App

CATEGORY = "image_generation"
LIVE = {**harmless("Deliberate"), "version": "1", "tags": ["boats"]}


@pytest.fixture(autouse=True)
async def _live(app: App) -> None:
    """One model is live, and known as after the first poll."""
    app.service.models[CATEGORY] = {"Deliberate": LIVE}
    await app.services.catalogue.refresh_deployment()
    await app.services.catalogue.live_models(CATEGORY)


def answers(**typed: Any) -> SectionAnswers:
    return SectionAnswers(CATEGORY, typed)


def as_json(record: Any) -> bytes:
    return json.dumps(record).encode()


async def live(app: App, name: str = "Deliberate") -> LiveModel:
    return await app.services.draft_sources.live(CATEGORY, name)


async def update(app: App, edit: RecordEdit | None = None, **others: Any) -> DraftFacts:
    return await app.services.draft_sources.update(REQUESTOR, GUILD, await live(app), edit, **others)


async def stored(app: App, draft_id: int) -> Any:
    return await app.services.draft_service.get(REQUESTOR, draft_id)


async def test_a_live_model_is_known_from_memory_before_a_form_opens(app: App) -> None:
    asked = len(app.service.requests)
    known = app.services.draft_sources.known(CATEGORY, "deliberate")
    assert known == LiveModel(CATEGORY, "Deliberate", CanonicalFormat.V2, {**LIVE, "name": "Deliberate"})
    assert app.services.draft_sources.known(CATEGORY, "Another") is None
    assert app.services.draft_sources.known("blip", "Deliberate") is None
    assert len(app.service.requests) == asked


async def test_before_the_service_has_answered_no_model_is_known(app: App) -> None:
    await app.restart()
    assert app.services.draft_sources.known(CATEGORY, "Deliberate") is None
    found = await live(app, "deliberate")
    assert (found.name, found.dialect, found.record) == ("Deliberate", CanonicalFormat.V2, {**LIVE})


async def test_an_unknown_model_is_refused_with_similar_names(app: App) -> None:
    with pytest.raises(UnknownModelError) as refusal:
        await live(app, "Deliberat")
    error = refusal.value
    assert (error.category, error.name, error.close) == (CATEGORY, "Deliberat", ("Deliberate",))


async def test_an_update_begins_with_the_live_record(app: App) -> None:
    assert await app.services.draft_sources.open_update(REQUESTOR, CATEGORY, "deliberate") is None
    facts = await update(app)
    assert (facts.operation, facts.name, facts.record, facts.resumed) == (Operation.UPDATE, "Deliberate", LIVE, None)
    draft = await stored(app, facts.draft_id)
    assert (draft.base, draft.guild_id) == (LIVE, GUILD)
    again = await update(app)
    assert (again.draft_id, again.resumed) == (facts.draft_id, Resumed.OPENED)
    opened = await app.services.draft_sources.open_update(REQUESTOR, CATEGORY, "deliberate")
    assert opened is not None
    assert opened.draft_id == facts.draft_id


async def test_values_of_an_update_are_written_into_the_open_one(app: App) -> None:
    first = await update(app, RecordEdit({"version": "2", "tags": None, "name": "Renamed"}))
    assert (first.name, first.record["version"], first.record["name"]) == ("Deliberate", "2", "Deliberate")
    assert "tags" not in first.record
    merged = await update(app, RecordEdit({"description": "New."}), left_out=("tags",))
    assert (merged.draft_id, merged.resumed) == (first.draft_id, Resumed.MERGED)
    assert (merged.record["version"], merged.record["description"]) == ("2", "New.")
    assert [check.facts["places"] for check in merged.checks if check.code is CheckCode.FIELDS_REMOVED] == ["tags"]


async def test_a_form_without_answers_begins_an_update_whose_other_parts_can_be_edited(app: App) -> None:
    saved = await app.services.draft_sources.update_from_form(REQUESTOR, GUILD, await live(app), answers())
    assert saved.facts.record["tags"] == ["boats"]
    assert [each.draft_id for each in await app.services.draft_service.of_user(REQUESTOR)] == [saved.facts.draft_id]


async def test_a_second_form_goes_into_the_draft_of_the_first(app: App) -> None:
    sources = app.services.draft_sources
    form = answers(version="2", why="It is newer.")
    saved = await sources.update_from_form(REQUESTOR, GUILD, await live(app), form)
    assert (saved.facts.record["version"], saved.facts.why, saved.facts.resumed) == ("2", "It is newer.", None)
    assert saved.facts.record["tags"] == ["boats"]
    assert (await stored(app, saved.facts.draft_id)).guild_id == GUILD
    again = await sources.update_from_form(REQUESTOR, GUILD, await live(app), answers(description="New."))
    assert (again.facts.draft_id, again.facts.resumed) == (saved.facts.draft_id, Resumed.MERGED)
    assert (again.facts.record["version"], again.facts.record["description"]) == ("2", "New.")
    unchanged = await sources.update_from_form(REQUESTOR, GUILD, await live(app), answers())
    assert (unchanged.facts.draft_id, unchanged.facts.record) == (again.facts.draft_id, again.facts.record)


async def test_a_form_cannot_rename_a_live_model(app: App) -> None:
    saved = await app.services.draft_sources.update_from_form(
        REQUESTOR, GUILD, await live(app), answers(name="Renamed", version="2")
    )
    assert (saved.facts.name, saved.facts.record["name"]) == ("Deliberate", "Deliberate")
    again = await app.services.draft_service.revise(REQUESTOR, saved.facts.draft_id, answers(name="Renamed"))
    assert (again.facts.name, again.facts.record["name"]) == ("Deliberate", "Deliberate")


async def test_a_deletion_has_the_live_record_and_the_latest_reason(app: App) -> None:
    sources = app.services.draft_sources
    first = await sources.delete(REQUESTOR, GUILD, await live(app), f"  {'Dead link. ' * WHY_MAX}")
    assert (first.operation, first.name, first.record) == (Operation.DELETE, "Deliberate", LIVE)
    assert first.why == ("Dead link. " * WHY_MAX)[:WHY_MAX]
    again = await sources.delete(REQUESTOR, GUILD, await live(app), " It is gone. ")
    assert (again.draft_id, again.why, again.resumed) == (first.draft_id, "It is gone.", Resumed.MERGED)
    replaced = await app.services.draft_service.replace(REQUESTOR, first.draft_id, {"version": "9"})
    assert replaced.facts.record == LIVE, "a deletion has no fields to edit"


async def test_a_deletion_says_that_no_other_change_is_open_only_once_the_queue_was_read(app: App) -> None:
    delete, show = app.services.draft_sources.delete, app.services.draft_service.show
    draft_id = (await delete(REQUESTOR, GUILD, await live(app), "It is gone.")).draft_id
    unread = {check.code for check in (await show(REQUESTOR, draft_id)).checks}
    await app.services.monitor.poll()
    read = {check.code for check in (await show(REQUESTOR, draft_id)).checks}
    assert read - unread == {CheckCode.NO_OTHER_CHANGE}


async def test_a_file_begins_a_new_model_under_its_own_or_the_typed_name(app: App) -> None:
    sources = app.services.draft_sources
    record = {"description": "Pixels.", "extra": {"kept": True}}
    facts = await sources.create_from_json(REQUESTOR, GUILD, CATEGORY, as_json({**record, "name": "Pixel"}))
    assert (facts.operation, facts.name, facts.record["extra"], facts.shapes) == (
        Operation.CREATE,
        "Pixel",
        {"kept": True},
        (),
    )
    named = await sources.create_from_json(REQUESTOR, GUILD, CATEGORY, as_json(record), "Voxel")
    assert (named.name, named.record["description"]) == ("Voxel", "Pixels.")
    with pytest.raises(RecordJsonError) as refusal:
        await sources.create_from_json(REQUESTOR, GUILD, CATEGORY, as_json({**record, "name": "Pixel"}), "Voxel")
    assert refusal.value.problem == "two_names"


async def test_a_file_is_not_written_over_an_open_draft_of_the_model(app: App) -> None:
    sources = app.services.draft_sources
    first = await sources.create_from_json(REQUESTOR, GUILD, CATEGORY, as_json({"name": "Pixel", "version": "1"}))
    again = await sources.create_from_json(REQUESTOR, GUILD, CATEGORY, as_json({"name": "Pixel", "version": "2"}))
    assert (again.draft_id, again.resumed, again.record["version"]) == (first.draft_id, Resumed.NOT_TAKEN, "1")
    same = await sources.create_from_json(REQUESTOR, GUILD, CATEGORY, as_json({"name": "Pixel", "version": "1"}))
    assert same.resumed is None


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"{", "syntax"),
        (as_json([1]), "not_object"),
        (as_json({"name": "Pixel", "record_type": "blip"}), "wrong_category"),
        (as_json({"name": "Pixel", "description": "x" * RECORD_BYTES_MAX}), "record_size"),
    ],
)
async def test_a_file_that_is_no_record_begins_nothing(app: App, data: bytes, problem: str) -> None:
    with pytest.raises(RecordJsonError) as refusal:
        await app.services.draft_sources.from_json(REQUESTOR, GUILD, CATEGORY, data)
    assert refusal.value.problem == problem
    assert await app.services.draft_service.of_user(REQUESTOR) == []


async def test_a_file_changes_the_fields_that_it_has_and_names_those_that_it_lacks(app: App) -> None:
    sources = app.services.draft_sources
    whole = {key: value for key, value in LIVE.items() if key not in ("name", "tags")}
    data = as_json({**whole, "version": "2"})
    facts = await sources.update_from_json(REQUESTOR, GUILD, CATEGORY, data, "deliberate")
    assert (facts.operation, facts.name, facts.record["version"], facts.record["tags"]) == (
        Operation.UPDATE,
        "Deliberate",
        "2",
        ["boats"],
    )
    assert [check.facts["places"] for check in facts.checks if check.code is CheckCode.FIELDS_LEFT_OUT] == ["tags"]
    assert facts.shapes == ()
    removed = await sources.update_from_json(REQUESTOR, None, CATEGORY, as_json({"tags": None}), "Deliberate")
    assert "tags" not in removed.record
    assert removed.record["version"] == "2"


@pytest.mark.parametrize("name", ["Another", 5])
async def test_a_file_of_another_model_changes_nothing(app: App, name: object) -> None:
    data = as_json({"name": name, "version": "2"})
    with pytest.raises(RecordJsonError) as refusal:
        await app.services.draft_sources.update_from_json(REQUESTOR, GUILD, CATEGORY, data, "Deliberate")
    assert (refusal.value.problem, refusal.value.where) == ("wrong_model", str(name))
    assert await app.services.draft_service.of_user(REQUESTOR) == []


async def test_a_file_alone_is_an_update_if_its_model_is_live(app: App) -> None:
    sources = app.services.draft_sources
    data = as_json({"name": " Deliberate ", "version": "2"})
    facts = await sources.from_json(REQUESTOR, GUILD, CATEGORY, data)
    assert (facts.operation, facts.name, facts.record["version"]) == (Operation.UPDATE, "Deliberate", "2")
    new = await sources.from_json(REQUESTOR, GUILD, CATEGORY, as_json({"name": "Pixel"}))
    assert (new.operation, new.name) == (Operation.CREATE, "Pixel")
    unnamed = await sources.from_json(REQUESTOR, GUILD, CATEGORY, as_json({"version": "3"}))
    assert (unnamed.operation, unnamed.name) == (Operation.CREATE, "")
    assert unnamed.record == {"name": "", "version": "3"}


async def test_a_file_replaces_the_record_of_a_draft_and_names_what_it_lacks(app: App) -> None:
    sources = app.services.draft_sources
    record = {**harmless("Pixel"), "version": "1"}
    draft = await sources.create_from_json(REQUESTOR, GUILD, CATEGORY, as_json(record))
    del record["version"]
    saved = await sources.replace(REQUESTOR, draft.draft_id, as_json({**record, "description": "New."}))
    assert (saved.facts.record["version"], saved.facts.record["description"]) == ("1", "New.")
    assert [c.facts["places"] for c in saved.facts.checks if c.code is CheckCode.FIELDS_LEFT_OUT] == ["version"]
    renamed = await sources.replace(REQUESTOR, draft.draft_id, as_json({"name": "Voxel"}))
    assert (renamed.facts.name, renamed.facts.shapes) == ("Voxel", ())


async def test_a_file_in_the_legacy_shape_is_converted_and_says_so(app: App) -> None:
    legacy = {
        "name": "Pixel",
        "config": {
            "files": [{"path": "p.safetensors", "sha256sum": "a" * 64}],
            "download": [
                {"file_name": "p.safetensors", "file_path": "", "file_url": "https://example.com/p.safetensors"}
            ],
        },
    }
    facts = await app.services.draft_sources.create_from_json(REQUESTOR, GUILD, CATEGORY, as_json(legacy))
    assert RecordShape.CONVERTED in facts.shapes
    assert "files" not in dict(facts.record["config"])  # type: ignore[call-overload]  # an object
    updated = await app.services.draft_sources.update_from_json(
        REQUESTOR, GUILD, CATEGORY, as_json({**legacy, "name": "Deliberate"}), "Deliberate"
    )
    assert RecordShape.CONVERTED in updated.shapes
    saved = await app.services.draft_sources.replace(REQUESTOR, facts.draft_id, as_json(legacy))
    assert RecordShape.CONVERTED in saved.facts.shapes


async def test_a_file_in_the_legacy_shape_keeps_what_it_cannot_say_of_an_unchanged_file(app: App) -> None:
    record = harmless("Deliberate")
    (file,) = record["config"]["download"]
    file["size_bytes"] = 5
    app.service.models[CATEGORY] = {"Deliberate": record}
    config = {
        "files": [{"path": file["file_name"], "sha256sum": file["sha256sum"]}],
        "download": [{"file_name": file["file_name"], "file_path": "", "file_url": file["file_url"]}],
    }
    data = as_json({"config": config, "description": "New."})
    facts = await app.services.draft_sources.update_from_json(REQUESTOR, GUILD, CATEGORY, data, "Deliberate")
    assert dict(facts.record["config"])["download"] == [file]  # type: ignore[call-overload]  # an object


async def test_a_file_cannot_make_an_update_one_of_another_model(app: App) -> None:
    draft = await update(app)
    with pytest.raises(RecordJsonError) as refusal:
        await app.services.draft_sources.replace(REQUESTOR, draft.draft_id, as_json({"name": "Pixel"}))
    assert refusal.value.problem == "wrong_model"
    shown = await app.services.draft_service.show(REQUESTOR, draft.draft_id)
    assert shown.record == draft.record
    assert replace(shown, resumed=None) == replace(draft, resumed=None)


async def test_a_file_of_another_category_changes_nothing(app: App) -> None:
    data = as_json({"version": "2", "record_type": "blip"})
    with pytest.raises(RecordJsonError) as refusal:
        await app.services.draft_sources.update_from_json(REQUESTOR, GUILD, CATEGORY, data, "Deliberate")
    assert (refusal.value.problem, refusal.value.where) == ("wrong_category", "blip")


async def test_a_file_that_says_two_things_in_the_places_of_both_formats_names_them(app: App) -> None:
    config = {
        "files": [{"path": "p.safetensors", "sha256sum": "a" * 64}],
        "download": [{"file_name": "p.safetensors", "file_url": "https://example.com/p", "sha256sum": "b" * 64}],
    }
    with pytest.raises(RecordJsonError) as refusal:
        await app.services.draft_sources.from_json(REQUESTOR, GUILD, CATEGORY, as_json({"config": config}))
    assert refusal.value.problem == "twice"
    assert all(each in str(refusal.value.where) for each in ("p.safetensors", "a" * 64, "b" * 64))


FIELDS = {
    "name": {"pattern": "^[^/\\\\]*$"},
    "extra": {"type": "string"},
    "config": {"properties": {"download": {"items": {"properties": {"file_name": {"pattern": "^[^/]*$"}}}}}},
}
BODY = {"content": {"application/json": {"schema": {"properties": FIELDS}}}}
DOCUMENT = {"paths": {schema_paths(CATEGORY, v2_prefix)[0]: {"post": {"requestBody": BODY}}}}
"""A service that takes texts as extras, and no folder in the name of a file or model."""


async def test_a_value_that_the_service_would_refuse_is_named_before_a_draft_begins(app: App) -> None:
    app.services.catalogue.document = DOCUMENT
    sources = app.services.draft_sources
    wrong = {"name": "Pixel", "extra": 5}
    draft = await update(app)
    for act in (
        sources.create_from_json(REQUESTOR, GUILD, CATEGORY, as_json(wrong)),
        sources.update_from_json(REQUESTOR, GUILD, CATEGORY, as_json({"extra": 5}), "Deliberate"),
        sources.replace(REQUESTOR, draft.draft_id, as_json({"extra": 5})),
    ):
        with pytest.raises(RecordJsonError) as refusal:
            await act
        assert refusal.value.problem == "fields"
        assert [(one.path, one.message) for one in refusal.value.violations] == [("extra", "takes text, not 5")]
    assert [each.draft_id for each in await app.services.draft_service.of_user(REQUESTOR)] == [draft.draft_id]


async def test_a_value_with_a_correction_is_taken_and_corrected_by_a_press(app: App) -> None:
    app.services.catalogue.document = DOCUMENT
    record = harmless("Pixel")
    record["config"]["download"][0]["file_name"] = "models/Pixel.safetensors"
    facts = await app.services.draft_sources.create_from_json(REQUESTOR, GUILD, CATEGORY, as_json(record))
    (fix,) = [check.fix for check in facts.checks if check.code is CheckCode.FILE_NAME_BAD and check.fix]
    fixed = await app.services.draft_service.fix(REQUESTOR, facts.draft_id, fix.digest)
    (download,) = dict(fixed.facts.record["config"])["download"]  # type: ignore[call-overload]  # an object
    assert download["file_name"] == "Pixel.safetensors"
    with pytest.raises(RecordJsonError) as refusal:
        await app.services.draft_sources.create_from_json(
            REQUESTOR, GUILD, CATEGORY, as_json({**record, "name": "Voxel", "extra": 5})
        )
    assert [one.path for one in refusal.value.violations] == ["extra"]


async def test_a_name_with_a_correction_is_taken_and_corrected_by_a_press(app: App) -> None:
    app.services.catalogue.document = DOCUMENT
    record = harmless(r"models\Pixel.safetensors")
    facts = await app.services.draft_sources.create_from_json(REQUESTOR, GUILD, CATEGORY, as_json(record))
    (fix,) = [check.fix for check in facts.checks if check.code is CheckCode.NAME_PATH and check.fix]
    assert (await app.services.draft_service.fix(REQUESTOR, facts.draft_id, fix.digest)).facts.name == "Pixel"


async def test_a_value_that_is_live_already_is_no_reason_to_refuse_an_update(app: App) -> None:
    app.services.catalogue.document = DOCUMENT
    app.service.models[CATEGORY] = {"Deliberate": {**LIVE, "extra": 5}}
    data = as_json({"extra": 5, "description": "New."})
    facts = await app.services.draft_sources.update_from_json(REQUESTOR, GUILD, CATEGORY, data, "Deliberate")
    assert (facts.record["extra"], facts.record["description"]) == (5, "New.")
    newer = as_json({"extra": 5, "description": "Newer."})
    again = (await app.services.draft_sources.replace(REQUESTOR, facts.draft_id, newer)).facts
    assert (again.record["extra"], again.record["description"]) == (5, "Newer.")
