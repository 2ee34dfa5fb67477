"""Comparison of an answer with the stored row: the older one is dropped."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.services.changes import CardState
from bot.services.polling.moves import is_outdated
from storage.cards import TrackedChange

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
