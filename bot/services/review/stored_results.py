"""Results of a press as the facts of a post (JSON)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.reference.models import ChangeStatus, Operation, PendingChange
from bot.services.changes import CardState, LiveDifference
from bot.services.review.outcomes import BatchResult, DecisionResult, Outcome, decided_by
from bot.services.review.presses import DecisionVerb

_FORMER_NAMES = {
    "fresh": Outcome.READY,
    "moved": Outcome.CONTENT_CHANGED,
    "faster": Outcome.ALREADY_DECIDED,
    "gone": Outcome.NOT_FOUND,
    "own": Outcome.OWN_CHANGE,
    "unsure": Outcome.UNKNOWN,
}
"""Names in posts that were stored before version 0.2 and not delivered yet."""


def facts_to_store(batch: BatchResult) -> dict[str, Any]:
    """Return what a post needs of the results."""
    return {"verb": batch.verb.value, "items": [_item(result) for result in batch.results]}


def stored_batch(facts: Mapping[str, Any]) -> BatchResult:
    """Return the results that the facts of a post describe."""
    return BatchResult(DecisionVerb(facts["verb"]), tuple(map(_result, facts["items"])))


def _item(result: DecisionResult) -> dict[str, Any]:
    change = result.change
    return {
        "id": result.change_id,
        "digest": result.digest,
        "outcome": result.outcome.value,
        "operation": change.operation.value if change else "",
        "name": change.model_name if change else "",
        "status": change.status.value if change else "",
        "by": decided_by(change)[0] if change else "",
        "words": result.service_message,
        "is_recorded": result.is_recorded,
        "is_written": result.is_written,
        "differs": None if result.live_difference is None else list(result.live_difference.fields),
    }


def _result(item: Mapping[str, Any]) -> DecisionResult:
    """Read a stored result; before version 0.2 its outcome is under ``fate``."""
    outcome = item.get("outcome") or _FORMER_NAMES.get(item["fate"], item["fate"])
    change = _change(item) if item["operation"] else None
    differs = item.get("differs")
    return DecisionResult(
        item["id"],
        item["digest"],
        Outcome(outcome),
        change,
        CardState.of(change.status) if change else None,
        service_message=item["words"],
        is_recorded=item.get("is_recorded", False),
        is_written=item.get("is_written", False),
        live_difference=None if differs is None else LiveDifference(tuple(differs), datetime.fromtimestamp(0, UTC)),
    )


def _change(item: Mapping[str, Any]) -> PendingChange:
    """Build the part of a change that a stored post shows; the rest is empty."""
    status, by = ChangeStatus(item["status"]), item["by"] or None
    return PendingChange(
        change_id=item["id"],
        category="",
        model_name=item["name"],
        operation=Operation(item["operation"]),
        requested_by="",
        requested_at=0,
        status=status,
        approved_username=by,
        rejected_username=by,
        applied_username=by,
    )
