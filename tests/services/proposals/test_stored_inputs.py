"""Fields that an uploaded record leaves out are named, stay, and one press removes them or takes them back."""

import json

import pytest

from bot.reference.models import CanonicalFormat
from bot.services.checks import Check, CheckCode, Section, Verdict
from bot.services.proposals.outcomes import DraftFacts
from bot.services.proposals.stored_inputs import invalid_input_checks, left_out_fields
from tests.services.conftest import GUILD, REQUESTOR, App
from tests.stories.payloads import CONFIG_V2

IMAGE = "image_generation"
RECORD = {
    "name": "Lumen",
    "baseline": "stable_diffusion_xl",
    "nsfw": False,
    "homepage": "https://civitai.com/models/1",
    "tags": ["lamp"],
    "version": "1",
    "config": CONFIG_V2,
}
LEFT_OUT = {key: value for key, value in RECORD.items() if key not in ("homepage", "tags")}


def lines(draft: DraftFacts) -> dict[CheckCode, list[str]]:
    named = [check for check in draft.checks if "places" in check.facts]
    assert {check.verdict for check in named} <= {Verdict.WARN}, "neither keeps a draft from being sent"
    return {check.code: str(check.facts["places"]).split() for check in named}


def press_of(draft: DraftFacts) -> tuple[str, str]:
    """Return the words and the digest of the press."""
    fix = next(check.fix for check in draft.checks if "places" in check.facts)
    assert fix is not None
    return f"{fix.verb} {fix.label}", fix.digest


async def updated(app: App, record: dict[str, object]) -> DraftFacts:
    live = {**RECORD, "record_type": IMAGE, "metadata": {"created_by": "1"}}
    app.service.models[IMAGE] = {"Lumen": live}
    for route in (f"/model_references/v2/{IMAGE}/model/Lumen", f"/model_references/v2/{IMAGE}/Lumen"):
        app.service.bodies[route] = (200, live)
    return await app.services.draft_sources.update_from_json(
        REQUESTOR, GUILD, IMAGE, json.dumps(record).encode(), "Lumen"
    )


async def test_a_whole_record_as_an_update_names_what_it_leaves_out(app: App) -> None:
    draft = await updated(app, {**LEFT_OUT, "version": "2"})
    assert lines(draft) == {CheckCode.FIELDS_LEFT_OUT: ["homepage", "tags"]}
    assert draft.record["homepage"] == RECORD["homepage"]
    words, digest = press_of(draft)
    assert words == "Remove them"

    removed = (await app.services.draft_service.fix(REQUESTOR, draft.draft_id, digest)).facts
    assert {"homepage", "tags"} & removed.record.keys() == set()
    assert lines(removed) == {CheckCode.FIELDS_REMOVED: ["homepage", "tags"]}
    words, digest = press_of(removed)
    assert words == "Keep them"

    kept = (await app.services.draft_service.fix(REQUESTOR, draft.draft_id, digest)).facts
    assert kept.record == draft.record


async def test_an_edited_record_that_is_given_back_follows_the_same_rule(app: App) -> None:
    draft = await updated(app, {"version": "2"})
    assert lines(draft) == {}, "a list of changes leaves nothing out"
    given = json.dumps(LEFT_OUT).encode()
    again = (await app.services.draft_sources.replace(REQUESTOR, draft.draft_id, given)).facts
    assert lines(again) == {CheckCode.FIELDS_LEFT_OUT: ["homepage", "tags"]}
    assert again.record["tags"] == RECORD["tags"]


@pytest.mark.parametrize(
    ("record", "given", "found"),
    [
        (RECORD, RECORD, ()),
        (RECORD, LEFT_OUT, ("homepage", "tags")),
        (RECORD, {"version": "2"}, ()),
        ({"version": "1", "tags": ["lamp"]}, {"version": "2"}, ("tags",)),
        ({**RECORD, "metadata": {"created_by": "1"}, "trigger": []}, LEFT_OUT, ("homepage", "tags")),
    ],
)
def test_only_filled_fields_of_a_whole_record_are_left_out(
    record: dict[str, object], given: dict[str, object], found: tuple[str, ...]
) -> None:
    assert left_out_fields(record, given) == found


def test_a_record_in_the_other_format_has_fewer_fields() -> None:
    record = {**RECORD, "type": "ckpt", "download_all": True}
    assert left_out_fields(record, RECORD, is_converted=True) == ()
    assert left_out_fields(record, RECORD) == ("type", "download_all")


@pytest.mark.parametrize(
    ("key", "label", "section", "page"),
    [("size_on_disk_bytes", "Size", Section.FILES, 0), ("showcases", "Showcases", Section.DETAILS, 1)],
)
def test_an_unreadable_answer_is_a_fail_on_the_form_that_asked(
    key: str, label: str, section: Section, page: int
) -> None:
    (check,) = invalid_input_checks({key: "very large", "name": " "}, IMAGE, CanonicalFormat.V2)
    said = {"label": check.facts["label"], "value": "very large"}
    assert check == Check(CheckCode.UNREAD, Verdict.FAIL, said, section, page)
    assert label in str(said["label"])
