"""Reconciliation of a proposal whose answer was lost: found if it arrived, never sent twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reference.client import ReferenceClient
from bot.reference.models import ChangeStatus, Operation, PendingChange
from bot.services.proposals.outcomes import NotReady, Queued, SubmissionUnknown
from bot.services.proposals.reconcile import (
    CLOCK_SLACK,
    GIVE_UP_AFTER,
    could_become,
    is_ours,
)
from storage.intents import Intent, IntentState
from tests.services.conftest import APPROVER, App
from tests.services.deliveries import due_notices
from tests.services.proposals.lost import ROUTE, begun, look, lost, queue_it

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SCALAR = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
JSON = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
RECORD = st.dictionaries(st.text(max_size=3), JSON, max_size=4)

INTENT = Intent(
    intent_id=1,
    interaction_id=1,
    user_id=APPROVER,
    horde_user_id="202",
    kind="propose",
    draft_id=1,
    guild_id=None,
    channel_id=None,
    operation="create",
    category="lora",
    model_name="Pixel",
    payload={"name": "Pixel", "description": "Pixels."},
    why="",
    highest_change_id=41,
    state=IntentState.UNKNOWN,
    change_id=None,
    reason=None,
    created_at=NOW,
    sent_at=NOW,
    resolved_at=None,
)
CHANGE = PendingChange(
    change_id=42,
    category="lora",
    model_name="Pixel",
    operation=Operation.CREATE,
    payload={"name": "Pixel", "description": "Pixels.", "metadata": {"schema_version": "1"}},
    requested_by="202",
    requested_at=int(NOW.timestamp()),
    status=ChangeStatus.PENDING,
)


@given(RECORD, RECORD)
def test_what_the_service_adds_hides_nothing(sent: dict[str, Any], added: dict[str, Any]) -> None:
    assert could_become(sent, {**added, **sent})


@given(RECORD, st.data())
def test_what_the_service_leaves_out_hides_nothing(sent: dict[str, Any], data: st.DataObject) -> None:
    kept = data.draw(st.sets(st.sampled_from(sorted(sent)))) if sent else set()
    assert could_become(sent, {key: value for key, value in sent.items() if key in kept})


@given(JSON, JSON)
def test_two_values_are_never_too_different_to_be_compared(one: Any, other: Any) -> None:
    assert could_become(one, other) in (True, False)
    assert could_become(one, one)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("a", "b"),
        (1, 2),
        (1, 2.5),
        (True, False),
        (["a"], ["a", "b"]),
        (["a", "b"], ["b", "a"]),
        ({"x": {"y": 1}}, {"x": {"y": 2}}),
        ({"x": [{"y": "a"}]}, {"x": [{"y": "b"}]}),
    ],
)
def test_a_value_that_contradicts_is_another_proposal(sent: Any, stored: Any) -> None:
    assert not could_become(sent, stored)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("123", 123),
        ("yes", True),
        (1, 1.0),
        (None, "a default"),
        ({"x": None}, {}),
        ({"unknown": {"deep": 1}}, {}),
        ({"parameters": 7}, {"parameters_count": 7}),
        ([{"a": 1, "b": None}], [{"a": 1}]),
    ],
)
def test_what_the_service_reads_in_its_own_way_is_still_ours(sent: Any, stored: Any) -> None:
    assert could_become(sent, stored)


def test_a_change_that_fits_in_everything_is_ours() -> None:
    assert is_ours(INTENT, CHANGE)
    slow = CHANGE.model_copy(update={"requested_at": int((NOW - CLOCK_SLACK).timestamp())})
    assert is_ours(INTENT, slow), "the service's clock may lag"
    for status in ChangeStatus:
        assert is_ours(INTENT, CHANGE.model_copy(update={"status": status})), "it may be decided already"


@pytest.mark.parametrize(
    "other",
    [
        {"requested_by": "303"},
        {"category": "ti"},
        {"operation": Operation.UPDATE},
        {"model_name": "pixel"},
        {"change_id": 41},
        {"requested_at": int((NOW - CLOCK_SLACK).timestamp()) - 1},
        {"payload": {"name": "Pixel", "description": "Other pixels."}},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_change_that_differs_in_one_thing_is_not(other: dict[str, Any]) -> None:
    assert not is_ours(INTENT, CHANGE.model_copy(update=other))


@given(RECORD, RECORD)
def test_anything_sent_is_found_in_what_is_stored_of_it(sent: dict[str, Any], added: dict[str, Any]) -> None:
    stored = CHANGE.model_copy(update={"payload": {**added, **{k: v for k, v in sent.items() if v is not None}}})
    assert is_ours(replace(INTENT, payload=sent), stored)


async def test_it_is_found_by_its_requestor_and_never_sent_again(app: App) -> None:
    draft_id = await lost(app)
    queue_it(app)
    outcome = await look(app, draft_id)
    assert isinstance(outcome, Queued)
    assert outcome.change.change_id == 42
    assert len(app.service.writes) == 1
    assert await app.services.draft_service.of_user(APPROVER) == []
    assert await due_notices(app) == [], "its requestor has seen it"


async def test_it_is_found_behind_more_proposals_than_the_service_lists_at_once(app: App) -> None:
    draft_id = await lost(app)
    for change_id in range(1, 501):
        app.service.put(change_id, category="lora", requested_by="202", status="rejected")
    queue_it(app, 501)
    outcome = await look(app, draft_id)
    assert isinstance(outcome, Queued)
    assert outcome.change.change_id == 501


async def test_it_is_found_on_a_service_that_lost_its_counter(app: App) -> None:
    app.service.put(99)
    await app.services.monitor.poll()
    del app.service.changes[99]
    app.service.date = app.clock()
    draft_id = await lost(app)
    queue_it(app, 1)
    outcome = await look(app, draft_id)
    assert isinstance(outcome, Queued)
    assert outcome.change.change_id == 1


async def test_it_is_looked_for_fifteen_minutes_and_then_given_back(app: App) -> None:
    draft_id = await lost(app)
    app.clock.move(seconds=GIVE_UP_AFTER.total_seconds())
    assert isinstance(await look(app, draft_id), SubmissionUnknown)
    app.clock.move(seconds=1)
    outcome = await look(app, draft_id)
    assert isinstance(outcome, NotReady), "it is the person's draft again"
    assert not outcome.draft.is_outcome_unknown
    assert len(app.service.writes) == 1, "the bot itself never sends again"


async def test_a_service_that_is_away_is_no_proof_that_nothing_arrived(app: App) -> None:
    draft_id = await lost(app)
    queue_it(app)
    app.service.is_away = True
    app.clock.move(hours=1)
    assert await app.services.proposal_reconciler.reconcile() == []
    app.service.is_away = False
    assert isinstance(await look(app, draft_id), Queued)


async def test_a_press_on_submit_looks_instead_of_sending(app: App) -> None:
    draft_id = await lost(app)
    for _ in range(3):
        outcome = await app.services.submission.submit(APPROVER, draft_id, app.origin())
        assert isinstance(outcome, SubmissionUnknown)
    assert len(app.service.writes) == 1


async def test_a_restart_in_the_middle_looks_for_it_too(app: App) -> None:
    await lost(app)
    await app.restart()
    queue_it(app)
    ((intent, change),) = await app.services.proposal_reconciler.reconcile()
    assert (intent.user_id, change.change_id) == (APPROVER, 42)
    assert [notice.delivery.user_id for notice in await due_notices(app)] == [APPROVER], "told, though not looking"
    assert await app.services.proposal_reconciler.reconcile() == []


async def test_a_fault_while_sending_is_looked_into_like_a_lost_answer(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    draft_id = await begun(app)
    monkeypatch.setattr(ReferenceClient, "propose", broken)
    with pytest.raises(RuntimeError):
        await app.services.submission.submit(APPROVER, draft_id, app.origin())
    queue_it(app)
    assert [change.change_id for _, change in await app.services.proposal_reconciler.reconcile()] == [42]


async def test_of_two_that_fit_the_first_is_ours(app: App) -> None:
    draft_id = await lost(app)
    queue_it(app)
    app.service.put(43, **{key: value for key, value in app.service.changes[42].items() if key != "change_id"})
    outcome = await look(app, draft_id)
    assert isinstance(outcome, Queued)
    assert outcome.change.change_id == 42


async def test_two_lost_proposals_of_one_name_are_two_changes(app: App) -> None:
    first, second = await lost(app), await lost(app)
    queue_it(app)
    one = await look(app, first)
    assert isinstance(one, Queued)
    assert isinstance(await look(app, second), SubmissionUnknown), "the first one's change is not the second one's"
    app.service.put(43, **{key: value for key, value in app.service.changes[42].items() if key != "change_id"})
    other = await look(app, second)
    assert isinstance(other, Queued)
    assert (one.change.change_id, other.change.change_id) == (42, 43)


async def test_a_record_with_nulls_and_fields_that_the_service_drops_is_found(app: App) -> None:
    data = b'{"name": "Pixel", "description": null, "custom": {"a": null}, "record_type": "lora", "version": "2"}'
    draft = await app.services.draft_sources.create_from_json(APPROVER, None, "lora", data)
    app.service.breaks_after = {ROUTE}
    await app.services.submission.submit(APPROVER, draft.draft_id, app.origin())
    queue_it(app)
    app.service.put(42, payload={"name": "Pixel", "version": "2", "metadata": {}})
    assert isinstance(await look(app, draft.draft_id), Queued)


async def test_a_user_who_unlinked_is_looked_for_no_more_until_they_link_again(app: App) -> None:
    await lost(app)
    await app.services.accounts.unlink(APPROVER)
    queue_it(app)
    assert await app.services.proposal_reconciler.reconcile() == []
    assert len(await app.services.draft_service.of_user(APPROVER)) == 1


def test_a_service_whose_clock_is_behind_dates_our_change_early() -> None:
    early = CHANGE.model_copy(update={"requested_at": int((NOW - CLOCK_SLACK - HOUR).timestamp())})
    assert is_ours(INTENT, early, HOUR)
    assert not is_ours(INTENT, early, HOUR - timedelta(seconds=1))


@pytest.mark.parametrize("ahead", [-HOUR, timedelta(), HOUR], ids=str)
def test_a_low_number_is_ours_only_if_it_is_dated_after_the_request(ahead: timedelta) -> None:
    sent_at = int((NOW + ahead).timestamp())
    low = CHANGE.model_copy(update={"change_id": 1, "requested_at": sent_at - 1})
    assert is_ours(INTENT, low, -ahead), "it is dated in whole seconds"
    assert not is_ours(INTENT, low.model_copy(update={"requested_at": sent_at - 2}), -ahead)
    assert not is_ours(INTENT, low), "the service's clock is unknown"
