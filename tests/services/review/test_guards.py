"""Guards of a decision: each read is the approver's own, and its result links to the card and names the conflict."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.reference.models import ChangeStatus
from bot.services.changes import CardState, MessageLink
from bot.services.review.guards import APPROVED_READ
from bot.services.review.outcomes import Outcome
from bot.services.review.presses import ButtonPress, DecisionVerb, Target
from tests.services.conftest import APPROVER, CHANNEL, GUILD, App
from tests.services.deliveries import deliver_cards, due_cards

OTHER_GUILD, OTHER_CHANNEL = 11, 12
BOBS_KEY = "the-key-of-bob"


@pytest.fixture
def waiting(app: App) -> App:
    """A change of alice's that waits."""
    app.service.put(42)
    return app


async def late_press(app: App) -> ButtonPress:
    """Return a press on a card that was drawn before another change of the model went live."""
    drawn_at = app.clock()
    app.clock.move(minutes=1)
    app.service.put(57, model_name="Model 42", status="applied", applied_by="404", applied_username="dave#404")
    await app.services.recorder.note(await app.services.poller.read(57))
    return replace(app.press(42), drawn_at=drawn_at)


async def test_a_claim_links_to_the_card_of_the_server_in_which_it_was_pressed(waiting: App) -> None:
    await waiting.services.guild_setup.use_review_channel(OTHER_GUILD, OTHER_CHANNEL)
    await waiting.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    await waiting.services.monitor.poll()
    await deliver_cards(waiting)
    result = await waiting.services.claims.take(waiting.press(42))
    assert result.card == MessageLink(GUILD, CHANNEL, 542)


async def test_approved_changes_are_read_with_the_approvers_key_and_can_be_applied(waiting: App) -> None:
    waiting.service.put(43, status="approved", approved_by="303")
    found = await waiting.services.decisions.approved(APPROVER)
    assert [(item.outcome, item.state) for item in found.ready] == [(Outcome.READY, CardState.APPROVED)]
    request = waiting.service.requests[-1]
    assert request.headers["apikey"] == BOBS_KEY
    assert request.url.params["limit"] == str(APPROVED_READ), "not a whole page of the queue"


async def test_the_change_that_went_live_first_is_read_with_the_approvers_key(waiting: App) -> None:
    press = await late_press(waiting)
    waiting.service.requests.clear()
    assert (await waiting.decide(press, DecisionVerb.APPROVE)).outcome is Outcome.SUPERSEDED
    (request,) = [each for each in waiting.service.requests if each.url.path.endswith("/57")]
    assert request.headers["apikey"] == BOBS_KEY


async def test_a_change_is_superseded_even_if_the_one_that_went_live_cannot_be_read(waiting: App) -> None:
    press = await late_press(waiting)
    waiting.service.refusals["/changes/57"] = (404, "Pending change not found")
    result = await waiting.decide(press, DecisionVerb.APPROVE)
    assert (result.outcome, result.conflict) == (Outcome.SUPERSEDED, None)


async def test_the_card_of_a_superseded_change_is_drawn_again(waiting: App) -> None:
    await waiting.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    await waiting.services.monitor.poll()
    press = await late_press(waiting)
    await deliver_cards(waiting)
    assert await due_cards(waiting) == []
    await waiting.decide(press, DecisionVerb.APPROVE)
    assert [card.delivery.change_id for card in await due_cards(waiting)] == [42]


@pytest.mark.parametrize(("seconds", "outcome"), [(0, Outcome.DONE), (2, Outcome.DONE), (2.001, Outcome.SUPERSEDED)])
async def test_a_card_is_outdated_by_more_than_the_lag_between_the_clocks(
    waiting: App, seconds: float, outcome: Outcome
) -> None:
    press = await late_press(waiting)
    press = replace(press, drawn_at=waiting.clock() - timedelta(seconds=seconds))
    assert (await waiting.decide(press, DecisionVerb.APPROVE)).outcome is outcome


@pytest.mark.parametrize(("first", "offset", "limit"), [(1, 0, 11), (10, 4, 16)])
async def test_a_large_batch_is_read_from_the_part_of_the_list_around_it(
    app: App, first: int, offset: int, limit: int
) -> None:
    """Each request with a key is a question to AI-Horde, which takes ninety a minute of the service."""
    for change_id in range(1, 40):
        app.service.put(change_id, requested_by="102")
    await app.services.monitor.poll()
    app.service.requests.clear()
    ids = [first + number for number in (2, 0, 3, 1, 5, 4)]
    press = replace(app.press(first), targets=tuple(Target(change_id, "") for change_id in ids))
    question = await app.services.decisions.ask(press, DecisionVerb.APPROVE)
    assert [each.change_id for each in question.ready] == ids
    (request,) = [each for each in app.service.requests if "/pending_queue/changes" in each.url.path]
    assert request.headers["apikey"] == BOBS_KEY
    expected = {"statuses": "pending", "offset": str(offset), "limit": str(limit)}
    assert {name: request.url.params[name] for name in expected} == expected


async def test_a_large_batch_is_read_one_by_one_if_the_list_cannot_be_read(app: App) -> None:
    for change_id in range(1, 7):
        app.service.put(change_id, requested_by="102")
    await app.services.monitor.poll()
    app.service.refusals["/changes"] = (422, "No list today.")
    targets = tuple(Target(change_id, "") for change_id in range(1, 7))
    question = await app.services.decisions.ask(replace(app.press(1), targets=targets), DecisionVerb.APPROVE)
    assert len(question.ready) == 6


async def test_a_batch_of_five_is_read_one_by_one(app: App) -> None:
    for change_id in range(1, 6):
        app.service.put(change_id, requested_by="102")
    await app.services.monitor.poll()
    app.service.requests.clear()
    targets = tuple(Target(change_id, "") for change_id in range(1, 6))
    await app.services.decisions.ask(replace(app.press(1), targets=targets), DecisionVerb.APPROVE)
    read = sorted(each.url.path.rsplit("/", 1)[1] for each in app.service.requests if "/changes" in each.url.path)
    assert read == ["1", "2", "3", "4", "5"]


async def test_a_press_on_a_decided_change_updates_what_the_bot_knows_before_the_next_poll(waiting: App) -> None:
    await waiting.services.monitor.poll()
    waiting.service.put(42, status="approved", approved_by="303")
    assert (await waiting.decide(waiting.press(42), DecisionVerb.APPROVE)).outcome is Outcome.ALREADY_DECIDED
    known = waiting.services.snapshot.get(42)
    assert known is not None
    assert known.status is ChangeStatus.APPROVED


async def test_a_press_on_a_change_whose_apply_never_ended_says_that_it_is_stuck(waiting: App) -> None:
    waiting.service.put(42, status="applying", approved_by="303")
    waiting.clock.move(hours=5)
    result = await waiting.decide(waiting.press(42), DecisionVerb.APPLY)
    assert (result.outcome, result.state) == (Outcome.ALREADY_DECIDED, CardState.STUCK)
