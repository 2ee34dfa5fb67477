"""A draft begins with a form; no typed value is lost, and only its owner sees it."""

import json
from typing import Any

import httpx
import pytest

from bot.reference.models import CanonicalFormat, Operation
from bot.services.checks import CheckCode
from bot.services.errors import DraftGoneError, DraftsFullError
from bot.services.forms.forms_input import SectionAnswers
from bot.services.proposals.outcomes import Resumed
from storage.drafts import MAX_DRAFTS, NewDraft
from tests.harness.scripted_service import harmless
from tests.services.conftest import GUILD, OTHER, REQUESTOR, App

CATEGORY = "image_generation"


def answers(**typed: Any) -> SectionAnswers:
    return SectionAnswers(CATEGORY, typed)


async def stored(app: App, draft_id: int) -> Any:
    return await app.services.draft_service.get(REQUESTOR, draft_id)


async def test_a_form_begins_a_draft_of_a_new_model_with_its_reason(app: App) -> None:
    form = answers(name=" Pixel ", description="Pixels.", why="It is good.")
    saved = await app.services.draft_service.create_from_form(REQUESTOR, GUILD, form)
    assert saved.problem is None
    facts = saved.facts
    assert (facts.operation, facts.category, facts.name, facts.dialect) == (
        Operation.CREATE,
        CATEGORY,
        "Pixel",
        CanonicalFormat.V2,
    )
    assert (facts.record["name"], facts.record["description"], facts.why) == ("Pixel", "Pixels.", "It is good.")
    assert (facts.resumed, facts.is_outcome_unknown) == (None, False)
    draft = await stored(app, facts.draft_id)
    assert (draft.guild_id, draft.base) == (GUILD, None)


async def test_a_form_for_a_model_with_an_open_draft_goes_on_with_that(app: App) -> None:
    service = app.services.draft_service
    first = await service.create_from_form(REQUESTOR, GUILD, answers(name="Pixel", description="Old."))
    again = await service.create_from_form(REQUESTOR, None, answers(name="Pixel", version="2"))
    assert again.facts.draft_id == first.facts.draft_id
    assert again.facts.resumed is Resumed.MERGED
    assert (again.facts.record["description"], again.facts.record["version"]) == ("Old.", "2")
    of_another = await service.create_from_form(OTHER, GUILD, answers(name="Pixel"))
    assert of_another.facts.draft_id != first.facts.draft_id
    assert (await service.open_draft(REQUESTOR, Operation.CREATE, CATEGORY, "Other")) is None
    opened = await service.open_draft(REQUESTOR, Operation.CREATE, CATEGORY, "Pixel")
    assert opened is not None
    assert (opened.draft_id, opened.resumed) == (first.facts.draft_id, Resumed.OPENED)


async def test_an_unreadable_input_is_kept_and_the_others_are_saved(app: App) -> None:
    form = answers(name="Pixel", description="Pixels.", size_on_disk_bytes="very large", min_bridge_version="new")
    saved = await app.services.draft_service.create_from_form(REQUESTOR, GUILD, form)
    assert saved.problem is not None
    assert saved.facts.record["description"] == "Pixels."
    shown = await app.services.draft_service.show(REQUESTOR, saved.facts.draft_id)
    unread = [check.facts["value"] for check in shown.checks if check.code is CheckCode.UNREAD]
    assert sorted(unread) == ["new", "very large"]
    form = answers(size_on_disk_bytes="5 GB", min_bridge_version="12")
    again = await app.services.draft_service.revise(REQUESTOR, shown.draft_id, form)
    assert again.problem is None
    assert CheckCode.UNREAD not in {check.code for check in again.facts.checks}


async def test_a_credential_in_a_form_is_not_stored(app: App) -> None:
    secret = "https://civitai.com/api/download/models/1?token=0123456789abcdef0123456789abcdef"
    form = answers(name="Pixel", description=secret, why=secret)
    saved = await app.services.draft_service.create_from_form(REQUESTOR, GUILD, form)
    saved = await app.services.draft_service.revise(REQUESTOR, saved.facts.draft_id, answers(homepage=secret))
    saved = await app.services.draft_service.revise(REQUESTOR, saved.facts.draft_id, f"See {secret}")
    assert "0123456789abcdef" not in str(await stored(app, saved.facts.draft_id))
    assert saved.facts.why.startswith("See https://civitai.com")


async def test_a_reason_alone_changes_nothing_else(app: App) -> None:
    first = await app.services.draft_service.create_from_form(REQUESTOR, GUILD, answers(name="Pixel", version="2"))
    saved = await app.services.draft_service.revise(REQUESTOR, first.facts.draft_id, "It is good.")
    assert (saved.facts.why, saved.facts.record) == ("It is good.", first.facts.record)
    saved = await app.services.draft_service.revise(REQUESTOR, first.facts.draft_id, answers(version="3"))
    assert (saved.facts.why, saved.facts.record["version"]) == ("It is good.", "3")


async def test_another_persons_draft_is_gone_for_everyone_else(app: App) -> None:
    first = await app.services.draft_service.create_from_form(REQUESTOR, GUILD, answers(name="Pixel"))
    for act in (
        app.services.draft_service.show(OTHER, first.facts.draft_id),
        app.services.draft_service.revise(OTHER, first.facts.draft_id, "x"),
        app.services.draft_service.discard(OTHER, first.facts.draft_id),
        app.services.draft_sources.replace(OTHER, first.facts.draft_id, b'{"version": "2"}'),
    ):
        with pytest.raises(DraftGoneError) as refusal:
            await act
        assert refusal.value.draft_id == first.facts.draft_id


async def test_a_person_with_too_many_drafts_gets_the_typed_record_back(app: App) -> None:
    service = app.services.draft_service
    for number in range(MAX_DRAFTS):
        await service.create_from_form(REQUESTOR, GUILD, answers(name=f"Model {number}"))
    with pytest.raises(DraftsFullError) as refusal:
        await service.create_from_form(REQUESTOR, GUILD, answers(name="Pixel", version="2"))
    assert refusal.value.limit == MAX_DRAFTS
    assert (refusal.value.record["name"], refusal.value.record["version"]) == ("Pixel", "2")


async def test_a_discarded_draft_is_restored_as_it_was(app: App) -> None:
    service = app.services.draft_service
    first = await service.create_from_form(REQUESTOR, GUILD, answers(name="Pixel", version="2"))
    assert [each.name for each in await service.of_user(REQUESTOR)] == ["Pixel"]
    discarded = await service.discard(REQUESTOR, first.facts.draft_id)
    assert await service.last_discarded(REQUESTOR) == discarded
    assert await service.of_user(REQUESTOR) == []
    restored = await service.restore(REQUESTOR, discarded.draft_id)
    assert restored.record == first.facts.record
    (listed,) = await service.of_user(REQUESTOR)
    assert (listed.draft_id, listed.operation, listed.category, listed.is_outcome_unknown, listed.saved_at) == (
        first.facts.draft_id,
        Operation.CREATE,
        CATEGORY,
        False,
        app.clock(),
    )


async def test_what_is_typed_while_a_correction_waits_for_the_service_is_kept(app: App) -> None:
    service = app.services.draft_service
    first = (await service.create_from_form(REQUESTOR, GUILD, answers(name="Pixel", version="2"))).facts
    saved = await service.replace(REQUESTOR, first.draft_id, dict(first.record), left_out=("version",))
    (fix,) = [check.fix for check in saved.facts.checks if check.code is CheckCode.FIELDS_LEFT_OUT and check.fix]
    app.clock.move(minutes=2)  # the live models are read again

    async def typed(_: httpx.Request) -> None:
        await service.revise(REQUESTOR, first.draft_id, answers(version="3", description="Pixels."))

    app.service.meanwhile["/model_references/v2/image_generation"] = typed
    kept = (await service.fix(REQUESTOR, first.draft_id, fix.digest)).facts.record
    assert (kept["version"], kept["description"]) == ("3", "Pixels.")


async def test_a_correction_is_taken_over_by_the_press_that_showed_it(app: App) -> None:
    service = app.services.draft_service
    first = await service.create_from_form(REQUESTOR, GUILD, answers(name="Pixel", version="2", why="It is good."))
    record = dict(first.facts.record)
    saved = await service.replace(REQUESTOR, first.facts.draft_id, record, left_out=("version",))
    (fix,) = [check.fix for check in saved.facts.checks if check.code is CheckCode.FIELDS_LEFT_OUT and check.fix]
    assert (await service.fix(REQUESTOR, first.facts.draft_id, "0123456789")).facts.record == record
    fixed = await service.fix(REQUESTOR, first.facts.draft_id, fix.digest)
    assert (fixed.facts.record.get("version"), fixed.facts.why) == (None, "It is good.")
    assert CheckCode.FIELDS_LEFT_OUT not in {check.code for check in fixed.facts.checks}
    assert (await service.fix(REQUESTOR, first.facts.draft_id, fix.digest)).facts.record == fixed.facts.record


async def test_a_draft_is_converted_when_the_service_changes_its_format(app: App) -> None:
    service = app.services.draft_service
    record = {**harmless("Pixel"), "version": "2"}
    data = json.dumps(record).encode()
    first = await app.services.draft_sources.create_from_json(REQUESTOR, GUILD, CATEGORY, data)
    app.service.bodies["/replicate_mode"] = (
        200,
        {"replicate_mode": "PRIMARY", "canonical_format": "legacy", "writable": True},
    )
    await app.services.catalogue.refresh_deployment()
    shown = await service.show(REQUESTOR, first.draft_id)
    assert (shown.dialect, shown.name, shown.record["version"]) == (CanonicalFormat.LEGACY, "Pixel", "2")
    (hashed,) = dict(shown.record["config"])["files"]  # type: ignore[call-overload]  # an object
    assert hashed["sha256sum"] == record["config"]["download"][0]["sha256sum"]
    assert (await stored(app, first.draft_id)).dialect == "legacy"


async def test_an_update_is_converted_with_the_live_record_that_it_began_with(app: App) -> None:
    app.service.models[CATEGORY] = {"Deliberate": harmless("Deliberate")}
    sources = app.services.draft_sources
    first = await sources.update(REQUESTOR, GUILD, await sources.live(CATEGORY, "Deliberate"))
    legacy = {"replicate_mode": "PRIMARY", "canonical_format": "legacy", "writable": True}
    app.service.bodies["/replicate_mode"] = (200, legacy)
    await app.services.catalogue.refresh_deployment()
    draft = await stored(app, first.draft_id)
    assert draft.dialect == "legacy"
    assert draft.base["config"]["files"] == draft.record["config"]["files"] != []


async def test_white_space_and_credentials_in_a_file_are_not_stored(app: App) -> None:
    secret = "https://civitai.com/api/download/models/1?token=0123456789abcdef0123456789abcdef"
    data = json.dumps({"name": " Pixel ", "description": "  Pixels.\n"}).encode()
    facts = await app.services.draft_sources.create_from_json(REQUESTOR, GUILD, CATEGORY, data)
    draft = await stored(app, facts.draft_id)
    assert (draft.model_name, draft.record["name"], draft.record["description"]) == ("Pixel", "Pixel", "Pixels.")
    app.service.models[CATEGORY] = {"Deliberate": harmless("Deliberate")}
    live = await app.services.draft_sources.live(CATEGORY, "Deliberate")
    deletion = await app.services.draft_sources.delete(REQUESTOR, GUILD, live, f"See {secret}")
    assert deletion.why.startswith("See https://civitai.com")
    assert "0123456789abcdef" not in str(await stored(app, deletion.draft_id))


async def test_two_forms_of_one_new_model_at_once_end_in_one_draft(app: App) -> None:
    service = app.services.draft_service
    started = NewDraft(operation=Operation.CREATE, category=CATEGORY, dialect="v2", record={"name": "Pixel"})
    first = await service.create_filled(REQUESTOR, GUILD, started, answers(name="Pixel", version="2"))
    second = await service.create_filled(REQUESTOR, GUILD, started, answers(name="Pixel", description="Pixels."))
    assert (second.facts.draft_id, second.facts.resumed) == (first.facts.draft_id, Resumed.MERGED)
    assert (second.facts.record["version"], second.facts.record["description"]) == ("2", "Pixels.")


async def test_a_discarded_draft_needs_room_to_come_back(app: App) -> None:
    service = app.services.draft_service
    first = await service.create_from_form(REQUESTOR, GUILD, answers(name="Pixel"))
    await service.discard(REQUESTOR, first.facts.draft_id)
    for number in range(MAX_DRAFTS):
        await service.create_from_form(REQUESTOR, GUILD, answers(name=f"Model {number}"))
    with pytest.raises(DraftsFullError) as refusal:
        await service.restore(REQUESTOR, first.facts.draft_id)
    assert (refusal.value.limit, refusal.value.record) == (MAX_DRAFTS, {})


async def test_a_draft_that_is_gone_meanwhile_is_not_saved(app: App) -> None:
    service = app.services.draft_service
    first = await service.create_from_form(REQUESTOR, GUILD, answers(name="Pixel"))
    draft = await stored(app, first.facts.draft_id)
    refilled = await service.refill(draft, {"name": "Pixel", "version": "3"})
    assert (refilled.record, refilled.source) == ({"name": "Pixel", "version": "3"}, None)
    await service.discard(REQUESTOR, draft.draft_id)
    with pytest.raises(DraftGoneError) as refusal:
        await service.save(draft, draft.record, "")
    assert refusal.value.draft_id == draft.draft_id
