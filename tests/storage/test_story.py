"""Any order of typing, sending, answers and restarts keeps three promises; hypothesis looks for one that does not.

No draft is sent twice at a time, none is lost but by being queued or discarded, and the first outcome stays.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, override

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from storage.database import Database
from storage.discarded_drafts import DiscardedDrafts
from storage.drafts import Drafts, DraftState, NewDraft
from storage.errors import DraftUnavailableError
from storage.intents import Intents, IntentState, NewIntent

RITA = 1111
NOW = datetime(2026, 3, 1, tzinfo=UTC)
OUTCOMES = (IntentState.QUEUED, IntentState.REFUSED, IntentState.NOT_QUEUED, IntentState.UNKNOWN)


class Story(RuleBasedStateMachine):
    """Rita's drafts as she would expect them (``drafts``), beside those in the file."""

    drafts_typed = Bundle("drafts_typed")
    intents_sent = Bundle("intents_sent")

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._folder = Path(tempfile.mkdtemp())
        self._drafts: dict[int, DraftState] = {}
        self._outcomes: dict[int, IntentState] = {}
        self._draft_of: dict[int, int] = {}
        self._presses = 0
        self._open()

    @rule(target=drafts_typed, text=st.text())
    def type_a_draft(self, text: str) -> Any:
        if len(self._drafts) >= 20:
            return multiple()
        new = NewDraft(operation="create", category="clip", model_name=text, dialect="v2", record={"text": text})
        draft = self._run(Drafts(self._database).create(RITA, None, new, NOW))
        if draft.draft_id in self._drafts:  # the open draft of this name
            assert text
            assert self._drafts[draft.draft_id] is DraftState.OPEN
            return multiple()
        self._drafts[draft.draft_id] = DraftState.OPEN
        return draft.draft_id

    @rule(target=intents_sent, draft_id=drafts_typed, is_sent=st.booleans())
    def press_submit(self, draft_id: int, *, is_sent: bool) -> Any:
        self._presses += 1
        new = NewIntent(
            interaction_id=self._presses,
            user_id=RITA,
            horde_user_id="101",
            kind="propose",
            draft_id=draft_id,
            operation="create",
            category="clip",
            model_name="m",
        )
        preparing = Intents(self._database).prepare(new, NOW)
        if self._drafts.get(draft_id) is not DraftState.OPEN:
            with pytest.raises(DraftUnavailableError) as refusal:
                self._run(preparing)
            assert refusal.value.state == self._drafts.get(draft_id)
            return multiple()
        intent = self._run(preparing)
        assert intent is not None
        self._drafts[draft_id] = DraftState.SENDING
        self._draft_of[intent.intent_id] = draft_id
        self._outcomes[intent.intent_id] = IntentState.PREPARED
        if is_sent:
            self._run(Intents(self._database).mark_sent(intent.intent_id, NOW))
            self._outcomes[intent.intent_id] = IntentState.SENT
        return intent.intent_id

    @rule(intent_id=intents_sent, outcome=st.sampled_from(OUTCOMES))
    def the_service_answers(self, intent_id: int, outcome: IntentState) -> None:
        was_open = not self._outcomes[intent_id].is_final
        resolving = Intents(self._database).resolve(intent_id, outcome, change_id=intent_id, now=NOW)
        assert self._run(resolving) is was_open
        if was_open:
            self._settle(intent_id, outcome)

    @rule(draft_id=consumes(drafts_typed))
    def discard(self, draft_id: int) -> None:
        is_free = self._drafts.get(draft_id) is DraftState.OPEN
        discarded = self._run(DiscardedDrafts(self._database).discard(draft_id, RITA, NOW))
        assert (discarded is not None) is is_free
        if is_free:
            del self._drafts[draft_id]

    @rule()
    def restart(self) -> None:
        self._run(self._database.close())
        self._open()
        self._run(Intents(self._database).recover(NOW))
        for intent_id, state in self._outcomes.items():
            if state is IntentState.PREPARED:
                self._settle(intent_id, IntentState.NOT_QUEUED)
            elif state is IntentState.SENT:
                self._settle(intent_id, IntentState.UNKNOWN)

    @invariant()
    def every_draft_is_where_she_expects_it(self) -> None:
        found = self._run(Drafts(self._database).of_user(RITA))
        assert {draft.draft_id: draft.state for draft in found} == self._drafts

    @invariant()
    def what_is_unresolved_is_known(self) -> None:
        found = {intent.intent_id: intent.state for intent in self._run(Intents(self._database).unresolved())}
        assert found == {key: state for key, state in self._outcomes.items() if not state.is_final}

    @override
    def teardown(self) -> None:
        self._run(self._database.close())
        self._runner.close()
        shutil.rmtree(self._folder)

    def _settle(self, intent_id: int, outcome: IntentState) -> None:
        self._outcomes[intent_id] = outcome
        draft_id = self._draft_of[intent_id]
        if draft_id not in self._drafts:
            return
        if outcome is IntentState.QUEUED:
            del self._drafts[draft_id]
        else:
            is_unknown = outcome is IntentState.UNKNOWN
            self._drafts[draft_id] = DraftState.UNKNOWN if is_unknown else DraftState.OPEN

    def _open(self) -> None:
        self._database = self._run(Database.open(self._folder / "curator.db"))

    def _run[T](self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(coroutine)


TestStory = Story.TestCase
TestStory.settings = settings(max_examples=15, stateful_step_count=20)
