"""Announcements of changes that went live: at once, then merged for ten minutes, by channel."""

import pytest

from bot.services.notifications.deliveries import (
    ANNOUNCED_PAUSE,
    ANNOUNCED_TOGETHER,
    DeliveryKind,
    Message,
    SendOutcome,
    SendResult,
)
from storage.guild_settings import Setting
from tests.services.conftest import CHANNEL, GUILD, App
from tests.services.deliveries import deliver_cards
from tests.services.queue_moves import decided

NEWS, OTHER_NEWS = 79, 89


@pytest.fixture
async def announced(app: App) -> App:
    """A server with an announcement channel, and changes that may go live."""
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    await app.services.guild_setup.change(GUILD, Setting.ANNOUNCEMENT_CHANNEL, NEWS)
    for change_id in range(1, 20):
        app.service.put(change_id)
    await app.services.monitor.poll()
    await deliver_cards(app)
    return app


async def announcements(app: App) -> dict[int, list[list[int]]]:
    """Return by channel the changes that each due announcement names."""
    found: dict[int, list[list[int]]] = {}
    for group in await app.services.deliveries.due_posts():
        if group[0].kind is DeliveryKind.ANNOUNCEMENT:
            found.setdefault(group[0].channel_id or 0, []).append([post.change_id or 0 for post in group])
    return found


async def announce(app: App) -> None:
    """Send the announcements that are due, each as one message."""
    for group in await app.services.deliveries.due_posts():
        if group[0].kind is DeliveryKind.ANNOUNCEMENT:
            await app.services.deliveries.record(Message(group), SendResult(SendOutcome.DELIVERED, 901))


async def test_a_change_that_goes_live_is_announced_at_once_and_once(announced: App) -> None:
    await decided(announced, "applied", 1)
    assert await announcements(announced) == {NEWS: [[1]]}
    await announce(announced)
    announced.clock.move(days=1)
    assert await announcements(announced) == {}


async def test_further_announcements_wait_for_ten_minutes(announced: App) -> None:
    await decided(announced, "applied", 1)
    await announce(announced)
    await decided(announced, "applied", 2)
    assert await announcements(announced) == {}
    announced.clock.move(seconds=ANNOUNCED_PAUSE.total_seconds() - 1)
    assert await announcements(announced) == {}
    announced.clock.move(seconds=1)
    assert await announcements(announced) == {NEWS: [[2]]}


async def test_a_clock_that_is_put_back_holds_no_announcement(announced: App) -> None:
    await decided(announced, "applied", 1)
    await announce(announced)
    announced.clock.move(seconds=-1)
    await decided(announced, "applied", 2)
    assert await announcements(announced) == {NEWS: [[2]]}


async def test_at_the_same_moment_a_further_announcement_waits(announced: App) -> None:
    await decided(announced, "applied", 1)
    await announce(announced)
    await decided(announced, "applied", 2)
    assert await announcements(announced) == {}


async def test_an_announcement_of_one_channel_holds_none_of_another(announced: App) -> None:
    await decided(announced, "applied", 1)
    await announce(announced)
    await announced.services.guild_setup.change(GUILD + 1, Setting.ANNOUNCEMENT_CHANNEL, OTHER_NEWS)
    await decided(announced, "applied", 2)
    assert await announcements(announced) == {OTHER_NEWS: [[2]]}


async def test_one_announcement_names_ten_changes(announced: App) -> None:
    await decided(announced, "applied", *range(1, 13))
    assert [len(group) for group in (await announcements(announced))[NEWS]] == [ANNOUNCED_TOGETHER, 2]
    await announce(announced)
    announced.clock.move(days=1)
    assert await announcements(announced) == {}


async def test_only_the_posts_of_the_named_servers_are_due(announced: App) -> None:
    await decided(announced, "applied", 1)
    deliveries = announced.services.deliveries
    assert await deliveries.due_posts(guild_ids=[GUILD + 1]) == []
    assert {group[0].guild_id for group in await deliveries.due_posts(guild_ids=[GUILD])} == {GUILD}
    assert await deliveries.due_cards(guild_ids=[GUILD + 1]) == []
    assert [group[0].change_id for group in await deliveries.due_cards(1, guild_ids=[GUILD])] == [1]
