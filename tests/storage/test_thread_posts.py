"""Posts about a change reach its thread once and in order, and the person they notify in any case."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from storage.cards import Cards
from storage.database import Database
from storage.deliveries import Deliveries
from storage.delivery import MAX_REFUSALS, Delivery, DeliveryKind
from storage.guild_settings import GuildSettings, Setting
from storage.thread_posts import Opening, ThreadPost, ThreadPosts, UnopenedThread
from tests.storage.changes import tracked_change

GUILD, OTHER_GUILD, CHANNEL, OTHER_CHANNEL, NEWS = 77, 78, 770, 780, 771
RITA = 1111
THREAD = 542
REJECTED = ThreadPost(42, "42:d1:rejected", {"status": "rejected"}, user_id=RITA)
APPROVED = ThreadPost(42, "42:d1:approved", {"status": "approved"}, opening=Opening.NEVER)
TOLD = ThreadPost(42, "42:d1:told", {"status": "told"}, user_id=RITA, opening=Opening.ALWAYS)
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def posts(database: Database) -> ThreadPosts:
    return ThreadPosts(database)


async def card_everywhere(database: Database, now: datetime, change_ids: Sequence[int] = (42,)) -> None:
    """Set up two servers, one of them with threads, and post a card for each change in both."""
    settings = GuildSettings(database)
    await settings.set_review_channel(GUILD, CHANNEL)
    await settings.set(GUILD, Setting.THREADS, 1)
    await settings.set_review_channel(OTHER_GUILD, OTHER_CHANNEL)
    changes = [tracked_change(now, each, name=f"Model {each}") for each in change_ids]
    await Cards(database).record_poll(seen=changes, now=now)
    deliveries = Deliveries(database)
    for card in await deliveries.due_cards(now):
        number = 500 if card.guild_id == GUILD else 600
        await deliveries.mark_delivered([card], number + (card.change_id or 0))


@pytest.fixture
async def carded(database: Database, now: datetime) -> None:
    """Two servers have a card of change 42."""
    await card_everywhere(database, now)


@pytest.fixture
async def two_rejected(database: Database, posts: ThreadPosts, now: datetime) -> None:
    """Two servers have cards of changes 42 and 43; the posts about their rejections wait for threads."""
    await card_everywhere(database, now, [42, 43])
    await posts.add(REJECTED, now)
    await posts.add(replace(REJECTED, change_id=43, subject="43:d1:rejected"), now)


async def due(deliveries: Deliveries, now: datetime) -> list[tuple[int | None, int | None, str]]:
    return [(post.guild_id, post.channel_id, post.subject) for post in await deliveries.due_posts(now)]


async def only_unopened(posts: ThreadPosts) -> UnopenedThread:
    (card,) = await posts.unopened(9)
    return card


async def only_post(deliveries: Deliveries, now: datetime) -> Delivery:
    (post,) = await deliveries.due_posts(now)
    return post


@pytest.mark.usefixtures("carded")
async def test_a_rejection_waits_for_a_thread_in_the_server_that_wants_threads(
    posts: ThreadPosts, deliveries: Deliveries, now: datetime
) -> None:
    await posts.add(REJECTED, now)
    assert await due(deliveries, now) == [], "there is no thread yet"
    card = await only_unopened(posts)
    assert card == UnopenedThread(card.delivery_id, GUILD, 42, CHANNEL, 542, "update", "Model 42", "d1")
    assert await posts.unopened(9, [OTHER_GUILD]) == []
    assert await posts.unopened(9, {OTHER_GUILD, GUILD}) == [card]


@pytest.mark.usefixtures("carded")
async def test_the_reason_of_a_proposal_is_the_first_post_of_a_new_thread(
    database: Database, posts: ThreadPosts, deliveries: Deliveries, now: datetime
) -> None:
    await posts.add(REJECTED, now)
    await posts.add(replace(TOLD, opening=Opening.WANTED), now)
    why = ThreadPost(42, "42:542:why", {"status": "why", "why": "It is good."}, user_id=RITA)
    await posts.opened(await only_unopened(posts), THREAD, why, now + INSTANT)
    assert await posts.unopened(9) == []
    assert await due(deliveries, now) == [], "due from then on"
    found = await deliveries.due_posts(now + INSTANT)
    assert [(each.subject, each.channel_id, each.guild_id) for each in found] == [
        ("42:542:why", THREAD, GUILD),
        ("42:d1:rejected", THREAD, GUILD),
        ("42:d1:told", THREAD, GUILD),
    ]
    assert [(each.kind, each.change_id, each.user_id) for each in found] == [(DeliveryKind.THREAD, 42, RITA)] * 3
    assert (found[0].facts, found[1].facts) == (why.facts, {"status": "rejected", "change_id": 42})
    (card,) = [each for each in await Cards(database).cards_of(42) if each.guild_id == GUILD]
    assert card.thread_id == THREAD


@pytest.mark.usefixtures("two_rejected")
async def test_a_thread_without_a_reason_begins_with_what_waited_for_it(
    posts: ThreadPosts, deliveries: Deliveries, now: datetime
) -> None:
    first, second = await posts.unopened(9)
    assert (first.change_id, second.change_id) == (42, 43), "the oldest change first"
    assert await posts.unopened(1) == [first]
    await posts.opened(first, THREAD, None, now)
    assert await due(deliveries, now) == [(GUILD, THREAD, "42:d1:rejected")]
    assert await posts.unopened(9) == [second]
    await posts.add(REJECTED, now)
    assert len(await due(deliveries, now)) == 1, "it is posted once"
    await posts.add(APPROVED, now)
    assert await due(deliveries, now) == [(GUILD, THREAD, "42:d1:rejected"), (GUILD, THREAD, "42:d1:approved")]


@pytest.mark.usefixtures("carded")
async def test_what_needs_no_thread_is_not_posted_into_a_later_one(
    posts: ThreadPosts, deliveries: Deliveries, now: datetime
) -> None:
    await posts.add(APPROVED, now)
    assert await posts.unopened(9) == []
    await posts.adopt(GUILD, 542)
    assert await due(deliveries, now) == []
    assert {(post.guild_id, post.change_id) for post in await posts.posts(APPROVED.subject)} == {
        (GUILD, 42),
        (OTHER_GUILD, 42),
    }


@pytest.mark.usefixtures("two_rejected")
async def test_a_thread_that_a_person_opens_gets_what_waited_and_what_follows(
    posts: ThreadPosts, deliveries: Deliveries, now: datetime
) -> None:
    await posts.adopt(OTHER_GUILD, 542)
    assert await due(deliveries, now) == [], "another server's message"
    await posts.adopt(GUILD, 542)
    assert await due(deliveries, now) == [(GUILD, 542, "42:d1:rejected")]
    await posts.add(APPROVED, now)
    assert (GUILD, 542, "42:d1:approved") in await due(deliveries, now)
    assert [card.change_id for card in await posts.unopened(9)] == [43]


@pytest.mark.usefixtures("carded")
async def test_a_post_for_one_server_is_posted_there_alone(
    posts: ThreadPosts, deliveries: Deliveries, now: datetime
) -> None:
    await posts.add(replace(TOLD, guild_id=OTHER_GUILD), now)
    assert [card.guild_id for card in await posts.unopened(9)] == [OTHER_GUILD], "it opens a thread in any server"
    assert [post.guild_id for post in await posts.posts(TOLD.subject)] == [OTHER_GUILD]


@pytest.mark.usefixtures("carded")
async def test_a_card_is_left_alone_after_three_refused_threads(
    database: Database, posts: ThreadPosts, deliveries: Deliveries, now: datetime
) -> None:
    await posts.add(REJECTED, now)
    card = await only_unopened(posts)
    assert [await posts.refused(card) for _ in range(MAX_REFUSALS)] == [1, 2, 3]
    assert await posts.unopened(9) == []
    assert await due(deliveries, now) == [], "the card shows it"
    assert await posts.refused(replace(card, delivery_id=999)) == 0
    await GuildSettings(database).set_review_channel(GUILD, CHANNEL)
    assert await posts.unopened(9) == [card], "an admin set the channel again"
    await posts.opened(card, THREAD, None, now)
    assert await due(deliveries, now) == [(GUILD, THREAD, "42:d1:rejected")]


@pytest.mark.usefixtures("carded")
async def test_a_person_is_notified_in_the_channel_at_once_if_the_thread_is_refused(
    posts: ThreadPosts, deliveries: Deliveries, now: datetime
) -> None:
    await posts.add(replace(TOLD, guild_id=GUILD), now)
    await posts.add(REJECTED, now)
    await posts.refused(await only_unopened(posts))
    post = await only_post(deliveries, now)
    assert (post.channel_id, post.subject) == (CHANNEL, TOLD.subject)
    assert post.facts == {"status": "told", "change_id": 42, "in_channel": True, "card": 542}
    assert (await only_unopened(posts)).change_id == 42, "the rejection still waits for a thread"


@pytest.mark.usefixtures("carded")
async def test_a_person_is_notified_in_the_channel_where_threads_were_refused_before(
    posts: ThreadPosts, deliveries: Deliveries, now: datetime
) -> None:
    await posts.add(REJECTED, now)
    card = await only_unopened(posts)
    for _ in range(MAX_REFUSALS):
        await posts.refused(card)
    await posts.add(replace(TOLD, guild_id=GUILD, opening=Opening.WANTED), now)
    assert await due(deliveries, now) == []
    await posts.add(replace(TOLD, guild_id=GUILD, subject="42:d1:told again"), now)
    assert (GUILD, CHANNEL, "42:d1:told again") in await due(deliveries, now)


@pytest.mark.usefixtures("carded")
async def test_a_post_that_a_thread_refused_moves_to_the_channel_once(
    posts: ThreadPosts, deliveries: Deliveries, now: datetime
) -> None:
    await posts.adopt(GUILD, 542)
    await posts.add(replace(TOLD, guild_id=GUILD), now)
    await posts.add(APPROVED, now)
    approved, told = sorted(await deliveries.due_posts(now), key=lambda post: post.subject)
    for post in (approved, told):
        assert post.channel_id == 542
        for _ in range(MAX_REFUSALS):
            await deliveries.refuse(post, now)
    assert not await posts.move_to_channel(approved.delivery_id), "it notifies no one"
    assert await posts.move_to_channel(told.delivery_id)
    post = await only_post(deliveries, now + timedelta(minutes=5))
    assert (post.channel_id, post.refusals, post.attempts, post.facts["card"]) == (CHANNEL, 0, 0, 542)
    assert not await posts.move_to_channel(told.delivery_id)


@pytest.mark.usefixtures("carded")
async def test_a_model_that_went_live_is_announced_with_a_link_to_its_card(
    database: Database, posts: ThreadPosts, deliveries: Deliveries, now: datetime
) -> None:
    settings = GuildSettings(database)
    await settings.set(GUILD, Setting.ANNOUNCEMENT_CHANNEL, NEWS)
    await settings.set(79, Setting.ANNOUNCEMENT_CHANNEL, 791)
    applied = ThreadPost(42, "42:d1:applied", {"status": "applied"}, is_announced=True, opening=Opening.NEVER)
    for _ in range(2):
        await posts.add(applied, now)
    first, second = await deliveries.due_posts(now)
    assert (first.guild_id, first.channel_id, first.kind, first.subject) == (
        GUILD,
        NEWS,
        DeliveryKind.ANNOUNCEMENT,
        "42:d1:applied",
    )
    assert (first.change_id, first.facts) == (42, {"status": "applied", "change_id": 42, "card": [CHANNEL, 542]})
    assert (second.guild_id, second.channel_id, second.facts["card"]) == (79, 791, None)
    assert await deliveries.due_posts(now - INSTANT) == []


@pytest.mark.usefixtures("carded")
async def test_the_posts_of_a_poll_are_queued_with_its_changes(
    database: Database, posts: ThreadPosts, deliveries: Deliveries, now: datetime
) -> None:
    await posts.adopt(GUILD, 542)
    await Cards(database).record_poll(seen=[], now=now + INSTANT, thread_posts=[APPROVED, REJECTED])
    assert await due(deliveries, now) == []
    assert await due(deliveries, now + INSTANT) == [
        (GUILD, 542, "42:d1:approved"),
        (GUILD, 542, "42:d1:rejected"),
    ]
