"""Results of a press that are posted later, and what such a post still says of them."""

import json
from datetime import UTC, datetime

import pytest

from bot.reference.models import ChangeStatus, Operation, PendingChange
from bot.services.changes import CardState, LiveDifference
from bot.services.review.outcomes import BatchResult, DecisionResult, Outcome, decided_by
from bot.services.review.presses import DecisionVerb
from bot.services.review.stored_results import facts_to_store, stored_batch


@pytest.mark.parametrize(
    "result",
    [
        DecisionResult(42, "digest", Outcome.FAILED),
        DecisionResult(42, "digest", Outcome.FAILED, service_message="Disk full", is_written=True),
        DecisionResult(42, "digest", Outcome.CONTENT_CHANGED, is_recorded=True),
        DecisionResult(
            42, "digest", Outcome.DONE, live_difference=LiveDifference(("version",), datetime.fromtimestamp(0, UTC))
        ),
    ],
    ids=["plain", "failed", "recorded", "different"],
)
def test_a_post_says_what_the_answer_would_have_said(result: DecisionResult) -> None:
    stored = json.loads(json.dumps(facts_to_store(BatchResult(DecisionVerb.APPLY, (result,)))))
    assert stored_batch(stored) == BatchResult(DecisionVerb.APPLY, (result,))


@pytest.mark.parametrize("status", ["approved", "rejected", "applied"])
def test_a_post_names_the_model_the_operation_and_the_last_approver(status: str) -> None:
    change = PendingChange(
        change_id=42,
        category="image_generation",
        model_name="Pixel",
        operation=Operation.UPDATE,
        requested_by="101",
        requested_at=0,
        status=ChangeStatus(status),
        approved_username="bob#202",
        rejected_username="bob#202",
        applied_username="bob#202",
    )
    result = DecisionResult(42, "digest", Outcome.ALREADY_DECIDED, change, CardState.of(change.status))
    stored = json.loads(json.dumps(facts_to_store(BatchResult(DecisionVerb.APPROVE, (result,)))))
    (found,) = stored_batch(stored).results
    assert found.change is not None
    assert (found.change.model_name, found.change.operation) == ("Pixel", Operation.UPDATE)
    assert (found.state, decided_by(found.change)) == (CardState(status), ("bob#202", None))


@pytest.mark.parametrize(("fate", "outcome"), [("unsure", Outcome.UNKNOWN), ("failed", Outcome.FAILED)])
def test_a_post_of_version_0_1_claims_nothing_that_was_not_stored(fate: str, outcome: Outcome) -> None:
    item = {
        "id": 42,
        "digest": "digest",
        "fate": fate,
        "operation": "",
        "name": "",
        "status": "",
        "by": "",
        "words": "",
    }
    (found,) = stored_batch({"verb": "apply", "items": [item]}).results
    assert found == DecisionResult(42, "digest", outcome)
