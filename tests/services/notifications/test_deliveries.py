"""Results of sending: what follows a sent, deleted, refused, postponed or undrawable message."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.services.changes import CardState, NotifiedBy
from bot.services.notifications.deliveries import (
    KEPT_FOR,
    Delivery,
    Message,
    SendOutcome,
    SendResult,
)
from bot.services.notifications.direct_messages import FOLLOWED_PAUSE
from bot.services.notifications.news import ChangeNews
from storage.delivery import MAX_FAULTS, MAX_REFUSALS, RETRY_FIRST, RETRY_MAX, DeliveryState
from tests.services.conftest import APPROVER, CHANNEL, GUILD, OTHER, REQUESTOR, App
from tests.services.deliveries import deliver_cards, deliver_posts, due_cards, due_notices, due_posts, facts_of, record
from tests.services.notifications.outages import fail_for_long, look
from tests.services.notifications.recipients import FIRST, follow, told_of
from tests.services.queue_moves import decided, rejected


@pytest.fixture
async def carded(app: App) -> App:
    """A server in which change 42 has its card."""
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    app.service.put(42)
    await app.services.monitor.poll()
    await deliver_cards(app)
    return app


async def test_a_deleted_card_is_posted_again_under_another_nonce(carded: App) -> None:
    await decided(carded, "approved", 42)
    (card,) = await due_cards(carded)
    assert card.delivery.message_id == 542
    await record(carded, card, SendOutcome.MESSAGE_DELETED)
    (again,) = await due_cards(carded)
    assert (again.delivery.message_id, again.delivery.change_id) == (None, 42)
    assert again.delivery.nonce != card.delivery.nonce
    await record(carded, again)
    assert await due_cards(carded) == []


async def test_a_post_that_a_moderator_deleted_stays_deleted(carded: App) -> None:
    await look(carded)
    await fail_for_long(carded)
    (outage,) = await deliver_posts(carded)
    carded.service.is_away = False
    await look(carded)
    (edited,) = [post for post in await due_posts(carded) if post.subject == outage.subject]
    await record(carded, edited, SendOutcome.MESSAGE_DELETED)
    carded.clock.move(days=1)
    assert outage.subject not in {post.subject for post in await due_posts(carded)}


async def test_a_deleted_direct_message_is_replaced_by_a_new_one(app: App) -> None:
    await follow(app, APPROVER, category="image_generation")
    edit = await told_of(app, status="approved", approved_by="303")
    assert edit.delivery.message_id == FIRST
    await record(app, edit, SendOutcome.MESSAGE_DELETED)
    app.clock.move(seconds=FOLLOWED_PAUSE.total_seconds())
    (new,) = [notice for notice in await due_notices(app) if notice.delivery.user_id == APPROVER]
    assert (new.delivery.message_id, new.delivery.delivery_id) == (None, edit.delivery.delivery_id)


async def test_news_in_an_earlier_message_are_not_told_again_and_the_card_says_so(carded: App) -> None:
    await rejected(carded)
    await deliver_cards(carded)
    (notice,) = await due_notices(carded)
    await carded.services.deliveries.note_found(notice.delivery, 700)
    assert await due_notices(carded) == []
    assert [facts_of(card).notified_by for card in await due_cards(carded)] == [NotifiedBy.DIRECT_MESSAGE]
    await carded.restart()
    assert await due_notices(carded) == []


async def found(app: App, message_id: int | None) -> Message:
    """A follower has an earlier message about a new change, which is then approved."""
    await follow(app, APPROVER, category="image_generation")
    app.service.put(1)
    await app.services.monitor.poll()
    (first,) = await due_notices(app)
    await app.services.deliveries.note_found(first.delivery, message_id)
    await decided(app, "approved", 1)
    (notice,) = [notice for notice in await due_notices(app) if notice.delivery.user_id == APPROVER]
    return notice


async def test_later_news_go_into_an_earlier_message_that_was_found(app: App) -> None:
    assert (await found(app, 7007)).delivery.message_id == 7007


async def test_later_news_are_not_put_in_place_of_several_in_a_found_message(app: App) -> None:
    assert (await found(app, None)).delivery.message_id is None


async def test_a_card_that_is_found_is_not_drawn_twice(carded: App) -> None:
    carded.service.put(43)
    await carded.services.monitor.poll()
    (card,) = await due_cards(carded)
    await carded.services.deliveries.note_found(card.delivery, 543)
    assert await due_cards(carded) == []
    assert await carded.services.card_service.knows(GUILD, 543)


async def test_what_was_sent_meanwhile_is_not_prepared_again(carded: App) -> None:
    await decided(carded, "approved", 42)
    (group,) = await carded.services.deliveries.due_direct_messages()
    message = await carded.services.deliveries.prepare(group)
    assert message is not None
    await record(carded, message)
    assert await carded.services.deliveries.prepare(group) is None


async def test_a_post_is_sent_as_it_was_queued(carded: App) -> None:
    await fail_for_long(carded)
    (group,) = await carded.services.deliveries.due_posts()
    message = await carded.services.deliveries.prepare(group)
    assert message is not None
    assert (message.group, message.content, message.ping_role_id) == (group, None, None)
    assert message.delivery.facts["until"] is None


async def test_content_that_cannot_be_read_now_is_tried_again_after_seconds_each_time(carded: App) -> None:
    await decided(carded, "approved", 42)
    carded.service.is_away = True
    for _ in range(5):
        (group,) = await carded.services.deliveries.due_direct_messages()
        assert await carded.services.deliveries.prepare(group) is None
        assert await carded.services.deliveries.due_direct_messages() == []
        carded.clock.move(seconds=RETRY_FIRST.total_seconds())


async def test_an_earlier_message_about_a_change_may_be_as_old_as_the_change(carded: App) -> None:
    await decided(carded, "approved", 42)
    (notice,) = await due_notices(carded)
    (card,) = await due_cards(carded)
    proposed = datetime.fromtimestamp(1_772_366_400, carded.clock().tzinfo)
    since = await carded.services.deliveries.sent_since((notice.delivery, card.delivery))
    assert since == {notice.delivery.delivery_id: proposed, card.delivery.delivery_id: proposed}


async def test_an_earlier_message_about_anything_else_is_no_older_than_its_due_time(carded: App) -> None:
    await look(carded)
    await fail_for_long(carded)
    due_at = carded.clock()
    (outage,) = await due_posts(carded)
    carded.clock.move(hours=1)
    assert await carded.services.deliveries.sent_since((outage,)) == {outage.delivery_id: due_at}


async def test_a_message_that_cannot_be_drawn_is_given_up_after_three_times_and_named(carded: App) -> None:
    await decided(carded, "approved", 42)
    refused_channels = carded.services.deliveries.refused_channels
    for _ in range(MAX_FAULTS):
        (notice,) = await due_notices(carded)
        assert await refused_channels.undrawable(GUILD) == ()
        await carded.services.deliveries.note_fault((notice.delivery,))
        assert await due_notices(carded) == []
        carded.clock.move(seconds=RETRY_MAX.total_seconds())
    assert await due_notices(carded) == []
    assert await refused_channels.undrawable(GUILD) == (("direct_message", 42),)


async def test_a_card_that_cannot_be_drawn_is_named_to_its_own_server(carded: App) -> None:
    await decided(carded, "approved", 42)
    for _ in range(MAX_FAULTS):
        (card,) = await due_cards(carded)
        await carded.services.deliveries.note_fault((card.delivery,))
        carded.clock.move(seconds=RETRY_MAX.total_seconds())
    assert await carded.services.deliveries.refused_channels.undrawable(GUILD) == (("card", 42),)
    assert await carded.services.deliveries.refused_channels.undrawable(GUILD + 1) == ()
    assert await carded.services.deliveries.refused_channels.undrawable(None) == ()


async def test_a_wait_that_discord_names_is_kept(carded: App) -> None:
    await decided(carded, "approved", 42)
    (notice,) = await due_notices(carded)
    wait = timedelta(seconds=100)
    await carded.services.deliveries.record(notice, SendResult(SendOutcome.RETRY, wait=wait))
    carded.clock.move(seconds=99)
    assert await due_notices(carded) == []
    carded.clock.move(seconds=1)
    assert len(await due_notices(carded)) == 1


@pytest.mark.parametrize("outcome", [SendOutcome.RETRY, SendOutcome.UNREACHABLE])
async def test_all_parts_of_a_message_wait_together(app: App, outcome: SendOutcome) -> None:
    await follow(app, OTHER, category="image_generation")
    for change_id in (1, 2, 3):
        app.service.put(change_id)
    await app.services.monitor.poll()
    (notice,) = await due_notices(app)
    await record(app, notice, outcome)
    assert await due_notices(app) == []
    app.clock.move(seconds=RETRY_FIRST.total_seconds())
    (again,) = await due_notices(app)
    assert len(again.group) == 3


async def test_a_refused_card_is_tried_three_times(app: App) -> None:
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    app.service.put(42)
    await app.services.monitor.poll()
    for _ in range(MAX_REFUSALS):
        (card,) = await due_cards(app)
        await record(app, card, SendOutcome.REFUSED)
        assert await due_cards(app) == []
        app.clock.move(seconds=RETRY_MAX.total_seconds())
    assert await due_cards(app) == []
    assert await app.services.deliveries.refused_channels.left_alone(GUILD) == {CHANNEL: 1}


async def test_an_edit_does_not_keep_later_news_back(app: App) -> None:
    await follow(app, APPROVER, category="image_generation")
    app.service.put(1)
    await app.services.monitor.poll()
    (first,) = await due_notices(app)
    await record(app, first, message_id=FIRST)
    app.clock.move(seconds=FOLLOWED_PAUSE.total_seconds() - 60)
    await decided(app, "approved", 1)
    (edit,) = [notice for notice in await due_notices(app) if notice.delivery.user_id == APPROVER]
    await record(app, edit)
    app.clock.move(seconds=60)
    app.service.put(2)
    await app.services.monitor.poll()
    (new,) = [notice for notice in await due_notices(app) if notice.delivery.user_id == APPROVER]
    assert isinstance(new.content, ChangeNews)
    assert (new.content.facts.change.change_id, new.content.facts.state) == (2, CardState.PENDING)


async def kept(app: App) -> list[Delivery]:
    """Return the thread posts about change 42 whose content is still stored."""
    rows = await app.services.deliveries.deliveries._database.read(
        "SELECT subject FROM delivery WHERE kind = 'thread' AND change_id = 42 AND facts != '{}'"
    )
    posts = [await app.services.deliveries.thread_posts.posts(row["subject"]) for row in rows]
    return [post for found in posts for post in found]


async def test_old_posts_are_emptied_once_a_day(carded: App) -> None:
    await carded.services.threads.adopt(GUILD, 542)
    await decided(carded, "approved", 42)
    await deliver_posts(carded)
    assert len(await kept(carded)) == 1
    carded.clock.move(seconds=KEPT_FOR.total_seconds())
    await carded.services.deliveries.expire()
    assert len(await kept(carded)) == 1, "not a moment early"
    carded.clock.move(hours=1)
    await carded.services.deliveries.expire()
    assert len(await kept(carded)) == 1, "once a day"
    carded.clock.move(hours=23)
    await carded.services.deliveries.expire()
    assert await kept(carded) == []


async def test_a_direct_message_is_recorded_as_delivered(carded: App) -> None:
    await decided(carded, "approved", 42)
    (notice,) = await due_notices(carded)
    assert notice.delivery.state is DeliveryState.WAITING
    await record(carded, notice, message_id=777)
    messages = carded.services.deliveries.direct_messages.personal_messages
    assert await messages.messages_about(REQUESTOR) == {42: 777}
    assert replace(notice.delivery, shown_revision=1).state is DeliveryState.DELIVERED
