"""Several made live: one after the other, each with its own outcome, up to the first that fails."""

import json
from dataclasses import replace

import httpx
import pytest

from bot.identity.errors import NotLinkedError
from bot.reference.errors import ForbiddenError, ReadOnlyError, UnavailableError
from bot.services.review.outcomes import Outcome, decided_by
from bot.services.review.presses import DecisionVerb, DuplicatePressError, Target
from bot.services.review.sending import PATIENCE_S
from storage.intents import IntentState
from tests.services.conftest import APPROVER, OTHER, App
from tests.services.review.presses import IDS, Progress, apply, chosen, goes_live, outcomes

APPLY = "/apply"
NO_PARAMETERS = {
    "applied": [],
    "failed_change_id": 44,
    "failed_error": "magnum: 'parameters' field is required",
    "failed_error_type": "ValueError",
}


@pytest.fixture
def approved(app: App) -> App:
    """Three changes that carol approved; waiting for the service takes no time."""
    for change_id in IDS:
        app.service.put(change_id, status="approved", approved_by="303", approved_username="carol#303")
    app.services.decisions.sender.pause = app.clock.sleep
    return app


def fails_at(app: App, change_id: int) -> None:
    """The service cannot apply this one."""

    async def look(request: httpx.Request) -> None:
        app.service.meanwhile[APPLY] = look
        ids = json.loads(request.content)["change_ids"]
        app.service.bodies.pop(APPLY, None)
        following = IDS[IDS.index(ids[0]) + 1] if ids[0] != IDS[-1] else None
        if following == change_id:
            app.service.bodies[APPLY] = (503, {**NO_PARAMETERS, "failed_change_id": change_id})

    app.service.meanwhile[APPLY] = look


async def test_each_is_a_request_of_its_own_in_the_order_chosen(approved: App) -> None:
    tell = Progress()
    press = await chosen(approved, (47, 42, 44))
    outcome = await apply(approved, press, tell)
    assert outcomes(outcome) == dict.fromkeys((47, 42, 44), Outcome.DONE)
    bodies = [json.loads(write.content) for write in approved.service.writes]
    assert [body["change_ids"] for body in bodies] == [[47], [42], [44]]
    assert {body["job_id"] for body in bodies} == {f"discord:{press.origin.interaction_id}"}
    assert [progress.number for progress in tell.shown] == [1, 2, 3]
    assert outcome.next_selection_id is None


async def test_it_stops_at_the_first_that_fails_and_offers_the_rest(approved: App) -> None:
    fails_at(approved, 44)
    outcome = await apply(approved)
    assert outcomes(outcome) == {42: Outcome.DONE, 44: Outcome.FAILED, 47: Outcome.NOT_TRIED}
    assert outcome.results[1].service_message == NO_PARAMETERS["failed_error"]
    assert outcome.next_selection_id is not None
    rest = await approved.services.decisions.targets_of(approved.batch_press(outcome.next_selection_id))
    assert [target.change_id for target in rest] == [47]


async def test_changes_that_another_approver_applied_or_that_changed_are_skipped(approved: App) -> None:
    press = await chosen(approved)
    approved.service.put(42, status="applied", applied_by="303", applied_username="carol#303")
    approved.service.put(44, payload={"name": "Another"})
    assert outcomes(await apply(approved, press)) == {
        42: Outcome.ALREADY_DECIDED,
        44: Outcome.CONTENT_CHANGED,
        47: Outcome.DONE,
    }


async def test_one_whose_model_changed_since_the_question_is_not_applied(approved: App) -> None:
    press = replace(await chosen(approved), drawn_at=approved.clock())
    await goes_live(approved)
    assert outcomes(await apply(approved, press)) == {42: Outcome.DONE, 44: Outcome.SUPERSEDED, 47: Outcome.DONE}
    assert [json.loads(write.content)["change_ids"] for write in approved.service.writes] == [[42], [47]]


async def test_one_whose_model_changes_on_the_way_is_not_applied(approved: App) -> None:
    press = replace(await chosen(approved), drawn_at=approved.clock())

    async def another(_: httpx.Request) -> None:
        await goes_live(approved)

    approved.service.meanwhile[APPLY] = another
    assert outcomes(await apply(approved, press)) == {42: Outcome.DONE, 44: Outcome.SUPERSEDED, 47: Outcome.DONE}


async def test_two_changes_of_one_model_that_were_chosen_together_are_both_applied(approved: App) -> None:
    approved.service.put(44, model_name="Model 42")
    press = replace(await chosen(approved, (42, 44)), drawn_at=approved.clock())

    async def takes_long(_: httpx.Request) -> None:
        approved.clock.move(seconds=10)

    approved.service.meanwhile[APPLY] = takes_long
    assert outcomes(await apply(approved, press)) == {42: Outcome.DONE, 44: Outcome.DONE}


async def test_the_menu_names_one_whose_model_changed_since_it_was_drawn(approved: App) -> None:
    press = replace(await chosen(approved), drawn_at=approved.clock())
    await goes_live(approved)
    question = await approved.services.decisions.ask(press, DecisionVerb.APPLY)
    assert [item.change_id for item in question.ready] == [42, 47]
    assert [(item.change_id, item.outcome) for item in question.stale] == [(44, Outcome.SUPERSEDED)]


@pytest.mark.parametrize("is_lost", [False, True], ids=["answered", "lost answer"])
async def test_one_whose_record_changes_between_the_read_and_the_apply_is_not_called_done(
    approved: App, *, is_lost: bool
) -> None:
    press = await chosen(approved, (42,))
    approved.service.meanwhile["/changes/42"] = lambda _: approved.service.put(42, payload={"name": "Another"})
    approved.service.breaks_after = {APPLY} if is_lost else set()
    outcome = await apply(approved, press)
    assert outcomes(outcome) == {42: Outcome.CONTENT_CHANGED}
    assert outcome.results[0].is_recorded


async def test_losing_a_race_on_the_way_stops_nothing(approved: App) -> None:
    approved.service.refusals[APPLY] = (400, "Change 42 is not approved (status=applied).")

    async def faster(_: httpx.Request) -> None:
        approved.service.put(42, status="applied", applied_by="303", applied_job_id="web")
        del approved.service.refusals[APPLY]

    approved.service.meanwhile[APPLY] = faster
    assert outcomes(await apply(approved)) == {42: Outcome.ALREADY_DECIDED, 44: Outcome.DONE, 47: Outcome.DONE}


async def test_after_a_lost_answer_the_change_is_read(approved: App) -> None:
    approved.service.breaks_after = {APPLY}
    assert outcomes(await apply(approved)) == dict.fromkeys(IDS, Outcome.DONE)
    assert len(approved.service.writes) == 3


async def test_a_service_that_does_not_respond_for_a_minute_is_waited_for(approved: App) -> None:
    """It does what was asked, and answers neither that nor any question meanwhile."""
    approved.service.breaks_after = {APPLY}
    deaf = {"/changes/42": (503, "Gateway time-out")}
    looks = 0

    async def pause(seconds: float) -> None:
        nonlocal looks
        looks += 1
        approved.clock.move(seconds=seconds)
        if looks == 4:
            approved.service.refusals.clear()

    async def hears_nothing(_: httpx.Request) -> None:
        approved.service.refusals.update(deaf)

    approved.services.decisions.sender.pause = pause
    press = await chosen(approved, (42,))
    approved.service.meanwhile[APPLY] = hears_nothing
    assert outcomes(await apply(approved, press)) == {42: Outcome.DONE}
    assert len(approved.service.writes) == 1


async def test_an_apply_of_unknown_outcome_is_never_sent_twice_and_stops_the_rest(approved: App) -> None:
    async def goes_away(_: httpx.Request) -> None:
        approved.service.is_away = True

    press = await chosen(approved)
    approved.service.breaks_after = {APPLY}
    approved.service.meanwhile[APPLY] = goes_away
    before = approved.clock()
    outcome = await apply(approved, press)
    assert outcomes(outcome) == {42: Outcome.UNKNOWN, 44: Outcome.NOT_TRIED, 47: Outcome.NOT_TRIED}
    assert (approved.clock() - before).total_seconds() == sum(PATIENCE_S)
    assert len(approved.service.writes) == 1
    (intent,) = await approved.services.decisions.batches.intents.unresolved()
    assert intent.state is IntentState.UNKNOWN


async def test_a_change_that_is_still_being_applied_is_not_reported_as_done(approved: App) -> None:
    async def goes_on(_: httpx.Request) -> None:
        approved.service.put(42, status="applying", applied_by=None)

    approved.service.breaks_after = {APPLY}
    press = await chosen(approved, (42,))
    approved.service.meanwhile[APPLY] = goes_on
    assert outcomes(await apply(approved, press)) == {42: Outcome.UNKNOWN}


async def test_a_failure_of_the_first_is_a_refusal_and_of_a_later_one_an_outcome(approved: App) -> None:
    approved.service.refusals[APPLY] = (403, "Approver role required")
    with pytest.raises(ForbiddenError):
        await apply(approved)
    approved.service.refusals.clear()

    async def then_refuses(_: httpx.Request) -> None:
        approved.service.refusals[APPLY] = (403, "Approver role required")

    press = await chosen(approved)
    approved.service.meanwhile[APPLY] = then_refuses
    assert outcomes(await apply(approved, press)) == {42: Outcome.DONE, 44: Outcome.REFUSED, 47: Outcome.NOT_TRIED}


async def test_a_service_that_was_never_reached_did_nothing(approved: App) -> None:
    press = await chosen(approved)
    approved.service.is_away = True
    with pytest.raises(UnavailableError):
        await apply(approved, press)
    assert approved.service.writes == []


async def test_a_replica_did_nothing_and_says_why(approved: App) -> None:
    press = await chosen(approved)
    approved.service.mode = "REPLICA"
    approved.service.refusals["/changes/42"] = (503, "Pending queue is disabled")
    with pytest.raises(ReadOnlyError):
        await apply(approved, press)
    assert approved.service.writes == []


async def test_the_question_shows_who_approved_and_binds_to_what_it_shows(approved: App) -> None:
    selection_id = await approved.services.decisions.select(
        APPROVER, DecisionVerb.APPLY, [Target(change_id, "") for change_id in (*IDS, 99)]
    )
    question = await approved.services.decisions.ask(approved.batch_press(selection_id), DecisionVerb.APPLY)
    assert [decided_by(item.change)[0] for item in question.ready if item.change] == ["carol#303"] * 3
    assert [item.outcome for item in question.stale] == [Outcome.NOT_FOUND]
    assert question.estimate is None
    approved.service.put(42, payload={"name": "Another"})
    outcome = await apply(approved, approved.batch_press(question.selection_id))
    assert outcomes(outcome) == {42: Outcome.CONTENT_CHANGED, 44: Outcome.DONE, 47: Outcome.DONE}


async def test_the_question_estimates_the_duration_once_one_was_measured(approved: App) -> None:
    async def takes_long(_: httpx.Request) -> None:
        approved.clock.move(seconds=4)

    press = await chosen(approved, (42,))
    approved.service.meanwhile[APPLY] = takes_long
    outcome = await apply(approved, press)
    assert outcome.took is not None
    assert outcome.took.total_seconds() == 4
    asked = await approved.services.decisions.ask(await chosen(approved, (44, 47)), DecisionVerb.APPLY)
    assert asked.estimate is not None
    assert asked.estimate.total_seconds() == 8


async def test_all_approved_changes_are_listed_oldest_first(approved: App) -> None:
    approved.service.put(43)
    waiting = await approved.services.decisions.approved(APPROVER)
    assert [item.change_id for item in waiting.results] == list(IDS)
    assert waiting.total == 3
    with pytest.raises(NotLinkedError):
        await approved.services.decisions.approved(OTHER)


async def test_a_press_that_discord_delivers_twice_applies_once(approved: App) -> None:
    press = await chosen(approved)
    await apply(approved, press)
    approved.service.put(44, status="approved")
    with pytest.raises(DuplicatePressError):
        await apply(approved, press)
    assert len(approved.service.writes) == 3
