"""Submission of a draft: the checks before anything is sent, and the news for its requestor afterwards."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.identity.errors import MissingRoleError, NotLinkedError
from bot.reference.errors import ConflictError, ForbiddenError, NotFoundError, ReadOnlyError, UnavailableError
from bot.services.changes import MessageLink
from bot.services.errors import DraftGoneError
from bot.services.forms.forms_input import SectionAnswers
from bot.services.polling.change_recorder import ChangeRecorder
from bot.services.proposals.outcomes import (
    DraftFacts,
    Edited,
    InProgress,
    LiveMoved,
    NotReady,
    Queued,
    SubmissionUnknown,
    SubmitOutcome,
    Unchanged,
    Unconfirmed,
)
from bot.services.proposals.reconcile import ANSWER_WITHIN, GIVE_UP_AFTER
from bot.services.records.json_input import RECORD_BYTES_MAX, RecordJsonError
from storage.deliveries import Deliveries
from storage.drafts import DraftState
from storage.errors import DiskError
from storage.intents import Intent, Intents, IntentState, NewIntent
from tests.harness.scripted_service import harmless
from tests.services.conftest import APPROVER, CHANNEL, GUILD, OTHER, REQUESTOR, App
from tests.services.deliveries import deliver_cards, due_cards, due_notices
from tests.services.proposals.sending import LEGACY_RECORD, become_legacy

ROUTE = "/model_references/v2/image_generation"
LIVE = f"{ROUTE}/model/Deliberate"
PIXEL = {**harmless("Pixel"), "description": "Draws with few large squares."}


@pytest.fixture(autouse=True)
def _alice(app: App) -> None:
    app.service.user_id = "101"


def takes(app: App, path: str = ROUTE, **change: Any) -> None:
    """The service takes the next proposal as #42."""
    app.service.bodies[path] = (202, app.service.put(42, **{"model_name": "Pixel", "payload": PIXEL, **change}))


async def begun(app: App, record: Mapping[str, Any] | None = None) -> DraftFacts:
    data = json.dumps(record or PIXEL).encode()
    return await app.services.draft_sources.create_from_json(REQUESTOR, GUILD, "image_generation", data)


async def update(app: App, **fields: Any) -> DraftFacts:
    """A draft of an update of the model Deliberate."""
    data = json.dumps({"name": "Deliberate", **fields}).encode()
    return await app.services.draft_sources.update_from_json(REQUESTOR, GUILD, "image_generation", data, "Deliberate")


async def submit(app: App, draft: DraftFacts, **others: Any) -> SubmitOutcome:
    return await app.services.submission.submit(REQUESTOR, draft.draft_id, app.origin(), **others)


async def test_a_draft_of_an_older_version_that_is_too_large_is_not_sent(app: App) -> None:
    draft_id = (await begun(app)).draft_id
    draft = await app.services.draft_service.get(REQUESTOR, draft_id)
    large = {**draft.record, "description": "x" * RECORD_BYTES_MAX}
    await app.services.draft_service.drafts.save(replace(draft, record=large), app.clock())
    with pytest.raises(RecordJsonError):
        await app.services.submission.submit(REQUESTOR, draft_id, app.origin())
    assert app.service.writes == []


async def test_a_proposal_is_queued_with_its_card_and_its_draft_is_gone(app: App) -> None:
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    takes(app)
    draft = await begun(app)
    outcome = await submit(app, draft)
    assert isinstance(outcome, Queued)
    assert (outcome.change.change_id, outcome.card, outcome.replaces) == (42, None, None)
    assert [card.delivery.change_id for card in await due_cards(app)] == [42]
    (write,) = app.service.writes
    assert write.headers["apikey"] == "the-key-of-ali"
    assert json.loads(write.content)["name"] == "Pixel"
    assert await app.services.draft_service.of_user(REQUESTOR) == []
    with pytest.raises(DraftGoneError):
        await submit(app, draft)


async def test_a_card_that_is_posted_already_is_linked_in_the_server_of_the_press(app: App) -> None:
    for guild_id, channel_id in ((11, 12), (GUILD, CHANNEL)):
        await app.services.guild_setup.use_review_channel(guild_id, channel_id)
    takes(app)
    await app.services.monitor.poll()
    await deliver_cards(app)
    outcome = await submit(app, await begun(app))
    assert isinstance(outcome, Queued)
    assert outcome.card == MessageLink(GUILD, CHANNEL, 542)


async def test_the_requestor_is_told_by_direct_message_only_if_the_answer_did_not_reach_them(app: App) -> None:
    takes(app)
    draft = await begun(app)
    outcome = await submit(app, draft)
    assert await due_notices(app) == []
    app.clock.move(seconds=ANSWER_WITHIN.total_seconds())
    assert [notice.delivery.user_id for notice in await due_notices(app)] == [REQUESTOR]
    await app.services.submission.cancel_notice(REQUESTOR, draft.draft_id, outcome)
    assert await due_notices(app) == []


@pytest.mark.parametrize("is_outcome_shown", [True, False])
async def test_a_draft_that_was_given_back_in_an_answer_is_not_told_again(app: App, *, is_outcome_shown: bool) -> None:
    draft = await begun(app)
    app.service.breaks_after = {ROUTE}
    unknown = await submit(app, draft)
    assert isinstance(unknown, SubmissionUnknown)
    assert unknown.notified_by == app.clock() + GIVE_UP_AFTER
    app.clock.move(minutes=16)
    outcome = await app.services.submission.reconcile(REQUESTOR, draft.draft_id)
    assert isinstance(outcome, NotReady)
    assert outcome.draft.draft_id == draft.draft_id
    app.clock.move(minutes=1)
    assert len(await due_notices(app)) == 1
    await app.services.submission.cancel_notice(REQUESTOR, draft.draft_id, unknown)
    assert len(await due_notices(app)) == 1, "it is still unknown in that answer"
    shown = outcome if is_outcome_shown else None
    await app.services.submission.cancel_notice(REQUESTOR, draft.draft_id, shown)
    assert await due_notices(app) == []


async def test_a_second_press_during_the_first_sends_nothing(app: App) -> None:
    takes(app)
    draft = await begun(app)
    first, second = await asyncio.gather(submit(app, draft), submit(app, draft))
    assert isinstance(first, Queued)
    assert isinstance(second, InProgress)
    assert second.draft.draft_id == draft.draft_id
    assert len(app.service.writes) == 1


async def test_a_press_that_discord_delivers_twice_sends_nothing_the_second_time(app: App) -> None:
    app.service.bodies[ROUTE] = (409, {"detail": "Model 'Pixel' already exists."})
    draft, press = await begun(app), app.origin()
    with pytest.raises(ConflictError):
        await app.services.submission.submit(REQUESTOR, draft.draft_id, press)
    again = await app.services.submission.submit(REQUESTOR, draft.draft_id, press)
    assert isinstance(again, InProgress)
    assert again.draft.draft_id == draft.draft_id
    assert len(app.service.writes) == 1


async def test_only_the_owner_with_a_link_and_a_role_may_submit(app: App) -> None:
    draft = await begun(app)
    with pytest.raises(DraftGoneError):
        await app.services.submission.submit(APPROVER, draft.draft_id, app.origin())
    with pytest.raises(DraftGoneError):
        await app.services.submission.reconcile(OTHER, draft.draft_id)
    app.service.roles = []
    app.clock.move(hours=1)
    with pytest.raises(MissingRoleError):
        await submit(app, draft)
    await app.services.accounts.unlink(REQUESTOR)
    with pytest.raises(NotLinkedError):
        await submit(app, draft)
    assert app.service.writes == []
    (kept,) = await app.services.draft_service.of_user(REQUESTOR)
    assert not kept.is_outcome_unknown


async def test_a_draft_with_a_fail_is_not_sent(app: App) -> None:
    draft = await begun(app, {"name": "Pixel"})
    await app.services.submission.cancel_notice(REQUESTOR, draft.draft_id)
    outcome = await submit(app, draft)
    assert isinstance(outcome, NotReady)
    assert outcome.draft.draft_id == draft.draft_id
    assert app.service.writes == []


async def test_an_update_is_sent_as_one(app: App) -> None:
    app.service.models["image_generation"]["Deliberate"] = harmless("Deliberate")
    draft = await update(app, description="Draws everything else.")
    takes(app, f"PUT {LIVE}", model_name="Deliberate", operation="update")
    assert isinstance(await submit(app, draft), Queued)
    (write,) = app.service.writes
    assert write.method == "PUT"
    assert json.loads(write.content)["description"] == "Draws everything else."


async def test_an_update_that_changes_nothing_is_not_sent(app: App) -> None:
    app.service.models["image_generation"]["Deliberate"] = harmless("Deliberate")
    draft = await update(app, description="Draws everything else.")
    app.service.models["image_generation"]["Deliberate"]["description"] = "Draws everything else."
    outcome = await submit(app, draft)
    assert isinstance(outcome, Unchanged)
    assert outcome.draft.draft_id == draft.draft_id
    assert app.service.writes == []


async def test_an_update_of_a_record_that_moved_is_shown_again_first(app: App) -> None:
    app.service.models["image_generation"]["Deliberate"] = {**harmless("Deliberate"), "version": "1"}
    draft = await update(app, description="Draws everything else.")
    moved = {**harmless("Deliberate"), "version": "2", "description": "Draws nothing."}
    app.service.models["image_generation"]["Deliberate"] = moved
    outcome = await submit(app, draft)
    assert isinstance(outcome, LiveMoved)
    assert (outcome.taken, outcome.contested) == (("version",), ("description",))
    assert outcome.draft.record["version"] == "2"
    assert app.service.writes == []
    takes(app, f"PUT {LIVE}", model_name="Deliberate", operation="update")
    assert isinstance(await submit(app, draft), Queued), "the next press sends what was shown"


async def test_a_delete_needs_the_name_and_sends_no_record(app: App) -> None:
    app.service.models["image_generation"]["Deliberate"] = harmless("Deliberate")
    live = await app.services.draft_sources.live("image_generation", "Deliberate")
    draft = await app.services.draft_sources.delete(REQUESTOR, GUILD, live, "It is broken.")
    for typed in (None, "Another"):
        assert await submit(app, draft, confirmation=typed) == Unconfirmed(draft.draft_id, typed or "", "Deliberate")
    assert app.service.writes == []
    takes(app, f"DELETE {LIVE}", model_name="Deliberate", operation="delete", payload={})
    assert isinstance(await submit(app, draft, confirmation="Deliberate"), Queued)
    (write,) = app.service.writes
    assert (write.method, write.content) == ("DELETE", b"")


async def test_a_lost_delete_is_found(app: App) -> None:
    app.service.models["image_generation"]["Deliberate"] = harmless("Deliberate")
    live = await app.services.draft_sources.live("image_generation", "Deliberate")
    draft = await app.services.draft_sources.delete(REQUESTOR, GUILD, live, "It is broken.")
    app.service.refusals[f"DELETE {LIVE}"] = (502, "Bad gateway")
    assert isinstance(await submit(app, draft, confirmation="Deliberate"), SubmissionUnknown)
    now = int(app.clock().timestamp())
    app.service.put(42, model_name="Deliberate", operation="delete", payload={"name": "x"}, requested_at=now)
    assert isinstance(await app.services.submission.reconcile(REQUESTOR, draft.draft_id), Queued)


async def test_a_refusal_for_lack_of_a_role_is_not_repeated_from_memory(app: App) -> None:
    draft = await begun(app)
    app.service.bodies[ROUTE] = (403, {"detail": "Requestor role required"})
    with pytest.raises(ForbiddenError):
        await submit(app, draft)
    app.service.roles = []
    with pytest.raises(MissingRoleError):
        await submit(app, draft)
    assert len(app.service.writes) == 1


async def test_a_refusal_keeps_the_draft_open_and_the_services_words(app: App) -> None:
    draft = await begun(app)
    await app.services.draft_service.revise(REQUESTOR, draft.draft_id, "It is small.")
    app.service.bodies[ROUTE] = (409, {"detail": "Model 'Pixel' already exists."})
    with pytest.raises(ConflictError) as refusal:
        await submit(app, draft)
    assert refusal.value.detail == "Model 'Pixel' already exists."
    assert refusal.value.__cause__ is None
    intent = await app.services.submission.intents.latest_for_draft(draft.draft_id)
    assert intent is not None
    assert (intent.why, intent.reason) == ("It is small.", refusal.value.detail)
    assert (intent.user_id, intent.guild_id, intent.channel_id) == (REQUESTOR, GUILD, CHANNEL)
    kept = await app.services.draft_service.get(REQUESTOR, draft.draft_id)
    assert kept.state is DraftState.OPEN


@pytest.mark.parametrize("mode", ["PRIMARY", "REPLICA"])
async def test_a_route_that_is_not_there_is_explained_by_the_mode(app: App, mode: str) -> None:
    draft = await begun(app)
    app.service.bodies[ROUTE] = (405, {"detail": "Method Not Allowed"})
    app.service.mode = mode
    with pytest.raises(ReadOnlyError) as refusal:
        await submit(app, draft)
    assert (refusal.value.kind == "replica") is (mode == "REPLICA")
    assert len(await app.services.draft_service.of_user(REQUESTOR)) == 1


async def test_a_replica_of_the_legacy_format_is_named_before_anything_is_sent(app: App) -> None:
    become_legacy(app)
    await app.services.catalogue.refresh_deployment()
    draft = await begun(app, LEGACY_RECORD)
    told = {"replicate_mode": "REPLICA", "canonical_format": "legacy", "writable": False}
    app.service.bodies["/replicate_mode"] = (200, told)
    await app.services.catalogue.refresh_deployment()
    with pytest.raises(ReadOnlyError) as refusal:
        await submit(app, draft)
    assert refusal.value.kind == "replica"
    assert app.service.writes == []


async def test_an_answer_about_another_content_than_the_queue_lists_is_unknown(app: App) -> None:
    await app.services.monitor.poll()
    takes(app)
    app.service.put(42, payload={"name": "Pixel", "description": "Another."})
    outcome = await submit(app, await begun(app))
    assert isinstance(outcome, SubmissionUnknown)
    assert (outcome.change_id, outcome.notified_by) == (42, app.clock() + GIVE_UP_AFTER)


async def test_a_service_that_was_not_reached_gives_the_draft_back(app: App) -> None:
    draft = await begun(app)
    await app.services.monitor.poll()
    app.service.is_away = True
    with pytest.raises(UnavailableError):
        await submit(app, draft)
    kept = await app.services.draft_service.get(REQUESTOR, draft.draft_id)
    assert kept.state is DraftState.OPEN


async def test_two_drafts_of_one_person_are_sent_side_by_side(app: App) -> None:
    takes(app)
    one, other = await begun(app), await begun(app, {**PIXEL, "name": "Pixel Two"})
    outcomes = await asyncio.gather(submit(app, one), submit(app, other))
    assert all(isinstance(outcome, Queued) for outcome in outcomes)


async def test_a_proposal_of_the_same_name_with_another_content_is_not_the_lost_one(app: App) -> None:
    app.service.roles = ["requestor"]
    draft = await begun(app)
    app.service.breaks_after = {ROUTE}
    unknown = await submit(app, draft)
    assert isinstance(unknown, SubmissionUnknown)
    assert unknown.notified_by == app.clock() + GIVE_UP_AFTER
    other = {**PIXEL, "description": "Draws circles."}
    app.service.put(42, model_name="Pixel", payload=other, requested_at=int(app.clock().timestamp()))
    assert isinstance(await app.services.submission.reconcile(REQUESTOR, draft.draft_id), SubmissionUnknown)


async def test_only_changes_after_the_press_can_be_the_lost_one(app: App) -> None:
    app.service.put(42, model_name="Pixel", payload=PIXEL, requested_at=int(app.clock().timestamp()))
    await app.services.monitor.poll()
    draft = await begun(app)
    app.service.breaks_after = {ROUTE}
    assert isinstance(await submit(app, draft), SubmissionUnknown)
    assert isinstance(await app.services.submission.reconcile(REQUESTOR, draft.draft_id), SubmissionUnknown)
    app.service.put(43, model_name="Pixel", payload=PIXEL, requested_at=int(app.clock().timestamp()))
    found = await app.services.submission.reconcile(REQUESTOR, draft.draft_id)
    assert isinstance(found, Queued)
    assert found.change.change_id == 43


async def test_a_press_while_the_answer_is_lost_looks_for_it(app: App) -> None:
    draft = await begun(app)
    app.service.breaks_after = {ROUTE}
    assert isinstance(await submit(app, draft), SubmissionUnknown)
    app.service.put(42, model_name="Pixel", payload=PIXEL, requested_at=int(app.clock().timestamp()))
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    found = await submit(app, draft)
    assert isinstance(found, Queued)
    assert len(app.service.writes) == 1
    assert [card.delivery.change_id for card in await due_cards(app)] == [42]


async def test_a_change_that_is_gone_right_after_it_was_taken_is_unknown(app: App) -> None:
    takes(app)
    del app.service.changes[42]
    outcome = await submit(app, await begun(app))
    assert isinstance(outcome, SubmissionUnknown)
    with pytest.raises(NotFoundError):
        await app.services.poller.read(42)


async def _disk_fails(*_: object, **__: object) -> None:
    raise DiskError(Path("curator.db"), is_full=True)


@pytest.mark.parametrize(("owner", "step"), [(Intents, "resolve"), (ChangeRecorder, "publish")])
async def test_a_disk_that_fails_after_the_service_took_a_proposal_does_not_change_the_answer(
    app: App, monkeypatch: pytest.MonkeyPatch, owner: type, step: str
) -> None:
    takes(app)
    draft = await begun(app)
    monkeypatch.setattr(owner, step, _disk_fails)
    outcome = await submit(app, draft)
    assert isinstance(outcome, Queued)
    assert outcome.change.change_id == 42
    assert len(app.service.writes) == 1


async def test_a_refusal_is_told_though_its_direct_message_cannot_be_cancelled(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.service.bodies[ROUTE] = (409, {"detail": "An open change has this name."})
    draft = await begun(app)
    with pytest.raises(ConflictError):
        await submit(app, draft)
    monkeypatch.setattr(Deliveries, "mark_notified", _disk_fails)
    await app.services.submission.cancel_notice(REQUESTOR, draft.draft_id)
    app.clock.move(seconds=ANSWER_WITHIN.total_seconds())
    assert [notice.delivery.user_id for notice in await due_notices(app)] == [REQUESTOR]


async def test_a_missing_route_keeps_its_own_words_while_the_mode_cannot_be_read(app: App) -> None:
    draft = await begun(app)
    app.service.bodies[ROUTE] = (405, {"detail": "Method Not Allowed"})
    app.service.bodies["/replicate_mode"] = (500, {"detail": "Internal error"})
    with pytest.raises(ReadOnlyError) as refusal:
        await submit(app, draft)
    assert refusal.value.status == 405


async def test_a_draft_that_is_discarded_during_the_press_is_gone_and_not_sent(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    takes(app)
    draft, prepare = await begun(app), Intents.prepare

    async def discarded_just_before(intents: Intents, new: NewIntent, now: datetime) -> Intent | None:
        await app.services.draft_service.discard(REQUESTOR, draft.draft_id)
        return await prepare(intents, new, now)

    monkeypatch.setattr(Intents, "prepare", discarded_just_before)
    with pytest.raises(DraftGoneError):
        await submit(app, draft)
    assert app.service.writes == []


async def test_what_is_edited_while_a_press_waits_is_shown_and_nothing_is_sent(app: App) -> None:
    takes(app)
    draft = await begun(app)
    app.clock.move(hours=1)  # the role is read again

    async def edited(_: httpx.Request) -> None:
        answers = SectionAnswers("image_generation", {"description": "Corrected."})
        await app.services.draft_service.revise(REQUESTOR, draft.draft_id, answers)

    app.service.meanwhile["/model_references/v2/me/roles"] = edited
    outcome = await submit(app, draft)
    assert isinstance(outcome, Edited)
    assert outcome.draft.record["description"] == "Corrected."
    assert app.service.writes == []
    assert isinstance(await submit(app, draft), Queued)
    assert json.loads(app.service.writes[0].content)["description"] == "Corrected."


async def test_what_is_edited_while_the_live_record_is_read_is_kept_when_that_moved(app: App) -> None:
    draft = await update(app, description="Better.")
    app.service.models["image_generation"]["Deliberate"] = {**harmless("Deliberate"), "version": "2"}

    async def edited(_: httpx.Request) -> None:
        answers = SectionAnswers("image_generation", {"description": "Best."})
        await app.services.draft_service.revise(REQUESTOR, draft.draft_id, answers)

    app.service.meanwhile[LIVE] = edited
    outcome = await submit(app, draft)
    assert isinstance(outcome, LiveMoved)
    assert (outcome.draft.record["description"], outcome.draft.record["version"]) == ("Best.", "2")


async def test_a_refusal_that_the_person_saw_is_not_told_again(app: App) -> None:
    app.service.bodies[ROUTE] = (409, {"detail": "An open change has this name."})
    draft = await begun(app)
    with pytest.raises(ConflictError):
        await submit(app, draft)
    await app.services.submission.cancel_notice(REQUESTOR, draft.draft_id)
    app.clock.move(seconds=ANSWER_WITHIN.total_seconds())
    assert await due_notices(app) == []


async def test_a_proposal_is_stored_as_sent_before_it_leaves(app: App) -> None:
    """A bot that is killed meanwhile looks for it at its next start, instead of giving the draft back."""
    takes(app)
    draft = await begun(app)
    stored: list[IntentState] = []

    async def looks(request: httpx.Request) -> None:
        app.service.meanwhile[ROUTE] = looks
        intent = await app.services.submission.intents.latest_for_draft(draft.draft_id)
        if request.method == "POST":
            stored.extend([] if intent is None else [intent.state])

    app.service.meanwhile[ROUTE] = looks
    assert isinstance(await submit(app, draft), Queued)
    assert stored == [IntentState.SENT]


async def test_a_service_without_own_lists_that_hides_its_queue_lets_the_bot_promise_no_message(app: App) -> None:
    draft = await begun(app)
    app.service.roles = ["requestor"]
    app.clock.move(hours=1)
    app.service.breaks_after = {ROUTE}
    assert isinstance(await submit(app, draft), SubmissionUnknown)
    app.service.refusals["/my_changes"] = (404, "Not Found")
    app.service.refusals["/changes"] = (403, "You are not on the pending queue approver list.")
    unknown = await app.services.submission.reconcile(REQUESTOR, draft.draft_id)
    assert isinstance(unknown, SubmissionUnknown)
    assert (unknown.draft.draft_id, unknown.notified_by) == (draft.draft_id, None)
