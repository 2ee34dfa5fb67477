"""Cards and posts are delivered where they belong, and given up where they can be neither drawn nor sent."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from storage.database import Database
from storage.deliveries import Deliveries, NewPost
from storage.delivery import MAX_FAULTS, MAX_REFUSALS, RETRY_FIRST, Delivery, DeliveryKind, DeliveryState
from storage.notices import NoticeKey

GUILD, OTHER_GUILD, CHANNEL = 77, 88, 770
APPROVED = NoticeKey(1111, 42, "approved")
OUTAGE = NewPost(GUILD, CHANNEL, DeliveryKind.OUTAGE, "1772366400", {"since": 1772366400, "until": None})
OTHER_SERVER = NewPost(OTHER_GUILD, 880, DeliveryKind.BURST, "42-57", {"count": 16})
DAY = timedelta(days=1)


async def due_post(deliveries: Deliveries, now: datetime) -> Delivery:
    (post,) = await deliveries.due_posts(now)
    return post


async def queue_cards(database: Database, cards: list[tuple[int, int]]) -> None:
    columns = "kind, subject, change_id, guild_id, channel_id"
    sql = f"INSERT INTO delivery ({columns}) VALUES ('card', :id, :id, :guild, 770)"  # noqa: S608 - from above
    rows = [{"id": change_id, "guild": guild_id} for change_id, guild_id in cards]
    await database.transaction(lambda transaction: transaction.executemany(sql, rows))


async def due_cards(deliveries: Deliveries, now: datetime, **which: Any) -> list[tuple[int | None, int | None]]:
    return [(each.change_id, each.guild_id) for each in await deliveries.due_cards(now, **which)]


async def test_a_message_that_cannot_be_drawn_is_tried_three_times_and_again_by_the_next_version(
    deliveries: Deliveries, now: datetime
) -> None:
    await deliveries.add_posts([OUTAGE, OTHER_SERVER], now)
    for attempt in range(MAX_FAULTS):
        assert await deliveries.undrawable() == []
        post = next(each for each in await deliveries.due_posts(now) if each.subject == OUTAGE.subject)
        await deliveries.note_fault([post], now)
        wait = RETRY_FIRST * 2**attempt
        assert await deliveries.still_due(post.delivery_id, now + wait - timedelta(seconds=1)) is None
        now += wait
    assert [each.subject for each in await deliveries.due_posts(now + DAY)] == [OTHER_SERVER.subject]
    (given_up,) = await deliveries.undrawable()
    assert (given_up.subject, given_up.faults, given_up.state) == (OUTAGE.subject, 3, DeliveryState.GIVEN_UP)
    await deliveries.reset_faults()
    assert await deliveries.undrawable() == []
    assert await deliveries.still_due(given_up.delivery_id, now) is not None


async def test_a_message_that_was_drawn_at_last_may_fail_three_times_again(
    deliveries: Deliveries, now: datetime
) -> None:
    await deliveries.add_posts([OUTAGE], now)
    for _ in range(MAX_FAULTS - 1):
        await deliveries.note_fault([await due_post(deliveries, now + DAY)], now)
    await deliveries.mark_delivered([await due_post(deliveries, now + DAY)], 5)
    await deliveries.rewrite_everywhere(DeliveryKind.OUTAGE, OUTAGE.subject, {"until": 1}, now=now, cursors={})
    await deliveries.note_fault([await due_post(deliveries, now)], now)
    assert (await due_post(deliveries, now + DAY)).faults == 1


async def test_posts_of_other_servers_wait_while_one_server_is_served(deliveries: Deliveries, now: datetime) -> None:
    await deliveries.add_posts([OUTAGE, OTHER_SERVER], now)
    assert [each.guild_id for each in await deliveries.due_posts(now, guild_ids=[OTHER_GUILD])] == [OTHER_GUILD]
    assert [each.guild_id for each in await deliveries.due_posts(now, guild_ids={OTHER_GUILD, GUILD})] == [
        GUILD,
        OTHER_GUILD,
    ]
    assert await deliveries.due_posts(now, guild_ids=[]) == []


async def test_cards_of_one_server_or_of_one_change_are_delivered_alone(
    database: Database, deliveries: Deliveries, now: datetime
) -> None:
    cards = [(42, GUILD), (42, OTHER_GUILD), (43, GUILD)]
    await queue_cards(database, cards)
    await deliveries.add_posts([OUTAGE], now)
    assert await due_cards(deliveries, now) == cards
    assert await due_cards(deliveries, now, change_id=43) == [(43, GUILD)]
    assert await due_cards(deliveries, now, guild_ids=[OTHER_GUILD]) == [(42, OTHER_GUILD)]
    assert [each.subject for each in await deliveries.due_posts(now)] == [OUTAGE.subject], "cards are no posts"


async def test_a_card_whose_message_was_deleted_is_sent_under_a_nonce_that_discord_does_not_know(
    database: Database, deliveries: Deliveries, now: datetime
) -> None:
    await queue_cards(database, [(42, GUILD), (43, GUILD)])
    first, other = await deliveries.due_cards(now)
    await deliveries.refuse(first, now)
    await deliveries.mark_delivered([first], 5)
    await deliveries.mark_delivered([other], 6)
    await deliveries.send_again(first)
    (again,) = await deliveries.due_cards(now + DAY)
    assert (again.change_id, again.message_id, again.attempts, again.refusals) == (42, None, 0, 0)
    assert again.nonce != first.nonce
    assert 0 < len(again.nonce) <= 25


async def test_a_reminder_is_posted_once_and_edited_where_it_was_posted(deliveries: Deliveries, now: datetime) -> None:
    reminder = NewPost(GUILD, CHANNEL, DeliveryKind.REMINDER, "2026-03-01", {"late": [42]})
    assert not await deliveries.put_post(reminder, now, is_first=False)
    assert await deliveries.due_posts(now) == [], "there is nothing to edit"
    await deliveries.add_posts([replace(reminder, guild_id=OTHER_GUILD), replace(reminder, subject="then")], now)
    await deliveries.mark_delivered(await deliveries.due_posts(now), 4)
    assert await deliveries.put_post(reminder, now, is_first=True)
    await deliveries.mark_delivered([await due_post(deliveries, now)], 5)
    assert not await deliveries.put_post(reminder, now, is_first=True), "it has this content already"
    assert await deliveries.due_posts(now) == []
    shorter = replace(reminder, facts={"late": []})
    then = now + timedelta(minutes=1)
    assert await deliveries.put_post(shorter, then, is_first=False)
    assert await deliveries.due_posts(now) == [], "it is due from then on"
    edited = await due_post(deliveries, then)
    assert (edited.guild_id, edited.subject, edited.message_id) == (GUILD, "2026-03-01", 5)
    assert edited.facts == {"late": []}
    await deliveries.give_up([edited])
    assert not await deliveries.put_post(reminder, then, is_first=True), "a moderator deleted it"


async def test_the_channels_of_a_posted_outage_are_known_and_where_it_was_not_posted_it_is_deleted(
    deliveries: Deliveries, now: datetime
) -> None:
    unposted = replace(OUTAGE, guild_id=OTHER_GUILD - 1)
    another = NewPost(GUILD, CHANNEL, DeliveryKind.OUTAGE, "1772452800", {})
    await deliveries.add_posts([replace(OUTAGE, guild_id=OTHER_GUILD, channel_id=880), OUTAGE], now)
    await deliveries.mark_delivered(await deliveries.due_posts(now), 5)
    await deliveries.add_posts([unposted, another], now)
    assert await deliveries.posted_in(DeliveryKind.OUTAGE, OUTAGE.subject) == [(GUILD, CHANNEL), (OTHER_GUILD, 880)]
    assert await deliveries.posted_in(DeliveryKind.BURST, OUTAGE.subject) == []
    await deliveries.drop_unposted(DeliveryKind.BURST, OUTAGE.subject)
    assert len(await deliveries.due_posts(now)) == 2
    await deliveries.drop_unposted(DeliveryKind.OUTAGE, OUTAGE.subject)
    assert [each.subject for each in await deliveries.due_posts(now)] == [another.subject]
    assert len(await deliveries.posted_in(DeliveryKind.OUTAGE, OUTAGE.subject)) == 2


async def test_the_operator_sees_in_how_many_channels_messages_were_given_up(
    deliveries: Deliveries, now: datetime
) -> None:
    posts = [OUTAGE, replace(OUTAGE, subject="later"), replace(OUTAGE, channel_id=771, subject="elsewhere")]
    await deliveries.add_posts([*posts, OTHER_SERVER], now)
    await deliveries.add_notices([APPROVED], now)
    due = [*await deliveries.due_posts(now), *await deliveries.due_notices(now)]
    for each in due[:2] + due[-1:]:
        assert await deliveries.count_refused_channels() == 0
        for _ in range(MAX_REFUSALS - 1):
            await deliveries.refuse(each, now)
    assert await deliveries.count_waiting_notices() == 1
    for each in due[:2] + due[-1:]:
        await deliveries.refuse(each, now)
    assert await deliveries.count_refused_channels() == 1, "two messages in one channel"
    assert await deliveries.count_waiting_notices() == 0
    await deliveries.refuse(due[2], now)
    await deliveries.mark_delivered([due[2]], 5)
    assert await deliveries.count_refused_channels() == 1


async def test_old_posts_of_one_kind_are_deleted(database: Database, deliveries: Deliveries, now: datetime) -> None:
    outcome = NewPost(GUILD, CHANNEL, DeliveryKind.OUTCOME, "42", {})
    await deliveries.add_posts([outcome, OUTAGE], now)
    await deliveries.add_posts([replace(outcome, subject="43")], now + DAY)
    await deliveries.drop_before(DeliveryKind.OUTCOME, now + DAY)
    left = await database.read("SELECT subject FROM delivery ORDER BY delivery_id")
    assert [row["subject"] for row in left] == [OUTAGE.subject, "43"]


async def test_a_refusal_of_a_post_that_was_deleted_while_it_was_sent_is_not_counted(
    deliveries: Deliveries, now: datetime
) -> None:
    await deliveries.add_posts([OUTAGE], now)
    in_flight = await due_post(deliveries, now)
    await deliveries.drop_unposted(DeliveryKind.OUTAGE, OUTAGE.subject)
    assert await deliveries.refuse(in_flight, now) == 0
    assert await deliveries.count_refused_channels() == 0
