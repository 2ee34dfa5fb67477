"""Drafts that were refused or left alone: kept, marked, announced to their owner, then expired."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.reference.errors import InvalidRequestError
from bot.reference.models import CanonicalFormat, Operation
from bot.services.checks import CheckCode, Section, Verdict
from bot.services.errors import DraftGoneError
from bot.services.notifications.deliveries import SendOutcome
from bot.services.notifications.news import DraftExpires, NeverQueued
from bot.services.proposals.outcomes import DraftFacts, NotReady
from bot.services.proposals.reconcile import GIVE_UP_AFTER
from bot.services.records import json_input
from bot.services.records.json_input import RECORD_BYTES_MAX, RecordJsonError
from bot.services.retention import WARNING_PERIOD
from tests.services.conftest import OTHER, REQUESTOR, App
from tests.services.deliveries import due_notices, record
from tests.services.proposals.sending import RECORD, ROUTE, drafted, lost

WITH_REFUSED_FIELD = {**RECORD, "min_bridge_version": -7}
"""A record with a field that the service refuses."""


@pytest.fixture(autouse=True)
def _alice(app: App) -> None:
    app.service.user_id = "101"


async def refuse_field(app: App, draft: DraftFacts) -> None:
    """Send the draft, and have the service refuse one of its fields."""
    complaint = {"loc": ["body", "min_bridge_version"], "msg": "Input should be a valid integer", "type": "int"}
    app.service.bodies[ROUTE] = (422, {"detail": [complaint]})
    with pytest.raises(InvalidRequestError):
        await app.services.submission.submit(REQUESTOR, draft.draft_id, app.origin())
    del app.service.bodies[ROUTE]


def refused(draft: DraftFacts) -> list[tuple[str | int, Section | None]]:
    return [(check.facts["field"], check.section) for check in draft.checks if check.code is CheckCode.REFUSED]


async def test_a_field_that_the_service_refused_is_marked_until_the_draft_is_changed(app: App) -> None:
    draft = await drafted(app, WITH_REFUSED_FIELD)
    await refuse_field(app, draft)
    await app.restart()
    draft_service, submission = app.services.draft_service, app.services.submission
    shown = await draft_service.show(REQUESTOR, draft.draft_id)
    ((field, section),) = refused(shown)
    assert field == "min_bridge_version"
    assert section is not None, "a button mends it"
    again = await submission.submit(REQUESTOR, draft.draft_id, app.origin())
    assert isinstance(again, NotReady)
    assert len(app.service.writes) == 1, "what was refused is not sent again as it is"
    app.clock.move(seconds=1)
    saved = await draft_service.revise(REQUESTOR, draft.draft_id, "because it is good")
    assert refused(saved.facts) == []


async def test_nothing_is_refused_for_a_draft_that_was_never_sent(app: App) -> None:
    assert refused(await drafted(app, WITH_REFUSED_FIELD)) == []


async def test_an_owner_has_days_to_act_on_the_word_that_a_draft_expires(app: App) -> None:
    draft = await drafted(app)
    draft_service = app.services.draft_service
    app.clock.move(days=27, seconds=1)
    assert await draft_service.expire() == 0
    (word,) = await due_notices(app)
    assert word.delivery.user_id == REQUESTOR
    until = draft.kept_until + timedelta(seconds=1)
    assert word.content == DraftExpires(Operation.CREATE, "image_generation", "Pixel", until)
    await record(app, word)
    app.clock.move(days=2)
    assert await draft_service.expire() == 0
    assert await due_notices(app) == []
    app.clock.move(days=1, seconds=1)
    assert await draft_service.expire() == 1
    with pytest.raises(DraftGoneError):
        await draft_service.show(REQUESTOR, draft.draft_id)


async def test_a_change_to_a_draft_keeps_it_and_its_owner_is_told_again(app: App) -> None:
    draft = await drafted(app)
    draft_service = app.services.draft_service
    app.clock.move(days=28)
    await draft_service.expire()
    assert len(await due_notices(app)) == 1
    saved = await draft_service.revise(REQUESTOR, draft.draft_id, "still wanted")
    assert saved.facts.kept_until - app.clock() == draft.kept_until - draft.saved_at
    app.clock.move(days=28)
    assert await draft_service.expire() == 0
    assert len(await due_notices(app)) == 1


async def test_after_a_long_pause_of_the_bot_nothing_goes_before_its_owner_could_act(app: App) -> None:
    draft = await drafted(app)
    app.clock.move(days=400)
    await app.restart()
    draft_service = app.services.draft_service
    assert await draft_service.expire() == 0
    shown = await draft_service.show(REQUESTOR, draft.draft_id)
    assert shown.kept_until == app.clock() + WARNING_PERIOD
    app.clock.move(days=3, seconds=1)
    assert await draft_service.expire() == 1


async def test_no_word_is_said_of_a_draft_that_went_meanwhile(app: App) -> None:
    draft = await drafted(app)
    app.clock.move(days=28)
    await app.services.draft_service.expire()
    await app.services.draft_service.discard(REQUESTOR, draft.draft_id)
    assert await due_notices(app) == []


async def test_with_closed_direct_messages_it_waits_for_the_next_command(app: App) -> None:
    await lost(app)
    (told,) = await due_notices(app)
    await record(app, told, SendOutcome.REFUSED)
    await app.restart()
    undelivered = app.services.undelivered
    ((batch, news),) = await undelivered.missed(REQUESTOR)
    assert news == NeverQueued(Operation.CREATE, "image_generation", "Pixel", is_kept=True)
    assert await undelivered.missed(OTHER) == []
    await undelivered.note_read(batch)
    assert await undelivered.missed(REQUESTOR) == []


async def test_what_was_sent_again_meanwhile_is_not_called_lost(app: App) -> None:
    draft = await drafted(app)
    app.service.breaks_after.add(ROUTE)
    await app.services.submission.submit(REQUESTOR, draft.draft_id, app.origin())
    app.clock.move(seconds=GIVE_UP_AFTER.total_seconds() + 1)
    await app.services.proposal_reconciler.reconcile()
    await app.services.submission.submit(REQUESTOR, draft.draft_id, app.origin())
    assert await due_notices(app) == []


async def test_a_record_too_large_to_be_read_by_a_poll_is_neither_kept_nor_saved(app: App) -> None:
    long = "x" * RECORD_BYTES_MAX
    with pytest.raises(RecordJsonError, match="record_size"):
        await drafted(app, {**RECORD, "description": long})
    draft = await drafted(app)
    with pytest.raises(RecordJsonError, match="record_size"):
        await app.services.draft_sources.replace(
            REQUESTOR, draft.draft_id, json.dumps({**RECORD, "description": long}).encode()
        )


async def test_a_draft_that_is_too_large_to_be_sent_is_not_sent(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = await drafted(app)
    monkeypatch.setattr(json_input, "RECORD_BYTES_MAX", 50)
    with pytest.raises(RecordJsonError, match="record_size"):
        await app.services.submission.submit(REQUESTOR, draft.draft_id, app.origin())
    assert app.service.writes == []


async def test_a_draft_of_before_a_change_of_format_is_converted(app: App) -> None:
    draft = await drafted(app)
    service = app.services.draft_service
    stored = await service.get(REQUESTOR, draft.draft_id)
    sha256 = "ab" * 32
    legacy = {
        "name": "Pixel",
        "baseline": "stable diffusion 1",
        "nsfw": False,
        "config": {
            "files": [{"path": "a.safetensors", "sha256sum": sha256}],
            "download": [{"file_name": "a.safetensors", "file_path": "", "file_url": "https://example.com/a"}],
        },
    }
    await service.drafts.save(replace(stored, dialect="legacy", record=legacy), app.clock())
    shown = await service.show(REQUESTOR, draft.draft_id)
    assert shown.dialect is CanonicalFormat.V2
    assert shown.record["baseline"] == "stable_diffusion_1"
    (entry,) = shown.record["config"]["download"]  # type: ignore[index] # a record is a tree
    assert (entry["file_name"], entry["sha256sum"]) == ("a.safetensors", sha256)
    assert CheckCode.FORMAT not in {check.code for check in shown.checks}

    conflicting = {**legacy, "config": {**legacy["config"], "download": [{**entry, "sha256sum": "cd" * 32}]}}  # type: ignore[dict-item] # as above
    await service.drafts.save(replace(stored, dialect="legacy", record=conflicting), app.clock())
    kept = await service.show(REQUESTOR, draft.draft_id)
    assert kept.record == conflicting, "nothing typed is lost"
    assert CheckCode.FORMAT in {check.code for check in kept.checks if check.verdict is Verdict.FAIL}
    assert isinstance(await app.services.submission.submit(REQUESTOR, draft.draft_id, app.origin()), NotReady)
