"""Several at once: the stale ones named, the fresh ones decided, none of them twice."""

from dataclasses import replace

import httpx
import pytest

from bot.identity.errors import NotLinkedError
from bot.reference.errors import ForbiddenError, InvalidRequestError, UnavailableError
from bot.services.errors import NumbersError, SelectionGoneError
from bot.services.review.decisions import SELECTION_LIFETIME
from bot.services.review.outcomes import Outcome, decided_by
from bot.services.review.presses import BATCH_MAX, DecisionVerb, DuplicatePressError, read_numbers
from tests.services.conftest import APPROVER, OTHER, REQUESTOR, App
from tests.services.review.presses import IDS, chosen, goes_live, outcomes, sent, wants

BATCHES = "/batches"


@pytest.fixture
def waiting(app: App) -> App:
    """Three changes of erin's that wait."""
    for change_id in IDS:
        app.service.put(change_id, requested_by="102", requested_username="erin#102")
    return app


async def test_all_are_approved_in_one_batch_under_a_title(waiting: App) -> None:
    outcome = await waiting.batch(await chosen(waiting), DecisionVerb.APPROVE, title="November")
    assert outcomes(outcome) == dict.fromkeys(IDS, Outcome.DONE)
    (body,) = sent(waiting)
    assert body["approved_ids"] == list(IDS)
    assert body["batch_title"] == "November"
    assert outcome.next_selection_id is not None
    following = await waiting.services.decisions.targets_of(waiting.batch_press(outcome.next_selection_id))
    assert [target.change_id for target in following] == list(IDS)


async def test_all_are_rejected_with_one_reason(waiting: App) -> None:
    outcome = await waiting.batch(await chosen(waiting), DecisionVerb.REJECT, reason="Not like this.")
    assert outcomes(outcome) == dict.fromkeys(IDS, Outcome.DONE)
    (body,) = sent(waiting)
    assert (body["rejected_ids"], body["reject_reason"]) == (list(IDS), "Not like this.")
    assert outcome.next_selection_id is None


async def test_the_question_names_what_is_stale_and_why(waiting: App) -> None:
    waiting.service.put(50)
    press = await chosen(waiting, (*IDS, 50))
    waiting.service.put(42, payload={"name": "Another"})
    waiting.service.put(44, status="rejected", rejected_by="303", rejected_username="carol#303")
    del waiting.service.changes[47]
    question = await waiting.services.decisions.ask(press, DecisionVerb.APPROVE)
    assert [item.change_id for item in question.ready] == [50]
    assert {item.change_id: item.outcome for item in question.stale} == {
        42: Outcome.CONTENT_CHANGED,
        44: Outcome.ALREADY_DECIDED,
        47: Outcome.NOT_FOUND,
    }
    assert question.results[1].change is not None
    assert decided_by(question.results[1].change)[0] == "carol#303"
    outcome = await waiting.batch(press, DecisionVerb.APPROVE)
    assert outcomes(outcome) == {
        42: Outcome.CONTENT_CHANGED,
        44: Outcome.ALREADY_DECIDED,
        47: Outcome.NOT_FOUND,
        50: Outcome.DONE,
    }
    assert sent(waiting)[0]["approved_ids"] == [50]


async def test_one_that_goes_stale_on_the_way_keeps_no_other_back(waiting: App) -> None:
    waiting.service.refusals[BATCHES] = (400, "Change 44 is not pending (status=approved).")

    async def once(_: httpx.Request) -> None:
        waiting.service.put(44, status="approved", approved_by="303", approved_username="carol#303")
        del waiting.service.refusals[BATCHES]

    waiting.service.meanwhile[BATCHES] = once
    outcome = await waiting.batch(await chosen(waiting), DecisionVerb.APPROVE)
    assert outcomes(outcome) == {42: Outcome.DONE, 44: Outcome.ALREADY_DECIDED, 47: Outcome.DONE}
    assert [body["approved_ids"] for body in sent(waiting)] == [[42, 44, 47], [42, 47]]


async def test_one_that_is_purged_on_the_way_is_named(waiting: App) -> None:
    waiting.service.refusals[BATCHES] = (404, "Change 44 does not exist.")

    async def once(_: httpx.Request) -> None:
        del waiting.service.changes[44], waiting.service.refusals[BATCHES]

    waiting.service.meanwhile[BATCHES] = once
    outcome = await waiting.batch(await chosen(waiting), DecisionVerb.REJECT, reason="Because.")
    assert outcomes(outcome) == {42: Outcome.DONE, 44: Outcome.NOT_FOUND, 47: Outcome.DONE}


@pytest.mark.parametrize("is_lost", [False, True], ids=["answered", "lost answer"])
async def test_one_whose_record_changes_between_the_read_and_the_decision_is_not_reported_as_done(
    waiting: App, *, is_lost: bool
) -> None:
    press = await chosen(waiting)
    waiting.service.meanwhile["/changes/44"] = lambda _: waiting.service.put(44, payload={"name": "Another"})
    waiting.service.breaks_after = {BATCHES} if is_lost else set()
    outcome = await waiting.batch(press, DecisionVerb.APPROVE)
    assert outcomes(outcome) == {42: Outcome.DONE, 44: Outcome.CONTENT_CHANGED, 47: Outcome.DONE}
    assert outcome.next_selection_id is not None
    following = await waiting.services.decisions.targets_of(waiting.batch_press(outcome.next_selection_id))
    assert [target.change_id for target in following] == [42, 47], "an unread record is not offered for applying"


async def test_one_whose_model_changed_since_the_question_is_not_approved(waiting: App) -> None:
    press = replace(await chosen(waiting), drawn_at=waiting.clock())
    await goes_live(waiting)
    outcome = await waiting.batch(press, DecisionVerb.APPROVE)
    assert outcomes(outcome) == {42: Outcome.DONE, 44: Outcome.SUPERSEDED, 47: Outcome.DONE}
    assert [body["approved_ids"] for body in sent(waiting)] == [[42, 47]]


async def test_one_whose_model_changed_since_the_list_is_named_in_the_question_and_not_behind_its_buttons(
    waiting: App,
) -> None:
    press = replace(await chosen(waiting), drawn_at=waiting.clock())
    await goes_live(waiting)
    question = await waiting.services.decisions.ask(press, DecisionVerb.APPROVE)
    assert [item.change_id for item in question.stale] == [44]
    after = waiting.batch_press(question.selection_id, is_new=True)
    assert outcomes(await waiting.batch(after, DecisionVerb.APPROVE)) == {
        42: Outcome.DONE,
        47: Outcome.DONE,
    }


async def test_an_own_approval_that_is_live_already_is_still_done_after_a_lost_answer(waiting: App) -> None:
    async def goes_on(_: httpx.Request) -> None:
        waiting.service.put(44, status="applied", approved_by="202", applied_by="303")

    press = await chosen(waiting, (44,))
    waiting.service.breaks_after = {BATCHES}
    waiting.service.meanwhile[BATCHES] = goes_on
    assert outcomes(await waiting.batch(press, DecisionVerb.APPROVE)) == {44: Outcome.DONE}


async def test_a_refusal_for_another_reason_is_a_refusal(waiting: App) -> None:
    waiting.service.refusals[BATCHES] = (422, "batch_title must not be blank.")
    with pytest.raises(InvalidRequestError):
        await waiting.batch(await chosen(waiting), DecisionVerb.APPROVE)
    assert len(waiting.service.writes) == 1


async def test_after_a_lost_answer_the_change_is_read(waiting: App) -> None:
    waiting.service.breaks_after = {BATCHES}
    outcome = await waiting.batch(await chosen(waiting), DecisionVerb.APPROVE)
    assert outcomes(outcome) == dict.fromkeys(IDS, Outcome.DONE)
    assert len(waiting.service.writes) == 1


async def test_a_request_that_may_be_lost_is_not_sent_twice(waiting: App) -> None:
    waiting.service.refusals[BATCHES] = (502, "Bad gateway")
    outcome = await waiting.batch(await chosen(waiting), DecisionVerb.APPROVE)
    assert outcomes(outcome) == dict.fromkeys(IDS, Outcome.UNKNOWN)
    assert len(waiting.service.writes) == 1


async def test_a_lost_answer_without_a_later_read_is_unknown(waiting: App) -> None:
    async def goes_away(_: httpx.Request) -> None:
        waiting.service.is_away = True

    press = await chosen(waiting)
    waiting.service.breaks_after = {BATCHES}
    waiting.service.meanwhile[BATCHES] = goes_away
    assert outcomes(await waiting.batch(press, DecisionVerb.APPROVE)) == dict.fromkeys(IDS, Outcome.UNKNOWN)


async def test_a_service_that_was_never_reached_did_nothing(waiting: App) -> None:
    press = await chosen(waiting)
    waiting.service.is_away = True
    with pytest.raises(UnavailableError):
        await waiting.batch(press, DecisionVerb.APPROVE)


async def test_where_more_approvals_are_required_each_change_is_counted_by_itself(waiting: App) -> None:
    await wants(waiting, approvals=2)
    waiting.service.user_id = "101"
    await waiting.batch(waiting.press(44, user_id=REQUESTOR), DecisionVerb.APPROVE)
    waiting.service.user_id = "202"
    outcome = await waiting.batch(await chosen(waiting), DecisionVerb.APPROVE)
    assert outcomes(outcome) == {42: Outcome.COUNTED, 44: Outcome.DONE, 47: Outcome.COUNTED}
    assert (outcome.results[0].counted.given, outcome.results[0].counted.missing) == (1, 1)
    assert [body["approved_ids"] for body in sent(waiting)] == [[44]]


async def test_own_changes_are_left_to_others_where_the_server_requires_it(waiting: App) -> None:
    await wants(waiting, own="block")
    waiting.service.put(44, requested_by="202", requested_username="bob#202")
    outcome = await waiting.batch(await chosen(waiting), DecisionVerb.APPROVE)
    assert outcomes(outcome) == {42: Outcome.DONE, 44: Outcome.OWN_CHANGE, 47: Outcome.DONE}


async def test_a_refusal_withdraws_what_was_counted(waiting: App) -> None:
    await wants(waiting, approvals=2)
    waiting.service.user_id = "101"
    await waiting.batch(waiting.press(44, user_id=REQUESTOR), DecisionVerb.APPROVE)
    waiting.service.refusals[BATCHES] = (403, "Approver role required")
    with pytest.raises(ForbiddenError):
        await waiting.batch(await chosen(waiting, (44,)), DecisionVerb.APPROVE)
    facts = await waiting.services.queue.facts_builder.build(await waiting.services.poller.read(44), 77)
    assert facts.approvals == ("alice#101",)


async def test_the_trace_of_a_press_says_whether_it_had_an_effect(waiting: App) -> None:
    await waiting.decide(waiting.press(42), DecisionVerb.APPROVE)
    waiting.service.refusals[BATCHES] = (400, "Change 44 is not pending (status=approved).")

    async def once(_: httpx.Request) -> None:
        waiting.service.put(44, status="approved", approved_by="303", approved_username="carol#303")
        del waiting.service.refusals[BATCHES]

    waiting.service.meanwhile[BATCHES] = once
    await waiting.decide(waiting.press(44), DecisionVerb.APPROVE)
    await wants(waiting, approvals=2)
    await waiting.decide(waiting.press(47), DecisionVerb.APPROVE)
    intents = (await waiting.services.privacy.export(APPROVER)).rows["intent"]
    assert [(row["change_id"], row["state"]) for row in intents] == [(42, "done"), (44, "refused"), (47, "done")]


async def test_a_selection_belongs_to_one_person_survives_a_restart_and_expires_after_a_week(waiting: App) -> None:
    press = await chosen(waiting)
    with pytest.raises(SelectionGoneError):
        await waiting.services.decisions.ask(
            waiting.batch_press(press.selection_id, user_id=REQUESTOR), DecisionVerb.APPROVE
        )
    with pytest.raises(NotLinkedError):
        await waiting.services.decisions.ask(
            waiting.batch_press(press.selection_id, user_id=OTHER), DecisionVerb.APPROVE
        )
    await waiting.restart()
    assert len((await waiting.services.decisions.ask(press, DecisionVerb.APPROVE)).ready) == 3
    waiting.clock.move(seconds=SELECTION_LIFETIME.total_seconds() + 1)
    await waiting.services.decisions.expire()
    with pytest.raises(SelectionGoneError):
        await waiting.services.decisions.ask(press, DecisionVerb.APPROVE)


async def test_a_press_that_discord_delivers_twice_decides_once(waiting: App) -> None:
    press = await chosen(waiting)
    await waiting.batch(press, DecisionVerb.APPROVE)
    waiting.service.put(44, status="pending")
    with pytest.raises(DuplicatePressError):
        await waiting.batch(press, DecisionVerb.APPROVE)
    assert len(waiting.service.writes) == 1


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("12, 14 15", (12, 14, 15)),
        ("#12;#14", (12, 14)),
        ("7 7", (7,)),
        ("1" * 15, (111_111_111_111_111,)),
        (" ".join(map(str, range(1, BATCH_MAX + 1))), tuple(range(1, BATCH_MAX + 1))),
    ],
)
def test_numbers_are_read_as_people_write_them(typed: str, numbers: tuple[int, ...]) -> None:
    assert read_numbers(typed) == numbers


@pytest.mark.parametrize(
    "typed", ["", "  ", "twelve", "12 and 14", "0", "-3", "1" * 16, "٣", " ".join(map(str, range(1, BATCH_MAX + 2)))]
)
def test_text_without_numbers_or_with_too_many_is_refused(typed: str) -> None:
    with pytest.raises(NumbersError) as refused:
        read_numbers(typed)
    assert (refused.value.typed, refused.value.limit) == (typed, BATCH_MAX)


def test_each_verb_leads_to_a_status() -> None:
    assert [verb.after.value for verb in DecisionVerb] == ["approved", "rejected", "applied"]
