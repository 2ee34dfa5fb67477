"""The question before a decision: what it shows, whom it is for, and what its buttons are bound to."""

import asyncio
from dataclasses import replace

import httpx
import pytest

from bot.identity.errors import MissingRoleError
from bot.reference.errors import ForbiddenError
from bot.services.changes import CardState, ChangeFacts, MessageLink, Origin
from bot.services.checks import CheckCode
from bot.services.errors import ReadLimitError
from bot.services.rate_limits import READ_CHECKS_A_MINUTE, READS_A_MINUTE
from bot.services.review import decisions
from bot.services.review.approvals import TITLE_LENGTH_MAX
from bot.services.review.outcomes import CountedApprovals, Outcome
from bot.services.review.presses import BATCH_MAX, ButtonPress, DecisionVerb, Target
from tests.harness.scripted_service import harmless
from tests.services.conftest import APPROVER, CHANNEL, GUILD, REQUESTOR, App
from tests.services.deliveries import deliver_cards
from tests.services.review.presses import approve, chosen, outcomes, wants

APPLY = "/apply"


@pytest.fixture
def waiting(app: App) -> App:
    """Three changes of erin's that wait."""
    for change_id in (42, 44, 47):
        app.service.put(change_id, requested_by="102", requested_username="erin#102")
    return app


@pytest.fixture
async def shown(waiting: App) -> App:
    """Return them with their cards posted."""
    await waiting.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    await waiting.services.monitor.poll()
    await deliver_cards(waiting)
    return waiting


def ids(targets: tuple[Target, ...]) -> list[int]:
    return [target.change_id for target in targets]


async def behind(app: App, selection_id: int) -> list[int]:
    """Return the changes behind a button."""
    return ids(await app.services.decisions.targets_of(app.batch_press(selection_id)))


async def test_an_approver_whose_approval_counts_already_is_told_so_instead_of_asked(shown: App) -> None:
    await wants(shown, approvals=2)
    await approve(shown)
    again = await shown.services.decisions.ask(shown.press(42), DecisionVerb.APPROVE)
    (result,) = again.results
    assert (result.outcome, again.facts) == (Outcome.COUNTED, None)
    assert result.counted == CountedApprovals(("bob#202",), 2, is_first=False)
    assert result.card == MessageLink(GUILD, CHANNEL, 542)
    other = await shown.services.decisions.ask(shown.press(42, user_id=REQUESTOR), DecisionVerb.APPROVE)
    assert other.facts is not None
    assert other.facts.approvals == ("bob#202",)


async def test_an_approver_whose_approval_became_the_last_one_needed_is_asked_to_send_it(waiting: App) -> None:
    await wants(waiting, approvals=2)
    await approve(waiting)
    await wants(waiting, approvals=1)
    asked = await waiting.services.decisions.ask(waiting.press(42), DecisionVerb.APPROVE)
    assert asked.facts is not None
    assert asked.results[0].outcome is Outcome.READY


async def test_a_change_that_was_decided_meanwhile_is_named_with_its_card(shown: App) -> None:
    shown.service.put(42, status="approved", approved_by="303", approved_username="carol#303")
    asked = await shown.services.decisions.ask(shown.press(42), DecisionVerb.APPROVE)
    assert asked.facts is None
    assert asked.results[0].outcome is Outcome.ALREADY_DECIDED
    assert asked.results[0].card == MessageLink(GUILD, CHANNEL, 542)


async def test_the_facts_of_a_change_are_those_of_the_server(waiting: App) -> None:
    await wants(waiting, approvals=3)
    here = await waiting.services.decisions.facts(42, GUILD)
    elsewhere = await waiting.services.decisions.facts(42)
    assert isinstance(here, ChangeFacts)
    assert isinstance(elsewhere, ChangeFacts)
    assert (here.approvals_required, elsewhere.approvals_required) == (3, 1)


async def test_a_decision_on_one_change_links_its_card_and_one_on_several_does_not(shown: App) -> None:
    assert (await shown.decide(shown.press(42), DecisionVerb.APPROVE)).card == MessageLink(GUILD, CHANNEL, 542)
    result = await shown.batch(await chosen(shown, (44, 47)), DecisionVerb.REJECT, reason="Because.")
    assert [each.card for each in result.results] == [None, None]


async def test_a_batch_without_a_title_is_called_after_its_origin_and_a_long_title_is_cut(waiting: App) -> None:
    await waiting.batch(await chosen(waiting, (42,)), DecisionVerb.APPROVE, title="  ")
    await waiting.batch(await chosen(waiting, (44,)), DecisionVerb.APPROVE, title=f" {'x' * 300} ")
    titles = [waiting.service.writes[number].content.decode() for number in (0, 1)]
    assert '"batch_title":"Discord"' in titles[0].replace(" ", "")
    assert f'"{"x" * TITLE_LENGTH_MAX}"' in titles[1]


async def test_of_two_the_one_that_has_to_be_read_by_itself_is_not_decided_with_the_other(waiting: App) -> None:
    waiting.service.put(44, operation="delete", model_name="Deliberate")
    press = await chosen(waiting, (42, 44))
    question = await waiting.services.decisions.ask(press, DecisionVerb.APPROVE)
    assert [result.change_id for result in question.ready] == [42]
    assert [result.change_id for result in question.alone] == [44]
    assert question.own_name == "bob#202"
    assert await behind(waiting, question.selection_id) == [42]
    assert await behind(waiting, question.reject_selection_id) == [42, 44]
    rejecting = await waiting.services.decisions.ask(press, DecisionVerb.REJECT)
    assert [result.change_id for result in rejecting.ready] == [42, 44], "rejecting needs no care"
    result = await waiting.batch(press, DecisionVerb.APPROVE)
    assert outcomes(result) == {42: Outcome.DONE, 44: Outcome.ALONE}
    assert result.next_selection_id is not None
    assert await behind(waiting, result.next_selection_id) == [42]


async def test_two_that_propose_one_file_are_warned_of_in_the_question_as_on_their_cards(waiting: App) -> None:
    waiting.service.put(44, payload=harmless("Model 42"))
    await waiting.services.monitor.poll()
    question = await waiting.services.decisions.ask(await chosen(waiting, (42, 44)), DecisionVerb.APPROVE)
    named = [
        (result.change_id, check.code)
        for result in question.results
        for check in (result.concerns.checks if result.concerns else ())
    ]
    assert named == [(42, CheckCode.FILE_PROPOSED), (44, CheckCode.FILE_PROPOSED)]


async def test_a_question_about_what_was_chosen_needs_no_second_list_of_it(waiting: App) -> None:
    press = await chosen(waiting)
    question = await waiting.services.decisions.ask(press, DecisionVerb.APPROVE)
    assert press.selection_id == question.selection_id == question.reject_selection_id
    several = ButtonPress(APPROVER, waiting.origin(), (Target(42, ""), Target(44, "")))
    asked = await waiting.services.decisions.ask(several, DecisionVerb.REJECT)
    assert await behind(waiting, asked.selection_id) == [42, 44]
    assert asked.reject_selection_id == asked.selection_id


async def test_a_question_about_nothing_that_can_be_decided_has_no_buttons(waiting: App) -> None:
    press = await chosen(waiting, (42, 44))
    for change_id in (42, 44):
        waiting.service.put(change_id, status="rejected", rejected_by="303")
    question = await waiting.services.decisions.ask(press, DecisionVerb.APPROVE)
    assert (question.selection_id, question.ready, len(question.stale)) == (0, (), 2)


async def test_questions_may_use_the_share_of_writes_and_cost_a_read_a_change(waiting: App) -> None:
    service, checks = waiting.services.decisions, waiting.services.decisions.rate_limits.key_checks
    press = await chosen(waiting, (42, 44))
    for _ in range(READ_CHECKS_A_MINUTE):
        checks.count()
    with pytest.raises(ReadLimitError):
        service.rate_limits.count_read(REQUESTOR)
    for _ in range(READS_A_MINUTE // 2):
        await service.ask(press, DecisionVerb.REJECT)
    with pytest.raises(ReadLimitError) as refused:
        await service.ask(press, DecisionVerb.REJECT)
    assert refused.value.limit == READS_A_MINUTE
    with pytest.raises(ReadLimitError):
        await service.approved(APPROVER)
    waiting.clock.move(minutes=2)
    for _ in range(READ_CHECKS_A_MINUTE):
        checks.count()
    await service.approved(APPROVER)


async def test_the_list_of_approved_changes_is_for_approvers_and_its_button_applies_those_that_can_go_together(
    app: App,
) -> None:
    for change_id in (42, 44):
        app.service.put(change_id, status="approved", approved_by="303")
    app.service.put(47, status="approved", approved_by="303", operation="delete", model_name="Deliberate")
    listed = await app.services.decisions.approved(APPROVER)
    assert [result.change_id for result in listed.ready] == [42, 44]
    assert [result.change_id for result in listed.alone] == [47]
    assert await behind(app, listed.selection_id) == [42, 44]
    for change_id in (42, 44):
        del app.service.changes[change_id]
    alone = await app.services.decisions.approved(APPROVER)
    assert [result.change_id for result in alone.ready] == [47], "alone in the list, it is read by itself"
    del app.service.changes[47]
    assert (await app.services.decisions.approved(APPROVER)).selection_id == 0
    app.service.roles = ["requestor"]
    app.clock.move(hours=1)
    with pytest.raises(MissingRoleError):
        await app.services.decisions.approved(APPROVER)


async def test_a_choice_has_each_change_once_and_no_more_than_one_batch_takes(waiting: App) -> None:
    many = [Target(number, "") for number in range(1, BATCH_MAX + 3)]
    selection_id = await waiting.services.decisions.select(APPROVER, DecisionVerb.APPLY, [many[0], *many])
    assert await behind(waiting, selection_id) == list(range(1, BATCH_MAX + 1))
    press = ButtonPress(APPROVER, waiting.origin(), (many[0], *many))
    assert ids(await waiting.services.decisions.targets_of(press)) == list(range(1, BATCH_MAX + 1))


async def test_a_form_shows_what_is_remembered_of_the_record_that_was_shown(waiting: App) -> None:
    waiting.service.put(44, operation="delete", model_name="Deliberate")
    await waiting.services.monitor.poll()
    digest = (await waiting.services.poller.read(42)).digest
    targets = (Target(42, digest), Target(44, ""), Target(47, "0123456789"), Target(99, "abc"))
    asked = len(waiting.service.requests)
    known = await waiting.services.decisions.remembered(ButtonPress(APPROVER, waiting.origin(), targets))
    assert [(each.change_id, each.change is not None) for each in known] == [
        (42, True),
        (44, True),
        (47, False),
        (99, False),
    ]
    assert {each.outcome for each in known} == {Outcome.READY}, "rejecting needs no care"
    assert [each.digest for each in known[2:]] == ["0123456789", "abc"]
    assert known[0].state is CardState.PENDING
    assert known[1].concerns is not None
    assert known[1].concerns.is_delete
    assert all("/changes" not in each.url.path for each in waiting.service.requests[asked:])


async def test_two_of_which_one_deletes_a_model_are_rejected_together(waiting: App) -> None:
    waiting.service.put(44, operation="delete", model_name="Deliberate")
    result = await waiting.batch(await chosen(waiting, (42, 44)), DecisionVerb.REJECT, reason="Because.")
    assert outcomes(result) == {42: Outcome.DONE, 44: Outcome.DONE}


async def test_a_form_opens_without_concerns_that_the_service_is_slow_to_name(
    waiting: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never_answers(_: httpx.Request) -> None:
        await asyncio.Event().wait()

    waiting.service.put(42, operation="delete", model_name="Deliberate")
    await waiting.services.monitor.poll()
    monkeypatch.setattr(decisions, "CONCERNS_WITHIN_S", 0.01)
    waiting.service.meanwhile["/model_references/statistics/image_generation/deletion-risk"] = never_answers
    (known,) = await waiting.services.decisions.remembered(waiting.press(42))
    assert known.change is not None
    assert known.concerns is None


async def test_one_press_approves_and_applies_and_links_the_card(shown: App) -> None:
    press = shown.press(42)
    done = await shown.services.decisions.approve_and_apply(press)
    assert (done.verb, done.single.outcome, done.single.state) == (DecisionVerb.APPLY, Outcome.DONE, CardState.APPLIED)
    assert [write.url.path.rsplit("/", 1)[1] for write in shown.service.writes] == ["batches", "apply"]
    assert done.single.change is not None
    assert done.single.change.applied_job_id == f"discord:{press.origin.interaction_id}"
    assert done.single.card == MessageLink(GUILD, CHANNEL, 542)


@pytest.mark.parametrize("guild_id", [GUILD - 1, GUILD])
async def test_an_answer_links_the_card_in_the_server_of_the_press(shown: App, guild_id: int) -> None:
    await shown.services.guild_setup.use_review_channel(GUILD - 1, CHANNEL - 1)
    await deliver_cards(shown)
    press = shown.press(42)
    done = await shown.decide(replace(press, origin=replace(press.origin, guild_id=guild_id)), DecisionVerb.APPROVE)
    assert done.card == MessageLink(guild_id, CHANNEL + guild_id - GUILD, 542)


async def test_an_approval_that_is_not_the_last_one_needed_applies_nothing(waiting: App) -> None:
    await wants(waiting, approvals=2)
    counted = await waiting.services.decisions.approve_and_apply(waiting.press(42))
    assert (counted.verb, counted.single.outcome) == (DecisionVerb.APPROVE, Outcome.COUNTED)
    assert waiting.service.writes == []


async def test_a_change_whose_approval_got_no_answer_is_not_applied(waiting: App) -> None:
    waiting.service.refusals["/batches"] = (502, "Bad gateway")
    lost = await waiting.services.decisions.approve_and_apply(waiting.press(42))
    assert lost.single.outcome is Outcome.UNKNOWN
    assert len(waiting.service.writes) == 1


async def test_a_change_that_the_service_does_not_apply_stays_approved_with_the_services_words(waiting: App) -> None:
    waiting.service.refusals[APPLY] = (403, "Approver role required")
    result = (await waiting.services.decisions.approve_and_apply(waiting.press(42))).single
    assert (result.outcome, result.state, result.service_message) == (
        Outcome.DONE,
        CardState.APPROVED,
        "Approver role required",
    )
    assert waiting.service.changes[42]["status"] == "approved"


async def test_an_approval_is_withdrawn_in_one_server_and_its_card_counts_those_left(shown: App) -> None:
    await wants(shown, approvals=3)
    await approve(shown)
    await approve(shown, REQUESTOR)
    await deliver_cards(shown)
    withdrawn = await shown.services.decisions.withdraw_approval(shown.press(42))
    assert (withdrawn.counted.names, withdrawn.counted.required) == (("alice#101",), 3)
    assert withdrawn.card == MessageLink(GUILD, CHANNEL, 542)
    assert [message.delivery.change_id for message in await deliver_cards(shown)] == [42]
    again = await shown.services.decisions.ask(shown.press(42), DecisionVerb.APPROVE)
    assert again.facts is not None


async def test_a_press_outside_of_servers_is_decided_by_the_services_rules(waiting: App) -> None:
    await wants(waiting, approvals=3)
    press = replace(waiting.press(42), origin=Origin(999, None, 1))
    assert (await waiting.decide(press, DecisionVerb.APPROVE)).outcome is Outcome.DONE


async def test_a_refused_approval_reaches_the_approver_as_an_error(waiting: App) -> None:
    waiting.service.refusals["/batches"] = (403, "Approver role required")
    with pytest.raises(ForbiddenError):
        await waiting.services.decisions.approve_and_apply(waiting.press(42))
