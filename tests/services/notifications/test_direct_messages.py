"""Who is told what, once; and nothing that has been overtaken."""

from datetime import timedelta

import pytest

from bot.services.changes import CardState
from bot.services.notifications.direct_messages import RETRY_FIRST, RETRY_MAX, DueNotice
from bot.services.notifications.news import ChangeNews
from tests.services.conftest import CHANNEL, GUILD, REQUESTOR, House


async def decided(house: House, status: str = "approved", **by: str) -> None:
    """Alice's change was decided by somebody else, and the bot has noticed."""
    house.service.put(42)
    await house.services.watch.sweep()
    house.service.put(42, status=status, **(by or {f"{status}_by": "303"}))
    await house.services.watch.sweep()


def state_of(notice: DueNotice) -> CardState:
    assert isinstance(notice.news, ChangeNews)
    return notice.news.facts.state


async def due(house: House) -> list[DueNotice]:
    return await house.services.direct_messages.due()


@pytest.mark.parametrize("status", ["approved", "rejected", "applied"])
async def test_a_requestor_is_told_of_a_decision_once(house: House, status: str) -> None:
    await decided(house, status)
    (notice,) = await due(house)
    assert notice.user_id == REQUESTOR
    assert state_of(notice) is CardState(status)
    assert len(notice.nonce) <= 25
    await house.services.direct_messages.delivered(notice)
    await house.restart()
    await house.services.watch.sweep()
    assert await due(house) == []


async def test_nobody_is_told_of_what_they_did_themselves(house: House) -> None:
    await decided(house, approved_by="101")
    assert await due(house) == []


async def test_somebody_who_is_not_linked_is_not_told(house: House) -> None:
    house.service.put(42, requested_by="404")
    await decided(house)
    assert await due(house) == []


async def test_a_decision_that_was_overtaken_is_told_as_the_newer_one_only(house: House) -> None:
    await decided(house)
    house.service.put(42, status="applied", applied_by="202")
    await house.services.watch.sweep()
    assert [state_of(notice) for notice in await due(house)] == [CardState.APPLIED]


async def test_a_notice_points_to_the_card(house: House) -> None:
    await house.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    await decided(house)
    drawing = await house.services.card_keeper.drawing(GUILD, 42)
    assert drawing is not None
    await house.services.card_keeper.posted(drawing, 500)
    (notice,) = await due(house)
    assert isinstance(notice.news, ChangeNews)
    assert notice.news.card is not None
    assert notice.news.card.url == f"https://discord.com/channels/{GUILD}/{CHANNEL}/500"


async def test_a_notice_waits_while_its_change_cannot_be_read(house: House) -> None:
    await decided(house)
    house.service.is_away = True
    assert await due(house) == []
    house.service.is_away = False
    assert await due(house) == [], "not before its time"
    house.clock.move(seconds=RETRY_FIRST.total_seconds())
    assert len(await due(house)) == 1


async def test_a_notice_of_a_change_that_is_gone_is_dropped(house: House) -> None:
    await decided(house)
    del house.service.changes[42]
    assert await due(house) == []
    house.clock.move(hours=2)
    house.service.put(42, status="approved", approved_by="303")
    assert await due(house) == []


async def test_discord_being_away_postpones_ever_longer_but_never_for_more_than_an_hour(house: House) -> None:
    await decided(house)
    waits = []
    for _ in range(12):
        (notice,) = await due(house)
        await house.services.direct_messages.postponed(notice)
        waited = timedelta()
        while not await house.services.direct_messages.outbox.due(house.clock()):
            house.clock.move(seconds=30)
            waited += timedelta(seconds=30)
        waits.append(waited)
        await house.services.direct_messages.outbox.recover()
    assert waits == sorted(waits)
    assert waits[-1] == RETRY_MAX


async def test_closed_direct_messages_end_it(house: House) -> None:
    await decided(house)
    (notice,) = await due(house)
    await house.services.direct_messages.undeliverable(notice)
    house.clock.move(days=1)
    assert await due(house) == []


async def test_what_was_being_sent_when_the_bot_stopped_goes_out_again(house: House) -> None:
    await decided(house)
    (before,) = await due(house)
    assert await due(house) == []
    await house.restart()
    (after,) = await due(house)
    assert after.nonce == before.nonce, "so that Discord can drop the repeat"
