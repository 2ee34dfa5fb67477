"""An action is on disk before it is sent; it happens once, and its draft records it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from storage.database import Database
from storage.deliveries import Deliveries
from storage.drafts import Draft, Drafts, DraftState
from storage.errors import DraftUnavailableError, IntentStateError
from storage.intents import FieldError, Intent, Intents, IntentState, NewIntent
from storage.notices import About, NoticeKey
from storage.sent_proposals import SentProposals

type MakeDraft = Callable[..., Awaitable[Draft]]
type Prepare = Callable[..., Awaitable[Intent | None]]

RITA, ABE = 1111, 2222


@pytest.fixture
def intents(database: Database) -> Intents:
    return Intents(database)


@pytest.fixture
def prepare(intents: Intents, now: datetime) -> Prepare:
    """Prepare a proposal of Rita's; each keyword may be another."""

    async def prepare(interaction_id: int = 1, *, now: datetime = now, **others: Any) -> Intent | None:
        values: dict[str, Any] = {
            "user_id": RITA,
            "horde_user_id": "101",
            "kind": "propose",
            "operation": "create",
            "category": "image_generation",
            "model_name": "Deliberate",
            "payload": {"name": "Deliberate"},
            "why": "it is good",
            "highest_change_id": 41,
        }
        return await intents.prepare(NewIntent(interaction_id=interaction_id, **{**values, **others}), now)

    return prepare


async def _state_of(database: Database, draft: Draft) -> DraftState | None:
    kept = await Drafts(database).get(draft.draft_id, draft.user_id)
    return None if kept is None else kept.state


@pytest.mark.real_opening
async def test_a_loss_of_power_may_take_back_an_outcome_but_not_the_record_that_a_request_leaves(
    database: Database, intents: Intents, prepare: Prepare, now: datetime
) -> None:
    levels: list[str] = []
    await database.transaction(lambda transaction: transaction.set_trace_callback(levels.append))
    intent = await prepare(is_sent=True)
    assert intent is not None
    assert not any("synchronous" in each for each in levels), "it waits for the disk, as the file is set to"
    await intents.resolve(intent.intent_id, IntentState.UNKNOWN, now=now)
    assert [each for each in levels if "synchronous=" in each or each == "COMMIT"] == [
        "COMMIT",
        "COMMIT",
        "PRAGMA synchronous=1",
        "COMMIT",
        "PRAGMA synchronous=2",
    ]


async def test_an_intent_is_written_down_with_all_it_means(
    intents: Intents, prepare: Prepare, make_draft: MakeDraft, now: datetime
) -> None:
    draft = await make_draft()
    intent = await prepare(7, draft_id=draft.draft_id, guild_id=77, channel_id=88)
    assert intent is not None
    assert intent == Intent(
        intent_id=intent.intent_id,
        interaction_id=7,
        user_id=RITA,
        horde_user_id="101",
        kind="propose",
        draft_id=draft.draft_id,
        guild_id=77,
        channel_id=88,
        operation="create",
        category="image_generation",
        model_name="Deliberate",
        payload={"name": "Deliberate"},
        why="it is good",
        highest_change_id=41,
        state=IntentState.PREPARED,
        change_id=None,
        reason=None,
        created_at=now,
        sent_at=None,
        resolved_at=None,
    )
    assert await intents.get(intent.intent_id) == intent
    assert await intents.latest_for_draft(draft.draft_id) == intent
    assert await intents.unresolved() == [intent]


async def test_the_same_press_delivered_twice_is_one_intent(
    database: Database, intents: Intents, prepare: Prepare, make_draft: MakeDraft
) -> None:
    draft = await make_draft()
    assert await prepare(7, draft_id=draft.draft_id) is not None
    assert await prepare(7, draft_id=draft.draft_id) is None
    assert len(await intents.unresolved()) == 1
    assert await _state_of(database, draft) is DraftState.SENDING


async def test_two_presses_of_submit_send_one_draft_once(
    intents: Intents, prepare: Prepare, make_draft: MakeDraft
) -> None:
    draft = await make_draft()
    await prepare(7, draft_id=draft.draft_id)
    with pytest.raises(DraftUnavailableError) as refusal:
        await prepare(8, draft_id=draft.draft_id)
    assert refusal.value.state == "sending"
    assert len(await intents.unresolved()) == 1
    with pytest.raises(DraftUnavailableError):
        await prepare(9, draft_id=draft.draft_id, user_id=ABE)
    with pytest.raises(DraftUnavailableError):
        await prepare(10, draft_id=999)


async def test_nothing_is_sent_twice_for_one_intent(intents: Intents, prepare: Prepare, now: datetime) -> None:
    intent = await prepare()
    assert intent is not None
    await intents.mark_sent(intent.intent_id, now + timedelta(seconds=1))
    sent = await intents.get(intent.intent_id)
    assert sent == replace(intent, state=IntentState.SENT, sent_at=now + timedelta(seconds=1))
    with pytest.raises(IntentStateError):
        await intents.mark_sent(intent.intent_id, now)
    with pytest.raises(IntentStateError):
        await intents.mark_sent(999, now)


@pytest.mark.parametrize(
    ("outcome", "draft_state"),
    [
        (IntentState.QUEUED, None),
        (IntentState.REFUSED, DraftState.OPEN),
        (IntentState.NOT_QUEUED, DraftState.OPEN),
        (IntentState.UNKNOWN, DraftState.UNKNOWN),
    ],
)
async def test_the_draft_shares_the_fate_of_its_intent(
    database: Database,
    intents: Intents,
    prepare: Prepare,
    make_draft: MakeDraft,
    now: datetime,
    outcome: IntentState,
    draft_state: DraftState | None,
) -> None:
    draft = await make_draft()
    intent = await prepare(draft_id=draft.draft_id)
    assert intent is not None
    await intents.mark_sent(intent.intent_id, now)
    later = now + timedelta(seconds=3)
    change_id = 42 if outcome is IntentState.QUEUED else None
    assert await intents.resolve(intent.intent_id, outcome, change_id=change_id, reason="its words", now=later)
    kept = await intents.get(intent.intent_id)
    assert kept is not None
    assert (kept.state, kept.change_id, kept.reason) == (outcome, change_id, "its words")
    assert kept.resolved_at == (later if outcome.is_final else None)
    assert await _state_of(database, draft) is draft_state
    assert (await intents.unresolved() == []) is outcome.is_final


async def test_the_first_truth_stays(intents: Intents, prepare: Prepare, database: Database, now: datetime) -> None:
    intent = await prepare()
    assert intent is not None
    notice = NoticeKey(RITA, 42, "pending")
    assert await intents.resolve(intent.intent_id, IntentState.UNKNOWN, now=now)
    assert await intents.resolve(intent.intent_id, IntentState.QUEUED, change_id=42, now=now, notices=[notice])
    assert not await intents.resolve(
        intent.intent_id, IntentState.NOT_QUEUED, now=now, notices=[NoticeKey(RITA, 42, "lost")]
    )
    kept = await intents.get(intent.intent_id)
    assert kept is not None
    assert (kept.state, kept.change_id) == (IntentState.QUEUED, 42)
    assert [NoticeKey.of(found).status for found in await Deliveries(database).due_notices(now)] == ["pending"]


@pytest.mark.parametrize("state", [IntentState.PREPARED, IntentState.SENT, IntentState.QUEUED])
async def test_what_is_no_outcome_is_refused(
    intents: Intents, prepare: Prepare, now: datetime, state: IntentState
) -> None:
    intent = await prepare()
    assert intent is not None
    with pytest.raises(ValueError, match=state):
        await intents.resolve(intent.intent_id, state, now=now)


async def test_a_start_knows_what_never_left_and_what_may_have_arrived(
    database: Database, intents: Intents, prepare: Prepare, make_draft: MakeDraft, now: datetime
) -> None:
    unsent, sent, unknown = await make_draft(), await make_draft(), await make_draft()
    first = await prepare(1, draft_id=unsent.draft_id)
    second = await prepare(2, draft_id=sent.draft_id)
    third = await prepare(3, draft_id=unknown.draft_id)
    approval = await prepare(4, kind="approve", change_id=5)
    assert first is not None
    assert second is not None
    assert third is not None
    assert approval is not None
    for intent in (second, third, approval):
        await intents.mark_sent(intent.intent_id, now)
    await intents.resolve(third.intent_id, IntentState.UNKNOWN, now=now)

    assert await intents.recover(now) == 3
    assert await intents.recover(now) == 0

    states = [(intent.intent_id, intent.state) for intent in await intents.unresolved()]
    assert states == [(intent.intent_id, IntentState.UNKNOWN) for intent in (second, third, approval)]
    never_left = await intents.get(first.intent_id)
    assert never_left is not None
    assert (never_left.state, never_left.resolved_at) == (IntentState.NOT_QUEUED, now)
    assert await _state_of(database, unsent) is DraftState.OPEN
    assert await _state_of(database, sent) is DraftState.UNKNOWN
    assert await _state_of(database, unknown) is DraftState.UNKNOWN
    (told,) = await Deliveries(database).due_notices(now)
    assert NoticeKey.of(told) == NoticeKey(first.user_id, first.intent_id, "not_queued", About.PROPOSAL)


async def test_a_running_bot_leaves_alone_what_may_still_be_answered(
    intents: Intents, prepare: Prepare, now: datetime
) -> None:
    old, fresh = await prepare(1), await prepare(2, now=now + timedelta(minutes=4))
    assert old is not None
    assert fresh is not None
    later = now + timedelta(minutes=5)
    assert await intents.recover(later, before=now) == 1
    assert [intent.intent_id for intent in await intents.unresolved()] == [fresh.intent_id]


async def test_a_start_knows_them_even_if_the_clock_was_wrong(
    intents: Intents, prepare: Prepare, now: datetime
) -> None:
    await prepare(1, now=now + timedelta(days=400))
    assert await intents.recover(now) == 1


async def test_what_the_service_said_of_single_fields_is_kept(
    intents: Intents, prepare: Prepare, now: datetime
) -> None:
    intent = await prepare()
    assert intent is not None
    assert intent.field_errors == ()
    said = (FieldError(("config", "download", "0", "file_url"), "Field required"), FieldError((), "no \ud800"))
    await intents.resolve(intent.intent_id, IntentState.REFUSED, reason="two fields", field_errors=said, now=now)
    kept = await intents.get(intent.intent_id)
    assert kept is not None
    assert kept.field_errors == said


async def test_a_change_remembers_who_proposed_it_and_why(intents: Intents, prepare: Prepare, now: datetime) -> None:
    assert await intents.why_of(42) is None
    assert await intents.proposer_of(42) is None
    proposal = await prepare(1)
    approval = await prepare(2, kind="approve", change_id=42, user_id=ABE, why="")
    assert proposal is not None
    assert approval is not None
    await intents.resolve(proposal.intent_id, IntentState.QUEUED, change_id=42, now=now)
    await intents.resolve(approval.intent_id, IntentState.DONE, now=now)
    assert await intents.why_of(42) == "it is good"
    assert await intents.proposer_of(42) == RITA
    kept = await intents.get(approval.intent_id)
    assert kept is not None
    assert (kept.state, kept.change_id) == (IntentState.DONE, 42)


async def test_an_id_used_again_belongs_to_the_later_proposal(
    intents: Intents, prepare: Prepare, now: datetime
) -> None:
    for interaction_id, user_id, why in ((1, RITA, "old"), (2, ABE, "")):
        intent = await prepare(interaction_id, user_id=user_id, why=why)
        assert intent is not None
        await intents.resolve(intent.intent_id, IntentState.QUEUED, change_id=42, now=now)
    assert await intents.proposer_of(42) == ABE
    assert await intents.why_of(42) is None, "proposed without a reason"


async def test_a_draft_sent_again_remembers_the_last_try(
    intents: Intents, prepare: Prepare, make_draft: MakeDraft, now: datetime
) -> None:
    draft = await make_draft()
    assert await intents.latest_for_draft(draft.draft_id) is None
    first = await prepare(1, draft_id=draft.draft_id)
    assert first is not None
    await intents.resolve(first.intent_id, IntentState.REFUSED, reason="read-only", now=now)
    second = await prepare(2, draft_id=draft.draft_id)
    assert await intents.latest_for_draft(draft.draft_id) == second


async def test_an_intent_whose_request_leaves_next_is_sent_from_the_start(
    intents: Intents, prepare: Prepare, now: datetime
) -> None:
    intent = await prepare(is_sent=True)
    assert intent is not None
    assert (intent.state, intent.sent_at) == (IntentState.SENT, now)
    with pytest.raises(IntentStateError) as refusal:
        await intents.mark_sent(intent.intent_id, now)
    assert refusal.value.intent_id == intent.intent_id
    assert await intents.recover(now) == 1
    kept = await intents.get(intent.intent_id)
    assert kept is not None
    assert kept.state is IntentState.UNKNOWN, "it may have arrived"
    assert await intents.get(intent.intent_id + 1) is None


async def test_an_intent_without_reason_and_earlier_changes_has_none(intents: Intents, now: datetime) -> None:
    intent = await intents.prepare(NewIntent(interaction_id=1, user_id=RITA, horde_user_id="101", kind="approve"), now)
    assert intent is not None
    assert (intent.why, intent.highest_change_id, intent.payload) == ("", 0, {})


async def test_a_queued_draft_is_kept_with_its_change(
    intents: Intents, prepare: Prepare, make_draft: MakeDraft, database: Database, now: datetime
) -> None:
    draft = await make_draft()
    intent = await prepare(draft_id=draft.draft_id)
    assert intent is not None
    assert await intents.resolve(intent.intent_id, IntentState.QUEUED, now=now, change_id=42)
    sent = await SentProposals(database).of_change(42)
    assert sent is not None
    assert (sent.model_name, sent.record) == (draft.model_name, draft.record)
