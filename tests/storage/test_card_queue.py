"""Many changes at once do not bury a review channel: five cards, one post, and more cards as these are decided."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from storage.card_queue import BURST, CARDS_AT_ONCE
from storage.cards import Cards, TrackedChange
from storage.deliveries import Deliveries
from storage.delivery import Delivery, DeliveryKind
from storage.guild_settings import GuildSettings
from tests.storage.changes import tracked_change

GUILD, OTHER_GUILD, CHANNEL, OTHER_CHANNEL = 77, 78, 770, 780
MINUTE, INSTANT = timedelta(minutes=1), timedelta(microseconds=1)


def seen(now: datetime, change_ids: Sequence[int], status: str = "pending") -> list[TrackedChange]:
    """Return changes as a poll sees them now."""
    return [tracked_change(now, each, status) for each in change_ids]


async def carded(deliveries: Deliveries, now: datetime, guild_id: int = GUILD) -> list[int | None]:
    """Return the changes with a card in a server; none is delivered here."""
    return [card.change_id for card in await deliveries.due_cards(now + BURST) if card.guild_id == guild_id]


async def bursts(deliveries: Deliveries, now: datetime, guild_id: int = GUILD) -> list[Delivery]:
    """Return a server's posts about bursts that are due."""
    due = [post for post in await deliveries.due_posts(now) if post.guild_id == guild_id]
    assert all(post.kind is DeliveryKind.BURST for post in due)
    return due


@pytest.fixture
async def channel(settings: GuildSettings) -> None:
    """A server has a review channel."""
    await settings.set_review_channel(GUILD, CHANNEL)


@pytest.fixture
async def two_channels(channel: None, settings: GuildSettings) -> None:
    """Two servers have a review channel."""
    await settings.set_review_channel(OTHER_GUILD, OTHER_CHANNEL)


@pytest.mark.usefixtures("two_channels")
async def test_of_many_new_changes_the_oldest_five_get_cards_and_one_post_counts_them(
    cards: Cards, deliveries: Deliveries, now: datetime
) -> None:
    await cards.record_poll(seen=seen(now, [18, 17, 16, 15, 14, 13, 12, 11]), now=now)
    assert await bursts(deliveries, now - INSTANT) == [], "due from now on"
    for guild_id, channel_id in ((GUILD, CHANNEL), (OTHER_GUILD, OTHER_CHANNEL)):
        assert await carded(deliveries, now, guild_id) == [11, 12, 13, 14, 15]
        (post,) = await bursts(deliveries, now, guild_id)
        assert (post.channel_id, post.subject) == (channel_id, "11-18")
        assert post.facts == {"count": 8, "carded": 5, "has_come_in": True}


@pytest.mark.usefixtures("channel")
async def test_as_many_changes_as_get_cards_need_no_post(cards: Cards, deliveries: Deliveries, now: datetime) -> None:
    await cards.record_poll(seen=seen(now, range(1, CARDS_AT_ONCE + 1)), now=now)
    assert await carded(deliveries, now) == [1, 2, 3, 4, 5]
    assert await bursts(deliveries, now) == []


@pytest.mark.usefixtures("two_channels")
async def test_more_changes_within_ten_minutes_are_counted_in_the_same_post(
    cards: Cards, deliveries: Deliveries, now: datetime
) -> None:
    await cards.record_poll(seen=seen(now, [1, 2, 3]), now=now)
    assert await bursts(deliveries, now) == []
    then = now + MINUTE
    await cards.record_poll(seen=seen(then, [4, 5, 6, 7]), now=then)
    (first,) = await bursts(deliveries, then)
    assert (first.subject, first.facts) == ("4-7", {"count": 7, "carded": 5, "has_come_in": True})
    await deliveries.mark_delivered([first], 5)
    last = now + BURST
    await cards.record_poll(seen=seen(last, [8, 9]), now=last)
    assert await carded(deliveries, last) == [1, 2, 3, 4, 5]
    assert await bursts(deliveries, last - INSTANT) == []
    (second,) = await bursts(deliveries, last)
    assert (second.delivery_id, second.message_id) == (first.delivery_id, 5)
    assert second.facts == {"count": 9, "carded": 5, "has_come_in": True}
    (elsewhere,) = await bursts(deliveries, last, OTHER_GUILD)
    assert elsewhere.facts == second.facts


@pytest.mark.usefixtures("channel")
async def test_after_ten_minutes_a_new_burst_begins_with_cards_and_a_post_of_its_own(
    cards: Cards, deliveries: Deliveries, now: datetime
) -> None:
    await cards.record_poll(seen=seen(now, range(1, 9)), now=now)
    then = now + BURST + INSTANT
    await cards.record_poll(seen=seen(then, range(11, 18)), now=then)
    assert await carded(deliveries, then) == [1, 2, 3, 4, 5, 11, 12, 13, 14, 15]
    first, second = await bursts(deliveries, then)
    assert (first.facts["count"], second.facts["count"], second.facts["carded"]) == (8, 7, 5)


@pytest.mark.usefixtures("channel")
async def test_cards_of_a_former_burst_leave_room_and_its_post_is_edited_while_it_is_recent(
    cards: Cards, deliveries: Deliveries, now: datetime
) -> None:
    """Cards are as old as their changes' last move, the post is as old as its last edit."""
    await cards.record_poll(seen=seen(now, [1, 2, 3]), now=now)
    then = now + 9 * MINUTE
    await cards.record_poll(seen=seen(then, [4, 5, 6, 7]), now=then)
    later = now + 11 * MINUTE
    await cards.record_poll(seen=seen(later, [8, 9, 10, 11]), now=later)
    assert await carded(deliveries, later) == [1, 2, 3, 4, 5, 8, 9, 10]
    (post,) = await bursts(deliveries, later)
    assert post.facts == {"count": 11, "carded": 8, "has_come_in": True}


@pytest.mark.usefixtures("channel")
async def test_the_next_change_gets_its_card_when_one_with_a_card_is_decided(
    cards: Cards, deliveries: Deliveries, now: datetime
) -> None:
    await cards.record_poll(seen=seen(now, range(1, 10)), now=now)
    await cards.record_poll(seen=seen(now, [7], "approved"), now=now)
    assert await carded(deliveries, now) == [1, 2, 3, 4, 5], "it had no card, and is no longer to be decided"
    await cards.record_poll(seen=[replace(seen(now, [3])[0], digest="d2")], now=now)
    assert await carded(deliveries, now) == [1, 2, 3, 4, 5], "it waits with another content"
    await cards.record_poll(seen=seen(now, [2], "approved"), now=now)
    assert await carded(deliveries, now) == [1, 2, 3, 4, 5, 6]
    await cards.record_poll(seen=seen(now, [2], "applied"), now=now)
    assert await carded(deliveries, now) == [1, 2, 3, 4, 5, 6], "each decision makes room once"
    await cards.record_poll(seen=seen(now, [1, 4], "rejected"), now=now)
    assert await carded(deliveries, now) == [1, 2, 3, 4, 5, 6, 8, 9]


@pytest.mark.usefixtures("two_channels")
async def test_many_decisions_at_once_make_room_for_five_cards(
    cards: Cards, deliveries: Deliveries, now: datetime
) -> None:
    await cards.record_poll(seen=seen(now, range(1, 6)), now=now)
    then = now + BURST + INSTANT
    await cards.record_poll(seen=seen(then, range(6, 20)), now=then)
    assert len(await carded(deliveries, then)) == 2 * CARDS_AT_ONCE
    await cards.record_poll(seen=seen(then, range(1, 11), "rejected"), now=then)
    for guild_id in (GUILD, OTHER_GUILD):
        assert await carded(deliveries, then, guild_id) == list(range(1, 16))


@pytest.mark.usefixtures("channel")
async def test_a_change_that_no_list_shows_gets_no_card_when_there_is_room(
    cards: Cards, deliveries: Deliveries, now: datetime
) -> None:
    await cards.record_poll(seen=seen(now, range(1, 8)), now=now)
    (hidden,) = seen(now, [6])
    await cards.record_poll(seen=[replace(hidden, is_missing=True)], now=now)
    await cards.record_poll(seen=seen(now, [1], "rejected"), now=now)
    assert await carded(deliveries, now) == [1, 2, 3, 4, 5, 7]


@pytest.mark.parametrize("count", [CARDS_AT_ONCE, CARDS_AT_ONCE + 1])
async def test_a_channel_that_is_set_over_a_long_queue_gets_five_cards_and_a_post(
    cards: Cards, deliveries: Deliveries, settings: GuildSettings, now: datetime, count: int
) -> None:
    await cards.record_poll(seen=[*seen(now, [1], "approved"), *seen(now, range(2, count + 1))], now=now)
    await settings.set_review_channel(OTHER_GUILD, OTHER_CHANNEL)
    await settings.set_review_channel(GUILD, CHANNEL)
    assert await carded(deliveries, now) == [1, 2, 3, 4, 5]
    posts = await bursts(deliveries, now)
    if count == CARDS_AT_ONCE:
        assert posts == []
    else:
        (post,) = posts
        assert (post.channel_id, post.subject) == (CHANNEL, f"{CHANNEL}:1-6")
        assert post.facts == {"count": 6, "carded": 5, "has_come_in": False}


async def test_a_post_about_a_long_queue_is_not_edited_for_changes_that_come_in_later(
    cards: Cards, deliveries: Deliveries, settings: GuildSettings, now: datetime
) -> None:
    await cards.record_poll(seen=seen(now, range(1, 8)), now=now)
    await settings.set_review_channel(GUILD, CHANNEL)
    await cards.record_poll(seen=seen(now, [8]), now=now)
    about_queue, about_new = await bursts(deliveries, now)
    assert about_queue.facts == {"count": 7, "carded": 5, "has_come_in": False}
    assert about_new.facts == {"count": 6, "carded": 5, "has_come_in": True}


@pytest.mark.usefixtures("channel")
async def test_a_post_in_a_former_channel_is_not_edited_for_new_changes(
    cards: Cards, deliveries: Deliveries, settings: GuildSettings, now: datetime
) -> None:
    await cards.record_poll(seen=seen(now, range(1, 8)), now=now)
    await settings.set_review_channel(GUILD, OTHER_CHANNEL)
    await cards.record_poll(seen=seen(now, [8]), now=now)
    there = [post.facts["count"] for post in await bursts(deliveries, now) if post.channel_id == CHANNEL]
    assert there == [7]


@pytest.mark.usefixtures("two_channels")
async def test_a_change_that_is_decided_through_the_bot_has_a_card_in_every_server(
    cards: Cards, deliveries: Deliveries, now: datetime
) -> None:
    await cards.record_poll(seen=seen(now, range(1, 10)), now=now)
    for _ in range(2):
        await cards.queue_cards(9)
        await cards.record_poll(seen=[], now=now, carded=[8])
    for guild_id, channel_id in ((GUILD, CHANNEL), (OTHER_GUILD, OTHER_CHANNEL)):
        assert await carded(deliveries, now, guild_id) == [1, 2, 3, 4, 5, 8, 9]
        (card,) = [each for each in await cards.cards_of(9) if each.guild_id == guild_id]
        assert (card.channel_id, card.subject) == (channel_id, "9")
