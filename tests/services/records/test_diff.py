"""Rebase of an update onto a live record that changed: no one's edits are lost."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.services.records.diff import draft_diff, field_diffs, is_same, rebase

VALUE = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=2) | st.lists(st.integers(0, 2), max_size=2)
)
RECORD = st.dictionaries(st.sampled_from("abcd"), VALUE | st.dictionaries(st.sampled_from("xy"), VALUE), max_size=4)


@given(RECORD)
def test_a_record_differs_from_itself_in_nothing(record: dict[str, Any]) -> None:
    assert is_same(record, record)
    assert field_diffs(record, record) == ()


@given(RECORD, RECORD)
def test_what_no_one_else_changed_is_as_the_person_wrote_it(base: dict[str, Any], mine: dict[str, Any]) -> None:
    rebased = rebase(base, mine, base)
    assert rebased.record == mine
    assert rebased.taken == rebased.contested == ()


@given(RECORD, RECORD)
def test_what_the_person_left_alone_is_as_it_is_live(base: dict[str, Any], live: dict[str, Any]) -> None:
    rebased = rebase(base, base, live)
    assert rebased.record == live
    assert rebased.contested == ()


@given(RECORD, RECORD, RECORD)
def test_a_second_look_at_the_same_record_changes_nothing(
    base: dict[str, Any], mine: dict[str, Any], live: dict[str, Any]
) -> None:
    once = rebase(base, mine, live).record
    assert rebase(live, once, live).record == once


def test_members_of_objects_are_told_and_merged_one_by_one() -> None:
    base = {"licensing": {"notes": "a", "attribution": "b"}, "tags": ["x"]}
    mine = {"licensing": {"notes": "mine", "attribution": "b"}, "tags": ["x"]}
    live = {"licensing": {"notes": "theirs", "attribution": "new"}, "tags": ["x", "y"]}
    rebased = rebase(base, mine, live)
    assert rebased.record == {"licensing": {"notes": "mine", "attribution": "new"}, "tags": ["x", "y"]}
    assert rebased.taken == ("licensing.attribution", "tags")
    assert rebased.contested == ("licensing.notes",)


def test_what_the_service_writes_by_itself_is_no_difference() -> None:
    live = {"name": "A", "record_type": "lora", "metadata": {"updated_at": 2}, "tags": [], "inpainting": False}
    assert is_same(live, {"name": "A"})
    assert draft_diff("A", "lora", live, {"name": "A", "nsfw": 1}).field_diffs
    assert rebase({"name": "A"}, {"name": "A"}, live).taken == ()


def test_true_is_not_one() -> None:
    assert not is_same({"nsfw": True}, {"nsfw": 1})
