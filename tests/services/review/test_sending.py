"""Requests of a batch: a lost or odd answer is never taken for a decision, and a refusal keeps the service's words."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from bot.reference.errors import ApiError, InvalidRequestError
from bot.services.review.outcomes import Outcome
from bot.services.review.presses import DecisionVerb
from tests.services.conftest import App
from tests.services.review.presses import Progress, apply, chosen, outcomes, sent

BATCHES, APPLY = "/batches", "/apply"
BY_CAROL: dict[str, dict[str, Any]] = {
    "approve": {"status": "approved", "approved_by": "303"},
    "reject": {"status": "rejected", "rejected_by": "303", "rejected_username": "carol#303"},
    "apply": {"status": "applied", "applied_by": "303", "applied_job_id": "web"},
}


@pytest.fixture
def waiting(app: App) -> App:
    """Two changes of erin's that wait."""
    for change_id in (42, 44):
        app.service.put(change_id, requested_by="102", requested_username="erin#102")
    return app


@pytest.fixture
def approved(app: App) -> App:
    """Two changes that carol approved; waiting for the service takes no time."""
    for change_id in (42, 44):
        app.service.put(change_id, status="approved", approved_by="303", approved_username="carol#303")
    app.services.decisions.sender.pause = app.clock.sleep
    return app


def goes_away(app: App) -> Callable[[httpx.Request], None]:
    """Return what makes the service refuse connections."""
    return lambda _: setattr(app.service, "is_away", True)


@pytest.mark.parametrize("verb", ["approve", "reject"])
async def test_after_a_lost_answer_the_same_decision_of_another_approver_is_theirs(waiting: App, verb: str) -> None:
    waiting.service.breaks_after = {BATCHES}
    waiting.service.meanwhile[BATCHES] = lambda _: waiting.service.put(42, **BY_CAROL[verb])
    assert (await waiting.decide(waiting.press(42), DecisionVerb(verb))).outcome is Outcome.ALREADY_DECIDED


@pytest.mark.parametrize(("verb", "other"), [("approve", "reject"), ("reject", "approve")])
async def test_after_a_lost_answer_the_opposite_decision_is_no_success(waiting: App, verb: str, other: str) -> None:
    by_bob = {key: "202" if key.endswith("_by") else value for key, value in BY_CAROL[other].items()}
    waiting.service.breaks_after = {BATCHES}
    waiting.service.meanwhile[BATCHES] = lambda _: waiting.service.put(42, **by_bob, **{f"{verb}ed_by": None})
    assert (await waiting.decide(waiting.press(42), DecisionVerb(verb))).outcome is Outcome.ALREADY_DECIDED


async def test_an_answer_that_names_another_change_decides_only_what_was_sent(waiting: App) -> None:
    stranger = waiting.service.put(40, status="approved", approved_by="303")
    done = [waiting.service.changes[change_id] | {"status": "approved", "approved_by": "202"} for change_id in (42, 44)]
    waiting.service.bodies[BATCHES] = (
        200,
        {"batch_id": 1, "batch_title": "Discord", "approved": [stranger, *done], "rejected": []},
    )
    asked = len(waiting.service.requests)
    result = await waiting.batch(await chosen(waiting, (42, 44)), DecisionVerb.APPROVE)
    assert outcomes(result) == {42: Outcome.DONE, 44: Outcome.DONE}
    reads = [each.url.path for each in waiting.service.requests[asked:] if each.method == "GET"]
    assert sum(path.endswith("/changes/44") for path in reads) == 2, "once for the choice, once before the decision"


async def test_a_change_that_the_answer_shows_in_its_former_status_is_read_again(waiting: App) -> None:
    pending = waiting.service.changes[42]
    waiting.service.bodies[BATCHES] = (
        200,
        {"batch_id": 1, "batch_title": "Discord", "approved": [pending], "rejected": []},
    )
    result = await waiting.batch(await chosen(waiting, (42, 44)), DecisionVerb.APPROVE)
    assert outcomes(result) == {42: Outcome.UNKNOWN, 44: Outcome.UNKNOWN}
    assert len(waiting.service.writes) == 1


@pytest.mark.parametrize("verb", ["approve", "reject"])
async def test_a_refused_decision_that_cannot_be_read_again_is_an_error(waiting: App, verb: str) -> None:
    waiting.service.refusals[BATCHES] = (400, "Change 42 is not pending.")
    waiting.service.meanwhile[BATCHES] = goes_away(waiting)
    with pytest.raises(ApiError):
        await waiting.decide(waiting.press(42), DecisionVerb(verb))
    assert await waiting.services.decisions.batches.intents.unresolved() == []


async def test_a_refused_apply_that_cannot_be_read_again_is_an_error(approved: App) -> None:
    approved.service.refusals[APPLY] = (400, "Change 42 is not approved.")
    approved.service.meanwhile[APPLY] = goes_away(approved)
    with pytest.raises(ApiError):
        await approved.decide(approved.press(42), DecisionVerb.APPLY)


async def test_an_apply_that_the_service_refuses_keeps_its_words(approved: App) -> None:
    approved.service.refusals[APPLY] = (422, "The record has no file.")
    result = await approved.decide(approved.press(42), DecisionVerb.APPLY)
    assert (result.outcome, result.service_message) == (Outcome.FAILED, "The record has no file.")
    del approved.service.refusals[APPLY]
    press = await chosen(approved, (42, 44))
    refusal = {APPLY: (403, "Approver role required")}
    approved.service.meanwhile[APPLY] = lambda _: approved.service.refusals.update(refusal)
    refused = await apply(approved, press)
    assert outcomes(refused) == {42: Outcome.DONE, 44: Outcome.REFUSED}
    assert refused.results[1].service_message == "Approver role required"
    assert approved.services.decisions.sender.estimate(1) is not None, "the first one was measured"


async def test_an_apply_without_a_word_about_its_change_is_read_and_not_repeated(approved: App) -> None:
    approved.service.bodies[APPLY] = (200, {"applied": []})
    result = await approved.decide(approved.press(42), DecisionVerb.APPLY)
    assert (result.outcome, result.service_message) == (Outcome.UNKNOWN, "")
    assert len(approved.service.writes) == 1


async def test_progress_is_shown_before_each_apply_with_the_running_one_named(approved: App) -> None:
    tell = Progress()
    await apply(approved, await chosen(approved, (42, 44)), tell)
    assert [[result.outcome for result in each.results] for each in tell.shown] == [
        [Outcome.RUNNING, Outcome.READY],
        [Outcome.DONE, Outcome.RUNNING],
    ]


async def test_a_read_that_says_that_the_change_is_gone_is_not_repeated(approved: App) -> None:
    approved.service.breaks_after = {APPLY}
    approved.service.meanwhile[APPLY] = lambda _: approved.service.changes.pop(42)
    before = approved.clock()
    result = await approved.decide(approved.press(42), DecisionVerb.APPLY)
    assert (result.outcome, result.change, result.state) == (Outcome.NOT_FOUND, None, None)
    assert approved.clock() == before


async def test_a_rejection_of_several_is_one_request_with_one_reason(waiting: App) -> None:
    await waiting.batch(await chosen(waiting, (42, 44)), DecisionVerb.REJECT, reason="Twice the same.")
    (body,) = sent(waiting)
    assert (body["rejected_ids"], body["reject_reason"], body["approved_ids"]) == ([42, 44], "Twice the same.", [])


async def test_the_measured_duration_is_that_of_one_change(approved: App) -> None:
    sender = approved.services.decisions.sender
    assert sender.estimate(2) is None

    async def takes_long(request: httpx.Request) -> None:
        approved.clock.move(seconds=3 if json.loads(request.content)["change_ids"] == [42] else 5)
        approved.service.meanwhile[APPLY] = takes_long

    approved.service.meanwhile[APPLY] = takes_long
    await apply(approved, await chosen(approved, (42, 44)))
    estimate = sender.estimate(10)
    assert estimate is not None
    assert estimate.total_seconds() == 40


async def test_a_refusal_that_leaves_all_as_they_were_is_the_services_error(waiting: App) -> None:
    waiting.service.refusals[BATCHES] = (422, "reject_reason must not be blank.")
    with pytest.raises(InvalidRequestError):
        await waiting.batch(await chosen(waiting, (42, 44)), DecisionVerb.REJECT)
    assert len(waiting.service.writes) == 1


async def test_a_lost_apply_whose_live_record_differs_is_done_with_the_difference(approved: App) -> None:
    await approved.services.monitor.poll()
    approved.service.keeps_live_records = True
    approved.service.breaks_after = {APPLY}
    result = await approved.decide(approved.press(42), DecisionVerb.APPLY)
    assert result.outcome is Outcome.DONE
    assert result.live_difference is not None


async def test_after_a_lost_apply_the_change_is_read_with_the_approvers_own_key(approved: App) -> None:
    approved.service.breaks_after = {APPLY}
    await approved.decide(approved.press(42), DecisionVerb.APPLY)
    (sent_at,) = [number for number, each in enumerate(approved.service.requests) if each.method == "POST"]
    after = [each for each in approved.service.requests[sent_at + 1 :] if each.url.path.endswith("/changes/42")]
    assert {each.headers["apikey"] for each in after} == {"the-key-of-bob"}
