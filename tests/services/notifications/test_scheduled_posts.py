"""Scheduled posts: a reminder that is edited each day while a change waits too long, a digest each Monday."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from discord import ui

from bot.reference.errors import UnavailableError
from bot.services.guilds.guild_setup import Setting
from bot.services.notifications.deliveries import Delivery, DeliveryKind
from bot.services.notifications.digest import Digest
from bot.ui.glyphs import Theme
from bot.ui.notices.notices import reminder
from storage.database import Transaction
from tests.services.conftest import CHANNEL, GUILD, App
from tests.services.deliveries import deliver_cards, deliver_posts

MONDAY = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
"""Of week 11; what waits has been there since March 1st."""


@pytest.fixture(autouse=True)
async def server(app: App) -> None:
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    await set_up(app, has_digest=1)
    for change_id in (5, 3, 4):
        app.service.put(change_id, requested_at=1_772_366_400 + (86400 if change_id == 3 else 0))
    for week in range(5):  # a week without a decision has no digest
        at = int((MONDAY - timedelta(days=3) + timedelta(days=7 * week)).timestamp())
        app.service.put(100 + week, status="rejected", rejected_by="303", rejected_at=at, requested_at=at)


async def set_up(app: App, **columns: int) -> None:
    def write(transaction: Transaction) -> None:
        for column, value in columns.items():
            transaction.execute(f"UPDATE guild SET {column} = ?", (value,))  # noqa: S608 - names of this test's own

    await app.services.reminders.guild_settings._database.transaction(write)


async def look_at(app: App, now: datetime) -> list[Delivery]:
    """Look at queue and clock, and take what is to be said as said."""
    app.clock.now = now
    await app.services.monitor.poll()
    await app.services.reminders.remind()
    await app.services.digests.make()
    return [post for post in await deliver_posts(app) if post.kind in (DeliveryKind.REMINDER, DeliveryKind.DIGEST)]


def told(posts: list[Delivery]) -> list[tuple[str, str]]:
    return [(post.kind.value, post.subject) for post in posts]


def ids(facts: Any) -> list[int]:
    return [change["change_id"] for change in facts["changes"]]


async def test_on_monday_after_eight_the_week_that_is_over_is_told_once(app: App) -> None:
    await set_up(app, reminder_days=0)
    assert told(await look_at(app, MONDAY - timedelta(seconds=1))) == []
    (post,) = await look_at(app, MONDAY)
    assert (post.guild_id, post.channel_id, post.kind, post.subject) == (
        GUILD,
        CHANNEL,
        DeliveryKind.DIGEST,
        "2026-W10",
    )
    digest = Digest.of(post.facts)
    assert (digest.statistics.week.number, digest.statistics.pending) == (10, 3)
    assert (digest.days, digest.late, [change_id for change_id, _ in digest.named]) == (7, 2, [4, 5])
    assert told(await look_at(app, MONDAY + timedelta(minutes=1))) == []
    await app.restart()
    assert told(await look_at(app, MONDAY + timedelta(hours=5))) == []
    assert told(await look_at(app, MONDAY + timedelta(days=6, hours=23))) == []
    assert told(await look_at(app, MONDAY + timedelta(days=7))) == [("digest", "2026-W11")]


async def test_a_bot_that_was_down_on_monday_tells_on_tuesday_and_no_later(app: App) -> None:
    await set_up(app, reminder_days=0)
    assert told(await look_at(app, MONDAY + timedelta(days=2))) == []
    assert told(await look_at(app, MONDAY + timedelta(days=1, hours=15))) == [("digest", "2026-W10")]


async def test_a_weekly_post_is_looked_for_from_its_monday_on(app: App) -> None:
    posts = await look_at(app, MONDAY + timedelta(days=1))
    assert {post.kind for post in posts} == {DeliveryKind.DIGEST, DeliveryKind.REMINDER}
    since = await app.services.deliveries.sent_since(tuple(posts))
    assert set(since.values()) == {MONDAY.replace(hour=0)}


async def test_the_hour_is_that_of_utc_in_any_time_zone_and_season(app: App) -> None:
    await set_up(app, reminder_days=0)
    summer = timezone(timedelta(hours=2))
    assert told(await look_at(app, datetime(2026, 3, 30, 9, 59, tzinfo=summer))) == []
    assert told(await look_at(app, datetime(2026, 3, 30, 10, 0, tzinfo=summer))) == [("digest", "2026-W13")]


async def test_a_service_that_is_away_is_asked_again_later(app: App) -> None:
    await set_up(app, reminder_days=0)
    app.clock.now = MONDAY
    app.service.is_away = True
    with pytest.raises(UnavailableError):
        await app.services.digests.make()
    app.service.is_away = False
    assert told(await look_at(app, MONDAY + timedelta(hours=1))) == [("digest", "2026-W10")]


async def test_a_server_that_wants_neither_hears_nothing_and_costs_nothing(app: App) -> None:
    await set_up(app, has_digest=0, reminder_days=0)
    app.service.requests.clear()
    app.clock.now = MONDAY
    assert not await app.services.reminders.remind()
    assert not await app.services.digests.make()
    assert app.service.requests == []


async def test_what_waits_too_long_is_named_the_longest_first_in_one_post_a_week(app: App) -> None:
    await set_up(app, has_digest=0)
    sunday = MONDAY - timedelta(days=1)
    assert told(await look_at(app, sunday)) == []  # since noon
    (post,) = await look_at(app, sunday + timedelta(hours=4))
    assert (post.channel_id, post.kind, post.subject) == (CHANNEL, DeliveryKind.REMINDER, "2026-W10")
    assert (post.facts["days"], post.facts["count"], ids(post.facts)) == (7, 2, [4, 5])
    assert told(await look_at(app, sunday + timedelta(hours=10))) == []
    await app.restart()
    assert told(await look_at(app, sunday + timedelta(hours=11))) == []
    assert told(await look_at(app, sunday + timedelta(hours=23))) == []  # it is the next day, but early
    (post,) = await look_at(app, sunday + timedelta(hours=28))
    assert (post.subject, post.message_id, ids(post.facts)) == ("2026-W11", None, [4, 5, 3])
    app.service.put(4, status="rejected", rejected_by="303")
    (post,) = await look_at(app, sunday + timedelta(days=2, hours=4))
    assert (post.subject, post.message_id, ids(post.facts)) == ("2026-W11", 900, [5, 3]), "edited, not posted again"
    for change_id in (3, 5):
        app.service.put(change_id, status="rejected", rejected_by="303")
    (post,) = await look_at(app, sunday + timedelta(days=3, hours=4))
    assert (post.subject, post.message_id, post.facts["count"]) == ("2026-W11", 900, 0)


async def test_a_week_without_a_decision_has_no_digest(app: App) -> None:
    await set_up(app, reminder_days=0)
    assert told(await look_at(app, MONDAY + timedelta(days=7 * 5))) == []


async def test_a_digest_does_not_repeat_the_reminder(app: App) -> None:
    posts = await look_at(app, MONDAY)
    (week,) = [Digest.of(post.facts) for post in posts if post.kind is DeliveryKind.DIGEST]
    assert (week.late, week.named) == (0, ())


async def test_nothing_is_said_once_nothing_waits(app: App) -> None:
    await set_up(app, has_digest=0)
    for change_id in (3, 4, 5):
        app.service.put(change_id, status="rejected", rejected_by="303")
    assert told(await look_at(app, MONDAY + timedelta(days=30))) == []


async def test_no_reminder_is_posted_of_a_queue_that_cannot_be_seen(app: App) -> None:
    await set_up(app, has_digest=0)
    await look_at(app, MONDAY - timedelta(days=3))
    app.service.is_away = True
    with pytest.raises(UnavailableError):
        await look_at(app, MONDAY)
    assert not await app.services.reminders.remind()


async def test_a_long_list_is_counted_and_only_its_beginning_kept(app: App) -> None:
    await set_up(app, has_digest=0)
    for change_id in range(10, 60):
        app.service.put(change_id, payload={"description": "x" * 10_000})
    (post,) = await look_at(app, MONDAY)
    assert (post.facts["count"], len(post.facts["changes"])) == (52, 10)
    assert len(str(post.facts)) < 5_000


async def test_an_approved_change_that_is_not_applied_is_reminded_of(app: App) -> None:
    await set_up(app, has_digest=0)
    long_ago = int((MONDAY - timedelta(days=20)).timestamp())
    app.service.changes.clear()
    app.service.put(1, status="approved", approved_by="303", approved_username="carol#303", approved_at=long_ago)
    (post,) = await look_at(app, MONDAY)
    assert [change["status"] for change in post.facts["changes"]] == ["approved"]
    shown = reminder(post.facts, Theme()).walk_children()
    text = "\n".join(item.content for item in shown if isinstance(item, ui.TextDisplay))
    assert "by carol\\#303, not live yet" in text


async def test_a_change_that_is_no_model_keeps_its_title(app: App) -> None:
    await set_up(app, has_digest=0)
    app.service.put(1, resource_kind="text_guidance", model_name="guidance:1", payload={"title": "Chat", "body": "x"})
    (post,) = await look_at(app, MONDAY)
    assert post.facts["changes"][0]["payload"] == {"title": "Chat"}


async def test_quiet_hours_ping_no_role_and_make_up_for_it_in_one_mention(app: App) -> None:
    await set_up(app, has_digest=0, reminder_days=0, ping_role_id=80)
    await app.services.guild_setup.change(GUILD, Setting.QUIET_FROM, "22to7")
    night = MONDAY.replace(hour=2)
    app.clock.now = night
    for change_id in (50, 51):
        app.service.put(change_id, requested_at=int(night.timestamp()))
    await app.services.monitor.poll()
    assert {card.ping_role_id for card in await deliver_cards(app)} == {None}
    app.clock.now = MONDAY.replace(hour=6, minute=59)
    assert not await app.services.reminders.wake()
    after = MONDAY.replace(hour=7, minute=5)
    app.clock.now = after
    app.service.put(52, requested_at=int(after.timestamp()))
    await app.services.monitor.poll()
    app.clock.now = MONDAY.replace(hour=7, minute=10)
    await deliver_cards(app)
    for minute in (10, 11, 30):
        app.clock.now = MONDAY.replace(hour=7, minute=minute)
        await app.services.reminders.wake()
    (post,) = await deliver_posts(app)
    assert (post.kind, post.facts) == (DeliveryKind.BURST, {"quiet": 2, "ping_role": 80})
    await app.restart()
    await app.services.monitor.poll()
    await app.services.reminders.wake()
    assert await deliver_posts(app) == []


async def test_a_burst_pings_its_role_once(app: App) -> None:
    await set_up(app, has_digest=0, reminder_days=0, ping_role_id=80)
    await app.services.monitor.poll()
    await deliver_cards(app)
    app.clock.move(minutes=11)
    pings = 0
    for change_id in range(60, 74):
        app.service.put(change_id)
        await app.services.monitor.poll()
        pings += sum(card.ping_role_id is not None for card in await deliver_cards(app))
        app.clock.move(seconds=40)
    assert pings == 1
    assert len([post for post in await deliver_posts(app) if post.kind is DeliveryKind.BURST]) == 1
