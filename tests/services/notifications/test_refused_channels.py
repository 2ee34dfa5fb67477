"""A channel that refuses the bot is reported once in the server's other channel, and can be tried again."""

import pytest

from bot.services.notifications.deliveries import DeliveryKind, SendOutcome
from storage.delivery import MAX_REFUSALS, RETRY_MAX
from storage.guild_settings import Setting
from tests.services.conftest import CHANNEL, GUILD, App
from tests.services.deliveries import deliver_posts, due_cards, due_posts, record

NEWS = 79


@pytest.fixture
async def two_channels(app: App) -> App:
    """A server with a review and an announcement channel, and one new change."""
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    await app.services.guild_setup.change(GUILD, Setting.ANNOUNCEMENT_CHANNEL, NEWS)
    app.service.put(42)
    await app.services.monitor.poll()
    return app


async def refuse_cards(app: App, times: int = MAX_REFUSALS) -> None:
    for _ in range(times):
        for card in await due_cards(app):
            await record(app, card, SendOutcome.REFUSED)
        app.clock.move(seconds=RETRY_MAX.total_seconds())


async def reports(app: App) -> list[tuple[int | None, int | None, dict[str, object]]]:
    posts = [post for post in await due_posts(app) if post.kind is DeliveryKind.REFUSAL]
    return [(post.guild_id, post.channel_id, dict(post.facts)) for post in posts]


async def test_the_other_channel_hears_of_it_after_the_third_refusal(two_channels: App) -> None:
    await refuse_cards(two_channels, MAX_REFUSALS - 1)
    assert await reports(two_channels) == []
    assert await two_channels.services.deliveries.refused_channels.left_alone(GUILD) == {}
    await refuse_cards(two_channels, 1)
    assert await reports(two_channels) == [(GUILD, NEWS, {"channel_id": CHANNEL})]
    assert await two_channels.services.deliveries.refused_channels.left_alone(GUILD) == {CHANNEL: 1}


async def test_more_refusals_of_the_same_channel_are_not_reported_again(two_channels: App) -> None:
    await refuse_cards(two_channels)
    await deliver_posts(two_channels)
    two_channels.service.put(43)
    await two_channels.services.monitor.poll()
    await refuse_cards(two_channels)
    assert await reports(two_channels) == []
    assert await two_channels.services.deliveries.refused_channels.left_alone(GUILD) == {CHANNEL: 2}


async def test_a_refusing_announcement_channel_is_reported_in_the_review_channel(two_channels: App) -> None:
    two_channels.service.put(42, status="applied", applied_by="303")
    await two_channels.services.monitor.poll()
    for _ in range(MAX_REFUSALS):
        (announcement,) = [post for post in await due_posts(two_channels) if post.channel_id == NEWS]
        await record(two_channels, announcement, SendOutcome.REFUSED)
        two_channels.clock.move(seconds=RETRY_MAX.total_seconds())
    assert await reports(two_channels) == [(GUILD, CHANNEL, {"channel_id": NEWS})]
    assert await two_channels.services.deliveries.refused_channels.left_alone(GUILD) == {NEWS: 1}


async def test_a_thread_that_refuses_is_no_channel_to_report(two_channels: App) -> None:
    for card in await due_cards(two_channels):
        await record(two_channels, card, message_id=542)
    await two_channels.services.threads.adopt(GUILD, 542)
    two_channels.service.put(42, status="approved", approved_by="303")
    await two_channels.services.monitor.poll()
    for _ in range(MAX_REFUSALS):
        (post,) = [post for post in await due_posts(two_channels) if post.kind is DeliveryKind.THREAD]
        await record(two_channels, post, SendOutcome.REFUSED)
        two_channels.clock.move(seconds=RETRY_MAX.total_seconds())
    assert await reports(two_channels) == []
    assert await two_channels.services.deliveries.refused_channels.left_alone(GUILD) == {}


async def test_a_server_with_one_channel_has_no_other_to_tell(app: App) -> None:
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    app.service.put(42)
    await app.services.monitor.poll()
    await refuse_cards(app)
    assert await reports(app) == []
    assert await app.services.deliveries.refused_channels.left_alone(GUILD) == {CHANNEL: 1}
    assert await app.services.deliveries.refused_channels.left_alone(GUILD + 1) == {}


async def test_a_repaired_channel_gets_what_waited_and_its_report_goes(two_channels: App) -> None:
    await refuse_cards(two_channels)
    assert await due_cards(two_channels) == []
    await two_channels.services.deliveries.refused_channels.try_again(GUILD, CHANNEL)
    assert [card.delivery.change_id for card in await due_cards(two_channels)] == [42]
    assert await reports(two_channels) == []
    assert await two_channels.services.deliveries.refused_channels.left_alone(GUILD) == {}
    await refuse_cards(two_channels)
    assert await reports(two_channels) == [(GUILD, NEWS, {"channel_id": CHANNEL})], "it refused again"
