"""Reminders of changes that wait for long, and the mention after quiet hours."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.reference.errors import UnavailableError
from bot.services.notifications.deliveries import Delivery, DeliveryKind
from storage.guild_settings import Setting
from tests.services.conftest import CHANNEL, GUILD, App
from tests.services.deliveries import deliver_cards, due_posts, record

MONDAY = datetime(2026, 3, 9, tzinfo=UTC)
OTHER_GUILD, OTHER_CHANNEL, ROLE = GUILD + 1, CHANNEL + 1, 80


@pytest.fixture
async def server(app: App) -> App:
    """A server that is reminded after seven days, on Monday at eight."""
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    app.clock.now = MONDAY.replace(hour=8)
    return app


def wait(app: App, change_id: int, *, since: timedelta, **changes: Any) -> None:
    """Put a change that was proposed some time ago."""
    app.service.put(change_id, requested_at=int((app.clock() - since).timestamp()), **changes)


async def reminded(app: App) -> list[Delivery]:
    """Poll and remind; deliver and return the reminders that are due."""
    await app.services.monitor.poll()
    is_queued = await app.services.reminders.remind()
    posts = [post for post in await due_posts(app) if post.kind is DeliveryKind.REMINDER]
    assert is_queued is bool(posts)
    for post in posts:
        await record(app, post, message_id=900)
    return posts


def ids(post: Delivery) -> list[int]:
    return [change["change_id"] for change in post.facts["changes"]]


WEEK = timedelta(days=7)


async def test_a_change_is_late_after_exactly_the_days_of_the_server(server: App) -> None:
    wait(server, 1, since=WEEK - timedelta(seconds=1))
    assert await reminded(server) == []
    server.clock.move(seconds=1)
    (post,) = await reminded(server)
    assert (post.guild_id, post.channel_id, post.subject) == (GUILD, CHANNEL, "2026-W11")
    assert (post.facts["days"], post.facts["count"], ids(post)) == (7, 1, [1])


async def test_a_reminder_names_what_a_list_shows_of_each_change(server: App) -> None:
    wait(server, 1, since=WEEK, payload={"description": "long"})
    await server.services.monitor.poll()
    await deliver_cards(server)
    (post,) = await reminded(server)
    (change,) = post.facts["changes"]
    assert change == {
        "change_id": 1,
        "resource_kind": "model_reference",
        "category": "image_generation",
        "model_name": "Model 1",
        "operation": "create",
        "requested_by": "101",
        "requested_username": "alice#101",
        "requested_at": int((server.clock() - WEEK).timestamp()),
        "approved_at": None,
        "approved_by": None,
        "approved_username": None,
        "batch_title": None,
        "status": "pending",
        "notes": None,
    }
    assert post.facts["links"] == [f"https://discord.com/channels/{GUILD}/{CHANNEL}/501"]


async def test_a_change_whose_card_is_in_another_server_has_no_link(server: App) -> None:
    wait(server, 1, since=WEEK)
    await server.services.monitor.poll()
    await deliver_cards(server)
    await server.services.guild_setup.use_review_channel(OTHER_GUILD, OTHER_CHANNEL)
    posts = {post.guild_id: post.facts["links"] for post in await reminded(server)}
    assert posts[OTHER_GUILD] == [None]
    assert posts[GUILD] != [None]


async def test_the_longest_waiting_comes_first_and_of_equals_the_lowest_number(server: App) -> None:
    for change_id, days in ((3, 8), (1, 8), (2, 9)):
        wait(server, change_id, since=timedelta(days=days))
    (post,) = await reminded(server)
    assert ids(post) == [2, 1, 3]


async def test_an_approved_change_waits_since_its_approval(server: App) -> None:
    now = server.clock()
    for change_id, days in ((1, 6), (2, 8)):
        at = int((now - timedelta(days=days)).timestamp())
        wait(server, change_id, since=timedelta(days=20), status="approved", approved_by="303", approved_at=at)
    (post,) = await reminded(server)
    assert ids(post) == [2]


async def test_an_approved_change_without_a_time_waits_since_its_proposal(server: App) -> None:
    wait(server, 1, since=WEEK, status="approved", approved_by="303", approved_at=None)
    (post,) = await reminded(server)
    assert ids(post) == [1]


async def test_changes_that_are_decided_are_not_late(server: App) -> None:
    wait(server, 1, since=timedelta(days=20), status="applying", approved_by="303")
    wait(server, 2, since=timedelta(days=20), status="rejected", rejected_by="303")
    assert await reminded(server) == []


async def test_no_reminder_comes_before_eight_in_the_morning(server: App) -> None:
    wait(server, 1, since=timedelta(days=20))
    server.clock.now = MONDAY.replace(hour=7, minute=59)
    assert await reminded(server) == []
    server.clock.now = MONDAY.replace(hour=8)
    assert len(await reminded(server)) == 1


async def test_no_reminder_comes_before_the_queue_was_seen(server: App) -> None:
    wait(server, 1, since=timedelta(days=20))
    await server.services.monitor.poll()
    await server.restart()
    assert not await server.services.reminders.remind()
    assert not await server.services.reminders.wake()
    assert len(await reminded(server)) == 1


async def test_each_server_has_its_own_limit(server: App) -> None:
    await server.services.guild_setup.use_review_channel(OTHER_GUILD, OTHER_CHANNEL)
    await server.services.guild_setup.change(OTHER_GUILD, Setting.REMINDER_DAYS, 2)
    wait(server, 1, since=timedelta(days=3))
    (post,) = await reminded(server)
    assert (post.guild_id, post.channel_id, post.facts["days"]) == (OTHER_GUILD, OTHER_CHANNEL, 2)
    wait(server, 2, since=timedelta(days=8))
    (post,) = await reminded(server)
    assert post.guild_id == GUILD, "the other server was reminded today"


async def test_a_reminder_is_edited_each_day_and_again_whenever_the_last_late_change_goes(server: App) -> None:
    wait(server, 1, since=WEEK)
    (posted,) = await reminded(server)
    assert posted.message_id is None
    counts = []
    for change_id in (2, 3):
        server.clock.move(days=1)
        server.service.put(change_id - 1, status="rejected", rejected_by="303")
        (cleared,) = await reminded(server)
        assert await reminded(server) == []
        wait(server, change_id, since=WEEK)
        (late,) = await reminded(server)
        assert (cleared.message_id, late.message_id) == (900, 900)
        counts += [cleared.facts["count"], late.facts["count"]]
    assert counts == [0, 1, 0, 1]


async def test_a_week_that_begins_without_late_changes_has_no_post(server: App) -> None:
    assert await reminded(server) == []
    server.clock.move(days=1)
    wait(server, 1, since=WEEK)
    (post,) = await reminded(server)
    assert post.message_id is None


async def test_a_change_without_a_record_keeps_its_title_only(server: App) -> None:
    payload = {"title": "Chat", "body": "x" * 1000}
    wait(server, 1, since=WEEK, resource_kind="text_guidance", model_name="guidance:1", payload=payload)
    (post,) = await reminded(server)
    assert post.facts["changes"][0]["payload"] == {"title": "Chat"}


@pytest.fixture
async def quiet(app: App) -> App:
    """A server with quiet hours from 22 to 7 and a role; the queue was seen at two at night."""
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    await app.services.guild_setup.change(GUILD, Setting.PING_ROLE, ROLE)
    await app.services.guild_setup.change(GUILD, Setting.QUIET_FROM, "22to7")
    app.clock.now = MONDAY.replace(hour=2)
    return app


EVENING, MORNING = MONDAY - timedelta(hours=2), MONDAY.replace(hour=7)


async def woken(app: App, at: datetime) -> list[Delivery]:
    """Poll and make up for quiet hours; deliver and return the mentions that are due."""
    app.clock.now = at
    await app.services.monitor.poll()
    is_queued = await app.services.reminders.wake()
    posts = [post for post in await due_posts(app) if "quiet" in post.facts]
    assert is_queued is bool(posts)
    for post in posts:
        await record(app, post, message_id=910)
    return posts


async def test_the_mention_counts_what_came_from_the_first_to_the_last_second_of_the_quiet_hours(quiet: App) -> None:
    second = timedelta(seconds=1)
    for change_id, at in enumerate((EVENING - second, EVENING, MORNING - second, MORNING), start=1):
        quiet.service.put(change_id, requested_at=int(at.timestamp()))
    (post,) = await woken(quiet, MORNING)
    assert (post.guild_id, post.channel_id, post.kind) == (GUILD, CHANNEL, DeliveryKind.BURST)
    assert post.facts == {"quiet": 2, "ping_role": ROLE}
    assert post.subject == "quiet:2026-03-08"


async def test_what_was_decided_in_the_night_is_not_mentioned(quiet: App) -> None:
    quiet.service.put(1, requested_at=int(EVENING.timestamp()), status="approved", approved_by="303")
    assert await woken(quiet, MORNING) == []


async def test_the_mention_comes_once_within_the_hour_after_the_quiet_hours(quiet: App) -> None:
    quiet.service.put(1, requested_at=int(EVENING.timestamp()))
    assert await woken(quiet, MORNING - timedelta(seconds=1)) == []
    assert len(await woken(quiet, MORNING + timedelta(minutes=59, seconds=59))) == 1
    assert await woken(quiet, MORNING + timedelta(minutes=59, seconds=59)) == []
    await quiet.restart()
    assert await woken(quiet, MORNING + timedelta(minutes=59, seconds=59)) == []


async def test_an_hour_after_the_quiet_hours_it_is_too_late(quiet: App) -> None:
    quiet.service.put(1, requested_at=int(EVENING.timestamp()))
    assert await woken(quiet, MORNING + timedelta(hours=1)) == []


async def test_each_night_has_its_own_mention(quiet: App) -> None:
    quiet.service.put(1, requested_at=int(EVENING.timestamp()))
    assert len(await woken(quiet, MORNING)) == 1
    next_day = timedelta(days=1)
    quiet.service.put(2, requested_at=int((EVENING + next_day).timestamp()))
    (post,) = await woken(quiet, MORNING + next_day)
    assert (post.subject, post.facts["quiet"]) == ("quiet:2026-03-09", 1)


async def test_a_server_without_a_role_is_not_woken(quiet: App) -> None:
    await quiet.services.guild_setup.change(GUILD, Setting.PING_ROLE, None)
    quiet.service.put(1, requested_at=int(EVENING.timestamp()))
    assert await woken(quiet, MORNING) == []


async def test_a_server_without_quiet_hours_is_not_woken(quiet: App) -> None:
    await quiet.services.guild_setup.change(GUILD, Setting.QUIET_FROM, None)
    quiet.service.put(1, requested_at=int(EVENING.timestamp()))
    assert await woken(quiet, MORNING) == []


async def test_every_server_is_woken(quiet: App) -> None:
    await quiet.services.guild_setup.use_review_channel(OTHER_GUILD, OTHER_CHANNEL)
    await quiet.services.guild_setup.change(OTHER_GUILD, Setting.PING_ROLE, ROLE + 1)
    await quiet.services.guild_setup.change(OTHER_GUILD, Setting.QUIET_FROM, "22to7")
    quiet.service.put(1, requested_at=int(EVENING.timestamp()))
    assert [(post.channel_id, post.facts["ping_role"]) for post in await woken(quiet, MORNING)] == [
        (CHANNEL, ROLE),
        (OTHER_CHANNEL, ROLE + 1),
    ]


async def test_no_server_is_woken_for_a_queue_that_cannot_be_seen(quiet: App) -> None:
    quiet.service.put(1, requested_at=int(EVENING.timestamp()))
    await quiet.services.monitor.poll()
    quiet.service.is_away = True
    with pytest.raises(UnavailableError):
        await woken(quiet, MORNING)
    assert not await quiet.services.reminders.wake()
    quiet.service.is_away = False
    assert len(await woken(quiet, MORNING + timedelta(minutes=5))) == 1
