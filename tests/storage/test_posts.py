"""What is said in a channel is said once, and edited when it is no longer so."""

from datetime import datetime, timedelta

import pytest

from storage.database import Database
from storage.posts import Post, PostKey, PostKind, Posts

GUILD, CHANNEL = 77, 770
OUTAGE = PostKey(GUILD, CHANNEL, PostKind.OUTAGE, "1772366400", {"since": 1772366400, "until": None})
BACK = {"since": 1772366400, "until": 1772367000}


@pytest.fixture
def posts(database: Database) -> Posts:
    return Posts(database)


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
    assert await posts.rewrite(GUILD, PostKind.OUTAGE, OUTAGE.subject, BACK, now=now)
    assert not await posts.rewrite(GUILD, PostKind.OUTAGE, OUTAGE.subject, BACK, now=now), "it says so already"
    assert not await posts.rewrite(78, PostKind.OUTAGE, OUTAGE.subject, BACK, now=now)
    second = await only(posts, now)
    assert (second.message_id, second.facts, second.nonce) == (5, BACK, first.nonce)


async def test_what_is_rewritten_while_it_is_posted_is_edited_after_that(posts: Posts, now: datetime) -> None:
    await posts.add([OUTAGE], now)
    on_its_way = await only(posts, now)
    await posts.rewrite(GUILD, PostKind.OUTAGE, OUTAGE.subject, BACK, now=now)
    await posts.mark_posted(on_its_way.post_id, 5, on_its_way.revision)
    assert (await only(posts, now)).facts == BACK


async def test_a_post_waits_for_its_time_and_is_given_up_after_three_refusals(posts: Posts, now: datetime) -> None:
    await posts.add([OUTAGE], now)
    post = await only(posts, now)
    later = now + timedelta(minutes=1)
    await posts.postpone(post.post_id, later)
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
    await posts.rewrite(GUILD, PostKind.OUTAGE, OUTAGE.subject, BACK, now=now)
    await posts.mark_lost(post.post_id)
    assert await posts.due(now) == []
    kept = await posts.get(GUILD, PostKind.OUTAGE, OUTAGE.subject)
    assert kept is not None
    assert kept.message_id is None
    assert await posts.get(GUILD, PostKind.BURST, OUTAGE.subject) is None
