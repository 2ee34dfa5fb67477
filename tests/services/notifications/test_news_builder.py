"""Contents of messages about changes, for requestors and for followers, and when they are merged."""

import pytest

from bot.reference.models import Operation
from bot.services.changes import CardState, MessageLink
from bot.services.notifications.direct_messages import FOLLOWED_PAUSE, NOTICES_PER_ROUND, REASONS_MAX
from bot.services.notifications.news import BriefNews, ChangeNews, SeveralNews
from bot.services.notifications.news_builder import NAMED_MAX
from bot.services.review.presses import DecisionVerb
from storage.delivery import RETRY_FIRST
from tests.services.conftest import APPROVER, CHANNEL, GUILD, OTHER, REQUESTOR, App
from tests.services.deliveries import deliver_cards, deliver_notices, due_notices
from tests.services.notifications.recipients import follow, news, several, told
from tests.services.proposals.sending import resend, sent
from tests.services.queue_moves import decided, digest_of, reject, rejected, seen


async def test_a_rejection_can_be_revised(app: App) -> None:
    await seen(app, 42)
    await rejected(app)
    told_of = await news(app)
    assert (told_of.facts.state, told_of.facts.change.reject_reason) == (CardState.REJECTED, "no")
    assert (told_of.revise, told_of.followed, told_of.request) == (digest_of(app), None, None)
    assert told_of.facts.resubmitted_as is None


async def test_a_rejection_that_was_resubmitted_names_the_new_change_instead(app: App) -> None:
    app.service.user_id = "101"
    await seen(app, 42)
    await rejected(app)
    await resend(app)
    about_old = [
        notice.content
        for notice in await told(app)
        if isinstance(notice.content, ChangeNews) and notice.content.facts.change.change_id == 42
    ]
    assert [(each.facts.resubmitted_as, each.revise) for each in about_old] == [(43, None)]


@pytest.mark.parametrize("status", ["approved", "applied"])
async def test_other_decisions_have_nothing_to_revise(app: App, status: str) -> None:
    await seen(app, 42)
    await decided(app, status, 42)
    told_of = await news(app)
    assert (told_of.facts.state, told_of.revise, told_of.card) == (CardState(status), None, None)


async def test_a_change_that_is_not_live_as_approved_is_told_with_the_difference(app: App) -> None:
    await seen(app, 42)
    await decided(app, "approved", 42)
    app.service.keeps_live_records = True
    await decided(app, "applied", 42)
    assert (await news(app)).facts.live_difference is not None


async def test_a_purged_proposal_of_the_bot_can_be_sent_again(app: App) -> None:
    _, digest = await sent(app)
    await app.services.monitor.poll()
    app.service.changes.clear()
    await app.wait_until_gone()
    purged = [each for each in await told(app) if "purged" in each.delivery.subject]
    (notice,) = purged
    assert isinstance(notice.content, ChangeNews)
    assert (notice.content.facts.state, notice.content.facts.is_kept) == (CardState.PURGED, True)
    assert notice.content.revise == digest


async def test_a_purged_deletion_can_be_proposed_again(app: App) -> None:
    await seen(app, 42, operation="delete", model_name="Deliberate", payload={})
    digest = digest_of(app)
    app.service.changes.clear()
    await app.wait_until_gone()
    assert (await news(app)).revise == digest


async def test_a_change_that_is_back_is_not_told_as_purged(app: App) -> None:
    await seen(app, 42)
    app.service.changes.clear()
    await app.wait_until_gone()
    await seen(app, 42)
    assert [notice for notice in await told(app) if "purged" in notice.delivery.subject] == []


async def test_news_wait_while_answers_of_the_service_contradict_each_other(app: App) -> None:
    await seen(app, 42)
    await decided(app, "approved", 42)
    del app.service.changes[42]
    app.services.monitor.note_contradiction()
    assert await told(app) == []
    app.clock.move(seconds=RETRY_FIRST.total_seconds())
    app.service.put(42, status="approved", approved_by="303")
    assert (await news(app)).facts.state is CardState.APPROVED


async def test_a_change_that_is_back_is_never_told_as_purged_even_among_contradictions(app: App) -> None:
    await seen(app, 42)
    app.service.changes.clear()
    await app.wait_until_gone()
    (group,) = await app.services.deliveries.due_direct_messages()
    await seen(app, 42)
    app.services.monitor.note_contradiction()
    assert await app.services.deliveries.prepare(group) is None
    app.clock.move(hours=2)
    assert await told(app) == []


async def test_a_person_who_proposed_and_unlinked_hears_of_a_decision_that_was_on_its_way(app: App) -> None:
    await sent(app)
    await app.services.monitor.poll()
    await deliver_notices(app)
    await rejected(app)
    await app.services.accounts.unlink(REQUESTOR)
    assert (await news(app)).revise == digest_of(app)


async def test_a_person_who_proposed_elsewhere_and_unlinked_hears_nothing(app: App) -> None:
    await seen(app, 42)
    await decided(app, "approved", 42)
    await app.services.accounts.unlink(REQUESTOR)
    assert await told(app) == []


async def test_a_change_is_read_once_for_all_its_recipients_of_a_round(app: App) -> None:
    await seen(app, 42)
    for user_id in (OTHER, APPROVER):
        await follow(app, user_id, category="image_generation")
    await decided(app, "approved", 42)
    app.service.requests.clear()
    assert len(await due_notices(app)) == 3
    assert app.service.asked("/changes/42") == 1
    await due_notices(app)
    assert app.service.asked("/changes/42") == 2, "the next round reads it again"


async def test_a_change_that_is_gone_is_asked_for_once_for_all_its_recipients(app: App) -> None:
    await seen(app, 42)
    await follow(app, OTHER, category="image_generation")
    await decided(app, "approved", 42)
    del app.service.changes[42]
    app.service.requests.clear()
    assert await due_notices(app) == []
    assert app.service.asked("/changes/42") == 1


async def test_a_final_decision_of_this_bot_is_told_without_reading_it(app: App) -> None:
    await seen(app, 42)
    await app.decide(app.press(42), DecisionVerb.REJECT)
    app.service.requests.clear()
    assert (await news(app)).facts.state is CardState.REJECTED
    assert app.service.asked("/changes/42") == 0


async def test_an_open_change_is_read_though_the_bot_decided_it(app: App) -> None:
    await seen(app, 42)
    await app.decide(app.press(42), DecisionVerb.APPROVE)
    app.service.put(42, status="applied", applied_by="303")
    assert await told(app) == [], "it went on meanwhile"


async def test_several_decisions_are_told_with_their_cards_and_reasons(app: App) -> None:
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    await seen(app, 1, 2)
    await deliver_cards(app)
    await decided(app, "rejected", 1, reject_reason="Too large.")
    reject(app, 2, operation="delete")
    app.service.changes[2]["reject_reason"] = None
    await app.services.monitor.poll()
    (both,) = await several(app)
    deleted = rejection(app, 2, Operation.DELETE, reason="")
    created = rejection(app, 1, Operation.CREATE, reason="Too large.")
    assert both == SeveralNews((deleted, created), 2)


async def test_a_follower_is_told_of_a_change_with_its_card(app: App) -> None:
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    await follow(app, OTHER, category="image_generation")
    await seen(app, 42)
    await deliver_cards(app)
    assert (await news(app, OTHER)).card == MessageLink(GUILD, CHANNEL, 542)


def rejection(app: App, change_id: int, operation: Operation, *, reason: str) -> BriefNews:
    """Return the line about a rejected change whose card is delivered."""
    return BriefNews(
        change_id,
        CardState.REJECTED,
        operation,
        f"Model {change_id}",
        MessageLink(GUILD, CHANNEL, 500 + change_id),
        reason=reason,
        revise=digest_of(app, change_id),
    )


async def test_followed_rejections_have_no_reasons_and_share_a_message_with_other_news(app: App) -> None:
    await follow(app, OTHER, category="image_generation")
    await seen(app, 1, 2, 3)
    await deliver_notices(app)
    app.clock.move(seconds=FOLLOWED_PAUSE.total_seconds())
    await decided(app, "rejected", 1, 2, reject_reason="no")
    await decided(app, "approved", 3)
    (shared,) = await several(app, OTHER)
    assert shared.total == 3
    assert [(item.state, item.reason, item.revise) for item in shared.items] == [
        (CardState.APPROVED, None, None),
        (CardState.REJECTED, None, None),
        (CardState.REJECTED, None, None),
    ]


async def test_five_rejections_share_a_message(app: App) -> None:
    ids = range(1, REASONS_MAX + 3)
    await seen(app, *ids)
    await decided(app, "rejected", *ids, reject_reason="no")
    assert [one.total for one in await several(app)] == [REASONS_MAX, 2]


async def test_a_message_names_ten_changes_the_newest_first_and_counts_the_rest(app: App) -> None:
    ids = range(1, NAMED_MAX + 3)
    await seen(app, *ids)
    await decided(app, "approved", *ids)
    (one,) = await several(app)
    assert one.total == NAMED_MAX + 2
    assert [item.change_id for item in one.items] == list(range(NAMED_MAX + 2, 2, -1))
    assert {(item.state, item.reason, item.revise, item.card) for item in one.items} == {
        (CardState.APPROVED, None, None, None)
    }


async def test_a_rejection_whose_content_changed_has_no_reason_to_show(app: App) -> None:
    await seen(app, 1, 2)
    await decided(app, "rejected", 1, 2, reject_reason="no")
    await app.services.monitor.poll()  # they are not in memory any more
    app.service.put(2, payload={"name": "Model 2", "description": "Another."})
    (both,) = await several(app)
    assert [(item.reason, item.revise) for item in both.items] == [(None, None), ("no", digest_of(app, 1))]


async def test_several_rejections_wait_while_their_reasons_cannot_be_read(app: App) -> None:
    await seen(app, 1, 2)
    await decided(app, "rejected", 1, 2, reject_reason="no")
    await app.services.monitor.poll()  # they are not in memory any more
    app.service.is_away = True
    assert await told(app) == []
    app.service.is_away = False
    app.clock.move(seconds=RETRY_FIRST.total_seconds())
    assert [one.total for one in await several(app)] == [2]


async def test_of_several_news_one_that_moved_on_is_told_alone(app: App) -> None:
    await seen(app, 1, 2)
    await decided(app, "approved", 1, 2)
    await decided(app, "applied", 2)
    states = {item.change_id: item.state for one in await several(app) for item in one.items}
    assert states == {1: CardState.APPROVED, 2: CardState.APPLIED}


async def test_one_that_is_left_of_several_is_a_message_of_its_own(app: App) -> None:
    await follow(app, OTHER, category="image_generation")
    subscription = await follow(app, OTHER, category="lora")
    await seen(app, 1)
    await seen(app, 2, category="lora")
    await app.services.following.end(OTHER, subscription)
    assert (await news(app, OTHER)).facts.change.change_id == 1


async def test_messages_go_out_in_the_order_of_their_news(app: App) -> None:
    await seen(app, 1)
    await follow(app, OTHER, category="image_generation")
    await follow(app, APPROVER, category="image_generation")
    await decided(app, "approved", 1)
    ids = [notice.delivery.delivery_id for notice in await due_notices(app)]
    assert ids == sorted(ids)
    assert len(ids) == 3


async def test_a_round_reaches_fifty_people_and_the_next_one_the_others(app: App) -> None:
    people = range(5001, 5001 + NOTICES_PER_ROUND + 1)
    for user_id in people:
        await follow(app, user_id, category="image_generation")
    await seen(app, 1)
    first = {notice.delivery.user_id for notice in await deliver_notices(app)}
    second = {notice.delivery.user_id for notice in await deliver_notices(app)}
    assert (len(first), len(second), first | second) == (NOTICES_PER_ROUND, 1, set(people))
