"""Drafts that were refused or left alone: kept, marked, announced to their owner, then expired."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.reference.errors import ConflictError, InvalidRequestError
from bot.reference.models import CanonicalFormat, Operation
from bot.services.checks import CheckCode, Section, Verdict
from bot.services.errors import DraftGoneError
from bot.services.notifications.deliveries import SendOutcome
from bot.services.notifications.news import DraftExpires, NeverQueued
from bot.services.proposals import record_input
from bot.services.proposals.outcomes import DraftFacts, NotReady, Queued
from bot.services.proposals.reconcile import ANSWER_WITHIN, GIVE_UP_AFTER
from bot.services.proposals.record_input import RECORD_BYTES_MAX, RecordJsonError
from bot.services.retention import WARNING_PERIOD
from tests.services.conftest import GUILD, OTHER, REQUESTOR, House
from tests.services.deliveries import due_notices, record
from tests.stories.payloads import CONFIG_V2

ROUTE = "/model_references/v2/image_generation"
RECORD = {
    "name": "Pixel",
    "baseline": "stable_diffusion_xl",
    "nsfw": False,
    "min_bridge_version": -7,
    "config": CONFIG_V2,
}
GOOD = {key: value for key, value in RECORD.items() if key != "min_bridge_version"}


@pytest.fixture(autouse=True)
def _alice(house: House) -> None:
    house.service.user_id = "101"


async def drafted(house: House, record: dict[str, Any] | None = None) -> DraftFacts:
    data = json.dumps(record or RECORD).encode()
    return await house.services.draft_sources.create_from_json(REQUESTOR, GUILD, "image_generation", data)


async def refuse_field(house: House, draft: DraftFacts) -> None:
    """Send the draft, and have the service refuse one of its fields."""
    complaint = {"loc": ["body", "min_bridge_version"], "msg": "Input should be a valid integer", "type": "int"}
    house.service.bodies[ROUTE] = (422, {"detail": [complaint]})
    with pytest.raises(InvalidRequestError):
        await house.services.submission.submit(REQUESTOR, draft.draft_id, house.origin())
    del house.service.bodies[ROUTE]


def refused(draft: DraftFacts) -> list[tuple[str | int, Section | None]]:
    return [(check.facts["field"], check.section) for check in draft.checks if check.code is CheckCode.REFUSED]


async def test_a_field_that_the_service_refused_is_marked_until_the_draft_is_changed(house: House) -> None:
    draft = await drafted(house)
    await refuse_field(house, draft)
    await house.restart()
    draft_service, submission = house.services.draft_service, house.services.submission
    shown = await draft_service.show(REQUESTOR, draft.draft_id)
    ((field, section),) = refused(shown)
    assert field == "min_bridge_version"
    assert section is not None, "a button mends it"
    again = await submission.submit(REQUESTOR, draft.draft_id, house.origin())
    assert isinstance(again, NotReady)
    assert len(house.service.writes) == 1, "what was refused is not sent again as it is"
    house.clock.move(seconds=1)
    saved = await draft_service.revise(REQUESTOR, draft.draft_id, "because it is good")
    assert refused(saved.facts) == []


async def test_nothing_is_refused_for_a_draft_that_was_never_sent(house: House) -> None:
    assert refused(await drafted(house)) == []


async def test_an_owner_has_days_to_act_on_the_word_that_a_draft_expires(house: House) -> None:
    draft = await drafted(house)
    draft_service = house.services.draft_service
    house.clock.move(days=27, seconds=1)
    assert await draft_service.expire() == 0
    (word,) = await due_notices(house)
    assert word.delivery.user_id == REQUESTOR
    until = draft.kept_until + timedelta(seconds=1)
    assert word.content == DraftExpires(Operation.CREATE, "image_generation", "Pixel", until)
    await record(house, word)
    house.clock.move(days=2)
    assert await draft_service.expire() == 0
    assert await due_notices(house) == []
    house.clock.move(days=1, seconds=1)
    assert await draft_service.expire() == 1
    with pytest.raises(DraftGoneError):
        await draft_service.show(REQUESTOR, draft.draft_id)


async def test_a_change_to_a_draft_keeps_it_and_its_owner_is_told_again(house: House) -> None:
    draft = await drafted(house)
    draft_service = house.services.draft_service
    house.clock.move(days=28)
    await draft_service.expire()
    assert len(await due_notices(house)) == 1
    saved = await draft_service.revise(REQUESTOR, draft.draft_id, "still wanted")
    assert saved.facts.kept_until - house.clock() == draft.kept_until - draft.saved_at
    house.clock.move(days=28)
    assert await draft_service.expire() == 0
    assert len(await due_notices(house)) == 1


async def test_after_a_long_pause_of_the_bot_nothing_goes_before_its_owner_could_act(house: House) -> None:
    draft = await drafted(house)
    house.clock.move(days=400)
    await house.restart()
    draft_service = house.services.draft_service
    assert await draft_service.expire() == 0
    shown = await draft_service.show(REQUESTOR, draft.draft_id)
    assert shown.kept_until == house.clock() + WARNING_PERIOD
    house.clock.move(days=3, seconds=1)
    assert await draft_service.expire() == 1


async def test_no_word_is_said_of_a_draft_that_went_meanwhile(house: House) -> None:
    draft = await drafted(house)
    house.clock.move(days=28)
    await house.services.draft_service.expire()
    await house.services.draft_service.discard(REQUESTOR, draft.draft_id)
    assert await due_notices(house) == []


async def test_who_waits_for_an_answer_that_never_came_is_told_that_it_is_not_in_the_queue(house: House) -> None:
    draft = await drafted(house, GOOD)
    house.service.breaks_after.add(ROUTE)
    await house.services.submission.submit(REQUESTOR, draft.draft_id, house.origin())
    house.service.breaks_after.clear()
    house.clock.move(seconds=GIVE_UP_AFTER.total_seconds() + 1)
    assert await house.services.reconciler.look_for_all() == []
    (told,) = await due_notices(house)
    assert told.content == NeverQueued(Operation.CREATE, "image_generation", "Pixel", is_kept=True)
    assert not isinstance(await house.services.draft_service.show(REQUESTOR, draft.draft_id), Queued)


async def test_with_closed_direct_messages_it_waits_for_the_next_command(house: House) -> None:
    draft = await drafted(house, GOOD)
    house.service.breaks_after.add(ROUTE)
    await house.services.submission.submit(REQUESTOR, draft.draft_id, house.origin())
    house.service.breaks_after.clear()
    house.clock.move(seconds=GIVE_UP_AFTER.total_seconds() + 1)
    await house.services.reconciler.look_for_all()
    (told,) = await due_notices(house)
    await record(house, told, SendOutcome.REFUSED)
    await house.restart()
    direct_messages = house.services.deliveries.direct_messages
    ((batch, news),) = await direct_messages.missed(REQUESTOR)
    assert news == NeverQueued(Operation.CREATE, "image_generation", "Pixel", is_kept=True)
    assert await direct_messages.missed(OTHER) == []
    await direct_messages.note_read(batch)
    assert await direct_messages.missed(REQUESTOR) == []


async def test_what_was_sent_again_meanwhile_is_not_called_lost(house: House) -> None:
    draft = await drafted(house, GOOD)
    house.service.breaks_after.add(ROUTE)
    await house.services.submission.submit(REQUESTOR, draft.draft_id, house.origin())
    house.clock.move(seconds=GIVE_UP_AFTER.total_seconds() + 1)
    await house.services.reconciler.look_for_all()
    await house.services.submission.submit(REQUESTOR, draft.draft_id, house.origin())
    assert await due_notices(house) == []


async def refuse_name(house: House, draft: DraftFacts) -> None:
    """Send the draft, and have the service refuse its name, which another user took first."""
    house.service.bodies[ROUTE] = (409, {"detail": "Model 'Pixel' already exists."})
    with pytest.raises(ConflictError):
        await house.services.submission.submit(REQUESTOR, draft.draft_id, house.origin())
    del house.service.bodies[ROUTE]


async def test_a_refusal_that_was_not_shown_is_told_by_direct_message(house: House) -> None:
    await refuse_name(house, await drafted(house, GOOD))
    assert await due_notices(house) == [], "the answer may be on its way"
    await house.restart()
    house.clock.move(seconds=ANSWER_WITHIN.total_seconds())
    (told,) = await due_notices(house)
    reason = "Model 'Pixel' already exists."
    assert told.content == NeverQueued(Operation.CREATE, "image_generation", "Pixel", is_kept=True, reason=reason)


async def test_a_refusal_that_stood_in_the_answer_is_not_told_again(house: House) -> None:
    draft = await drafted(house, GOOD)
    await refuse_name(house, draft)
    await house.services.submission.refusal_told(REQUESTOR, draft.draft_id)
    house.clock.move(minutes=5)
    assert await due_notices(house) == []


async def test_only_the_last_of_several_refusals_is_news(house: House) -> None:
    draft = await drafted(house, GOOD)
    await refuse_name(house, draft)
    await refuse_name(house, draft)
    house.clock.move(minutes=5)
    assert len(await due_notices(house)) == 1


async def test_a_record_too_large_to_be_read_by_a_poll_is_neither_kept_nor_saved(house: House) -> None:
    long = "x" * RECORD_BYTES_MAX
    with pytest.raises(RecordJsonError, match="record_size"):
        await drafted(house, {**RECORD, "description": long})
    draft = await drafted(house)
    with pytest.raises(RecordJsonError, match="record_size"):
        await house.services.draft_sources.replace(
            REQUESTOR, draft.draft_id, json.dumps({**RECORD, "description": long}).encode()
        )


async def test_a_draft_that_is_too_large_to_be_sent_is_not_sent(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = await drafted(house)
    monkeypatch.setattr(record_input, "RECORD_BYTES_MAX", 50)
    with pytest.raises(RecordJsonError, match="record_size"):
        await house.services.submission.submit(REQUESTOR, draft.draft_id, house.origin())
    assert house.service.writes == []


async def test_a_draft_of_before_a_change_of_format_is_converted(house: House) -> None:
    draft = await drafted(house, GOOD)
    service = house.services.draft_service
    stored = await service.kept(REQUESTOR, draft.draft_id)
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
    await service.drafts.save(replace(stored, dialect="legacy", record=legacy), house.clock())
    shown = await service.show(REQUESTOR, draft.draft_id)
    assert shown.dialect is CanonicalFormat.V2
    assert shown.record["baseline"] == "stable_diffusion_1"
    (entry,) = shown.record["config"]["download"]  # type: ignore[index] # a record is a tree
    assert (entry["file_name"], entry["sha256sum"]) == ("a.safetensors", sha256)
    assert CheckCode.FORMAT not in {check.code for check in shown.checks}

    conflicting = {**legacy, "config": {**legacy["config"], "download": [{**entry, "sha256sum": "cd" * 32}]}}  # type: ignore[dict-item] # as above
    await service.drafts.save(replace(stored, dialect="legacy", record=conflicting), house.clock())
    kept = await service.show(REQUESTOR, draft.draft_id)
    assert kept.record == conflicting, "nothing typed is lost"
    assert CheckCode.FORMAT in {check.code for check in kept.checks if check.verdict is Verdict.FAIL}
    assert isinstance(await house.services.submission.submit(REQUESTOR, draft.draft_id, house.origin()), NotReady)
