"""What is said in a channel is said once, and edited when it is no longer so."""

from datetime import datetime, timedelta

import pytest

from storage.columns import to_json
from storage.database import Database
from storage.posts import Post, PostKey, PostKind, Posts
from storage.refused import MAX_FAILURES, Refused

GUILD, CHANNEL = 77, 770
OUTAGE = PostKey(GUILD, CHANNEL, PostKind.OUTAGE, "1772366400", {"since": 1772366400, "until": None})
BACK = {"since": 1772366400, "until": 1772367000}


@pytest.fixture
def posts(database: Database) -> Posts:
    return Posts(database)


async def say_back(posts: Posts, now: datetime) -> int:
    return await posts.rewrite_everywhere(PostKind.OUTAGE, OUTAGE.subject, BACK, now=now, cursors={})


async def only(posts: Posts, now: datetime) -> Post:
    (post,) = await posts.due(now)
    return post


async def test_a_post_is_added_once_and_stands_once(posts: Posts, now: datetime) -> None:
    assert await posts.add([OUTAGE], now) == 1
    assert await posts.add([OUTAGE], now) == 0
    post = await only(posts, now)
    assert (post.guild_id, post.channel_id, post.kind, post.facts) == (GUILD, CHANNEL, PostKind.OUTAGE, OUTAGE.facts)
    assert len(post.nonce) <= 25
    await posts.mark_posted(post.post_id, 5, post.revision)
    assert await posts.due(now) == []
    assert await posts.add([OUTAGE], now) == 0


async def test_a_rewritten_post_is_edited_where_it_stands(posts: Posts, now: datetime) -> None:
    await posts.add([OUTAGE], now)
    first = await only(posts, now)
    await posts.mark_posted(first.post_id, 5, first.revision)
    assert await say_back(posts, now) == 1
    assert await say_back(posts, now) == 0, "it says so already"
    second = await only(posts, now)
    assert (second.message_id, second.facts, second.nonce) == (5, BACK, first.nonce)


async def test_what_is_rewritten_while_it_is_posted_is_edited_after_that(posts: Posts, now: datetime) -> None:
    await posts.add([OUTAGE], now)
    on_its_way = await only(posts, now)
    await say_back(posts, now)
    await posts.mark_posted(on_its_way.post_id, 5, on_its_way.revision)
    assert (await only(posts, now)).facts == BACK


async def test_a_post_waits_for_its_time_and_is_given_up_after_three_refusals(posts: Posts, now: datetime) -> None:
    await posts.add([OUTAGE], now)
    post = await only(posts, now)
    later = now + timedelta(minutes=1)
    await posts.postpone(post.post_id, now, later - now)
    assert await posts.due(now) == []
    assert [await posts.mark_failed(post.post_id) for _ in range(2)] == [1, 2]
    assert len(await posts.due(later)) == 1
    assert await posts.mark_failed(post.post_id) == 3
    assert await posts.due(later) == []
    assert await posts.mark_failed(999) == 0


async def test_what_somebody_deleted_is_not_said_again(posts: Posts, now: datetime) -> None:
    await posts.add([OUTAGE], now)
    post = await only(posts, now)
    await posts.mark_posted(post.post_id, 5, post.revision)
    await say_back(posts, now)
    await posts.mark_lost(post.post_id)
    assert await posts.due(now) == []
    assert await posts.add([OUTAGE], now) == 0


async def test_what_was_said_long_ago_is_not_kept(database: Database, posts: Posts, now: datetime) -> None:
    outage, day = OUTAGE.subject, timedelta(days=1)
    kinds = (PostKind.REMINDER, PostKind.DIGEST, PostKind.BURST, PostKind.THREAD, PostKind.ANNOUNCEMENT)
    said = [PostKey(GUILD, CHANNEL, kind, "then", {"by": "alice#101"}, user_id=1111) for kind in kinds]
    await posts.add([OUTAGE, *said, PostKey(GUILD, 0, PostKind.THREAD, "nowhere", {"by": "alice#101"})], now)
    await posts.add([PostKey(GUILD, CHANNEL, PostKind.REMINDER, "newer", {})], now + day)
    for post in await posts.due(now + day):
        await posts.mark_posted(post.post_id, 5, post.revision)
    await posts.forget_before(now + day)
    rows = await database.read("SELECT kind, subject, facts, user_id FROM post ORDER BY post_id")
    assert [tuple(row) for row in rows] == [
        ("outage", outage, to_json(OUTAGE.facts), None),
        ("thread", "then", "{}", None),
        ("announcement", "then", "{}", None),
        ("reminder", "newer", "{}", None),
    ]
    assert await posts.add(said, now + day) == 3, "those of a change are never said twice"
    await say_back(posts, now + day)
    await posts.forget_before(now + 3 * day)
    assert outage not in [row["subject"] for row in await database.read("SELECT subject FROM post")], "it is over"


async def test_what_was_given_up_and_is_forgotten_is_over(database: Database, posts: Posts, now: datetime) -> None:
    await posts.add([PostKey(GUILD, CHANNEL, PostKind.ANNOUNCEMENT, "then", {"by": "alice#101"})], now)
    post = await only(posts, now)
    for _ in range(MAX_FAILURES):
        await posts.mark_failed(post.post_id)
    await posts.forget_before(now + timedelta(days=1))
    refused = Refused(database)
    assert await refused.left_alone(GUILD) == {}
    await refused.try_again(GUILD, CHANNEL, PostKind.REFUSAL)
    assert await posts.due(now) == []


async def test_a_clock_that_is_set_back_puts_off_no_post_for_long(posts: Posts, now: datetime) -> None:
    await posts.add([OUTAGE], now)
    post = await only(posts, now)
    await posts.postpone(post.post_id, now, timedelta(hours=2))
    assert await posts.due(now + timedelta(minutes=4)) == []
    await only(posts, now + timedelta(minutes=5))
    for jump in (timedelta(minutes=1), timedelta(hours=1), timedelta(days=9)):
        assert await posts.due(now - jump + timedelta(minutes=6))
