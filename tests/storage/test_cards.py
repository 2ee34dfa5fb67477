"""Every change has its card in every server, showing what is true, whatever crashed in between."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from storage.cards import FINAL_STATUSES, PURGED, Cards, TrackedChange
from storage.cursors import Cursors
from storage.database import Database
from storage.guild_settings import GuildSettings
from storage.outbox import NoticeKey, Outbox

GUILD, OTHER_GUILD, CHANNEL, OTHER_CHANNEL = 77, 78, 770, 771
RITA = 1111


@pytest.fixture
def cards(database: Database) -> Cards:
    return Cards(database)


@pytest.fixture
def settings(database: Database) -> GuildSettings:
    return GuildSettings(database)


@pytest.fixture
def change(now: datetime) -> Callable[..., TrackedChange]:
    def make(change_id: int = 42, status: str = "pending", digest: str = "d1") -> TrackedChange:
        return TrackedChange(
            change_id=change_id,
            category="image_generation",
            model_name="Deliberate",
            operation="update",
            requested_by="101",
            requested_username="alice#101",
            requested_at=now,
            status=status,
            digest=digest,
            missing_sweeps=0,
            updated_at=now,
        )

    return make


type MakeChange = Callable[..., TrackedChange]


async def _post(cards: Cards, change: TrackedChange, *, guild_id: int = GUILD, message_id: int = 5) -> None:
    await cards.mark_posted(
        guild_id, change.change_id, message_id=message_id, status=change.status, digest=change.digest
    )


async def _waiting(cards: Cards) -> list[tuple[int, int]]:
    return [(card.guild_id, change.change_id) for card, change in await cards.to_draw()]


async def test_a_new_change_is_to_be_posted_in_every_server_with_a_review_channel(
    cards: Cards, settings: GuildSettings, change: MakeChange, now: datetime
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    await settings.set_review_channel(OTHER_GUILD, OTHER_CHANNEL)
    await settings.set_review_channel(79, None)
    await cards.record_sweep(seen=[change(43), change(42)], now=now)
    drawn = await cards.to_draw()
    assert [(card.guild_id, card.channel_id, seen.change_id) for card, seen in drawn] == [
        (GUILD, CHANNEL, 42),
        (OTHER_GUILD, OTHER_CHANNEL, 42),
        (GUILD, CHANNEL, 43),
        (OTHER_GUILD, OTHER_CHANNEL, 43),
    ]
    assert drawn[0][1] == change(42)
    card = drawn[0][0]
    assert (card.message_id, card.shown_status, card.shown_digest, card.failures) == (None, None, None, 0)
    assert len({card.nonce for card, _ in drawn}) == 4
    assert all(0 < len(card.nonce) <= 25 for card, _ in drawn)
    assert [card.guild_id for card in await cards.cards_of(42)] == [GUILD, OTHER_GUILD]
    assert [(card.guild_id, seen.change_id) for card, seen in await cards.to_draw(43)] == [
        (GUILD, 43),
        (OTHER_GUILD, 43),
    ]


async def test_a_card_is_drawn_again_when_the_change_moves_and_not_otherwise(
    cards: Cards, settings: GuildSettings, change: MakeChange, now: datetime
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    await cards.record_sweep(seen=[change()], now=now)
    await _post(cards, change())
    assert await _waiting(cards) == []
    await cards.record_sweep(seen=[change()], now=now)
    assert await _waiting(cards) == []
    approved = change(status="approved")
    await cards.record_sweep(seen=[approved], now=now)
    assert await _waiting(cards) == [(GUILD, 42)]
    await cards.mark_shown(GUILD, 42, status="approved", digest="d1")
    assert await _waiting(cards) == []
    await cards.record_sweep(seen=[replace(approved, digest="d2")], now=now)
    assert await _waiting(cards) == [(GUILD, 42)]
    card = await cards.card(GUILD, 42)
    assert card is not None
    assert card.message_id == 5


@pytest.mark.parametrize("final", sorted(FINAL_STATUSES))
async def test_a_change_is_followed_until_its_card_shows_the_end(
    cards: Cards, settings: GuildSettings, change: MakeChange, now: datetime, final: str
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    await cards.record_sweep(seen=[change()], now=now)
    await _post(cards, change())
    ended = change(status=final)
    assert ended.is_final
    await cards.record_sweep(seen=[ended], now=now)
    assert await cards.tracked() == {42: ended}
    await cards.mark_shown(GUILD, 42, status=final, digest="d1")
    assert await cards.tracked() == {}
    assert await cards.card(GUILD, 42) is not None


async def test_an_end_the_bot_never_saw_the_beginning_of_gets_no_card(
    cards: Cards, settings: GuildSettings, change: MakeChange, now: datetime
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    await cards.record_sweep(seen=[change(status="applied")], now=now)
    assert await cards.tracked() == {}
    assert await cards.to_draw() == []


async def test_open_changes_are_tracked_with_and_without_a_server(
    cards: Cards, change: MakeChange, now: datetime
) -> None:
    seen = [change(1), replace(change(2, "approved"), missing_sweeps=2), change(3, "applying")]
    await cards.record_sweep(seen=seen, now=now)
    assert await cards.tracked() == {each.change_id: each for each in seen}
    assert await cards.to_draw() == []


async def test_a_sweep_is_kept_whole_or_not_at_all(
    database: Database, cards: Cards, settings: GuildSettings, change: MakeChange, now: datetime
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    outbox, cursors = Outbox(database), Cursors(database)
    notices = [NoticeKey(RITA, 42, "approved")]
    broken = {"queue": "42", "audit": None}
    with pytest.raises(Exception, match="NOT NULL"):
        await cards.record_sweep(seen=[change()], now=now, notices=notices, cursors=broken)  # type: ignore[arg-type]  # the last write fails
    assert (await cards.tracked(), await cards.to_draw(), await outbox.due(now)) == ({}, [], [])
    assert await cursors.get("queue") is None
    for _ in range(2):
        await cards.record_sweep(seen=[change()], now=now, notices=notices, cursors={"queue": "42"})
    assert await _waiting(cards) == [(GUILD, 42)]
    assert len(await outbox.due(now)) == 1
    assert await cursors.get("queue") == "42"


async def test_an_id_used_again_gets_a_message_of_its_own_and_is_told_anew(
    database: Database, cards: Cards, settings: GuildSettings, change: MakeChange, now: datetime
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    notice = [NoticeKey(RITA, 42, "rejected")]
    await cards.record_sweep(seen=[change()], now=now)
    await _post(cards, change())
    await cards.record_sweep(seen=[change(status="rejected")], now=now, notices=notice)
    await cards.mark_shown(GUILD, 42, status="rejected", digest="d1")
    (told,) = await Outbox(database).due(now)
    await Outbox(database).mark_done(told.notice_id)

    await cards.record_sweep(seen=[change(digest="something else")], now=now)
    ((card, _),) = await cards.to_draw()
    assert card.message_id is None, "the old message stays as history"
    await cards.record_sweep(seen=[change(status="rejected", digest="something else")], now=now, notices=notice)
    assert len(await Outbox(database).due(now)) == 1


async def test_a_change_that_was_only_out_of_sight_keeps_its_message(
    cards: Cards, settings: GuildSettings, change: MakeChange, now: datetime
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    await cards.record_sweep(seen=[change()], now=now)
    await _post(cards, change())
    await cards.record_sweep(seen=[change(status=PURGED)], now=now)
    await cards.mark_shown(GUILD, 42, status=PURGED, digest="d1")
    await cards.record_sweep(seen=[change()], now=now)
    ((card, _),) = await cards.to_draw()
    assert card.message_id == 5


async def test_a_channel_that_refuses_three_times_is_left_alone_until_set_again(
    cards: Cards, settings: GuildSettings, change: MakeChange, now: datetime
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    await cards.record_sweep(seen=[change()], now=now)
    assert [await cards.mark_failed(GUILD, 42) for _ in range(3)] == [1, 2, 3]
    assert await cards.to_draw() == []
    await settings.set_review_channel(GUILD, CHANNEL)
    assert await _waiting(cards) == [(GUILD, 42)]
    await cards.mark_failed(GUILD, 42)
    await _post(cards, change())
    card = await cards.card(GUILD, 42)
    assert card is not None
    assert card.failures == 0
    assert await cards.mark_failed(GUILD, 999) == 0


async def test_an_ended_change_is_not_followed_for_a_channel_that_is_closed(
    cards: Cards, settings: GuildSettings, change: MakeChange, now: datetime
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    await cards.record_sweep(seen=[change()], now=now)
    await cards.record_sweep(seen=[change(status="applied")], now=now)
    for _ in range(3):
        assert await cards.tracked() != {}
        await cards.mark_failed(GUILD, 42)
    assert await cards.tracked() == {}


async def test_a_message_somebody_deleted_is_posted_anew_under_another_nonce(
    cards: Cards, settings: GuildSettings, change: MakeChange, now: datetime
) -> None:
    """Within minutes Discord would answer the old nonce with the deleted message."""
    await settings.set_review_channel(GUILD, CHANNEL)
    await cards.record_sweep(seen=[change()], now=now)
    before = await cards.card(GUILD, 42)
    await _post(cards, change())
    await cards.mark_lost(GUILD, 42)
    ((card, _),) = await cards.to_draw()
    assert before is not None
    assert card.message_id is None
    assert card.nonce != before.nonce


async def test_a_review_channel_set_later_gets_the_open_changes(
    cards: Cards, settings: GuildSettings, change: MakeChange, now: datetime
) -> None:
    await cards.record_sweep(seen=[change(1), change(2, "applied"), change(3, "approved")], now=now)
    await settings.set_review_channel(GUILD, CHANNEL)
    assert await _waiting(cards) == [(GUILD, 1), (GUILD, 3)]


async def test_moving_the_review_channel_posts_the_cards_there(
    cards: Cards, settings: GuildSettings, change: MakeChange, now: datetime
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    await settings.set_review_channel(OTHER_GUILD, CHANNEL)
    await cards.record_sweep(seen=[change()], now=now)
    await _post(cards, change())
    await _post(cards, change(), guild_id=OTHER_GUILD)
    await settings.set_review_channel(GUILD, OTHER_CHANNEL)
    ((card, _),) = await cards.to_draw()
    assert (card.guild_id, card.channel_id, card.message_id) == (GUILD, OTHER_CHANNEL, None)


async def test_a_server_without_review_channel_gets_no_new_cards_and_keeps_its_old_ones(
    cards: Cards, settings: GuildSettings, change: MakeChange, now: datetime
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    await cards.record_sweep(seen=[change(1), change(2)], now=now)
    await _post(cards, change(1))
    await settings.set_review_channel(GUILD, None)
    await cards.record_sweep(seen=[change(1, "approved"), change(3)], now=now)
    assert await _waiting(cards) == [(GUILD, 1)]


async def test_a_card_is_drawn_again_for_what_else_it_shows(
    cards: Cards, settings: GuildSettings, change: MakeChange, now: datetime
) -> None:
    await settings.set_review_channel(GUILD, CHANNEL)
    await cards.record_sweep(seen=[change()], now=now)
    await _post(cards, change())
    await cards.touch(42)
    ((card, _),) = await cards.to_draw()
    await cards.touch(42)
    await cards.mark_shown(GUILD, 42, status="pending", digest="d1", revision=card.revision)
    ((card, _),) = await cards.to_draw()
    assert (card.revision, card.shown_revision) == (2, 1), "what moved while it was drawn is drawn next"
    await cards.mark_shown(GUILD, 42, status="pending", digest="d1", revision=card.revision)
    assert await cards.to_draw() == []
