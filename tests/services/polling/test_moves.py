"""Comparison of an answer with the stored row: the older one is dropped, and a long one lets others have a turn."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reference.models import ChangeStatus, Operation
from bot.services.changes import STUCK_AFTER, CardState
from bot.services.polling.moves import Move, find_moves, is_outdated
from bot.services.polling.queue_poller import SLICE
from storage.cards import TrackedChange
from tests.ui.samples import change

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
STATES = [state for state in CardState if state is not CardState.PURGED]


def tracked(status: CardState, digest: str = "aaaaaaaaaa") -> TrackedChange:
    return TrackedChange(
        42, "blip", "x", "create", "101", "alice#101", NOW, status.value, digest, is_missing=False, updated_at=NOW
    )


@given(st.sampled_from(STATES), st.sampled_from(STATES), st.booleans())
def test_only_an_answer_that_goes_backwards_is_outdated(
    before: CardState,
    after: CardState,
    is_same: bool,  # noqa: FBT001 - hypothesis hands it over by name
) -> None:
    outdated = is_outdated(tracked(before), after, "aaaaaaaaaa" if is_same else "bbbbbbbbbb")
    forward = [CardState.PENDING, CardState.APPROVED, CardState.APPLYING, CardState.APPLIED]
    if not is_same or before is after:
        assert not outdated, "another record under the same id, or no news"
    elif before in forward and after in forward and forward.index(before) < forward.index(after):
        assert not outdated
    if outdated:
        assert not is_outdated(tracked(after), before, "aaaaaaaaaa"), "one of the two is newer"


def test_an_apply_that_failed_goes_back_to_approved() -> None:
    for before in (CardState.APPLYING, CardState.STUCK):
        assert not is_outdated(tracked(before), CardState.APPROVED, "aaaaaaaaaa")
    assert is_outdated(tracked(CardState.APPLIED), CardState.APPROVED, "aaaaaaaaaa")


def test_nothing_is_outdated_before_anything_is_known() -> None:
    assert not any(is_outdated(None, state, "aaaaaaaaaa") for state in CardState)


ANSWER = change(42, Operation.UPDATE, "Lumen", {"name": "Lumen"}, requested_at=1_772_366_400)
LATER = NOW + timedelta(hours=1)
ROW = TrackedChange(
    change_id=42,
    category="image_generation",
    model_name="Lumen",
    operation="update",
    requested_by="101",
    requested_username="alice#101",
    requested_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    status="pending",
    digest=ANSWER.digest,
    is_missing=False,
    updated_at=NOW,
)


async def test_a_new_change_is_stored_as_it_was_read() -> None:
    assert await find_moves([ANSWER], {}, NOW) == [Move(ROW, None, ANSWER)]


@pytest.mark.parametrize(
    ("stored", "is_news"),
    [
        (replace(ROW, status="approved", digest="another"), True),
        (replace(ROW, digest="another"), True),
        (replace(ROW, is_missing=True), False),
    ],
    ids=["decided under another content", "another content", "was missing"],
)
async def test_a_change_that_differs_from_its_row_is_stored_and_only_a_new_state_or_content_is_news(
    stored: TrackedChange, *, is_news: bool
) -> None:
    (move,) = await find_moves([ANSWER], {42: stored}, LATER)
    assert move == Move(replace(ROW, updated_at=LATER), stored, ANSWER)
    assert move.is_news is is_news


async def test_a_change_that_is_as_stored_or_older_is_no_move_and_hides_no_other() -> None:
    approved = ANSWER.model_copy(update={"change_id": 43, "status": ChangeStatus.APPROVED})
    rows = {42: ROW, 43: replace(ROW, change_id=43, status="applied")}
    new = ANSWER.model_copy(update={"change_id": 44})
    found = await find_moves([ANSWER, approved, new], rows, LATER)
    assert [move.row.change_id for move in found] == [44]


async def test_an_apply_that_does_not_end_is_stored_as_stuck() -> None:
    applying = ANSWER.model_copy(update={"status": ChangeStatus.APPLYING, "updated_at": int(NOW.timestamp())})
    (move,) = await find_moves([applying], {}, NOW + STUCK_AFTER + timedelta(seconds=1))
    assert move.state is CardState.STUCK


@pytest.mark.parametrize(("count", "turns"), [(SLICE - 1, 0), (SLICE, 1), (2 * SLICE, 2)])
async def test_other_tasks_have_their_turn_between_thousands_of_changes(count: int, turns: int) -> None:
    had = 0

    async def counts() -> None:
        nonlocal had
        while True:
            had += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(counts())
    await find_moves([ANSWER] * count, {}, NOW)
    other.cancel()
    assert had == turns
