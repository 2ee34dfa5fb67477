"""Every outcome of one decision, and none is reported as another."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from bot.identity.errors import MissingRoleError, NotLinkedError
from bot.reference.errors import ForbiddenError, ReadOnlyError, UnavailableError
from bot.services.changes import CardState, Gone
from bot.services.review.outcomes import DecisionResult, Outcome
from bot.services.review.presses import ButtonPress, DecisionVerb, DuplicatePressError
from storage.intents import IntentState
from tests.services.conftest import APPROVER, OTHER, REQUESTOR, App

BATCHES, APPLY = "/batches", "/apply"


@pytest.fixture
def waiting(app: App) -> App:
    """A change of alice's that waits."""
    app.service.put(42)
    return app


def approved(app: App) -> None:
    app.service.put(42, status="approved", approved_by="303", approved_username="carol#303")


async def seen(app: App) -> str:
    """Return the digest that the card showed."""
    return (await app.services.poller.read(42)).digest


async def test_an_approval_is_the_pressers_own(waiting: App) -> None:
    outcome = await waiting.decide(waiting.press(42, seen=await seen(waiting)), DecisionVerb.APPROVE)
    assert outcome.outcome is Outcome.DONE
    assert outcome.state is CardState.APPROVED
    assert outcome.change is not None
    assert outcome.change.approved_by == "202"
    (write,) = waiting.service.writes
    assert write.headers["apikey"] == "the-key-of-bob"


@pytest.mark.parametrize("verb", ["approve", "reject", "apply"])
async def test_a_decision_costs_one_read_and_one_request(waiting: App, verb: str) -> None:
    """Each request with a key is a question to AI-Horde, which takes ninety a minute of the service."""
    if verb == "apply":
        approved(waiting)
    asked = len(waiting.service.requests)
    await decide(waiting, verb)
    theirs = [one for one in waiting.service.requests[asked:] if one.headers.get("apikey") == "the-key-of-bob"]
    assert [one.method for one in theirs if "pending_queue" in one.url.path] == ["GET", "POST"]


async def test_a_rejection_carries_its_reason_at_most_as_long_as_the_service_takes_it(waiting: App) -> None:
    outcome = await waiting.decide(waiting.press(42), DecisionVerb.REJECT, reason="x" * 600)
    assert outcome.outcome is Outcome.DONE
    assert outcome.change is not None
    assert outcome.change.reject_reason == "x" * 500


async def test_an_apply_says_where_it_comes_from(waiting: App) -> None:
    approved(waiting)
    press = waiting.press(42)
    outcome = await waiting.decide(press, DecisionVerb.APPLY)
    assert outcome.outcome is Outcome.DONE
    assert outcome.change is not None
    assert outcome.change.applied_job_id == f"discord:{press.origin.interaction_id}"


async def test_asking_sends_nothing_and_says_whose_proposal_it_is(waiting: App) -> None:
    asked = await waiting.services.decisions.ask(waiting.press(42), DecisionVerb.APPROVE)
    assert asked.facts is not None
    assert not asked.is_own
    waiting.service.put(42, requested_by="202")
    own = await waiting.services.decisions.ask(waiting.press(42), DecisionVerb.APPROVE)
    assert own.facts is not None
    assert own.is_own
    assert waiting.service.writes == []


@pytest.mark.parametrize("verb", ["ask", "approve", "reject", "apply"])
async def test_another_record_than_was_shown_is_not_decided(waiting: App, verb: str) -> None:
    outcome = await decide(waiting, verb, seen="0123456789")
    assert outcome.outcome is Outcome.CONTENT_CHANGED
    assert waiting.service.writes == []


@pytest.mark.parametrize("verb", ["ask", "approve", "apply"])
async def test_a_card_that_was_drawn_before_another_change_became_live_is_read_again(waiting: App, verb: str) -> None:
    if verb == "apply":
        approved(waiting)
    drawn_at = waiting.clock()
    waiting.clock.move(minutes=1)
    waiting.service.put(57, model_name="Model 42", status="applied", applied_by="404", applied_username="dave#404")
    await waiting.services.recorder.note(await waiting.services.poller.read(57))
    press = replace(waiting.press(42), drawn_at=drawn_at)
    moved = await pressed(waiting, press, verb)
    assert moved.outcome is Outcome.SUPERSEDED
    assert moved.conflict is not None
    assert moved.conflict.applied_username == "dave#404"
    assert waiting.service.writes == []
    newer = replace(waiting.press(42), drawn_at=waiting.clock())
    assert (await pressed(waiting, newer, verb)).outcome is not Outcome.SUPERSEDED


@pytest.mark.parametrize("verb", ["ask", "approve", "reject"])
async def test_a_decision_of_another_approver_is_reported(waiting: App, verb: str) -> None:
    approved(waiting)
    outcome = await decide(waiting, verb)
    assert outcome.outcome is Outcome.ALREADY_DECIDED
    assert outcome.change.approved_username == "carol#303"
    assert waiting.service.writes == []


@pytest.mark.parametrize("verb", ["ask", "approve", "reject", "apply"])
async def test_a_change_that_is_gone_is_reported_as_gone(waiting: App, verb: str) -> None:
    del waiting.service.changes[42]
    assert await decide(waiting, verb) == DecisionResult(42, "", Outcome.NOT_FOUND, newest=0)


@pytest.mark.parametrize("verb", ["approve", "reject"])
async def test_losing_the_race_after_the_read_is_no_error(waiting: App, verb: str) -> None:
    waiting.service.refusals[BATCHES] = (400, "Change 42 is not pending (status=approved)")
    waiting.service.meanwhile[BATCHES] = lambda _: approved(waiting)
    outcome = await decide(waiting, verb)
    assert outcome.outcome is Outcome.ALREADY_DECIDED
    assert outcome.state is CardState.APPROVED


@pytest.mark.parametrize("is_lost", [False, True], ids=["answered", "lost answer"])
@pytest.mark.parametrize(("verb", "path"), [("approve", BATCHES), ("reject", BATCHES), ("apply", APPLY)])
async def test_a_record_that_changed_between_the_read_and_the_decision_is_not_reported_as_done(
    waiting: App, verb: str, path: str, *, is_lost: bool
) -> None:
    """A deployment with several workers may give an id twice (8.6.2)."""
    if verb == "apply":
        approved(waiting)
    shown = await seen(waiting)
    waiting.service.meanwhile["/changes/42"] = lambda _: waiting.service.put(42, payload={"name": "Another"})
    waiting.service.breaks_after = {path} if is_lost else set()
    outcome = await decide(waiting, verb, seen=shown)
    assert outcome.outcome is Outcome.CONTENT_CHANGED
    assert outcome.is_recorded


@pytest.mark.parametrize(("verb", "path"), [("approve", BATCHES), ("reject", BATCHES), ("apply", APPLY)])
async def test_after_a_lost_answer_the_change_is_read(waiting: App, verb: str, path: str) -> None:
    if verb == "apply":
        approved(waiting)
    waiting.service.breaks_after = {path}
    outcome = await decide(waiting, verb)
    assert outcome.outcome is Outcome.DONE
    assert len(waiting.service.writes) == 1


async def test_an_apply_of_the_same_account_on_the_web_page_is_not_taken_for_a_lost_one(waiting: App) -> None:
    async def meanwhile(_: httpx.Request) -> None:
        waiting.service.put(42, status="applied", applied_by="202", applied_username="bob#202", applied_job_id="web")

    approved(waiting)
    waiting.service.breaks_after = {APPLY}
    waiting.service.meanwhile[APPLY] = meanwhile
    assert (await decide(waiting, "apply")).outcome is Outcome.ALREADY_DECIDED


async def test_an_own_approval_that_is_live_already_is_still_done_after_a_lost_answer(waiting: App) -> None:
    async def meanwhile(_: httpx.Request) -> None:
        waiting.service.put(42, status="applied", approved_by="202", applied_by="303", applied_job_id="web")

    waiting.service.breaks_after = {BATCHES}
    waiting.service.meanwhile[BATCHES] = meanwhile
    assert (await decide(waiting, "approve")).outcome is Outcome.DONE


async def test_a_request_that_was_lost_left_the_change_as_it_was(waiting: App) -> None:
    waiting.service.refusals[BATCHES] = (502, "Bad gateway")
    outcome = await decide(waiting, "approve")
    assert outcome.outcome is Outcome.UNKNOWN
    assert outcome.state is CardState.PENDING
    assert len(waiting.service.writes) == 1


@pytest.mark.parametrize("verb", ["approve", "reject"])
async def test_a_lost_answer_without_a_later_read_is_unknown(waiting: App, verb: str) -> None:
    async def goes_away(_: httpx.Request) -> None:
        waiting.service.is_away = True

    waiting.service.breaks_after = {BATCHES}
    waiting.service.meanwhile[BATCHES] = goes_away
    assert (await decide(waiting, verb)).outcome is Outcome.UNKNOWN
    (intent,) = await waiting.services.decisions.batches.intents.unresolved()
    assert intent.state is IntentState.UNKNOWN


async def test_a_service_that_was_never_reached_is_said_to_have_done_nothing(waiting: App) -> None:
    waiting.service.is_away = True
    with pytest.raises(UnavailableError):
        await decide(waiting, "approve")


async def test_an_apply_that_the_service_could_not_do_has_its_words(waiting: App) -> None:
    approved(waiting)
    body = {"applied": [], "failed_change_id": 42, "failed_error": "Model exists", "failed_error_type": "ValueError"}
    waiting.service.bodies[APPLY] = (400, body)
    outcome = await decide(waiting, "apply")
    assert outcome.outcome is Outcome.FAILED
    assert outcome.service_message == "Model exists"
    assert outcome.state is CardState.APPROVED


async def test_applying_what_is_only_pending_sends_nothing(waiting: App) -> None:
    outcome = await decide(waiting, "apply")
    assert outcome.outcome is Outcome.ALREADY_DECIDED
    assert outcome.state is CardState.PENDING
    assert waiting.service.writes == []


@pytest.mark.parametrize("verb", ["ask", "approve", "reject", "apply"])
async def test_without_a_link_or_a_role_nothing_is_asked_of_the_queue(waiting: App, verb: str) -> None:
    with pytest.raises(NotLinkedError):
        await decide(waiting, verb, user_id=OTHER)
    waiting.service.roles = ["requestor"]
    waiting.clock.move(hours=1)
    with pytest.raises(MissingRoleError):
        await decide(waiting, verb, user_id=REQUESTOR)
    assert waiting.service.asked("/pending_queue") == 0


async def test_a_role_that_was_revoked_is_no_longer_cached(waiting: App) -> None:
    waiting.service.refusals[BATCHES] = (403, "Approver role required")
    with pytest.raises(ForbiddenError):
        await decide(waiting, "approve")
    waiting.service.roles = []
    with pytest.raises(MissingRoleError):
        await decide(waiting, "approve")
    assert len(waiting.service.writes) == 1


async def test_a_replica_says_that_it_is_one(waiting: App) -> None:
    waiting.service.refusals["/changes/42"] = (503, "Pending queue is disabled")
    waiting.service.mode = "REPLICA"
    with pytest.raises(ReadOnlyError) as caught:
        await decide(waiting, "approve")
    assert caught.value.kind == "replica"


async def test_a_press_that_discord_delivers_twice_decides_once(waiting: App) -> None:
    press = waiting.press(42)
    assert (await waiting.decide(press, DecisionVerb.APPROVE)).outcome is Outcome.DONE
    waiting.service.put(42, status="pending")
    with pytest.raises(DuplicatePressError):
        await waiting.services.decisions.decide(press, DecisionVerb.APPROVE)
    assert len(waiting.service.writes) == 1


async def test_a_change_that_is_gone_has_no_facts(waiting: App) -> None:
    assert not isinstance(await waiting.services.decisions.facts(42), Gone)
    assert await waiting.services.decisions.facts(43) == Gone(43)


async def decide(app: App, verb: str, *, seen: str = "", user_id: int = APPROVER) -> Any:
    """Press one button on #42."""
    press = app.press(42, seen=seen, user_id=user_id)
    return await pressed(app, press, verb)


async def pressed(app: App, press: ButtonPress, verb: str) -> DecisionResult:
    """Ask or decide, and return the result for the change."""
    if verb == "ask":
        return (await app.services.decisions.ask(press, DecisionVerb.APPROVE)).results[0]
    return await app.decide(press, DecisionVerb(verb))
