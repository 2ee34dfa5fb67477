"""Every change has one up-to-date card in every server, also after a crash."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

import pytest

from storage.card_channels import KNOWN
from storage.cards import FINAL_STATUSES, PURGED, Cards, TrackedChange
from storage.cursors import Cursors
from storage.database import Database
from storage.deliveries import Deliveries
from storage.delivery import MAX_REFUSALS, Delivery
from storage.guild_settings import GuildSettings
from storage.notices import NoticeKey
from tests.storage.changes import tracked_change

GUILD, OTHER_GUILD, CHANNEL, OTHER_CHANNEL = 77, 78, 770, 771
RITA = 1111


type MakeChange = Callable[..., TrackedChange]


@pytest.fixture
def change(now: datetime) -> MakeChange:
    return partial(tracked_change, now)


async def _deliver(deliveries: Deliveries, now: datetime, message_id: int = 5) -> None:
    for card in await deliveries.due_cards(now):
        await deliveries.mark_delivered([card], message_id)


async def _card(cards: Cards) -> Delivery | None:
    return next((card for card in await cards.cards_of(42) if card.guild_id == GUILD), None)


async def _due(deliveries: Deliveries, now: datetime) -> list[tuple[int | None, int | None]]:
    return [(card.guild_id, card.change_id) for card in await deliveries.due_cards(now)]


async def _only(deliveries: Deliveries, now: datetime) -> Delivery:
    (card,) = await deliveries.due_cards(now)
    return card


async def test_a_new_change_is_to_be_posted_in_every_server_with_a_review_channel(
    cards: Cards, deliveries: Deliveries, settings: GuildSettings, change: MakeChange, now: datetime
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    await settings.set_review_channel(OTHER_GUILD, OTHER_CHANNEL)
    await settings.set_review_channel(79, None)
    await cards.record_poll(seen=[change(43), change(42)], now=now)
    due = await deliveries.due_cards(now)
    assert [(card.guild_id, card.channel_id, card.change_id) for card in due] == [
        (GUILD, CHANNEL, 42),
        (OTHER_GUILD, OTHER_CHANNEL, 42),
        (GUILD, CHANNEL, 43),
        (OTHER_GUILD, OTHER_CHANNEL, 43),
    ]
    assert (due[0].message_id, due[0].shown_revision, due[0].refusals) == (None, 0, 0)
    assert len({card.nonce for card in due}) == 4
    assert all(0 < len(card.nonce) <= 25 for card in due)
    assert await cards.change(42) == change(42)
    assert [card.guild_id for card in await cards.cards_of(42)] == [GUILD, OTHER_GUILD]
    assert [(card.guild_id, card.change_id) for card in await deliveries.due_cards(now, 43)] == [
        (GUILD, 43),
        (OTHER_GUILD, 43),
    ]


async def test_a_card_is_drawn_again_when_the_change_moves_and_not_otherwise(
    cards: Cards, deliveries: Deliveries, settings: GuildSettings, change: MakeChange, now: datetime
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    await cards.record_poll(seen=[change()], now=now)
    await _deliver(deliveries, now)
    assert await _due(deliveries, now) == []
    await cards.record_poll(seen=[change()], now=now)
    assert await _due(deliveries, now) == []
    approved = change(status="approved")
    await cards.record_poll(seen=[approved], now=now)
    assert await _due(deliveries, now) == [(GUILD, 42)]
    await _deliver(deliveries, now)
    assert await _due(deliveries, now) == []
    await cards.record_poll(seen=[replace(approved, digest="d2")], now=now)
    assert await _due(deliveries, now) == [(GUILD, 42)]
    card = await _card(cards)
    assert card is not None
    assert card.message_id == 5


@pytest.mark.parametrize("final", sorted(FINAL_STATUSES))
async def test_a_change_is_followed_until_its_card_shows_the_end(
    cards: Cards, deliveries: Deliveries, settings: GuildSettings, change: MakeChange, now: datetime, final: str
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    await cards.record_poll(seen=[change()], now=now)
    await _deliver(deliveries, now)
    ended = change(status=final)
    assert ended.is_final
    await cards.record_poll(seen=[ended], now=now)
    assert await cards.tracked() == {42: ended}
    await _deliver(deliveries, now)
    assert await cards.tracked() == {}
    assert await _card(cards) is not None


async def test_an_end_the_bot_never_saw_the_beginning_of_gets_no_card(
    cards: Cards, deliveries: Deliveries, settings: GuildSettings, change: MakeChange, now: datetime
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    await cards.record_poll(seen=[change(status="applied")], now=now)
    assert await cards.tracked() == {}
    assert await _due(deliveries, now) == []


async def test_open_changes_are_tracked_with_and_without_a_server(
    cards: Cards, deliveries: Deliveries, change: MakeChange, now: datetime
) -> None:
    seen = [change(1), replace(change(2, "approved"), is_missing=True), change(3, "applying")]
    await cards.record_poll(seen=seen, now=now)
    assert await cards.tracked() == {each.change_id: each for each in seen}
    assert await _due(deliveries, now) == []


async def test_a_poll_is_kept_whole_or_not_at_all(
    database: Database, cards: Cards, deliveries: Deliveries, settings: GuildSettings, change: MakeChange, now: datetime
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    cursors = Cursors(database)
    notices = [NoticeKey(RITA, 42, "approved")]
    broken = {"queue": "42", "audit": None}
    with pytest.raises(Exception, match="NOT NULL"):
        await cards.record_poll(seen=[change()], now=now, notices=notices, cursors=broken)  # type: ignore[arg-type]  # the last write fails
    assert (await cards.tracked(), await _due(deliveries, now)) == ({}, [])
    assert await deliveries.due_notices(now) == []
    assert await cursors.get("queue") is None
    for _ in range(2):
        await cards.record_poll(seen=[change()], now=now, notices=notices, cursors={"queue": "42"})
    assert await _due(deliveries, now) == [(GUILD, 42)]
    assert len(await deliveries.due_notices(now)) == 1
    assert await cursors.get("queue") == "42"


async def test_an_id_used_again_gets_a_message_of_its_own_and_is_told_again(
    cards: Cards, deliveries: Deliveries, settings: GuildSettings, change: MakeChange, now: datetime
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    notice = [NoticeKey(RITA, 42, "rejected")]
    await cards.record_poll(seen=[change()], now=now)
    await _deliver(deliveries, now)
    await cards.record_poll(seen=[change(status="rejected")], now=now, notices=notice)
    await _deliver(deliveries, now)
    await deliveries.mark_delivered(await deliveries.due_notices(now), None)

    await cards.record_poll(seen=[change(digest="something else")], now=now)
    card = await _only(deliveries, now)
    assert card.message_id is None, "the old message stays as history"
    await cards.record_poll(seen=[change(status="rejected", digest="something else")], now=now, notices=notice)
    assert len(await deliveries.due_notices(now)) == 1


async def test_a_change_that_was_only_out_of_sight_keeps_its_message(
    cards: Cards, deliveries: Deliveries, settings: GuildSettings, change: MakeChange, now: datetime
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    await cards.record_poll(seen=[change()], now=now)
    await _deliver(deliveries, now)
    await cards.record_poll(seen=[change(status=PURGED)], now=now)
    await _deliver(deliveries, now)
    await cards.record_poll(seen=[change()], now=now)
    card = await _only(deliveries, now)
    assert card.message_id == 5


async def test_a_channel_that_refuses_three_times_is_left_alone_until_set_again(
    cards: Cards, deliveries: Deliveries, settings: GuildSettings, change: MakeChange, now: datetime
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    await cards.record_poll(seen=[change()], now=now)
    card = await _only(deliveries, now)
    assert [await deliveries.refuse(card, now) for _ in range(MAX_REFUSALS)] == [1, 2, 3]
    assert await _due(deliveries, now) == []
    await settings.set_review_channel(GUILD, CHANNEL)
    assert await _due(deliveries, now) == [(GUILD, 42)]
    await deliveries.refuse(card, now)
    await deliveries.mark_delivered([card], 5)
    delivered = await _card(cards)
    assert delivered is not None
    assert (delivered.refusals, delivered.attempts) == (0, 0)


async def test_an_ended_change_is_not_followed_for_a_channel_that_is_closed(
    cards: Cards, deliveries: Deliveries, settings: GuildSettings, change: MakeChange, now: datetime
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    await cards.record_poll(seen=[change()], now=now)
    await cards.record_poll(seen=[change(status="applied")], now=now)
    card = await _only(deliveries, now)
    for _ in range(MAX_REFUSALS):
        assert await cards.tracked() != {}
        await deliveries.refuse(card, now)
    assert await cards.tracked() == {}


async def test_a_message_that_was_deleted_is_posted_again_under_another_nonce(
    cards: Cards, deliveries: Deliveries, settings: GuildSettings, change: MakeChange, now: datetime
) -> None:
    """Within minutes Discord would answer the old nonce with the deleted message."""
    await settings.set_review_channel(GUILD, CHANNEL)
    await cards.record_poll(seen=[change()], now=now)
    before = await _card(cards)
    await _deliver(deliveries, now)
    assert before is not None
    await deliveries.send_again(before)
    card = await _only(deliveries, now)
    assert card.message_id is None
    assert card.nonce != before.nonce


async def test_a_review_channel_set_later_gets_the_open_changes(
    cards: Cards, deliveries: Deliveries, settings: GuildSettings, change: MakeChange, now: datetime
) -> None:
    await cards.record_poll(seen=[change(1), change(2, "applied"), change(3, "approved")], now=now)
    await settings.set_review_channel(GUILD, CHANNEL)
    assert await _due(deliveries, now) == [(GUILD, 1), (GUILD, 3)]


async def test_moving_the_review_channel_posts_the_cards_there(
    cards: Cards, deliveries: Deliveries, settings: GuildSettings, change: MakeChange, now: datetime
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    await settings.set_review_channel(OTHER_GUILD, CHANNEL)
    await cards.record_poll(seen=[change()], now=now)
    await _deliver(deliveries, now)
    await settings.set_review_channel(GUILD, OTHER_CHANNEL)
    card = await _only(deliveries, now)
    assert (card.guild_id, card.channel_id, card.message_id) == (GUILD, OTHER_CHANNEL, None)


async def test_a_server_without_review_channel_gets_no_new_cards_and_keeps_its_old_ones(
    cards: Cards, deliveries: Deliveries, settings: GuildSettings, change: MakeChange, now: datetime
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    await cards.record_poll(seen=[change(1), change(2)], now=now)
    (first, _) = await deliveries.due_cards(now)
    await deliveries.mark_delivered([first], 5)
    await settings.set_review_channel(GUILD, None)
    await cards.record_poll(seen=[change(1, "approved"), change(3)], now=now)
    assert await _due(deliveries, now) == [(GUILD, 1)]


async def test_a_card_is_drawn_again_for_what_else_it_shows(
    cards: Cards, deliveries: Deliveries, settings: GuildSettings, change: MakeChange, now: datetime
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    await cards.record_poll(seen=[change()], now=now)
    await _deliver(deliveries, now)
    await cards.touch(42)
    card = await _only(deliveries, now)
    await cards.touch(42)
    await deliveries.mark_delivered([card], 5)
    card = await _only(deliveries, now)
    assert card.shown_revision == card.revision - 1, "what moved while it was drawn is drawn next"
    await deliveries.mark_delivered([card], 5)
    assert await _due(deliveries, now) == []


async def test_the_look_up_of_a_pressed_message_reads_no_other_message(
    cards: Cards, deliveries: Deliveries, database: Database, settings: GuildSettings, change: MakeChange, now: datetime
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    await cards.record_poll(seen=[change()], now=now)
    await _deliver(deliveries, now, message_id=5)
    assert await cards.knows(GUILD, 5)
    assert not await cards.knows(GUILD, 6)
    assert not await cards.knows(OTHER_GUILD, 5)
    plan = await database.read(f"EXPLAIN QUERY PLAN {KNOWN}", {"guild": GUILD, "message": 5})
    assert [row["detail"] for row in plan] == ["SEARCH delivery USING INDEX delivery_of_message (message_id=?)"]
