"""Cards follow the review channel; a former message leads to the present one, and unknown messages are adopted."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from storage.cards import Cards, TrackedChange
from storage.database import Database
from storage.deliveries import Deliveries
from storage.delivery import MAX_REFUSALS, Delivery, DeliveryKind
from storage.guild_settings import GuildSettings
from tests.storage.changes import tracked_change

GUILD, OTHER_GUILD, CHANNEL, NEW_CHANNEL = 77, 78, 770, 771
HOUR = timedelta(hours=1)


def seen(
    now: datetime, change_ids: Sequence[int], status: str = "pending", name: str = "Deliberate"
) -> list[TrackedChange]:
    return [tracked_change(now, each, status, name=name) for each in change_ids]


async def deliver(deliveries: Deliveries, now: datetime, first_message: int = 500) -> None:
    """Post or edit every due card."""
    for card in await deliveries.due_cards(now):
        await deliveries.mark_delivered([card], card.message_id or first_message + (card.change_id or 0))


async def messages(database: Database) -> list[tuple[str, int, int, int | None]]:
    """Return kind, channel, change and message of all cards and stubs, in the order of their beginning."""
    rows = await database.read(
        "SELECT kind, channel_id, change_id, message_id FROM delivery WHERE kind IN ('card', 'stub') "
        "ORDER BY change_id, delivery_id"
    )
    return [tuple(row) for row in rows]


async def stubs(deliveries: Deliveries, now: datetime) -> list[Delivery]:
    return [post for post in await deliveries.due_posts(now) if post.kind is DeliveryKind.STUB]


async def test_posted_cards_of_open_changes_become_stubs_when_the_channel_moves(
    database: Database, cards: Cards, deliveries: Deliveries, settings: GuildSettings, now: datetime
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    await cards.record_poll(seen=seen(now, [41, 42]), now=now)
    await deliver(deliveries, now)
    await cards.record_poll(seen=[*seen(now, [41], "applied"), *seen(now, [43])], now=now)
    await settings.set_review_channel(GUILD, NEW_CHANNEL)
    assert await messages(database) == [
        ("card", CHANNEL, 41, 541),
        ("stub", CHANNEL, 42, 542),
        ("card", NEW_CHANNEL, 42, None),
        ("card", NEW_CHANNEL, 43, None),
    ]
    (stub,) = await stubs(deliveries, now)
    assert (stub.change_id, stub.message_id, stub.subject) == (42, 542, "542")


async def test_a_stub_is_a_card_again_when_the_channel_moves_back(
    database: Database, cards: Cards, deliveries: Deliveries, settings: GuildSettings, now: datetime
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    await cards.record_poll(seen=seen(now, [42]), now=now)
    await deliver(deliveries, now)
    await settings.set_review_channel(GUILD, NEW_CHANNEL)
    await deliver(deliveries, now, first_message=600)
    for stub in await stubs(deliveries, now):
        await deliveries.mark_delivered([stub], stub.message_id)
    await settings.set_review_channel(GUILD, CHANNEL)
    assert await messages(database) == [("card", CHANNEL, 42, 542), ("stub", NEW_CHANNEL, 42, 642)]
    (card,) = await deliveries.due_cards(now)
    assert (card.message_id, card.subject) == (542, "42")
    (stub,) = await stubs(deliveries, now)
    assert stub.message_id == 642
    await settings.set_review_channel(GUILD, 772)
    assert [each.message_id for each in await stubs(deliveries, now)] == [542, 642], "both name the present channel"


async def test_without_a_review_channel_only_posted_cards_stay(
    database: Database, cards: Cards, deliveries: Deliveries, settings: GuildSettings, now: datetime
) -> None:
    for guild_id in (GUILD, OTHER_GUILD):
        await settings.set_review_channel(guild_id, CHANNEL)
    await cards.record_poll(seen=seen(now, [42]), now=now)
    (card, _) = await deliveries.due_cards(now)
    await deliveries.mark_delivered([card], 542)
    await cards.record_poll(seen=seen(now, [43]), now=now)
    await settings.set_review_channel(GUILD, None)
    left = [(card.guild_id, card.change_id) for each in (42, 43) for card in await cards.cards_of(each)]
    assert left == [(GUILD, 42), (OTHER_GUILD, 42), (OTHER_GUILD, 43)]


async def test_refused_cards_are_due_again_when_the_channel_is_set(
    database: Database, cards: Cards, deliveries: Deliveries, settings: GuildSettings, now: datetime
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    await cards.record_poll(seen=seen(now, [42]), now=now)
    (card,) = await deliveries.due_cards(now)
    for _ in range(MAX_REFUSALS):
        await deliveries.refuse(card, now)
    await settings.set_review_channel(OTHER_GUILD, CHANNEL)
    assert [each.guild_id for each in await deliveries.due_cards(now)] == [OTHER_GUILD]
    await settings.set_review_channel(GUILD, CHANNEL)
    (again, _) = await deliveries.due_cards(now)
    assert (again.refusals, again.attempts) == (0, 0)


async def test_a_message_that_was_posted_before_a_crash_is_taken_for_the_card(
    database: Database, cards: Cards, deliveries: Deliveries, settings: GuildSettings, now: datetime
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    await cards.record_poll(seen=seen(now, [42]), now=now)
    assert not await cards.adopt(GUILD, CHANNEL, 599, 99), "no such change"
    assert await cards.adopt(GUILD, CHANNEL, 599, 42)
    (card,) = await deliveries.due_cards(now)
    assert card.message_id == 599
    assert not await cards.adopt(GUILD, CHANNEL, 599, 42), "it is known"
    assert await cards.knows(GUILD, 599)


async def test_a_message_of_a_change_without_a_card_becomes_its_card(
    database: Database, cards: Cards, deliveries: Deliveries, settings: GuildSettings, now: datetime
) -> None:
    """As after a restored backup, which has the change but not its card."""
    await cards.record_poll(seen=seen(now, [42]), now=now)
    await settings.set_review_channel(GUILD, CHANNEL)
    await database.execute("DELETE FROM delivery")
    assert await cards.adopt(GUILD, CHANNEL, 599, 42)
    assert await messages(database) == [("card", CHANNEL, 42, 599)]
    (card,) = await deliveries.due_cards(now)
    assert (card.message_id, card.subject, card.guild_id) == (599, "42", GUILD)


@pytest.mark.parametrize("channel_id", [CHANNEL, NEW_CHANNEL], ids=["the review channel", "another channel"])
async def test_a_second_message_of_a_change_leads_to_its_card(
    database: Database, cards: Cards, deliveries: Deliveries, settings: GuildSettings, now: datetime, channel_id: int
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    await cards.record_poll(seen=seen(now, [42]), now=now)
    await deliver(deliveries, now)
    assert await cards.adopt(GUILD, channel_id, 599, 42)
    assert await messages(database) == [("card", CHANNEL, 42, 542), ("stub", channel_id, 42, 599)]
    (stub,) = await stubs(deliveries, now)
    assert (stub.message_id, stub.subject, stub.guild_id) == (599, "599", GUILD)
    assert not await cards.adopt(GUILD, channel_id, 599, 42)


async def test_the_last_change_of_a_model_that_went_live_since_then_is_found(cards: Cards, now: datetime) -> None:
    await cards.record_poll(seen=seen(now, [41], "applied"), now=now)
    await cards.record_poll(seen=seen(now + HOUR, [40], "applied"), now=now)
    await cards.record_poll(seen=seen(now + HOUR, [42], "rejected"), now=now)
    await cards.record_poll(seen=seen(now + HOUR, [43], "applied", "Another"), now=now)
    before = now - timedelta(microseconds=1)
    assert await cards.applied_since("image_generation", "Deliberate", before) == 40
    assert await cards.applied_since("image_generation", "Deliberate", before, besides={40}) == 41
    assert await cards.applied_since("image_generation", "Deliberate", before, besides=(41, 40)) is None
    assert await cards.applied_since("image_generation", "Deliberate", now, besides=[40]) is None, "after that moment"
    assert await cards.applied_since("clip", "Deliberate", before) is None
    assert await cards.applied_since("image_generation", "Another", before) == 43


async def test_the_time_of_the_last_decision_is_known(cards: Cards, now: datetime) -> None:
    assert await cards.last_decision_at() is None
    await cards.record_poll(seen=seen(now + HOUR, [41]), now=now)
    await cards.record_poll(seen=seen(now + HOUR, [44], "purged"), now=now)
    assert await cards.last_decision_at() is None, "neither a proposal nor a purge is a decision"
    await cards.record_poll(seen=seen(now, [42], "approved"), now=now)
    await cards.record_poll(seen=seen(now - HOUR, [43], "rejected"), now=now)
    assert await cards.last_decision_at() == now


async def test_several_changes_are_read_at_once_as_they_were_last_seen(cards: Cards, now: datetime) -> None:
    await cards.record_poll(seen=[*seen(now, [41, 42]), *seen(now, [43], "applied")], now=now)
    found = await cards.changes([43, 41, 99])
    assert set(found) == {41, 43}
    assert found[43] == seen(now, [43], "applied")[0]
    assert await cards.changes([]) == {}
    assert await cards.change(99) is None
