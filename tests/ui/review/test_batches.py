"""Screens of decisions on several changes have the designed texts and buttons, and fit for any content."""

from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from discord import ui
from hypothesis import given
from hypothesis import strategies as st

from bot.reference.models import ChangeStatus, Operation, PendingChange
from bot.reference.records import FileEntry
from bot.services.checks import Check, CheckCode, Verdict
from bot.services.hosts.host_findings import HostFacts, HostFinding, HostVerdict
from bot.services.review.outcomes import ApplyProgress, BatchResult, Concerns, DecisionResult, Outcome
from bot.services.review.presses import BATCH_MAX, DecisionVerb
from bot.services.review.questions import ApprovedList, Question
from bot.services.review.stored_results import facts_to_store, stored_batch
from bot.ui.choices import several_choices
from bot.ui.components import TEXT_MAX, Card
from bot.ui.glyphs import Glyph, Theme
from bot.ui.review.batches import apply_progress, approved_list, batch_question, batch_result
from bot.ui.review.concern_lines import concern_lines, separate_decision_line
from bot.ui.review.decisions import decision_result
from tests.ui.hostile import HOSTILE_TEXT, assert_inert
from tests.ui.inert import COMPONENTS_MAX, text_length
from tests.ui.samples import APPLIED, APPROVED, NOW, REJECTED, TOP_USE, UPDATE, decision
from tests.ui.samples import change as sample
from tests.ui.screens import SCREENS, card_of

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
            "09b-approve-superseded",
            "The record changed since this card was drawn: carol#303 applied #42 <t:",
            ["Open the card"],
        ),
        (
            "09c-apply-confirm",
            (
                "## Apply 4 changes?\n"
                "-# In this order. Everyone else waits for the service until this is done: about 10 s.\n"
                "🔵 **#42** UPDATE · **Deliberate**\n-# approved by carol#303 <t:"
            ),
            ["Apply 4", "Cancel"],
        ),
        ("09c-apply-confirm", "-# approved by you <t:", ["Apply 4", "Cancel"]),
        ("09d4-apply-running", "## Applying 2 of 4\n🟢 **#42** UPDATE · **Deliberate**\n🔵 **#44**", []),
        (
            "09e-apply-result",
            (
                "## 2 of 4 applied\n-# in 11 s\n🟢 **#42** UPDATE · **Deliberate**\n"
                "🟢 **#44** CREATE · **Nova Anime XL**\n"
                "❌ **#47** CREATE · **magnum-v4-12b**\n> magnum-v4-12b: 'parameters' field is required\n"
                "🔵 **#51** DELETE · **Babes**\n-# not tried: the service stops at the first failure\n"
                "**Changed:** #42 and #44 are live. #47 and #51 are still approved.\n"
                "**Now:** apply #51 by itself. #47 cannot be applied by this service, nor rejected"
            ),
            ["Apply #51", "Queue"],
        ),
        ("09e2-apply-all", "## 4 of 4 applied\n-# in 11 s", ["Queue"]),
        ("09e3-apply-nothing", "## Nothing was applied", ["Apply 3", "Queue"]),
        ("09e4b-apply-refused", "**Now:** apply #44, #47 and #51 by themselves.", ["Apply 3", "Queue"]),
        ("09e5-apply-posted", "-# <@1003> pressed; the answer was lost", []),
        ("09e6-approved-several", "are not live yet. Apply them, or leave that to another", ["Apply 2", "Queue"]),
        ("09e7-approvals-counted", "1 of 2 approvals; yours counts", ["Queue"]),
        (
            "09j-counted",
            "## 1 of 2 approvals\nYour approval of #42 counts. So far: bob#202.",
            ["Withdraw my approval", "Open the card"],
        ),
        ("11b-queue-chosen", "## 3 chosen\n🟡 **#42** UPDATE · **Deliberate**", ["Approve 3", "Reject 3…"]),
    ],
)
def test_the_words_and_buttons_are_the_designs(name: str, words: str, buttons: list[str]) -> None:
    assert words in text_of(name)
    assert buttons_of(name) == buttons


@pytest.mark.parametrize(("change", "word"), [(APPROVED, "approved"), (REJECTED, "rejected"), (APPLIED, "live")])
def test_a_decision_that_was_recorded_for_another_record_is_not_called_nothing(
    change: PendingChange, word: str
) -> None:
    result = DecisionResult.of(change, Outcome.CONTENT_CHANGED, NOW)
    view = decision_result(replace(result, is_recorded=True), Theme())
    text = "\n".join(item.content for item in view.walk_children() if isinstance(item, ui.TextDisplay))
    assert f"**Changed:** #{change.change_id} is {word}" in text
    assert "press again" not in text
    assert "nothing by you" not in text


def test_a_decision_on_several_that_was_recorded_for_another_record_is_not_called_nothing() -> None:
    text = text_of("09e10-approved-not-as-shown")
    assert text.startswith("## #42 is approved, but not as shown")
    assert "**Changed:** #42 is approved, but not as shown." in text
    assert "nothing by you" not in text


type Row = tuple[int, Operation, str, ChangeStatus, str, Outcome, str]

rows = st.lists(
    st.tuples(
        st.integers(1, 2**53),
        st.sampled_from(Operation),
        HOSTILE_TEXT,
        st.sampled_from(ChangeStatus),
        HOSTILE_TEXT,
        st.sampled_from(Outcome),
        HOSTILE_TEXT,
    ),
    min_size=1,
    max_size=BATCH_MAX,
    unique_by=lambda row: row[0],
)


def results(drawn: list[Row]) -> tuple[DecisionResult, ...]:
    """Build the results of several changes with hostile texts; a change that is gone was never read."""
    return tuple(
        DecisionResult(change_id, "1f0c9a7be2", outcome)
        if outcome is Outcome.NOT_FOUND
        else decision(
            sample(
                change_id,
                operation,
                name,
                {},
                status=status,
                requested_username=person,
                approved_username=person,
                applied_username=person,
                approved_at=5,
            ),
            outcome,
            service_message=words,
        )
        for change_id, operation, name, status, person, outcome, words in drawn
    )


@given(rows, st.sampled_from(DecisionVerb))
def test_any_several_changes_fit_and_are_inert(drawn: list[Row], verb: DecisionVerb) -> None:
    theme, chosen = Theme(), results(drawn)
    theme.use_glyphs(dict.fromkeys(Glyph, WORST))
    stored = stored_batch(facts_to_store(BatchResult(verb, chosen)))
    views = [
        batch_question(Question(verb, chosen, 2**53, timedelta(minutes=3)), theme),
        batch_result(BatchResult(verb, chosen, timedelta(seconds=3), 2**53), theme),
        batch_result(stored, theme, posted_for=1),
        apply_progress(ApplyProgress(chosen), theme),
        approved_list(ApprovedList(tuple(one for one in chosen if one.change), 10**6), theme),
    ]
    for view in views:
        assert text_length(view) <= TEXT_MAX
        assert view.total_children_count <= COMPONENTS_MAX
        assert_inert(Card(view))


@given(rows)
def test_every_number_stands_in_the_question(drawn: list[Row]) -> None:
    """An approver must have seen which changes they decide, however long the names are."""
    theme = Theme()
    theme.use_glyphs(dict.fromkeys(Glyph, WORST))
    chosen = tuple(one.with_outcome(Outcome.READY) for one in results(drawn))
    view = batch_question(Question(DecisionVerb.APPLY, chosen, 7), theme)
    text = "\n".join(item.content for item in view.walk_children() if isinstance(item, ui.TextDisplay))
    assert all(f"**#{one.change_id}**" in text for one in chosen)


def test_a_post_that_was_stored_by_an_older_version_is_drawn() -> None:
    stored = {"id": 42, "digest": "", "fate": "unsure", "operation": "update", "name": "Deliberate"}
    items = [{**stored, "status": "pending", "by": "", "words": ""}]
    result = stored_batch({"verb": "apply", "items": items}).single
    assert result.outcome is Outcome.UNKNOWN
    assert result.change is not None
    assert result.change.model_name == "Deliberate"


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
    assert [choice.value for choice in several_choices(waiting, typed, now=NOW)] == values


@given(st.text(max_size=120))
def test_any_typed_text_offers_choices_that_discord_takes(typed: str) -> None:
    for choice in several_choices([UPDATE], typed, now=NOW):
        assert 0 < len(choice.value) <= 100
        assert 0 < len(choice.name) <= 100


@pytest.mark.parametrize("checks", [(), (Check(CheckCode.CONSENSUS, Verdict.WARN, {**asdict(TOP_USE)}),)])
def test_the_use_of_a_model_to_delete_is_said_once_and_a_line_has_one_sign(checks: tuple[Check, ...]) -> None:
    asked = decision(UPDATE, Outcome.ALONE, concerns=Concerns(checks, usage=TOP_USE, is_delete=True))
    lines = list(concern_lines(asked, Theme(), "", 1, is_dense=False))
    assert "\n".join(lines).count("rank 6 of") == 1
    assert all(line.count("⚠️") <= 1 for line in lines)


def test_what_a_file_host_found_is_said_first_and_in_its_own_words() -> None:
    file = FileEntry("night.safetensors", "https://huggingface.co/a/b/resolve/main/night.safetensors", "ab" * 32, 1)
    gated = HostFinding(file, HostVerdict.GATED, HostFacts("Hugging Face", NOW))
    concerns = Concerns((Check(CheckCode.DESCRIPTION_EMPTY, Verdict.WARN),), doubts=(gated,))
    lines = list(concern_lines(decision(UPDATE, Outcome.ALONE, concerns=concerns), Theme(), "", 1, is_dense=False))
    assert lines == [
        "❌ **Workers cannot download `night.safetensors`:** it is gated on Hugging Face.",
        "⚠️ **Description** is empty.",
    ]


@pytest.mark.parametrize(
    ("count", "words"), [(1, "#42 is not live yet. Apply it,"), (2, "#42 and #44 are not live yet.")]
)
def test_what_was_just_approved_is_named_as_not_live_yet(count: int, words: str) -> None:
    results = tuple(decision(sample(each, Operation.UPDATE, "A", {}), Outcome.DONE) for each in (42, 44)[:count])
    view = batch_result(BatchResult(DecisionVerb.APPROVE, results), Theme())
    texts = [item.content for item in view.walk_children() if isinstance(item, ui.TextDisplay)]
    assert any(f"**Now:** {words}" in text for text in texts)


def test_an_approved_change_that_is_not_applied_with_others_is_applied_by_itself() -> None:
    alone = [decision(APPROVED, Outcome.ALONE)]
    assert separate_decision_line(alone, DecisionVerb.APPLY).endswith("read it, and apply it by itself.")
    assert separate_decision_line(alone, DecisionVerb.APPROVE).endswith("read it, and decide it by itself.")
