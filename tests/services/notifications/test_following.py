"""Subscriptions: recipients, texts, and batches of many changes."""

import pytest

from bot.services.changes import CardState
from bot.services.errors import FollowError, SubscriptionsFullError, UnknownModelError, UnknownRequestorError
from bot.services.notifications.deliveries import Message, SendOutcome
from bot.services.notifications.direct_messages import FOLLOWED_PAUSE, SINGLE_MAX
from bot.services.notifications.news import ChangeNews, SeveralNews
from storage.guild_settings import Setting
from storage.subscriptions import MAX_SUBSCRIPTIONS
from tests.services.conftest import APPROVER, GUILD, OTHER, REQUESTOR, App
from tests.services.deliveries import due_notices, record
from tests.services.notifications.recipients import FIRST, follow, told_of


async def poll(app: App) -> None:
    await app.services.monitor.poll()


def news_of(notice: Message) -> ChangeNews:
    assert isinstance(notice.content, ChangeNews)
    return notice.content


async def test_the_narrowest_of_several_subscriptions_is_named(app: App) -> None:
    app.service.put(41, model_name="Deliberate")
    await poll(app)
    await follow(app, category="image_generation")
    await follow(app, requestor="alice#101")
    model = await follow(app, category="image_generation", model="Deliberate")
    app.service.put(42, model_name="Deliberate")
    await poll(app)
    (notice,) = await due_notices(app)
    followed = news_of(notice).followed
    assert followed is not None
    assert followed.subscription_id == model
    assert news_of(notice).facts.state is CardState.PENDING


@pytest.mark.parametrize("status", ["approved", "rejected", "applied"])
async def test_a_follower_hears_of_each_state_but_not_of_their_own_act(app: App, status: str) -> None:
    app.service.put(42)
    await poll(app)
    for user_id in (OTHER, APPROVER, REQUESTOR):
        await follow(app, user_id, category="image_generation")
    app.service.put(42, status=status, **{f"{status}_by": "202"})
    await poll(app)
    told = {notice.delivery.user_id: news_of(notice) for notice in await due_notices(app)}
    assert set(told) == {OTHER, REQUESTOR}
    assert told[REQUESTOR].followed is None
    assert told[OTHER].revise is None


async def test_a_purge_is_told_to_the_requestor_and_to_followers(app: App) -> None:
    app.service.put(42)
    await poll(app)
    await follow(app, category="image_generation")
    app.service.changes.clear()
    await app.wait_until_gone()
    told = {notice.delivery.user_id: news_of(notice) for notice in await due_notices(app)}
    assert set(told) == {OTHER, REQUESTOR}
    assert told[REQUESTOR].facts.state is CardState.PURGED
    assert told[REQUESTOR].revise is None, "nothing of it was kept: it came from the web page"


async def test_what_was_muted_meanwhile_is_not_told(app: App) -> None:
    subscription_id = await follow(app, category="image_generation")
    app.service.put(42)
    await poll(app)
    assert await app.services.following.end(OTHER, subscription_id) is not None
    assert await due_notices(app) == []
    assert await app.services.following.end(OTHER, subscription_id) is None


async def test_no_user_ends_the_subscription_of_another(app: App) -> None:
    subscription_id = await follow(app, category="image_generation")
    assert await app.services.following.end(APPROVER, subscription_id) is None
    assert len(await app.services.following.of_user(OTHER)) == 1


async def test_a_flood_is_one_message(app: App) -> None:
    await follow(app, category="image_generation")
    for change_id in range(1, 501):
        app.service.put(change_id)
    await poll(app)
    (notice,) = await due_notices(app)
    assert isinstance(notice.content, SeveralNews)
    assert notice.content.total == 500
    assert [item.change_id for item in notice.content.items] == list(range(500, 490, -1))
    assert len(notice.delivery.nonce) <= 25
    await record(app, notice)
    await app.restart()
    assert await due_notices(app) == []


async def test_a_single_change_is_told_by_itself(app: App) -> None:
    await follow(app, category="image_generation")
    for change_id in range(1, SINGLE_MAX + 1):
        app.service.put(change_id)
    await poll(app)
    assert len(await due_notices(app)) == SINGLE_MAX


async def test_rejections_in_a_flood_keep_their_reasons(app: App) -> None:
    for change_id in range(1, 31):
        app.service.put(change_id)
    await poll(app)
    for change_id in range(1, 31):
        status = "rejected" if change_id <= 3 else "approved"
        app.service.put(change_id, status=status, reject_reason="no", **{f"{status}_by": "303"})
    await poll(app)
    notices = await due_notices(app)
    merged = [notice.content for notice in notices if isinstance(notice.content, SeveralNews)]
    merged.sort(key=lambda news: news.total)
    assert [news.total for news in merged] == [3, 27]
    assert [item.reason for item in merged[0].items] == ["no"] * 3
    assert all(item.revise for item in merged[0].items)


async def test_a_flood_whose_changes_moved_on_is_told_as_what_they_are_now(app: App) -> None:
    await follow(app, category="image_generation")
    for status in ("pending", "approved"):
        for change_id in range(1, 21):
            app.service.put(change_id, status=status, approved_by="303" if status == "approved" else None)
        await poll(app)
    notices = [notice for notice in await due_notices(app) if notice.delivery.user_id == OTHER]
    (notice,) = notices
    assert isinstance(notice.content, SeveralNews)
    assert notice.content.total == 20
    assert {item.state for item in notice.content.items} == {CardState.APPROVED}


async def test_a_person_follows_so_much_and_no_more(app: App) -> None:
    for number in range(MAX_SUBSCRIPTIONS):
        await follow(app, requestor=f"person#{number + 1000}")
    await follow(app, requestor="person#1000")
    with pytest.raises(SubscriptionsFullError) as full:
        await follow(app, requestor="person#1")
    assert full.value.limit == MAX_SUBSCRIPTIONS


async def test_what_is_meant_must_be_clear(app: App) -> None:
    with pytest.raises(FollowError) as nothing:
        await follow(app)
    assert nothing.value.problem == "nothing"
    with pytest.raises(FollowError) as several:
        await follow(app, category="lora", requestor="101")
    assert several.value.problem == "several"
    with pytest.raises(UnknownModelError):
        await follow(app, model="Nothing")
    with pytest.raises(UnknownRequestorError):
        await follow(app, requestor="unknown")


async def test_a_model_of_several_categories_needs_its_category(app: App) -> None:
    for change_id, category in ((1, "lora"), (2, "ti")):
        app.service.put(change_id, model_name="Twin", category=category)
    await poll(app)
    with pytest.raises(FollowError) as unclear:
        await follow(app, model="Twin")
    assert unclear.value.problem == "category"
    await follow(app, model="Twin", category="ti")


async def test_requestors_are_offered_from_the_queue_and_among_those_who_show_themselves(app: App) -> None:
    app.service.put(42, requested_by="404", requested_username="dave#404")
    await poll(app)
    assert set(await app.services.following.requestors()) == {"101", "202", "404"}


async def test_news_soon_after_a_message_wait_and_are_merged(app: App) -> None:
    await follow(app, category="image_generation")
    app.service.put(1)
    await poll(app)
    (first,) = await due_notices(app)
    await record(app, first)
    for change_id in range(2, 6):
        app.service.put(change_id)
        await poll(app)
        assert await due_notices(app) == []
        app.clock.move(minutes=2)
    app.clock.move(seconds=FOLLOWED_PAUSE.total_seconds())
    (merged,) = await due_notices(app)
    assert isinstance(merged.content, SeveralNews)
    assert merged.content.total == 4


async def test_a_rejection_does_not_wait_for_other_news(app: App) -> None:
    for change_id in (1, 2, 3):
        app.service.put(change_id)
    await poll(app)
    app.service.put(1, status="approved", approved_by="303")
    await poll(app)
    (first,) = await due_notices(app)
    await record(app, first)
    app.service.put(2, status="approved", approved_by="303")
    app.service.put(3, status="rejected", rejected_by="303", reject_reason="no")
    await poll(app)
    (notice,) = await due_notices(app)
    assert news_of(notice).facts.state is CardState.REJECTED


async def test_an_approval_is_an_edit_of_the_message_about_the_change(app: App) -> None:
    await follow(app, APPROVER, category="image_generation")
    approved = await told_of(app, status="approved", approved_by="303")
    assert approved.delivery.message_id == FIRST
    assert news_of(approved).facts.state is CardState.APPROVED
    await record(app, approved)
    app.service.put(1, status="applied", applied_by="303")
    await poll(app)
    app.clock.move(seconds=FOLLOWED_PAUSE.total_seconds())
    (applied,) = [each for each in await due_notices(app) if each.delivery.user_id == APPROVER]
    assert applied.delivery.message_id is None, "no server of the person announces it"


async def test_a_change_that_a_server_of_the_person_announces_is_an_edit_too(app: App) -> None:
    await app.services.guild_setup.change(GUILD, Setting.ANNOUNCEMENT_CHANNEL, 79)
    await app.services.memberships.record(GUILD, APPROVER, is_member=True)
    await follow(app, APPROVER, category="image_generation")
    applied = await told_of(app, status="applied", applied_by="303")
    assert applied.delivery.message_id == FIRST
    assert news_of(applied).facts.state is CardState.APPLIED


async def test_a_message_that_is_gone_is_replaced_by_a_new_one(app: App) -> None:
    await follow(app, APPROVER, category="image_generation")
    approved = await told_of(app, status="approved", approved_by="303")
    await record(app, approved, SendOutcome.MESSAGE_DELETED)
    app.clock.move(seconds=FOLLOWED_PAUSE.total_seconds())
    (again,) = [each for each in await due_notices(app) if each.delivery.user_id == APPROVER]
    assert again.delivery.message_id is None


async def test_news_in_a_message_about_several_changes_are_no_edit(app: App) -> None:
    await follow(app, APPROVER, category="image_generation")
    for change_id in (1, 2):
        app.service.put(change_id)
    await poll(app)
    (both,) = await due_notices(app)
    await record(app, both, message_id=FIRST)
    app.service.put(1, status="approved", approved_by="303")
    await poll(app)
    app.clock.move(seconds=FOLLOWED_PAUSE.total_seconds())
    (approved,) = [each for each in await due_notices(app) if each.delivery.user_id == APPROVER]
    assert approved.delivery.message_id is None
