"""Pages show every entry once, filters survive storage, and a change has its most important remark."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reference.models import ChangeStatus
from bot.services.checks import Check, CheckCode, Verdict
from bot.services.pages import PAGE_SIZE, ListFilter, pages_of, window
from bot.services.queue.listing import Remark, RemarkKind, SelectedChange, remark_of, verb_for
from bot.services.queue.queue_service import requestor_id
from bot.ui.queue.items import numbers

CONSENSUS = Check(CheckCode.CONSENSUS, Verdict.WARN)
FAIL, WARN = Check(CheckCode.REQUIRED, Verdict.FAIL), Check(CheckCode.HOST_UNKNOWN, Verdict.WARN)
PASS = Check(CheckCode.NAME_FREE, Verdict.PASS)


@given(st.integers(0, 200))
def test_all_pages_together_are_the_whole_list_newest_first(total: int) -> None:
    oldest_first = list(range(total))
    turned = []
    for number in range(pages_of(total)):
        part = window(total, number)
        assert part.limit <= PAGE_SIZE
        turned += oldest_first[part.offset : part.offset + part.limit][::-1]
    assert turned == oldest_first[::-1]


@given(
    st.builds(
        ListFilter,
        st.lists(st.sampled_from(ChangeStatus), unique=True).map(tuple),
        st.lists(st.sampled_from(("lora", "blip", "ti")), unique=True).map(tuple),
        st.text(),
        st.text("0123456789"),
        st.text(),
        st.lists(st.text(), unique=True).map(tuple),
    )
)
def test_a_filter_survives_storage(wanted: ListFilter) -> None:
    again = ListFilter.of(wanted.content())
    assert again.content() == wanted.content()
    assert (set(again.statuses), set(again.categories)) == (set(wanted.statuses), set(wanted.categories))
    assert (again.model, again.requestor, again.words) == (wanted.model, wanted.requestor, wanted.words)
    assert set(again.baselines) == set(wanted.baselines)


def test_a_change_has_only_its_most_important_remark() -> None:
    everything: dict[str, Any] = {
        "claimed_by": "carol#303",
        "approvals": 1,
        "approvals_required": 2,
        "days_waiting": 8,
        "day_limit": 7,
    }
    assert remark_of([FAIL, CONSENSUS, WARN], **everything) == Remark(RemarkKind.CONSENSUS)
    assert remark_of([FAIL, FAIL, WARN], **everything) == Remark(RemarkKind.FAILS, 2)
    assert remark_of([WARN, PASS], is_doubted=True, **everything) == Remark(RemarkKind.DOUBTED)
    assert remark_of([WARN, PASS], **everything) == Remark(RemarkKind.WARNINGS, 1)
    assert remark_of([PASS], **everything) == Remark(RemarkKind.CLAIMED, who="carol#303")
    assert remark_of([], **{**everything, "claimed_by": None}) == Remark(RemarkKind.APPROVALS, 1, 2)
    assert remark_of([], days_waiting=8, day_limit=7) == Remark(RemarkKind.OVERDUE, 7)
    assert remark_of([], days_waiting=8, day_limit=0) is None, "no limit was set"
    assert remark_of([], approvals=1, approvals_required=1, days_waiting=7, day_limit=7) is None


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("102", "102"),
        ("erin#102", "102"),
        (" Erin ", "102"),
        ("alex", None),
        ("unknown", None),
        ("", None),
        ("erin#", None),
        ("١٢", None),
    ],
)
def test_a_requestor_is_found_by_id_full_name_or_unique_name(typed: str, found: str | None) -> None:
    known = {"102": "erin#102", "7": "alex#7", "8": "Alex#8"}
    assert requestor_id(typed, known) == found


def test_chosen_changes_are_parsed_and_decide_which_verb_is_offered() -> None:
    chosen = [
        SelectedChange(42, "0123456789", ChangeStatus.APPROVED),
        SelectedChange(43, "0123456789", ChangeStatus.PENDING),
    ]
    assert [SelectedChange.of(one.value) for one in chosen] == chosen
    assert verb_for(chosen) == "approve"
    assert verb_for(chosen[:1]) == "apply"


def test_numbers_read_as_a_sentence() -> None:
    assert numbers([31]) == "#31"
    assert numbers([31, 38]) == "#31 and #38"
    assert numbers([31, 38, 47]) == "#31, #38 and #47"
    assert numbers(range(1, 1025)).endswith("#23, #24 and 1,000 more")
