"""For any stored change the card stays within Discord's limits and a stranger's text is inert."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reference.models import ChangeStatus, Diff, Operation, PendingChange
from bot.services.changes import CardState, ChangeFacts, Claim, LiveState, MessageLink, NotifiedBy
from bot.services.notifications.news import ChangeNews
from bot.services.proposals.outcomes import Queued
from bot.services.review.outcomes import Outcome
from bot.services.usage import UsageFacts
from bot.ui.cards.change_card import change_card
from bot.ui.cards.full_view import full_answer
from bot.ui.components import Card
from bot.ui.glyphs import Glyph, Theme
from bot.ui.notices.change_messages import decision_notice
from bot.ui.proposals.draft_card import draft_card
from bot.ui.proposals.live_changes import raw_draft
from bot.ui.proposals.outcomes import submit_outcome
from bot.ui.review.approve_question import approve_question
from bot.ui.review.decisions import decision_result
from tests.ui.hostile import HOSTILE_TEXT, assert_inert
from tests.ui.samples import NOW, asked, change, checks_of, decision, draft, field_diff
from tests.ui.sendable import LONGEST_EMOJI, texts

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.just(10**400) | HOSTILE_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(HOSTILE_TEXT, inner, max_size=4),
    max_leaves=12,
)
FILE = st.fixed_dictionaries(
    {"file_name": HOSTILE_TEXT, "file_url": HOSTILE_TEXT}, optional={"sha256sum": JSON, "size_bytes": JSON}
)
CONFIG = st.fixed_dictionaries(
    {}, optional={"download": st.lists(FILE, max_size=6) | JSON, "files": st.lists(FILE, max_size=3) | JSON}
)
KNOWN = (
    "baseline",
    "nsfw",
    "style",
    "tags",
    "trigger",
    "version",
    "description",
    "homepage",
    "showcases",
    "licensing",
    "parameters",
)
RECORD = st.builds(
    lambda known, other, config: {**other, **known, "config": config},
    st.dictionaries(st.sampled_from((*KNOWN, "size_on_disk_bytes", "metadata")), JSON),
    st.dictionaries(HOSTILE_TEXT, JSON, max_size=8),
    CONFIG | JSON,
)
PATHS = (
    st.sampled_from((*KNOWN, "config.download", "config.files", "config", "licensing.license_expression"))
    | HOSTILE_TEXT
)


def theme() -> Theme:
    made = Theme()
    made.use_glyphs(dict.fromkeys(Glyph, LONGEST_EMOJI))
    return made


@given(HOSTILE_TEXT, RECORD, HOSTILE_TEXT, st.sampled_from(Operation), st.sampled_from(CardState), HOSTILE_TEXT)
def test_any_record_becomes_a_card_that_discord_takes_and_that_does_nothing(
    name: str, record: dict[str, Any], why: str, operation: Operation, state: CardState, who: str
) -> None:
    one = change(
        10**18 - 1,
        operation,
        name,
        record,
        requested_username=who,
        approved_by="1",
        approved_username=who,
        approved_at=5,
        rejected_at=6,
        applied_by="2",
        applied_username=who,
        applied_at=7,
        updated_at=8,
        reject_reason=why,
    )
    facts = ChangeFacts(one, state, checks=checks_of(record, operation, name, (one,)), why=why, noticed_at=NOW)
    assert_inert(change_card(facts, theme(), new_for_role_id=1 << 60))
    assert_inert(Card(approve_question(asked(facts, is_own=True), theme())))
    assert_inert(full_answer(facts, read_at=NOW))
    assert_inert(Card(decision_notice(ChangeNews(facts, None), theme())))
    assert_inert(Card(decision_result(decision(one, Outcome.FAILED, service_message=why), theme())))
    assert_inert(Card(submit_outcome(Queued(facts.change), theme())))
    typed = draft({**record, "name": name}, why)
    assert_inert(Card(draft_card(typed, theme())))
    assert_inert(raw_draft(typed))


PEOPLE = st.lists(HOSTILE_TEXT, max_size=5).map(tuple)
RIVALS = st.lists(HOSTILE_TEXT, max_size=12).map(
    lambda names: tuple(
        change(10**17 + n, Operation.UPDATE, name, {}, requested_username=name) for n, name in enumerate(names)
    )
)


@given(HOSTILE_TEXT, RIVALS, PEOPLE, st.none() | HOSTILE_TEXT, st.sampled_from(CardState), st.sampled_from(Operation))
def test_any_people_and_other_changes_become_a_card_that_discord_takes_and_that_does_nothing(
    name: str,
    rivals: tuple[PendingChange, ...],
    approvers: tuple[str, ...],
    claimed_by: str | None,
    state: CardState,
    operation: Operation,
) -> None:
    others = tuple(rival.model_copy(update={"model_name": name}) for rival in rivals)
    usage = UsageFacts(1, 1 << 40, 1 << 60, 1 << 40)
    facts = ChangeFacts(
        change(10**18 - 1, operation, name, {}, requested_username=name, approved_by="1", approved_username=name),
        state,
        checks=checks_of({}, operation, name, others, usage),
        rivals=rivals,
        rival_cards={rival.change_id: MessageLink(1 << 62, 1 << 62, 1 << 62) for rival in rivals},
        claim=Claim(1 << 62, claimed_by, NOW) if claimed_by is not None else None,
        approvals=approvers,
        approvals_required=5,
        notified_by=NotifiedBy.THREAD,
        usage=usage,
        live=LiveState(is_changed=False, read_at=NOW),
    )
    assert_inert(change_card(facts, theme(), new_for_role_id=1 << 60))


@given(HOSTILE_TEXT, st.dictionaries(HOSTILE_TEXT, JSON, max_size=8), HOSTILE_TEXT, st.sampled_from(CardState))
def test_any_other_kind_of_change_is_shown_raw_and_does_nothing(
    kind: str, payload: dict[str, Any], notes: str, state: CardState
) -> None:
    one = change(9, Operation.UPDATE, "baseline:0f", payload, resource_kind=kind, notes=notes)
    facts = ChangeFacts(one, state, noticed_at=NOW)
    assert_inert(change_card(facts, theme()))
    assert_inert(Card(approve_question(asked(facts), theme())))
    assert_inert(full_answer(facts, read_at=NOW))


@given(HOSTILE_TEXT, RECORD, RECORD, st.lists(st.tuples(PATHS, JSON, JSON), max_size=14))
def test_any_difference_becomes_a_card_that_discord_takes_and_that_does_nothing(
    name: str, old: dict[str, Any], new: dict[str, Any], fields: list[tuple[str, Any, Any]]
) -> None:
    diff = Diff(
        change_id=9,
        category="image_generation",
        model_name=name,
        operation=Operation.UPDATE,
        current_state=old,
        proposed_state=new,
        field_diffs=tuple(field_diff(*one) for one in fields),
    )
    one = change(9, Operation.UPDATE, name, new)
    facts = ChangeFacts(one, CardState.PENDING, diff=diff, checks=checks_of(new, Operation.UPDATE, name))
    assert_inert(change_card(facts, theme()))
    assert_inert(Card(approve_question(asked(facts), theme())))
    assert_inert(full_answer(facts, read_at=NOW))


@pytest.mark.parametrize("operation", Operation)
def test_two_hundred_changed_fields_and_two_megabytes_of_text_become_one_card(operation: Operation) -> None:
    big = {"description": "word <@1> " * 200_000, **{f"field_{n}": f"{n} " * 50 for n in range(200)}}
    diff = Diff(
        change_id=9,
        category="image_generation",
        model_name="n" * 5000,
        operation=operation,
        current_state={},
        proposed_state=big,
        field_diffs=tuple(field_diff(path, "old", value) for path, value in big.items()),
    )
    one = change(9, operation, "n" * 5000, big)
    facts = ChangeFacts(one, CardState.PENDING, diff=diff, why="y" * 100_000)
    began = time.process_time()
    card = change_card(facts, theme())
    assert time.process_time() - began < 0.5, "the event loop would stand still"
    assert_inert(card)
    assert_inert(full_answer(facts, read_at=NOW))
    assert [file.filename for file in card.files] == ["change-9.diff.txt"]


def test_guidance_and_baselines_are_named_by_their_titles() -> None:
    one = change(3, Operation.UPDATE, "baseline:0f", {}, resource_kind="image_baseline", notes="Flux 2")
    card = change_card(ChangeFacts(one, CardState.PENDING), Theme())
    assert texts(card.view)[0].startswith("-# #3 · UPDATE · image\\_baseline\n## Flux 2\n")


def test_an_applying_card_decides_nothing() -> None:
    one = change(3, Operation.CREATE, "x", {}, status=ChangeStatus.APPLYING, approved_by="1", updated_at=1)
    labels = [
        getattr(item, "label", None)
        for item in change_card(ChangeFacts(one, CardState.APPLYING), Theme()).view.walk_children()
    ]
    assert [label for label in labels if label] == ["Full record"]
