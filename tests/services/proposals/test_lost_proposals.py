"""Lost proposals of several people, and of a service whose clock is another one: each finds its own change."""

from datetime import timedelta

import httpx
import pytest

from bot.reference.client import ReferenceClient
from bot.services.forms.forms_input import SectionAnswers
from bot.services.proposals.outcomes import NotReady, Queued, SubmissionUnknown
from bot.services.proposals.reconcile import ANSWER_WITHIN, CLOCK_SLACK, GIVE_UP_AFTER, INTERRUPTED_AFTER
from bot.services.reader_key import ReaderKeyError
from bot.services.review.presses import DecisionVerb
from tests.services.conftest import APPROVER, REQUESTOR, App
from tests.services.deliveries import due_notices
from tests.services.proposals.lost import ROUTE, begun, look, lost, queue_it


@pytest.mark.parametrize("hours", [-1, 1])
async def test_it_is_found_however_the_clock_of_the_service_is_set(app: App, hours: int) -> None:
    app.service.date = app.clock() + timedelta(hours=hours)
    draft_id = await lost(app)
    queue_it(app)
    app.service.put(42, requested_at=int(app.service.date.timestamp()))
    assert isinstance(await look(app, draft_id), Queued)


async def test_a_change_from_before_the_press_is_not_taken_for_the_lost_one_of_a_service_that_is_ahead(
    app: App,
) -> None:
    app.service.date = app.clock() + timedelta(hours=1)
    draft_id = await lost(app)
    queue_it(app)
    app.service.put(42, requested_at=int((app.clock() - CLOCK_SLACK).timestamp()) - 1)
    assert isinstance(await look(app, draft_id), SubmissionUnknown)


async def test_the_number_of_another_persons_proposal_may_be_ours_at_another_process_of_the_service(app: App) -> None:
    draft_id = await lost(app)
    app.service.breaks_after = set()
    answers = SectionAnswers("lora", {"name": "Pixel", "description": "Pixels."})
    theirs = (await app.services.draft_service.create_from_form(REQUESTOR, None, answers)).facts
    queue_it(app)
    app.service.put(42, requested_by="101")
    app.service.bodies[ROUTE] = (202, app.service.changes[42])
    assert isinstance(await app.services.submission.submit(REQUESTOR, theirs.draft_id, app.origin()), Queued)
    app.service.put(42, requested_by="202")
    assert isinstance(await look(app, draft_id), Queued)


async def test_one_look_asks_the_service_once_and_for_one_category(app: App) -> None:
    draft_id = await lost(app)
    app.service.requests.clear()
    await look(app, draft_id)
    (asked,) = [each for each in app.service.requests if each.url.path.endswith("/my_changes")]
    assert asked.url.params.get_list("categories") == ["lora"]
    app.clock.move(minutes=16)
    app.service.requests.clear()
    await look(app, draft_id)
    assert app.service.asked("/my_changes") == 1


async def test_a_person_who_looked_is_told_in_the_answer_and_a_minute_later_by_direct_message(app: App) -> None:
    draft_id = await lost(app)
    app.clock.move(minutes=16)
    assert isinstance(await look(app, draft_id), NotReady)
    assert await due_notices(app) == []
    app.clock.move(seconds=ANSWER_WITHIN.total_seconds())
    assert [notice.delivery.user_id for notice in await due_notices(app)] == [APPROVER]


async def test_one_proposal_that_cannot_be_looked_for_keeps_no_other_back(app: App) -> None:
    app.service.put(7, requested_by="101")
    app.service.refusals["/batches"] = (502, "Bad gateway")
    await app.decide(app.press(7), DecisionVerb.APPROVE)
    answers = SectionAnswers("lora", {"name": "Other", "description": "Others."})
    theirs = (await app.services.draft_service.create_from_form(REQUESTOR, None, answers)).facts
    app.service.breaks_after = {ROUTE}
    await app.services.submission.submit(REQUESTOR, theirs.draft_id, app.origin())
    await lost(app)
    await app.services.accounts.unlink(REQUESTOR)
    queue_it(app)
    assert [change.change_id for _, change in await app.services.proposal_reconciler.reconcile()] == [42]


async def test_a_proposal_on_its_way_is_left_to_its_own_press(app: App) -> None:
    draft_id = await begun(app)

    async def meanwhile(_: httpx.Request) -> None:
        queue_it(app)
        app.clock.move(seconds=INTERRUPTED_AFTER.total_seconds() - 1)
        assert await app.services.proposal_reconciler.reconcile() == []

    app.service.breaks_after = {ROUTE}
    app.service.meanwhile[ROUTE] = meanwhile
    assert isinstance(await app.services.submission.submit(APPROVER, draft_id, app.origin()), SubmissionUnknown)
    assert [change.change_id for _, change in await app.services.proposal_reconciler.reconcile()] == [42]


@pytest.mark.parametrize("is_concealed", [True, False])
async def test_a_requestor_is_promised_no_time_only_while_their_proposals_are_hidden_from_the_bot(
    app: App, monkeypatch: pytest.MonkeyPatch, *, is_concealed: bool
) -> None:
    monkeypatch.setattr(ReferenceClient, "may_conceal_queue", is_concealed)
    app.service.refusals["/changes"] = (403, "You are not on the pending queue approver list.")
    with pytest.raises(ReaderKeyError):
        await app.services.monitor.poll()
    await lost(app, "An approver's.")
    draft_id = await begun(app)
    app.service.roles = ["requestor"]
    app.clock.move(hours=1)
    outcome = await app.services.submission.submit(APPROVER, draft_id, app.origin())
    assert isinstance(outcome, SubmissionUnknown)
    promised = None if is_concealed else app.clock() + GIVE_UP_AFTER
    assert (outcome.draft.draft_id, outcome.notified_by) == (draft_id, promised)


async def test_a_service_that_shows_no_single_change_is_believed(app: App) -> None:
    draft_id = await begun(app)
    queue_it(app)
    app.service.bodies |= {ROUTE: (202, app.service.changes[42]), "/changes/42": (404, {"detail": "Not Found"})}
    assert isinstance(await app.services.submission.submit(APPROVER, draft_id, app.origin()), Queued)


async def test_a_proposal_during_which_the_bot_died_is_looked_for(app: App) -> None:
    draft_id = await begun(app)
    await app.die_during(ROUTE, app.services.submission.submit(APPROVER, draft_id, app.origin()))
    queue_it(app)
    assert [change.change_id for _, change in await app.services.proposal_reconciler.reconcile()] == [42]
