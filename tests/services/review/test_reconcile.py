"""A decision that nobody answered, because the bot died or the network did: found out, told, and never sent again."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from bot.services.notifications.deliveries import DeliveryKind
from bot.services.review.outcomes import DecisionVerb, Outcome, Target
from storage.intents import IntentState
from tests.services.conftest import APPROVER, GUILD, House
from tests.services.deliveries import due_posts
from tests.services.review.test_applying import press_on
from tests.services.review.test_batches import chosen
from tests.services.review.test_decisions import happens_during

BATCHES, APPLY = "/batches", "/apply"


@pytest.fixture
def waiting(house: House) -> House:
    for change_id in (42, 44, 47):
        house.service.put(change_id, requested_by="102", requested_username="erin#102")
    return house


async def dies_during(house: House, path: str, work: Any) -> None:
    """The bot is killed while the service is at it; it comes up again on the same file."""
    reached = asyncio.Event()

    async def never_answers(_: httpx.Request) -> None:
        reached.set()
        await asyncio.Event().wait()

    happens_during(house, path, never_answers)
    running = asyncio.create_task(work)
    await reached.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await house.restart()


def pauses(house: House) -> Callable[[float], Awaitable[None]]:
    """Return a pause that takes no time but moves the clock."""

    async def pause(seconds: float) -> None:
        house.clock.move(seconds=seconds)

    return pause


async def told(house: House) -> list[dict[int, Outcome]]:
    """What stands in channels, or is about to."""
    return [
        {item["id"]: Outcome(item["outcome"]) for item in post.facts["items"]}
        for post in await due_posts(house)
        if post.kind is DeliveryKind.OUTCOME
    ]


async def unresolved(house: House) -> list[IntentState]:
    return [intent.state for intent in await house.services.decisions.intents.unresolved()]


@pytest.mark.parametrize("verb", ["approve", "reject"])
async def test_a_decision_during_which_the_bot_died_is_told_as_done(waiting: House, verb: str) -> None:
    press = waiting.press(42)
    await dies_during(waiting, BATCHES, waiting.decide(press, DecisionVerb(verb)))
    assert await unresolved(waiting) == [IntentState.UNKNOWN]
    await waiting.services.decision_reconciler.reconcile()
    assert await told(waiting) == [{42: Outcome.DONE}]
    assert await unresolved(waiting) == []
    await waiting.services.decision_reconciler.reconcile()
    assert len(await told(waiting)) == 1


@pytest.mark.parametrize("verb", ["approve", "reject"])
async def test_a_decision_about_several_during_which_the_bot_died_is_told_as_done(waiting: House, verb: str) -> None:
    await dies_during(waiting, BATCHES, waiting.decide(await chosen(waiting), DecisionVerb(verb)))
    await waiting.services.decision_reconciler.reconcile()
    assert await told(waiting) == [dict.fromkeys((42, 44, 47), Outcome.DONE)]


async def test_an_apply_during_which_the_bot_died_is_told_one_by_one(waiting: House) -> None:
    for change_id in (42, 44, 47):
        waiting.service.put(change_id, status="approved", approved_by="303")
    press = await press_on(waiting)
    waiting.service.put(47, payload={"name": "Another"})

    async def once(_: httpx.Request) -> None:
        happens_during(waiting, APPLY, forever)

    reached = asyncio.Event()

    async def forever(_: httpx.Request) -> None:
        waiting.service.put(44, status="approved", applied_by=None, applied_job_id=None)
        reached.set()
        await asyncio.Event().wait()

    happens_during(waiting, APPLY, once)
    running = asyncio.create_task(waiting.batch(press, DecisionVerb.APPLY))
    await reached.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await waiting.restart()
    await waiting.services.decision_reconciler.reconcile()
    assert await told(waiting) == []
    waiting.clock.move(minutes=2)
    await waiting.services.decision_reconciler.reconcile()
    assert await told(waiting) == [{42: Outcome.DONE, 44: Outcome.NOT_TRIED, 47: Outcome.CONTENT_CHANGED}]


async def test_a_decision_that_never_arrived_is_said_so_after_a_minute(waiting: House) -> None:
    waiting.service.refusals[BATCHES] = (502, "Bad gateway")
    await waiting.batch(waiting.press(42), DecisionVerb.APPROVE)
    await waiting.services.decision_reconciler.reconcile()
    assert await told(waiting) == []
    waiting.clock.move(seconds=61)
    await waiting.services.decision_reconciler.reconcile()
    assert await told(waiting) == [{42: Outcome.NOT_TRIED}]
    assert len(waiting.service.writes) == 1


async def test_what_arrives_late_is_found(waiting: House) -> None:
    waiting.service.refusals[BATCHES] = (502, "Bad gateway")
    await waiting.batch(await chosen(waiting), DecisionVerb.APPROVE)
    await waiting.services.decision_reconciler.reconcile()
    for change_id in (42, 44, 47):
        waiting.service.put(change_id, status="approved", approved_by="202")
    await waiting.services.decision_reconciler.reconcile()
    assert await told(waiting) == [dict.fromkeys((42, 44, 47), Outcome.DONE)]


async def test_somebody_elses_decision_is_not_called_theirs(waiting: House) -> None:
    waiting.service.refusals[BATCHES] = (502, "Bad gateway")
    await waiting.batch(waiting.press(42), DecisionVerb.APPROVE)
    waiting.service.put(42, status="approved", approved_by="303", approved_username="carol#303")
    await waiting.services.decision_reconciler.reconcile()
    assert await told(waiting) == [{42: Outcome.ALREADY_DECIDED}]


@pytest.mark.parametrize(
    "by_another",
    [{"applied_by": "303", "applied_username": "carol#303"}, {"applied_by": "202", "applied_username": "bob#202"}],
    ids=["another approver", "the same person on the web page"],
)
async def test_a_lost_apply_does_not_claim_a_change_that_was_applied_elsewhere(
    waiting: House, by_another: dict[str, str]
) -> None:
    waiting.service.put(42, status="approved", approved_by="303")

    async def is_lost(_: httpx.Request) -> None:
        waiting.service.put(42, status="approved", applied_by=None, applied_job_id=None)

    happens_during(waiting, APPLY, is_lost)
    waiting.service.breaks_after = {APPLY}
    waiting.services.decisions.sender.pause = pauses(waiting)
    assert (await waiting.decide(waiting.press(42), DecisionVerb.APPLY)).outcome is Outcome.UNKNOWN
    waiting.service.put(42, status="applied", applied_job_id="web", **by_another)
    await waiting.services.decision_reconciler.reconcile()
    assert await told(waiting) == [{42: Outcome.ALREADY_DECIDED}]


async def test_an_apply_is_waited_for_while_it_runs_and_called_stuck_after_ten_minutes(waiting: House) -> None:
    waiting.service.put(42, status="approved", approved_by="303")
    press = waiting.press(42)

    async def begins(_: httpx.Request) -> None:
        waiting.service.put(42, status="applying", updated_at=int(waiting.clock().timestamp()), applied_job_id=None)

    waiting.service.breaks_after = {APPLY}
    happens_during(waiting, APPLY, begins)
    waiting.services.decisions.sender.pause = pauses(waiting)
    assert (await waiting.decide(press, DecisionVerb.APPLY)).outcome is Outcome.UNKNOWN
    for _ in range(3):
        waiting.clock.move(minutes=2)
        await waiting.services.decision_reconciler.reconcile()
        assert await told(waiting) == []
    waiting.clock.move(minutes=2)
    await waiting.services.decision_reconciler.reconcile()
    assert await told(waiting) == [{42: Outcome.ALREADY_DECIDED}]
    assert len(waiting.service.writes) == 1


async def test_what_is_purged_meanwhile_is_said_to_be_gone(waiting: House) -> None:
    waiting.service.refusals[BATCHES] = (502, "Bad gateway")
    await waiting.batch(waiting.press(42), DecisionVerb.APPROVE)
    del waiting.service.changes[42]
    await waiting.services.decision_reconciler.reconcile()
    assert await told(waiting) == [{42: Outcome.NOT_FOUND}]


async def test_it_is_found_out_for_who_has_unlinked_meanwhile(waiting: House) -> None:
    await dies_during(waiting, BATCHES, waiting.batch(waiting.press(42), DecisionVerb.APPROVE))
    await waiting.services.accounts.unlink(APPROVER)
    await waiting.services.decision_reconciler.reconcile()
    assert await told(waiting) == [{42: Outcome.DONE}]


async def test_while_the_service_is_away_it_waits(waiting: House) -> None:
    await dies_during(waiting, BATCHES, waiting.batch(waiting.press(42), DecisionVerb.APPROVE))
    waiting.service.is_away = True
    waiting.clock.move(hours=1)
    await waiting.services.decision_reconciler.reconcile()
    assert await unresolved(waiting) == [IntentState.UNKNOWN]
    waiting.service.is_away = False
    await waiting.services.decision_reconciler.reconcile()
    assert await told(waiting) == [{42: Outcome.DONE}]


async def test_what_is_being_worked_on_is_left_to_those_who_work(waiting: House) -> None:
    waiting.service.put(42, status="approved", approved_by="303")
    selection = await waiting.services.decisions.select(APPROVER, DecisionVerb.APPLY, [Target(42, "")])

    async def looks(_: httpx.Request) -> None:
        waiting.clock.move(minutes=6)
        await waiting.services.reconciler.look_for_all()
        await waiting.services.decision_reconciler.reconcile()

    happens_during(waiting, APPLY, looks)
    press = waiting.batch_press(selection)
    outcome = await waiting.batch(press, DecisionVerb.APPLY)
    assert outcome.results[0].outcome is Outcome.DONE
    assert await told(waiting) == []
    assert await unresolved(waiting) == []


async def test_an_outcome_is_told_where_it_was_asked_for(waiting: House) -> None:
    await dies_during(waiting, BATCHES, waiting.batch(waiting.press(42), DecisionVerb.APPROVE))
    await waiting.services.decision_reconciler.reconcile()
    (post,) = await due_posts(waiting)
    assert (post.guild_id, post.channel_id, post.user_id) == (GUILD, 78, APPROVER)
    assert json.loads(json.dumps(post.facts)) == post.facts


async def test_what_was_told_is_not_kept_for_ever_nor_after_its_person_wants_to_be_forgotten(waiting: House) -> None:
    for change_id in (42, 44):
        await dies_during(waiting, BATCHES, waiting.batch(waiting.press(change_id), DecisionVerb.APPROVE))
    await waiting.services.decision_reconciler.reconcile()
    assert len(await told(waiting)) == 2
    await waiting.services.decision_reconciler.expire()
    assert len(await told(waiting)) == 2
    assert "delivery" in (await waiting.services.privacy.export(APPROVER)).rows
    await waiting.services.privacy.forget(APPROVER)
    assert await told(waiting) == []


async def test_what_was_told_is_forgotten_after_a_week(waiting: House) -> None:
    await dies_during(waiting, BATCHES, waiting.batch(waiting.press(42), DecisionVerb.APPROVE))
    await waiting.services.decision_reconciler.reconcile()
    waiting.clock.move(days=8)
    await waiting.services.decision_reconciler.expire()
    assert await told(waiting) == []
