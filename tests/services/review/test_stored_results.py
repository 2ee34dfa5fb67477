"""Results of a press that are posted later, and what such a post still says of them."""

import json
from datetime import UTC, datetime

import pytest

from bot.services.changes import LiveDifference
from bot.services.review.outcomes import BatchResult, DecisionResult, Outcome
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
