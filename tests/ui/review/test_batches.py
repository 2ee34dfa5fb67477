"""Decisions about several changes say what the design says, and fit whatever they are about."""

from datetime import timedelta

import pytest
from discord import ui
from hypothesis import given
from hypothesis import strategies as st

from bot.reference.models import PendingChange
from bot.services.changes import CardState, ChangeFacts
from bot.services.review.applying import Waiting
from bot.services.review.bulk_items import (
    BULK_MAX,
    ApplyProgress,
    BulkItem,
    BulkOutcome,
    BulkQuestion,
    BulkVerb,
    Fate,
)
from bot.services.review.outcomes import Moved
from bot.ui.choices import several_choices
from bot.ui.components import COMPONENTS_MAX, TEXT_MAX, Card, text_length
from bot.ui.glyphs import Glyph, Theme
from bot.ui.review.batches import apply_progress, bulk_outcome, bulk_question, waiting_list
from bot.ui.review.decisions import decision_outcome
from tests.ui.samples import APPLIED, APPROVED, NOW, REJECTED, UPDATE
from tests.ui.samples import change as sample
from tests.ui.screens import SCREENS, card_of
from tests.ui.test_hostile_cards import HOSTILE_TEXT, assert_inert

WORST = "<:hc_approved:1234567890123456789>"


def text_of(name: str) -> str:
    view = card_of(SCREENS[name](Theme())).view
    return "\n".join(item.content for item in view.walk_children() if isinstance(item, ui.TextDisplay)).replace(
        "\\", ""
    )


def buttons_of(name: str) -> list[str]:
    view = card_of(SCREENS[name](Theme())).view
    return [item.label or "" for item in view.walk_children() if isinstance(item, ui.Button)]


@pytest.mark.parametrize(
    ("name", "words", "buttons"),
    [
        (
            "09b-approve-moved",
            "The record changed since this card was drawn: carol#303 applied #42 <t:",
            ["Open the card"],
        ),
        (
            "09c-apply-confirm",
            (
                "## Apply 4 changes?\n-# In this order. The service answers nobody meanwhile: about 10 s.\n"
                "🔵 **#42** UPDATE · **Deliberate**\n-# approved by carol#303 <t:"
            ),
            ["Apply 4", "Cancel"],
        ),
        ("09c-apply-confirm", "-# approved by you <t:", ["Apply 4", "Cancel"]),
        ("09d-apply-running", "## Applying 2 of 4\n🟢 **#42** UPDATE · **Deliberate**\n🔵 **#44**", []),
        (
            "09e-apply-outcome",
            (
                "## 2 of 4 applied\n-# in 11 s\n🟢 **#42** UPDATE · **Deliberate**\n"
                "🟢 **#44** CREATE · **Nova Anime XL**\n"
                "❌ **#47** CREATE · **magnum-v4-12b**\n> magnum-v4-12b: 'parameters' field is required\n"
                "🔵 **#51** DELETE · **Babes**\n-# not tried: the service stops at the first failure\n"
                "**Changed:** #42 and #44 are live. #47 and #51 are still approved.\n"
                "**Now:** apply #51 by itself. #47 cannot be applied by this service, nor rejected"
            ),
            ["Apply #51"],
        ),
        ("09e2-apply-all", "## 4 of 4 applied\n-# in 11 s", []),
        ("09e3-apply-nothing", "## Nothing was applied", ["Apply 3"]),
        ("09e4b-apply-refused", "**Now:** apply #44, #47 and #51 by themselves.", ["Apply 3"]),
        ("09e5-apply-told-in-channel", "-# <@1003> pressed; the answer was lost", []),
        ("09e6-approved-several", "## 2 of 3 approved", ["Apply 2"]),
        ("09e7-approvals-counted", "1 of 2 approvals; yours is counted", []),
        ("09j-counted", "## 1 of 2 approvals\nYours of #42 is counted: bob#202.", ["Open the card"]),
        ("11b-queue-chosen", "## 3 chosen\n🟡 **#42** UPDATE · **Deliberate**", ["Approve 3", "Reject 3…"]),
    ],
)
def test_the_words_and_buttons_are_the_designs(name: str, words: str, buttons: list[str]) -> None:
    assert words in text_of(name)
    assert buttons_of(name) == buttons


@pytest.mark.parametrize(
    ("change", "state", "word"),
    [
        (APPROVED, CardState.APPROVED, "approved"),
        (REJECTED, CardState.REJECTED, "rejected"),
        (APPLIED, CardState.APPLIED, "live"),
    ],
)
def test_a_decision_that_was_recorded_for_another_record_is_not_called_nothing(
    change: PendingChange, state: CardState, word: str
) -> None:
    view = decision_outcome(Moved(ChangeFacts(change, state), is_recorded=True), Theme())
    text = "\n".join(item.content for item in view.walk_children() if isinstance(item, ui.TextDisplay))
    assert f"**Changed:** #{change.change_id} is {word}" in text
    assert "press again" not in text
    assert "nothing by you" not in text


items = st.builds(
    BulkItem,
    change_id=st.integers(1, 2**53),
    digest=st.just("1f0c9a7be2"),
    fate=st.sampled_from(Fate),
    operation=st.sampled_from(["create", "update", "delete", ""]),
    name=HOSTILE_TEXT,
    status=st.sampled_from(["pending", "approved", "applying", "applied", "rejected", "", "new"]),
    requested_by=HOSTILE_TEXT,
    requested_at=st.just(NOW),
    decided_by=HOSTILE_TEXT,
    decided_at=st.sampled_from([NOW, None]),
    words=HOSTILE_TEXT,
)
several = st.lists(items, min_size=1, max_size=BULK_MAX, unique_by=lambda item: item.change_id).map(tuple)


@given(several, st.sampled_from(BulkVerb))
def test_whatever_they_are_about_they_fit_and_are_inert(chosen: tuple[BulkItem, ...], verb: BulkVerb) -> None:
    theme = Theme()
    theme.use_glyphs(dict.fromkeys(Glyph, WORST))
    drawn = [
        bulk_question(BulkQuestion(2**53, verb, chosen, timedelta(minutes=3)), theme),
        bulk_outcome(BulkOutcome(verb, chosen, timedelta(seconds=3), 2**53), theme),
        bulk_outcome(BulkOutcome(verb, tuple(BulkItem.from_json(one.as_json()) for one in chosen)), theme, told_to=1),
        apply_progress(ApplyProgress(chosen), theme),
        waiting_list(Waiting(chosen, 10**6), theme),
    ]
    for view in drawn:
        assert text_length(view) <= TEXT_MAX
        assert view.total_children_count <= COMPONENTS_MAX
        assert_inert(Card(view))


@given(several)
def test_every_number_stands_in_the_question(chosen: tuple[BulkItem, ...]) -> None:
    """Whatever the names: who presses must have seen which."""
    theme = Theme()
    theme.use_glyphs(dict.fromkeys(Glyph, WORST))
    view = bulk_question(BulkQuestion(7, BulkVerb.APPLY, tuple(one.now(Fate.FRESH) for one in chosen)), theme)
    text = "\n".join(item.content for item in view.walk_children() if isinstance(item, ui.TextDisplay))
    assert all(f"**#{one.change_id}**" in text for one in chosen)


@pytest.mark.parametrize(
    ("typed", "values"),
    [
        ("", ["42", "57"]),
        ("5", ["57"]),
        ("42, ", ["42, 57"]),
        ("42 57", ["42, 57"]),
        ("#42, del", []),
        ("57, deli", ["57, 42"]),
        ("42, 57, ", []),
    ],
)
def test_one_more_number_is_offered_behind_those_that_are_typed(typed: str, values: list[str]) -> None:
    waiting = [UPDATE, sample(57, UPDATE.operation, "Another", {})]
    assert [value for value, _ in several_choices(waiting, typed, now=NOW)] == values


@given(st.text(max_size=120))
def test_whatever_is_typed_offers_what_discord_takes(typed: str) -> None:
    for value, label in several_choices([UPDATE], typed, now=NOW):
        assert 0 < len(value) <= 100
        assert 0 < len(label) <= 100
