"""Scheduled posts: a reminder that is edited each day while a change waits too long, a digest each Monday."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from discord import ui

from bot.reference.errors import UnavailableError
from bot.services.notifications.deliveries import Delivery, DeliveryKind
from bot.services.notifications.digest import Digest
from bot.ui.glyphs import Theme
from bot.ui.notices.reminder import reminder
from storage.database import Transaction
from tests.services.conftest import CHANNEL, GUILD, House
from tests.services.deliveries import deliver_cards, deliver_posts

MONDAY = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
"""Of week 11; what waits has been there since March 1st."""


@pytest.fixture(autouse=True)
async def server(house: House) -> None:
    await house.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    await set_up(house, has_digest=1)
    for change_id in (5, 3, 4):
        house.service.put(change_id, requested_at=1_772_366_400 + (86400 if change_id == 3 else 0))
    for week in range(5):  # a week without a decision has no digest
        at = int((MONDAY - timedelta(days=3) + timedelta(days=7 * week)).timestamp())
        house.service.put(100 + week, status="rejected", rejected_by="303", rejected_at=at, requested_at=at)


async def set_up(house: House, **columns: int) -> None:
    def write(transaction: Transaction) -> None:
        for column, value in columns.items():
            transaction.execute(f"UPDATE guild SET {column} = ?", (value,))  # noqa: S608 - names of this test's own

    await house.services.reminders.guild_settings._database.transaction(write)


async def look_at(house: House, now: datetime) -> list[Delivery]:
    """Look at queue and clock, and take what is to be said as said."""
    house.clock.now = now
    await house.services.watch.poll()
    await house.services.reminders.remind()
    await house.services.digests.make()
    return [post for post in await deliver_posts(house) if post.kind in (DeliveryKind.REMINDER, DeliveryKind.DIGEST)]


def told(posts: list[Delivery]) -> list[tuple[str, str]]:
    return [(post.kind.value, post.subject) for post in posts]


def ids(facts: Any) -> list[int]:
    return [change["change_id"] for change in facts["changes"]]


async def test_on_monday_after_eight_the_week_that_is_over_is_told_once(house: House) -> None:
    await set_up(house, reminder_days=0)
    assert told(await look_at(house, MONDAY - timedelta(seconds=1))) == []
    (post,) = await look_at(house, MONDAY)
    assert (post.guild_id, post.channel_id, post.kind, post.subject) == (
        GUILD,
        CHANNEL,
        DeliveryKind.DIGEST,
        "2026-W10",
    )
    digest = Digest.of(post.facts)
    assert (digest.statistics.week.number, digest.statistics.pending) == (10, 3)
    assert (digest.days, digest.late, [change_id for change_id, _ in digest.named]) == (7, 2, [4, 5])
    assert told(await look_at(house, MONDAY + timedelta(minutes=1))) == []
    await house.restart()
    assert told(await look_at(house, MONDAY + timedelta(hours=5))) == []
    assert told(await look_at(house, MONDAY + timedelta(days=6, hours=23))) == []
    assert told(await look_at(house, MONDAY + timedelta(days=7))) == [("digest", "2026-W11")]


async def test_a_bot_that_was_down_on_monday_tells_on_tuesday_and_no_later(house: House) -> None:
    await set_up(house, reminder_days=0)
    assert told(await look_at(house, MONDAY + timedelta(days=2))) == []
    assert told(await look_at(house, MONDAY + timedelta(days=1, hours=15))) == [("digest", "2026-W10")]


async def test_the_hour_is_that_of_utc_in_any_time_zone_and_season(house: House) -> None:
    await set_up(house, reminder_days=0)
    summer = timezone(timedelta(hours=2))
    assert told(await look_at(house, datetime(2026, 3, 30, 9, 59, tzinfo=summer))) == []
    assert told(await look_at(house, datetime(2026, 3, 30, 10, 0, tzinfo=summer))) == [("digest", "2026-W13")]


async def test_a_service_that_is_away_is_asked_again_later(house: House) -> None:
    await set_up(house, reminder_days=0)
    house.clock.now = MONDAY
    house.service.is_away = True
    with pytest.raises(UnavailableError):
        await house.services.digests.make()
    house.service.is_away = False
    assert told(await look_at(house, MONDAY + timedelta(hours=1))) == [("digest", "2026-W10")]


async def test_a_server_that_wants_neither_hears_nothing_and_costs_nothing(house: House) -> None:
    await set_up(house, has_digest=0, reminder_days=0)
    house.service.requests.clear()
    house.clock.now = MONDAY
    assert not await house.services.reminders.remind()
    assert not await house.services.digests.make()
    assert house.service.requests == []


async def test_what_waits_too_long_is_named_the_longest_first_in_one_post_a_week(house: House) -> None:
    await set_up(house, has_digest=0)
    sunday = MONDAY - timedelta(days=1)
    assert told(await look_at(house, sunday)) == []  # since noon
    (post,) = await look_at(house, sunday + timedelta(hours=4))
    assert (post.channel_id, post.kind, post.subject) == (CHANNEL, DeliveryKind.REMINDER, "2026-W10")
    assert (post.facts["days"], post.facts["count"], ids(post.facts)) == (7, 2, [4, 5])
    assert told(await look_at(house, sunday + timedelta(hours=10))) == []
    await house.restart()
    assert told(await look_at(house, sunday + timedelta(hours=11))) == []
    assert told(await look_at(house, sunday + timedelta(hours=23))) == []  # it is the next day, but early
    (post,) = await look_at(house, sunday + timedelta(hours=28))
    assert (post.subject, post.message_id, ids(post.facts)) == ("2026-W11", None, [4, 5, 3])
    house.service.put(4, status="rejected", rejected_by="303")
    (post,) = await look_at(house, sunday + timedelta(days=2, hours=4))
    assert (post.subject, post.message_id, ids(post.facts)) == ("2026-W11", 900, [5, 3]), "edited, not posted again"
    for change_id in (3, 5):
        house.service.put(change_id, status="rejected", rejected_by="303")
    (post,) = await look_at(house, sunday + timedelta(days=3, hours=4))
    assert (post.subject, post.message_id, post.facts["count"]) == ("2026-W11", 900, 0)


async def test_a_week_without_a_decision_has_no_digest(house: House) -> None:
    await set_up(house, reminder_days=0)
    assert told(await look_at(house, MONDAY + timedelta(days=7 * 5))) == []


async def test_a_digest_does_not_repeat_the_reminder(house: House) -> None:
    posts = await look_at(house, MONDAY)
    (week,) = [Digest.of(post.facts) for post in posts if post.kind is DeliveryKind.DIGEST]
    assert (week.late, week.named) == (0, ())


async def test_nothing_is_said_once_nothing_waits(house: House) -> None:
    await set_up(house, has_digest=0)
    for change_id in (3, 4, 5):
        house.service.put(change_id, status="rejected", rejected_by="303")
    assert told(await look_at(house, MONDAY + timedelta(days=30))) == []


async def test_no_reminder_is_posted_of_a_queue_that_cannot_be_seen(house: House) -> None:
    await set_up(house, has_digest=0)
    await look_at(house, MONDAY - timedelta(days=3))
    house.service.is_away = True
    with pytest.raises(UnavailableError):
        await look_at(house, MONDAY)
    assert not await house.services.reminders.remind()


async def test_a_long_list_is_counted_and_only_its_beginning_kept(house: House) -> None:
    await set_up(house, has_digest=0)
    for change_id in range(10, 60):
        house.service.put(change_id, payload={"description": "x" * 10_000})
    (post,) = await look_at(house, MONDAY)
    assert (post.facts["count"], len(post.facts["changes"])) == (52, 10)
    assert len(str(post.facts)) < 5_000


async def test_an_approved_change_that_is_not_applied_is_reminded_of(house: House) -> None:
    await set_up(house, has_digest=0)
    long_ago = int((MONDAY - timedelta(days=20)).timestamp())
    house.service.changes.clear()
    house.service.put(1, status="approved", approved_by="303", approved_username="carol#303", approved_at=long_ago)
    (post,) = await look_at(house, MONDAY)
    assert [change["status"] for change in post.facts["changes"]] == ["approved"]
    shown = reminder(post.facts, Theme()).view.walk_children()
    text = "\n".join(item.content for item in shown if isinstance(item, ui.TextDisplay))
    assert "by carol\\#303, not live yet" in text


async def test_a_change_that_is_no_model_keeps_its_title(house: House) -> None:
    await set_up(house, has_digest=0)
    house.service.put(1, resource_kind="text_guidance", model_name="guidance:1", payload={"title": "Chat", "body": "x"})
    (post,) = await look_at(house, MONDAY)
    assert post.facts["changes"][0]["payload"] == {"title": "Chat"}


async def test_quiet_hours_ping_no_role_and_make_up_for_it_in_one_mention(house: House) -> None:
    await set_up(house, has_digest=0, reminder_days=0, ping_role_id=80)
    await house.services.guild_setup.set_quiet_hours(GUILD, 22, 7)
    night = MONDAY.replace(hour=2)
    house.clock.now = night
    for change_id in (50, 51):
        house.service.put(change_id, requested_at=int(night.timestamp()))
    await house.services.watch.poll()
    assert {card.ping_role_id for card in await deliver_cards(house)} == {None}
    house.clock.now = MONDAY.replace(hour=6, minute=59)
    assert not await house.services.reminders.wake()
    after = MONDAY.replace(hour=7, minute=5)
    house.clock.now = after
    house.service.put(52, requested_at=int(after.timestamp()))
    await house.services.watch.poll()
    house.clock.now = MONDAY.replace(hour=7, minute=10)
    await deliver_cards(house)
    for minute in (10, 11, 30):
        house.clock.now = MONDAY.replace(hour=7, minute=minute)
        await house.services.reminders.wake()
    (post,) = await deliver_posts(house)
    assert (post.kind, post.facts) == (DeliveryKind.BURST, {"quiet": 2, "ping_role": 80})
    await house.restart()
    await house.services.watch.poll()
    await house.services.reminders.wake()
    assert await deliver_posts(house) == []


async def test_a_burst_pings_its_role_once(house: House) -> None:
    await set_up(house, has_digest=0, reminder_days=0, ping_role_id=80)
    await house.services.watch.poll()
    await deliver_cards(house)
    house.clock.move(minutes=11)
    pings = 0
    for change_id in range(60, 74):
        house.service.put(change_id)
        await house.services.watch.poll()
        pings += sum(card.ping_role_id is not None for card in await deliver_cards(house))
        house.clock.move(seconds=40)
    assert pings == 1
    assert len([post for post in await deliver_posts(house) if post.kind is DeliveryKind.BURST]) == 1
