"""A live record that becomes a draft, and is sent unchanged, is the same record: all of the reference, every field."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.demo.horde_stand_in import HordeStandIn
from bot.demo.reference_service import ReferenceService
from bot.demo.service_environment import Mode
from bot.reference.client import ReferenceClient
from bot.reference.deployment import CATEGORIES
from bot.reference.models import CanonicalFormat
from bot.reference.records import files_of, to_payload, with_files
from bot.reference.transport import Transport, make_http_client
from bot.services.forms.fields_table import fields_of
from bot.services.forms.forms_input import SectionAnswers, section_edit, shown
from bot.services.records.diff import draft_diff, is_same
from bot.services.records.field_support import dropped_paths
from bot.services.records.json_input import record_from_json
from storage.database import Database
from storage.drafts import MAX_DRAFTS, Drafts, NewDraft
from tests.harness.reference_data import folders, legacy_records

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LEGACY, V2 = CanonicalFormat.LEGACY, CanonicalFormat.V2
FOLDERS = folders()


@pytest.fixture
async def drafts(tmp_path: Path) -> AsyncIterator[Drafts]:
    async with await Database.open(tmp_path / "data" / "curator.db") as database:
        yield Drafts(database)


async def through_a_draft(
    drafts: Drafts, number: int, category: str, name: str, record: dict[str, Any], dialect: CanonicalFormat
) -> dict[str, Any]:
    """The record as it is sent: kept on disk, its files written and read, given out and taken in as JSON."""
    new = NewDraft(operation="update", category=category, model_name=name, dialect=dialect, record=record, base=record)
    draft = await drafts.create(number // MAX_DRAFTS, None, new, NOW)
    kept = await drafts.get(draft.draft_id, draft.user_id)
    assert kept is not None
    assert kept.base == record
    again = with_files(kept.record, files_of(kept.record, dialect), dialect)
    read = record_from_json(json.dumps(again, ensure_ascii=False, indent=2).encode(), category).record
    return to_payload(read, name=name, dialect=dialect)


@pytest.mark.parametrize("folder", FOLDERS.values(), ids=FOLDERS.keys())
async def test_every_legacy_record_is_sent_as_it_was_read(drafts: Drafts, folder: Path) -> None:
    for number, (category, name, record) in enumerate(legacy_records(folder)):
        sent = await through_a_draft(drafts, number, category, name, record, LEGACY)
        as_text = json.dumps({"name": name} | record | {"name": name})
        assert json.dumps(sent) == as_text, "down to the order of its fields"


@pytest.mark.service
@pytest.mark.parametrize("mode", [Mode.LEGACY, Mode.V2], ids=str)
@pytest.mark.parametrize("folder", FOLDERS.values(), ids=FOLDERS.keys())
async def test_every_model_that_the_service_lists_makes_an_update_that_changes_nothing(
    drafts: Drafts, folder: Path, mode: Mode, tmp_path: Path, horde: HordeStandIn
) -> None:
    service = ReferenceService(tmp_path / "service", ai_horde_url=horde.url, mode=mode, reference_data=folder)
    expected = {(category, name) for category, name, _ in legacy_records(folder)}
    found: set[tuple[str, str]] = set()
    async with service, make_http_client(service.url) as http:
        client = ReferenceClient(Transport(http))
        deployment, document = await client.deployment(), await client.document()
        for category in CATEGORIES:
            dialect = deployment.dialect_for(category)
            for name, live in (await client.models(category, dialect=dialect)).items():
                record = {"name": name, **live}
                sent = await through_a_draft(drafts, len(found), category, name, record, dialect)
                assert is_same(live | {"name": name}, sent), name
                assert draft_diff(name, category, live | {"name": name}, sent).field_diffs == (), name
                typed = {one.key: shown(one, record, dialect) for one in fields_of(category, dialect)}
                edit = section_edit(SectionAnswers(category, typed), record, dialect)
                retyped = edit.apply(record)
                assert without_blanks(retyped) == without_blanks(record), name
                assert dropped_paths(record, category, dialect, document, live=live) == (), name
                found.add((category, name))
    assert expected <= found


def without_blanks(value: Any) -> Any:
    """A record as forms leave it: no text with blanks around it, no empty list."""
    match value:
        case str():
            return value.strip()
        case dict():
            return {key: without_blanks(item) for key, item in value.items() if item not in ("", [])}
        case _:
            return value


@pytest.mark.parametrize("folder", FOLDERS.values(), ids=FOLDERS.keys())
def test_every_form_typed_again_unchanged_changes_nothing(folder: Path) -> None:
    for category, name, read in legacy_records(folder):
        record = {"name": name, **read}
        typed = {one.key: shown(one, record, LEGACY) for one in fields_of(category, LEGACY)}
        edit = section_edit(SectionAnswers(category, typed), record, LEGACY)
        revised = edit.apply(record)
        assert without_blanks(revised) == without_blanks(record), name


@pytest.mark.parametrize("folder", FOLDERS.values(), ids=FOLDERS.keys())
def test_an_untouched_form_changes_nothing_at_all(folder: Path) -> None:
    for category, name, record in legacy_records(folder):
        edit = section_edit(SectionAnswers(category, {}), record, LEGACY)
        assert edit.apply(record) == record, name
