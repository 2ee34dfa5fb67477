"""Decisions without an answer, by a crash or by the network: resolved, posted, and never sent again."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from bot.services.changes import Origin
from bot.services.notifications.deliveries import DeliveryKind
from bot.services.review.outcomes import Outcome
from bot.services.review.presses import DecisionVerb, Target
from storage.approvals import Approvals
from storage.intents import IntentState, NewIntent
from tests.services.conftest import APPROVER, GUILD, App
from tests.services.deliveries import due_posts
from tests.services.review.presses import chosen, wants

BATCHES, APPLY = "/batches", "/apply"


@pytest.fixture
def waiting(app: App) -> App:
    for change_id in (42, 44, 47):
        app.service.put(change_id, requested_by="102", requested_username="erin#102")
    return app


async def posted(app: App) -> list[dict[int, Outcome]]:
    """Return the outcomes posted in channels, or due."""
    return [
        {item["id"]: Outcome(item["outcome"]) for item in post.facts["items"]}
        for post in await due_posts(app)
        if post.kind is DeliveryKind.OUTCOME
    ]


async def unresolved(app: App) -> list[IntentState]:
    return [intent.state for intent in await app.services.decisions.batches.intents.unresolved()]


@pytest.mark.parametrize("verb", ["approve", "reject"])
async def test_a_decision_during_which_the_bot_died_is_posted_as_done(waiting: App, verb: str) -> None:
    press = waiting.press(42)
    await waiting.die_during(BATCHES, waiting.decide(press, DecisionVerb(verb)))
    assert await unresolved(waiting) == [IntentState.UNKNOWN]
    await waiting.services.decision_reconciler.reconcile()
    assert await posted(waiting) == [{42: Outcome.DONE}]
    assert await unresolved(waiting) == []
    await waiting.services.decision_reconciler.reconcile()
    assert len(await posted(waiting)) == 1


@pytest.mark.parametrize("verb", ["approve", "reject"])
async def test_a_batch_during_which_the_bot_died_is_posted_as_done(waiting: App, verb: str) -> None:
    await waiting.die_during(BATCHES, waiting.decide(await chosen(waiting), DecisionVerb(verb)))
    await waiting.services.decision_reconciler.reconcile()
    assert await posted(waiting) == [dict.fromkeys((42, 44, 47), Outcome.DONE)]


async def test_a_record_that_changes_while_the_bot_is_dead_is_not_posted_as_decided_by_a_command(waiting: App) -> None:
    await waiting.die_during(BATCHES, waiting.decide(waiting.press(42), DecisionVerb.APPROVE))
    waiting.service.put(42, payload={"name": "Another"})
    await waiting.services.decision_reconciler.reconcile()
    assert await posted(waiting) == [{42: Outcome.CONTENT_CHANGED}]


async def test_an_approval_that_is_only_counted_is_not_posted_as_lost_after_a_crash(
    waiting: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    await wants(waiting, approvals=2)

    async def dies(*_: Any) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patched:
        patched.setattr(Approvals, "add", dies)
        with pytest.raises(asyncio.CancelledError):
            await waiting.decide(waiting.press(42), DecisionVerb.APPROVE)
    await waiting.restart()
    waiting.clock.move(minutes=2)
    await waiting.services.decision_reconciler.reconcile()
    assert (await posted(waiting), await unresolved(waiting)) == ([], [])


async def test_an_apply_during_which_the_bot_died_is_posted_change_by_change(waiting: App) -> None:
    for change_id in (42, 44, 47):
        waiting.service.put(change_id, status="approved", approved_by="303")
    press = await chosen(waiting)
    waiting.service.put(47, payload={"name": "Another"})

    async def once(_: httpx.Request) -> None:
        waiting.service.meanwhile[APPLY] = forever

    reached = asyncio.Event()

    async def forever(_: httpx.Request) -> None:
        waiting.service.put(44, status="approved", applied_by=None, applied_job_id=None)
        reached.set()
        await asyncio.Event().wait()

    waiting.service.meanwhile[APPLY] = once
    running = asyncio.create_task(waiting.batch(press, DecisionVerb.APPLY))
    await reached.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await waiting.restart()
    await waiting.services.decision_reconciler.reconcile()
    assert await posted(waiting) == []
    waiting.clock.move(minutes=2)
    await waiting.services.decision_reconciler.reconcile()
    assert await posted(waiting) == [{42: Outcome.DONE, 44: Outcome.NOT_TRIED, 47: Outcome.CONTENT_CHANGED}]


async def test_a_decision_that_never_arrived_is_posted_after_a_minute(waiting: App) -> None:
    waiting.service.refusals[BATCHES] = (502, "Bad gateway")
    await waiting.batch(waiting.press(42), DecisionVerb.APPROVE)
    await waiting.services.decision_reconciler.reconcile()
    assert await posted(waiting) == []
    waiting.clock.move(seconds=61)
    await waiting.services.decision_reconciler.reconcile()
    assert await posted(waiting) == [{42: Outcome.NOT_TRIED}]
    assert len(waiting.service.writes) == 1


async def test_a_decision_that_arrives_late_is_found(waiting: App) -> None:
    waiting.service.refusals[BATCHES] = (502, "Bad gateway")
    await waiting.batch(await chosen(waiting), DecisionVerb.APPROVE)
    await waiting.services.decision_reconciler.reconcile()
    for change_id in (42, 44, 47):
        waiting.service.put(change_id, status="approved", approved_by="202")
    await waiting.services.decision_reconciler.reconcile()
    assert await posted(waiting) == [dict.fromkeys((42, 44, 47), Outcome.DONE)]


async def test_a_decision_of_another_approver_is_not_attributed_to_the_lost_one(waiting: App) -> None:
    waiting.service.refusals[BATCHES] = (502, "Bad gateway")
    await waiting.batch(waiting.press(42), DecisionVerb.APPROVE)
    waiting.service.put(42, status="approved", approved_by="303", approved_username="carol#303")
    await waiting.services.decision_reconciler.reconcile()
    assert await posted(waiting) == [{42: Outcome.ALREADY_DECIDED}]


@pytest.mark.parametrize(
    "by_another",
    [{"applied_by": "303", "applied_username": "carol#303"}, {"applied_by": "202", "applied_username": "bob#202"}],
    ids=["another approver", "the same person on the web page"],
)
async def test_a_lost_apply_does_not_claim_a_change_that_was_applied_elsewhere(
    waiting: App, by_another: dict[str, str]
) -> None:
    waiting.service.put(42, status="approved", approved_by="303")

    async def is_lost(_: httpx.Request) -> None:
        waiting.service.put(42, status="approved", applied_by=None, applied_job_id=None)

    waiting.service.meanwhile[APPLY] = is_lost
    waiting.service.breaks_after = {APPLY}
    waiting.services.decisions.sender.pause = waiting.clock.sleep
    assert (await waiting.decide(waiting.press(42), DecisionVerb.APPLY)).outcome is Outcome.UNKNOWN
    waiting.service.put(42, status="applied", applied_job_id="web", **by_another)
    await waiting.services.decision_reconciler.reconcile()
    assert await posted(waiting) == [{42: Outcome.ALREADY_DECIDED}]


async def test_an_apply_is_waited_for_while_it_runs_and_called_stuck_after_ten_minutes(waiting: App) -> None:
    waiting.service.put(42, status="approved", approved_by="303")
    press = waiting.press(42)

    async def begins(_: httpx.Request) -> None:
        waiting.service.put(42, status="applying", updated_at=int(waiting.clock().timestamp()), applied_job_id=None)

    waiting.service.breaks_after = {APPLY}
    waiting.service.meanwhile[APPLY] = begins
    waiting.services.decisions.sender.pause = waiting.clock.sleep
    assert (await waiting.decide(press, DecisionVerb.APPLY)).outcome is Outcome.UNKNOWN
    for _ in range(3):
        waiting.clock.move(minutes=2)
        await waiting.services.decision_reconciler.reconcile()
        assert await posted(waiting) == []
    waiting.clock.move(minutes=2)
    await waiting.services.decision_reconciler.reconcile()
    assert await posted(waiting) == [{42: Outcome.ALREADY_DECIDED}]
    assert len(waiting.service.writes) == 1


async def test_a_change_that_is_purged_meanwhile_is_posted_as_gone(waiting: App) -> None:
    waiting.service.refusals[BATCHES] = (502, "Bad gateway")
    await waiting.batch(waiting.press(42), DecisionVerb.APPROVE)
    del waiting.service.changes[42]
    await waiting.services.decision_reconciler.reconcile()
    assert await posted(waiting) == [{42: Outcome.NOT_FOUND}]


async def test_the_decision_of_a_person_who_unlinked_meanwhile_is_resolved(waiting: App) -> None:
    await waiting.die_during(BATCHES, waiting.batch(waiting.press(42), DecisionVerb.APPROVE))
    await waiting.services.accounts.unlink(APPROVER)
    await waiting.services.decision_reconciler.reconcile()
    assert await posted(waiting) == [{42: Outcome.DONE}]


async def test_while_the_service_is_away_it_waits(waiting: App) -> None:
    await waiting.die_during(BATCHES, waiting.batch(waiting.press(42), DecisionVerb.APPROVE))
    waiting.service.is_away = True
    waiting.clock.move(hours=1)
    await waiting.services.decision_reconciler.reconcile()
    assert await unresolved(waiting) == [IntentState.UNKNOWN]
    waiting.service.is_away = False
    await waiting.services.decision_reconciler.reconcile()
    assert await posted(waiting) == [{42: Outcome.DONE}]


async def test_a_decision_in_progress_is_not_reconciled(waiting: App) -> None:
    waiting.service.put(42, status="approved", approved_by="303")
    selection = await waiting.services.decisions.select(APPROVER, DecisionVerb.APPLY, [Target(42, "")])

    async def looks(_: httpx.Request) -> None:
        waiting.clock.move(minutes=6)
        await waiting.services.proposal_reconciler.reconcile()
        await waiting.services.decision_reconciler.reconcile()

    waiting.service.meanwhile[APPLY] = looks
    press = waiting.batch_press(selection)
    outcome = await waiting.batch(press, DecisionVerb.APPLY)
    assert outcome.results[0].outcome is Outcome.DONE
    assert await posted(waiting) == []
    assert await unresolved(waiting) == []


async def test_an_outcome_is_posted_in_the_channel_of_the_press(waiting: App) -> None:
    await waiting.die_during(BATCHES, waiting.batch(waiting.press(42), DecisionVerb.APPROVE))
    await waiting.services.decision_reconciler.reconcile()
    (post,) = await due_posts(waiting)
    assert (post.guild_id, post.channel_id, post.user_id) == (GUILD, 78, APPROVER)
    assert json.loads(json.dumps(post.facts)) == post.facts


async def test_posts_of_a_person_are_exported_and_deleted_with_them(waiting: App) -> None:
    for change_id in (42, 44):
        await waiting.die_during(BATCHES, waiting.batch(waiting.press(change_id), DecisionVerb.APPROVE))
    await waiting.services.decision_reconciler.reconcile()
    assert len(await posted(waiting)) == 2
    await waiting.services.decision_reconciler.expire()
    assert len(await posted(waiting)) == 2
    assert "delivery" in (await waiting.services.privacy.export(APPROVER)).rows
    await waiting.services.privacy.forget(APPROVER)
    assert await posted(waiting) == []


async def test_posts_are_deleted_after_a_week(waiting: App) -> None:
    await waiting.die_during(BATCHES, waiting.batch(waiting.press(42), DecisionVerb.APPROVE))
    await waiting.services.decision_reconciler.reconcile()
    waiting.clock.move(days=8)
    await waiting.services.decision_reconciler.expire()
    assert await posted(waiting) == []


async def test_a_lost_decision_of_version_0_1_is_resolved(waiting: App) -> None:
    """That version stored no digests for a single change."""
    intents = waiting.services.decisions.batches.intents
    old = NewIntent(
        interaction_id=9,
        user_id=APPROVER,
        horde_user_id="202",
        kind="approve",
        guild_id=GUILD,
        channel_id=78,
        change_id=42,
        is_sent=True,
    )
    await intents.prepare(old, waiting.clock())
    await waiting.restart()
    waiting.service.put(42, status="approved", approved_by="202", approved_username="bob#202")
    await waiting.services.decision_reconciler.reconcile()
    assert await posted(waiting) == [{42: Outcome.DONE}]
    assert await unresolved(waiting) == []


async def test_the_outcome_of_a_press_in_a_direct_message_is_posted_nowhere(waiting: App) -> None:
    press = replace(waiting.press(42), origin=Origin(99, None, 5))
    await waiting.die_during(BATCHES, waiting.batch(press, DecisionVerb.APPROVE))
    await waiting.services.decision_reconciler.reconcile()
    assert await posted(waiting) == []
    assert await unresolved(waiting) == []


async def test_an_outcome_that_is_posted_names_the_action_the_model_and_the_status(waiting: App) -> None:
    await waiting.die_during(BATCHES, waiting.batch(waiting.press(42), DecisionVerb.REJECT))
    await waiting.services.decision_reconciler.reconcile()
    (post,) = await due_posts(waiting)
    assert post.facts["verb"] == "reject"
    (item,) = post.facts["items"]
    assert (item["name"], item["status"], item["by"]) == ("Model 42", "rejected", "bob#202")


async def test_a_lost_decision_is_read_with_the_approvers_own_key(waiting: App) -> None:
    await waiting.die_during(BATCHES, waiting.batch(waiting.press(42), DecisionVerb.APPROVE))
    waiting.service.requests.clear()
    await waiting.services.decision_reconciler.reconcile()
    read = [each for each in waiting.service.requests if each.url.path.endswith("/changes/42")]
    assert [each.headers["apikey"] for each in read] == ["the-key-of-bob"]


@pytest.mark.parametrize(("seconds", "outcomes"), [(60, []), (61, [{42: Outcome.NOT_TRIED}])])
async def test_a_request_may_arrive_within_a_minute_after_it_was_sent(
    waiting: App, seconds: int, outcomes: list[dict[int, Outcome]]
) -> None:
    waiting.service.refusals[BATCHES] = (502, "Bad gateway")
    await waiting.batch(waiting.press(42), DecisionVerb.APPROVE)
    waiting.clock.move(seconds=seconds)
    await waiting.services.decision_reconciler.reconcile()
    assert await posted(waiting) == outcomes


async def test_one_decision_that_cannot_be_read_keeps_no_other_back(waiting: App) -> None:
    for change_id in (42, 44):
        await waiting.die_during(BATCHES, waiting.batch(waiting.press(change_id), DecisionVerb.APPROVE))
    waiting.service.refusals["/changes/42"] = (500, "Internal error")
    await waiting.services.decision_reconciler.reconcile()
    assert await posted(waiting) == [{44: Outcome.DONE}]
    waiting.service.refusals.clear()
    await waiting.services.decision_reconciler.reconcile()
    assert await posted(waiting) == [{44: Outcome.DONE}, {42: Outcome.DONE}]


async def test_the_trace_of_a_lost_decision_says_whether_it_had_an_effect(waiting: App) -> None:
    done, lost = waiting.press(42), waiting.press(44)
    await waiting.die_during(BATCHES, waiting.batch(done, DecisionVerb.APPROVE))
    waiting.service.refusals[BATCHES] = (502, "Bad gateway")
    await waiting.batch(lost, DecisionVerb.APPROVE)
    intents = waiting.services.decisions.batches.intents
    ids = [intent.intent_id for intent in await intents.unresolved()]
    waiting.clock.move(minutes=2)
    await waiting.services.decision_reconciler.reconcile()
    found = [await intents.get(intent_id) for intent_id in ids]
    assert [intent.state for intent in found if intent] == [IntentState.DONE, IntentState.NOT_QUEUED]


async def test_a_lost_apply_whose_live_record_differs_is_posted_with_the_difference(waiting: App) -> None:
    waiting.service.put(42, status="approved", approved_by="303")
    await waiting.services.monitor.poll()
    waiting.service.keeps_live_records = True
    await waiting.die_during(APPLY, waiting.batch(waiting.press(42), DecisionVerb.APPLY))
    await waiting.services.decision_reconciler.reconcile()
    (post,) = await due_posts(waiting)
    assert post.facts["items"][0]["differs"] == []
