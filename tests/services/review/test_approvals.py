"""A server may want more approvals than one, and another approver than the requestor; the service wants neither."""

import json
from dataclasses import replace

import pytest

from bot.identity.errors import MissingRoleError
from bot.reference.errors import ForbiddenError
from bot.services.changes import CardState, Origin
from bot.services.errors import OwnChangeError
from bot.services.review.approvals import TITLE_LENGTH_MAX, approval_title, approvers_in
from bot.services.review.outcomes import Outcome
from bot.services.review.presses import DecisionVerb
from bot.ui.cards.states import decider
from storage.guild_settings import SelfApproval, Setting
from tests.services.conftest import APPROVER, GUILD, REQUESTOR, App
from tests.services.deliveries import deliver_cards
from tests.services.review.presses import approve, wants

OTHER_GUILD = 79


@pytest.fixture
def waiting(app: App) -> App:
    """A change of erin's that waits; bob and alice may both approve it."""
    app.service.put(42, requested_by="102", requested_username="erin#102")
    return app


async def test_the_last_required_approval_is_sent_with_the_last_approvers_key(waiting: App) -> None:
    await wants(waiting, approvals=2)
    first = await approve(waiting)
    assert first.outcome is Outcome.COUNTED
    assert first.counted.is_first
    assert (first.counted.names, first.counted.required) == (("bob#202",), 2)
    assert waiting.service.writes == []
    assert (await approve(waiting, REQUESTOR)).outcome is Outcome.DONE
    (write,) = waiting.service.writes
    assert write.headers["apikey"] == "the-key-of-ali"


async def test_the_service_is_told_the_names_of_all_approvers_and_the_card_has_them(waiting: App) -> None:
    await wants(waiting, approvals=2)
    await approve(waiting)
    waiting.clock.move(minutes=1)
    done = await approve(waiting, REQUESTOR)
    (write,) = waiting.service.writes
    assert json.loads(write.content)["batch_title"] == "Approved by bob#202, alice#101"
    assert done.change is not None
    approved = done.change.model_copy(update={"batch_title": "Approved by bob#202, alice#101"})
    assert decider(approved) == "bob\\#202, alice\\#101"


async def test_the_card_is_drawn_again_when_a_counted_approver_loses_the_role(waiting: App) -> None:
    services = waiting.services
    await wants(waiting, approvals=2)
    await services.guild_setup.use_review_channel(GUILD, 78)
    waiting.service.put(43, requested_by="102", requested_username="erin#102")
    await approve(waiting)
    await approve(waiting, REQUESTOR, 43)
    await services.decisions.expire()
    await deliver_cards(waiting)
    await services.decisions.expire()
    assert await services.deliveries.due_cards() == []
    waiting.service.roles = ["requestor"]
    waiting.clock.move(hours=1)
    await services.accounts.refresh(APPROVER)
    await services.decisions.expire()
    assert [card.change_id for (card,) in await services.deliveries.due_cards()] == [42], "alice's still counts"


async def test_an_approval_of_a_person_who_lost_the_role_does_not_count(waiting: App) -> None:
    await wants(waiting, approvals=2)
    await approve(waiting)
    waiting.service.roles = ["requestor"]
    waiting.clock.move(hours=1)
    with pytest.raises(MissingRoleError):
        await approve(waiting)
    waiting.service.roles = ["requestor", "approver"]
    other = await approve(waiting, REQUESTOR)
    assert (other.outcome, other.counted.names) == (Outcome.COUNTED, ("alice#101",))
    facts = await waiting.services.queue.facts_builder.build(await waiting.services.poller.read(42), GUILD)
    assert facts.approvals == ("alice#101",)
    assert await waiting.services.decisions.policy.counts(GUILD) == {42: 1}


async def test_an_approval_of_a_person_who_unlinked_does_not_count(waiting: App) -> None:
    await wants(waiting, approvals=2)
    await approve(waiting)
    await waiting.services.accounts.unlink(APPROVER)
    other = await approve(waiting, REQUESTOR)
    assert (other.outcome, other.counted.names) == (Outcome.COUNTED, ("alice#101",))


async def test_a_counted_approval_can_be_withdrawn(waiting: App) -> None:
    await wants(waiting, approvals=2)
    await approve(waiting)
    waiting.service.user_id = "202"
    withdrawn = await waiting.services.decisions.withdraw_approval(waiting.press(42))
    assert (withdrawn.outcome, withdrawn.counted.names) == (Outcome.WITHDRAWN, ())
    assert (await approve(waiting, REQUESTOR)).outcome is Outcome.COUNTED
    assert waiting.service.writes == []


async def test_a_decided_change_has_no_approval_to_withdraw(waiting: App) -> None:
    waiting.service.put(42, status="rejected", rejected_by="303")
    result = await waiting.services.decisions.withdraw_approval(waiting.press(42))
    assert result.outcome is Outcome.ALREADY_DECIDED


@pytest.fixture
def most_used(waiting: App) -> App:
    """A deletion of the most used model waits."""
    waiting.service.put(42, operation="delete", model_name="Deliberate")
    usage = {"models": [{"name": "Deliberate", "worker_count": 3, "usage_month": 9000}]}
    waiting.service.bodies["/model_references/statistics/image_generation/deletion-risk"] = (200, usage)
    return waiting


async def test_a_most_used_model_needs_one_approval_more_where_so_many_approvers_are_linked(most_used: App) -> None:
    first = await approve(most_used)
    assert (first.outcome, first.counted.required) == (Outcome.COUNTED, 2)
    facts = await most_used.services.queue.facts_builder.build(await most_used.services.poller.read(42), GUILD)
    assert (facts.approvals, facts.approvals_required) == (("bob#202",), 2)
    assert (await approve(most_used, REQUESTOR)).outcome is Outcome.DONE


async def test_one_approval_is_enough_for_a_most_used_model_while_no_other_approver_is_linked(most_used: App) -> None:
    await most_used.services.accounts.unlink(REQUESTOR)
    assert (await approve(most_used)).outcome is Outcome.DONE


async def test_a_server_sets_the_approvals_that_a_most_used_model_needs(most_used: App) -> None:
    await most_used.services.guild_setup.change(GUILD, Setting.APPROVALS_MOST_USED, 1)
    assert (await approve(most_used)).outcome is Outcome.DONE


@pytest.mark.parametrize(("required", "most_used_needs", "needed"), [(2, 1, 2), (2, 4, 4), (5, None, 5), (2, None, 2)])
async def test_a_most_used_model_never_needs_fewer_approvals_than_any_other(
    most_used: App, required: int, most_used_needs: int | None, needed: int
) -> None:
    await wants(most_used, approvals=required)
    if most_used_needs is not None:
        await most_used.services.guild_setup.change(GUILD, Setting.APPROVALS_MOST_USED, most_used_needs)
    change = await most_used.services.poller.read(42)
    rules = await most_used.services.decisions.policy.rules(GUILD, change)
    assert rules.required == needed, "two approvers are linked"


@pytest.mark.parametrize(("operation", "name"), [("create", "Deliberate"), ("delete", "Never used")])
async def test_a_new_model_and_one_without_usage_need_no_more_approvals(
    most_used: App, operation: str, name: str
) -> None:
    most_used.service.put(42, operation=operation, model_name=name)
    assert (await approve(most_used)).outcome is Outcome.DONE


async def test_an_approver_counts_once(waiting: App) -> None:
    await wants(waiting, approvals=2)
    await approve(waiting)
    again = await approve(waiting)
    assert again.outcome is Outcome.COUNTED
    assert not again.counted.is_first
    assert again.counted.names == ("bob#202",)
    assert waiting.service.writes == []


async def test_approvals_are_of_one_content(waiting: App) -> None:
    await wants(waiting, approvals=2)
    await approve(waiting)
    waiting.service.put(42, payload={"name": "Another"})
    other = await approve(waiting, REQUESTOR)
    assert other.outcome is Outcome.COUNTED
    assert other.counted.names == ("alice#101",)


async def test_approvals_are_of_one_server_and_the_services_truth_wins(waiting: App) -> None:
    await wants(waiting, approvals=2)
    await wants(waiting, approvals=1, guild_id=OTHER_GUILD)
    await approve(waiting)
    press = waiting.press(42, user_id=APPROVER)
    there = replace(press, origin=Origin(999, OTHER_GUILD, 1))
    assert (await waiting.decide(there, DecisionVerb.APPROVE)).outcome is Outcome.DONE
    change = await waiting.services.poller.read(42)
    here = await waiting.services.queue.facts_builder.build(change, GUILD)
    assert (here.state, here.approvals, here.approvals_required) == (CardState.APPROVED, ("bob#202",), 2)
    elsewhere = await waiting.services.queue.facts_builder.build(change, OTHER_GUILD)
    assert (elsewhere.approvals, elsewhere.approvals_required) == ((), 1)


async def test_after_the_number_of_approvals_is_lowered_the_next_press_decides(waiting: App) -> None:
    await wants(waiting, approvals=3)
    await approve(waiting)
    await wants(waiting, approvals=1)
    assert (await approve(waiting)).outcome is Outcome.DONE


async def test_an_approval_that_the_service_would_not_take_does_not_count(waiting: App) -> None:
    await wants(waiting, approvals=2)
    await approve(waiting)
    waiting.service.refusals["/batches"] = (403, "Approver role required")
    with pytest.raises(ForbiddenError):
        await approve(waiting, REQUESTOR)
    facts = await waiting.services.queue.facts_builder.build(await waiting.services.poller.read(42), GUILD)
    assert facts.approvals == ("bob#202",)


async def test_an_approval_whose_answer_was_lost_counts_and_the_next_press_sends_it_again(waiting: App) -> None:
    await wants(waiting, approvals=2)
    await approve(waiting)
    waiting.service.refusals["/batches"] = (502, "Bad gateway")
    await approve(waiting, REQUESTOR)
    del waiting.service.refusals["/batches"]
    assert (await approve(waiting)).outcome is Outcome.DONE


async def test_an_own_change_is_warned_of_allowed_or_blocked(waiting: App) -> None:
    waiting.service.put(42, requested_by="202", requested_username="bob#202")
    for own, is_said in (("warn", True), ("allow", False)):
        await wants(waiting, own=own)
        asked = await waiting.services.decisions.ask(waiting.press(42), DecisionVerb.APPROVE)
        assert asked.facts is not None
        assert asked.is_own is is_said
    await wants(waiting, own="block")
    for action in (waiting.services.decisions.ask, waiting.services.decisions.decide):
        with pytest.raises(OwnChangeError):
            await action(waiting.press(42), DecisionVerb.APPROVE)
    assert waiting.service.writes == []
    assert (await approve(waiting, REQUESTOR)).outcome is Outcome.DONE


async def test_a_known_own_change_is_refused_without_a_request(waiting: App) -> None:
    waiting.service.put(42, requested_by="202", requested_username="bob#202")
    await wants(waiting, own="block")
    await waiting.services.monitor.poll()
    asked = waiting.service.asked("/pending_queue")
    with pytest.raises(OwnChangeError) as refusal:
        await waiting.batch(waiting.press(42), DecisionVerb.APPROVE)
    assert refusal.value.change_id == 42
    assert waiting.service.asked("/pending_queue") == asked


async def test_own_changes_are_not_blocked_while_no_other_approver_is_known(waiting: App) -> None:
    waiting.service.put(42, requested_by="202", requested_username="bob#202")
    await wants(waiting, own="block")
    waiting.service.roles = ["requestor"]
    waiting.clock.move(hours=1)
    with pytest.raises(MissingRoleError):
        await approve(waiting, REQUESTOR)
    waiting.service.roles = ["requestor", "approver"]
    assert await waiting.services.decisions.policy.approvers_known() == 1
    asked = await waiting.services.decisions.ask(waiting.press(42), DecisionVerb.APPROVE)
    assert asked.facts is not None
    assert asked.is_own


async def test_an_own_approval_stops_counting_after_own_approvals_are_blocked(waiting: App) -> None:
    waiting.service.put(42, requested_by="202", requested_username="bob#202")
    await wants(waiting, approvals=2)
    await approve(waiting)
    await wants(waiting, approvals=2, own="block")
    other = await approve(waiting, REQUESTOR)
    assert other.outcome is Outcome.COUNTED
    assert other.counted.names == ("alice#101",)
    facts = await waiting.services.queue.facts_builder.build(await waiting.services.poller.read(42), GUILD)
    assert facts.approvals == ("alice#101",)


async def test_outside_of_servers_one_approval_is_enough_and_an_own_change_is_warned_of(waiting: App) -> None:
    waiting.service.put(42, requested_by="202", requested_username="bob#202")
    await wants(waiting, approvals=2, own="block")
    press = replace(waiting.press(42), origin=Origin(999, None, 1))
    rules = await waiting.services.decisions.policy.rules(None)
    assert (rules.required, rules.own) == (1, SelfApproval.WARN)
    assert (await waiting.services.decisions.ask(press, DecisionVerb.APPROVE)).is_own
    assert (await waiting.decide(press, DecisionVerb.APPROVE)).outcome is Outcome.DONE


def test_the_title_names_as_many_approvers_as_the_service_takes() -> None:
    assert approval_title(["bob#202"]) == "Approved by bob#202"
    fitting = ["a" * 50, "b" * 56]
    assert approval_title(fitting) == f"Approved by {fitting[0]}, {fitting[1]}"
    assert len(approval_title(fitting)) == TITLE_LENGTH_MAX == 120
    assert approval_title([*fitting, "c"]) == approval_title(fitting)
    assert approval_title([fitting[0], f"{fitting[1]}!"]) == f"Approved by {fitting[0]}"
    assert approval_title(["a" * 200]) == f"Approved by {'a' * 108}"


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Approved by bob#202, alice#101", ("bob#202", "alice#101")),
        ("Approved by bob#202", ("bob#202",)),
        ("Models of Monday", ()),
        (None, ()),
    ],
)
async def test_the_approvers_are_read_back_from_the_title_of_a_batch(
    waiting: App, title: str | None, names: tuple[str, ...]
) -> None:
    change = (await waiting.services.poller.read(42)).model_copy(update={"batch_title": title})
    assert approvers_in(change) == names


async def test_an_approval_is_known_in_the_server_where_it_was_given(waiting: App) -> None:
    await wants(waiting, approvals=2)
    policy, change = waiting.services.decisions.policy, await waiting.services.poller.read(42)
    actor = await waiting.services.accounts.actor(APPROVER)
    assert not await policy.has_approved(actor, change, GUILD)
    await approve(waiting)
    assert await policy.has_approved(actor, change, GUILD)
    assert not await policy.has_approved(actor, change, OTHER_GUILD)
    assert not await policy.has_approved(actor, change, None)
    assert not await policy.has_approved(await waiting.services.accounts.actor(REQUESTOR), change, GUILD)
    await policy.withdraw(actor, change, None)
    assert await policy.has_approved(actor, change, GUILD), "a press outside of servers withdraws nothing"
    await policy.withdraw(actor, change, GUILD)
    assert not await policy.has_approved(actor, change, GUILD)


@pytest.mark.parametrize("state", [CardState.APPLYING, CardState.APPLIED, CardState.REJECTED])
async def test_a_card_counts_approvals_only_until_they_are_enough(waiting: App, state: CardState) -> None:
    await wants(waiting, approvals=2)
    await approve(waiting)
    policy, change = waiting.services.decisions.policy, await waiting.services.poller.read(42)
    assert await policy.progress(change, CardState.PENDING, GUILD) == (("bob#202",), 2)
    assert await policy.progress(change, CardState.PENDING, None) == ((), 1)
    assert await policy.progress(change, state, GUILD) == ((), 1)
    await policy.approvals.add(policy._approval(await waiting.services.accounts.actor(REQUESTOR), change, GUILD))
    assert await policy.progress(change, CardState.APPROVED, GUILD) == ((), 1), "they are enough"
    assert await policy.counts(GUILD) == {42: 2}
    assert await policy.counts(OTHER_GUILD) == {}
