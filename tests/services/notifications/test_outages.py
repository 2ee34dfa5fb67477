"""An outage of the service is posted once and in one place, even if the bot restarts meanwhile."""

import pytest

from bot.services.notifications.outages import AWAY_AFTER, BLIND_AFTER
from tests.services.conftest import CHANNEL, GUILD, App
from tests.services.deliveries import due_posts
from tests.services.notifications.outages import REPLICA, UNKNOWN_AT_AI_HORDE, fail_for_long, look, said


@pytest.fixture
async def watched(app: App) -> App:
    """A review channel, and one change that is seen."""
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    app.service.put(42)
    await look(app)
    return app


async def test_one_failed_poll_is_not_posted(watched: App) -> None:
    watched.service.is_away = True
    await look(watched)
    watched.clock.move(seconds=AWAY_AFTER.total_seconds() - 1)
    await look(watched)
    watched.service.is_away = False
    await look(watched)
    watched.clock.move(hours=1)
    watched.service.is_away = True
    await look(watched)
    assert await said(watched) == []


async def test_an_outage_is_told_once_and_turns_into_its_end(watched: App) -> None:
    since = int(watched.clock().timestamp())
    await fail_for_long(watched)
    assert await said(watched) == [{"since": since, "is_read_only": False, "until": None, "came_in": 0}]
    for _ in range(3):
        await look(watched)
    assert await said(watched) == []
    watched.service.is_away = False
    watched.service.put(43)
    watched.service.put(44, status="rejected", rejected_by="303")
    watched.clock.move(minutes=5)
    await look(watched)
    posts = await due_posts(watched)
    assert sorted((post.message_id or 0, bool(post.facts.get("is_back"))) for post in posts) == [
        (0, True),
        (900, False),
    ]
    until = int(watched.clock().timestamp())
    over = {"since": since, "is_read_only": False, "until": until, "came_in": 2}
    facts = await said(watched)
    assert over in facts
    assert {**over, "is_back": True} in facts
    await look(watched)
    assert await said(watched) == []


async def test_a_restart_tells_nothing_twice(watched: App) -> None:
    await fail_for_long(watched)
    assert len(await said(watched)) == 1
    await watched.restart()
    await fail_for_long(watched)
    assert await said(watched) == []
    await watched.restart()
    watched.service.is_away = False
    await look(watched)
    assert [facts["until"] is not None for facts in await said(watched)] == [True, True]
    await watched.restart()
    await look(watched)
    assert await said(watched) == []


async def test_a_service_that_says_it_is_read_only_is_believed_at_once(watched: App) -> None:
    watched.service.refusals["/changes"] = (503, REPLICA)
    await look(watched)
    (facts,) = await said(watched)
    assert facts["is_read_only"]
    await look(watched)
    assert await said(watched) == []
    watched.service.is_away = True
    await look(watched)
    (facts,) = await said(watched)
    assert not facts["is_read_only"], "the same post, in other words"
    watched.service.is_away = False
    watched.service.refusals.clear()
    await look(watched)
    assert [facts["until"] is not None for facts in await said(watched)] == [True, True]


async def test_a_revoked_reader_key_is_posted_once_until_the_queue_can_be_read_again(watched: App) -> None:
    watched.service.refusals["/changes"] = (401, "Invalid API key")
    watched.service.bodies["/api/v2/find_user"] = UNKNOWN_AT_AI_HORDE
    for _ in range(4):
        await look(watched)
        watched.clock.move(seconds=AWAY_AFTER.total_seconds())
    (facts,) = await said(watched)
    assert (facts["blind"], facts["until"]) == ("unknown_key", None)
    watched.service.refusals.clear()
    watched.service.put(43)
    await look(watched)
    assert {(facts["until"] is not None, facts["came_in"]) for facts in await said(watched)} == {(True, 1)}


async def test_an_outage_that_was_never_posted_is_not_told_when_it_is_over(watched: App) -> None:
    await fail_for_long(watched)
    watched.service.is_away = False
    await look(watched)
    assert await said(watched) == []


async def test_a_key_that_cannot_be_confirmed_for_long_is_posted_too(watched: App) -> None:
    watched.service.refusals["/changes"] = (401, "Invalid API key")
    await look(watched)
    watched.clock.move(seconds=BLIND_AFTER.total_seconds())
    await look(watched)
    assert [facts["blind"] for facts in await said(watched)] == ["unconfirmed"]


async def test_an_outage_of_ai_horde_is_none_of_the_service(watched: App) -> None:
    watched.service.refusals["/changes"] = (401, "Invalid API key")
    for _ in range(3):
        await look(watched)
        watched.clock.move(seconds=AWAY_AFTER.total_seconds())
    assert await said(watched) == []


async def test_every_server_with_a_review_channel_is_told(watched: App) -> None:
    await watched.services.guild_setup.use_review_channel(GUILD + 1, CHANNEL + 1)
    await fail_for_long(watched)
    assert [(post.guild_id, post.channel_id) for post in await due_posts(watched)] == [
        (GUILD, CHANNEL),
        (GUILD + 1, CHANNEL + 1),
    ]
