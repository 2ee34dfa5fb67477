"""Every message is delivered once, edited where its content changes, retried when it fails, and given up in the end."""

from datetime import datetime, timedelta

from storage.columns import to_json
from storage.database import Database
from storage.deliveries import Deliveries, NewPost
from storage.delivery import (
    MAX_FAULTS,
    MAX_REFUSALS,
    RETRY_FIRST,
    RETRY_MAX,
    Delivery,
    DeliveryKind,
    DeliveryState,
)
from storage.notices import About, NoticeKey

GUILD, CHANNEL, RITA = 77, 770, 1111
APPROVED, APPLIED = NoticeKey(RITA, 42, "approved"), NoticeKey(RITA, 42, "applied")
OUTAGE = NewPost(GUILD, CHANNEL, DeliveryKind.OUTAGE, "1772366400", {"since": 1772366400, "until": None})
BACK = {"since": 1772366400, "until": 1772367000}
DAY = timedelta(days=1)


async def rewrite(deliveries: Deliveries, now: datetime) -> int:
    return await deliveries.rewrite_everywhere(DeliveryKind.OUTAGE, OUTAGE.subject, BACK, now=now, cursors={})


async def due_post(deliveries: Deliveries, now: datetime) -> Delivery:
    (post,) = await deliveries.due_posts(now)
    return post


async def due_notices(deliveries: Deliveries, now: datetime) -> list[NoticeKey]:
    return [NoticeKey.of(each) for each in await deliveries.due_notices(now)]


async def test_a_post_is_queued_and_delivered_once(deliveries: Deliveries, now: datetime) -> None:
    assert await deliveries.add_posts([OUTAGE], now) == 1
    assert await deliveries.add_posts([OUTAGE], now) == 0
    post = await due_post(deliveries, now)
    assert (post.guild_id, post.channel_id, post.kind, post.next_at) == (GUILD, CHANNEL, DeliveryKind.OUTAGE, now)
    assert post.facts == OUTAGE.facts
    await deliveries.mark_delivered([post], 5)
    assert await deliveries.due_posts(now) == []
    assert await deliveries.add_posts([OUTAGE], now) == 0


async def test_a_direct_message_is_queued_and_delivered_once(deliveries: Deliveries, now: datetime) -> None:
    assert await deliveries.add_notices([APPROVED, APPLIED, APPROVED], now) == 2
    assert await deliveries.add_notices([APPROVED], now) == 0
    assert await due_notices(deliveries, now) == [APPROVED, APPLIED]
    await deliveries.mark_delivered(await deliveries.due_notices(now), None)
    assert await due_notices(deliveries, now + DAY) == []
    assert await deliveries.state_of(APPROVED) is DeliveryState.DELIVERED
    assert await deliveries.add_notices([APPROVED], now) == 0
    assert await deliveries.add_notices([], now) == 0


async def test_direct_messages_about_a_draft_and_a_change_of_the_same_number_are_two(
    deliveries: Deliveries, now: datetime
) -> None:
    about_draft = NoticeKey(RITA, 42, "approved", About.DRAFT)
    assert await deliveries.add_notices([APPROVED, about_draft], now) == 2
    assert await due_notices(deliveries, now) == [APPROVED, about_draft]


async def test_a_direct_message_that_was_read_in_an_answer_is_not_sent(deliveries: Deliveries, now: datetime) -> None:
    await deliveries.add_notices([APPROVED, APPLIED], now)
    await deliveries.mark_notified(APPROVED)
    await deliveries.mark_notified(NoticeKey(RITA, 43, "applied"))
    assert await due_notices(deliveries, now) == [APPLIED]
    assert await deliveries.count_waiting_notices() == 1


async def test_a_rewritten_post_is_edited(deliveries: Deliveries, now: datetime) -> None:
    await deliveries.add_posts([OUTAGE], now)
    first = await due_post(deliveries, now)
    await deliveries.mark_delivered([first], 5)
    assert await rewrite(deliveries, now) == 1
    assert await rewrite(deliveries, now) == 0, "it has this content already"
    second = await due_post(deliveries, now)
    assert (second.message_id, second.facts, second.nonce) == (5, BACK, first.nonce)


async def test_a_post_that_is_rewritten_while_it_is_sent_is_edited_after_that(
    deliveries: Deliveries, now: datetime
) -> None:
    await deliveries.add_posts([OUTAGE], now)
    in_flight = await due_post(deliveries, now)
    await rewrite(deliveries, now)
    await deliveries.mark_delivered([in_flight], 5)
    assert (await due_post(deliveries, now)).facts == BACK


async def test_each_failed_attempt_doubles_the_wait_up_to_five_minutes(deliveries: Deliveries, now: datetime) -> None:
    await deliveries.add_notices([APPROVED], now)
    waits = []
    for _ in range(9):
        (notice,) = await deliveries.due_notices(now)
        await deliveries.postpone([notice], now)
        wait = RETRY_FIRST
        while not await due_notices(deliveries, now + wait):
            assert not await due_notices(deliveries, now + wait - timedelta(seconds=1))
            wait += RETRY_FIRST
        waits.append(wait)
        now += wait
    assert waits == [min(RETRY_FIRST * 2**number, RETRY_MAX) for number in range(9)]


async def test_a_wait_that_discord_asks_for_is_kept(deliveries: Deliveries, now: datetime) -> None:
    await deliveries.add_posts([OUTAGE], now)
    await deliveries.postpone([await due_post(deliveries, now)], now, timedelta(minutes=2))
    assert await deliveries.due_posts(now + timedelta(seconds=119)) == []
    again = await due_post(deliveries, now + timedelta(minutes=2))
    assert again.attempts == 1
    assert await deliveries.still_due(again.delivery_id, now) is None


async def test_a_clock_that_is_set_back_prolongs_no_wait(deliveries: Deliveries, now: datetime) -> None:
    await deliveries.add_posts([OUTAGE], now)
    await deliveries.postpone([await due_post(deliveries, now)], now, timedelta(hours=2))
    assert await deliveries.due_posts(now + timedelta(minutes=4)) == []
    assert await deliveries.due_posts(now + RETRY_MAX)
    for jump in (timedelta(minutes=1), timedelta(hours=1), timedelta(days=9)):
        assert await deliveries.due_posts(now - jump + timedelta(minutes=6))


async def test_a_clock_that_is_corrected_a_little_hurries_no_message(deliveries: Deliveries, now: datetime) -> None:
    await deliveries.add_notices([APPROVED], now + timedelta(minutes=1))  # the answer may still be on its way
    assert await due_notices(deliveries, now - timedelta(seconds=20)) == []


async def test_a_message_is_given_up_after_three_refusals_until_its_channel_is_tried_again(
    deliveries: Deliveries, now: datetime
) -> None:
    await deliveries.add_posts([OUTAGE, NewPost(GUILD, 771, DeliveryKind.REFUSAL, str(CHANNEL), {})], now)
    post = (await deliveries.due_posts(now))[0]
    assert [await deliveries.refuse(post, now) for _ in range(MAX_REFUSALS)] == [1, 2, 3]
    assert await deliveries.still_due(post.delivery_id, now + DAY) is None
    assert await deliveries.given_up(GUILD) == {CHANNEL: 1}
    await deliveries.try_channel_again(GUILD, CHANNEL)
    assert (await due_post(deliveries, now + DAY)).delivery_id == post.delivery_id, "the report is deleted"
    assert await deliveries.given_up(GUILD) == {}


async def test_a_refused_message_waits_before_the_next_attempt(deliveries: Deliveries, now: datetime) -> None:
    await deliveries.add_posts([OUTAGE], now)
    await deliveries.refuse(await due_post(deliveries, now), now)
    assert await deliveries.due_posts(now) == []
    assert (await due_post(deliveries, now + RETRY_FIRST)).refusals == 1


async def test_a_direct_message_that_was_given_up_is_not_sent(deliveries: Deliveries, now: datetime) -> None:
    await deliveries.add_notices([APPROVED], now)
    await deliveries.give_up(await deliveries.due_notices(now))
    await deliveries.mark_notified(APPROVED)
    assert await due_notices(deliveries, now + DAY) == []
    assert await deliveries.state_of(APPROVED) is DeliveryState.GIVEN_UP
    assert await deliveries.state_of(APPLIED) is None


async def test_a_direct_message_that_cannot_be_drawn_does_not_count_as_waiting(
    deliveries: Deliveries, now: datetime
) -> None:
    await deliveries.add_notices([APPROVED, APPLIED], now)
    undrawable = (await deliveries.due_notices(now))[:1]
    for _ in range(MAX_FAULTS):
        await deliveries.note_fault(undrawable, now)
    assert await deliveries.state_of(APPROVED) is DeliveryState.GIVEN_UP
    assert await deliveries.count_waiting_notices() == 1


async def test_a_delivered_message_is_not_given_up_by_what_fails_after_it(
    deliveries: Deliveries, now: datetime
) -> None:
    await deliveries.add_notices([APPROVED], now)
    due = await deliveries.due_notices(now)
    await deliveries.mark_delivered(due, None)
    await deliveries.postpone(due, now)
    await deliveries.give_up(due)
    assert await deliveries.state_of(APPROVED) is DeliveryState.DELIVERED


async def test_a_post_that_a_moderator_deleted_is_not_sent_again(deliveries: Deliveries, now: datetime) -> None:
    await deliveries.add_posts([OUTAGE], now)
    await deliveries.mark_delivered([await due_post(deliveries, now)], 5)
    await rewrite(deliveries, now)
    await deliveries.give_up([await due_post(deliveries, now)])
    assert await deliveries.due_posts(now) == []
    assert await deliveries.given_up(GUILD) == {}, "no channel refused anything"
    assert await deliveries.add_posts([OUTAGE], now) == 0


async def test_the_oldest_messages_come_first_and_no_more_than_asked_for(deliveries: Deliveries, now: datetime) -> None:
    posts = [NewPost(GUILD, CHANNEL, DeliveryKind.ANNOUNCEMENT, f"{number}", {}) for number in range(5)]
    await deliveries.add_posts(posts, now)
    due = await deliveries.due_posts(now, limit=2)
    assert [post.subject for post in due] == ["0", "1"]
    await deliveries.mark_delivered(due, 5)
    assert [post.subject for post in await deliveries.due_posts(now, limit=2)] == ["2", "3"]


async def test_a_message_that_fails_does_not_hold_up_those_behind_it(deliveries: Deliveries, now: datetime) -> None:
    of_another = NoticeKey(RITA + 1, 42, "approved")
    await deliveries.add_notices([APPROVED, of_another], now)
    await deliveries.postpone(await deliveries.due_notices(now, limit=1), now)
    (first,) = await deliveries.due_notices(now + RETRY_MAX, limit=1)
    assert NoticeKey.of(first) == of_another


async def test_a_person_gets_all_direct_messages_at_once_even_behind_those_of_others(
    deliveries: Deliveries, now: datetime
) -> None:
    of_another = NoticeKey(RITA + 1, 42, "approved")
    await deliveries.add_notices([APPROVED, of_another, APPLIED], now)
    assert [NoticeKey.of(each) for each in await deliveries.due_notices(now, limit=1)] == [APPROVED, APPLIED]


async def test_a_nonce_fits_discord(deliveries: Deliveries, now: datetime) -> None:
    """At most 25 characters (Discord's documentation, "Create Message")."""
    await deliveries.add_notices([APPROVED, APPLIED], now)
    await deliveries.add_posts([OUTAGE], now)
    due = [*await deliveries.due_posts(now), *await deliveries.due_notices(now)]
    nonces = {each.nonce for each in due}
    assert len(nonces) == 3
    assert max(map(len, nonces)) <= 25


async def test_the_content_of_old_posts_is_deleted(database: Database, deliveries: Deliveries, now: datetime) -> None:
    kinds = (
        DeliveryKind.REMINDER,
        DeliveryKind.DIGEST,
        DeliveryKind.BURST,
        DeliveryKind.THREAD,
        DeliveryKind.ANNOUNCEMENT,
    )
    posts = [NewPost(GUILD, CHANNEL, kind, "then", {"by": "alice#101"}, user_id=RITA) for kind in kinds]
    await deliveries.add_posts([OUTAGE, *posts], now)
    await deliveries.add_posts([NewPost(GUILD, CHANNEL, DeliveryKind.REMINDER, "newer", {})], now + DAY)
    await deliveries.mark_delivered(await deliveries.due_posts(now + DAY), 5)
    await deliveries.forget_before(now + DAY)
    rows = await database.read("SELECT kind, subject, facts, user_id FROM delivery ORDER BY delivery_id")
    assert [tuple(row) for row in rows] == [
        ("outage", OUTAGE.subject, to_json(OUTAGE.facts), None),
        ("thread", "then", "{}", None),
        ("announcement", "then", "{}", None),
        ("reminder", "newer", "{}", None),
    ]
    assert await deliveries.add_posts(posts, now + DAY) == 3, "posts about a change are never sent twice"
    await rewrite(deliveries, now + DAY)
    await deliveries.forget_before(now + 3 * DAY)
    left = [row["subject"] for row in await database.read("SELECT subject FROM delivery")]
    assert OUTAGE.subject not in left, "it ended"


async def test_a_post_that_waited_for_its_thread_too_long_is_deleted(
    database: Database, deliveries: Deliveries, now: datetime
) -> None:
    await database.transaction(
        lambda transaction: transaction.execute(
            "INSERT INTO delivery (kind, subject, guild_id, change_id) VALUES ('thread', '42:d:approved', 77, 42)"
        )
    )
    assert await deliveries.due_posts(now) == [], "no thread yet"
    await deliveries.forget_before(now)
    assert await database.read("SELECT * FROM delivery") == []


async def test_the_content_of_an_old_post_that_could_not_be_drawn_is_deleted_for_good(
    database: Database, deliveries: Deliveries, now: datetime
) -> None:
    await deliveries.add_posts([NewPost(GUILD, CHANNEL, DeliveryKind.ANNOUNCEMENT, "then", {"by": "a#1"})], now)
    for _ in range(MAX_FAULTS):
        await deliveries.note_fault([await due_post(deliveries, now + DAY)], now)
    await deliveries.forget_before(now + DAY)
    assert [row["facts"] for row in await database.read("SELECT facts FROM delivery")] == ["{}"]
    await deliveries.reset_faults()
    assert await deliveries.due_posts(now + DAY) == []


async def test_a_given_up_post_whose_content_was_deleted_is_not_sent_to_a_repaired_channel(
    deliveries: Deliveries, now: datetime
) -> None:
    await deliveries.add_posts([NewPost(GUILD, CHANNEL, DeliveryKind.ANNOUNCEMENT, "then", {"by": "a#1"})], now)
    post = await due_post(deliveries, now)
    for _ in range(MAX_REFUSALS):
        await deliveries.refuse(post, now)
    await deliveries.forget_before(now + DAY)
    assert await deliveries.given_up(GUILD) == {}
    await deliveries.try_channel_again(GUILD, CHANNEL)
    assert await deliveries.due_posts(now + DAY) == []
