"""Direct messages: one for each recipient, once, and none that is out of date."""

from datetime import timedelta

import pytest

from bot.services.changes import CardState
from bot.services.notifications.deliveries import Message, SendOutcome
from bot.services.notifications.news import ChangeNews
from storage.delivery import RETRY_FIRST, RETRY_MAX
from tests.services.conftest import CHANNEL, GUILD, REQUESTOR, App
from tests.services.deliveries import due_cards, due_notices, record


async def decided(app: App, status: str = "approved", **by: str) -> None:
    """Alice's change was decided by another user, and the bot has noticed."""
    app.service.put(42)
    await app.services.monitor.poll()
    app.service.put(42, status=status, **(by or {f"{status}_by": "303"}))
    await app.services.monitor.poll()


def state_of(notice: Message) -> CardState:
    assert isinstance(notice.content, ChangeNews)
    return notice.content.facts.state


@pytest.mark.parametrize("status", ["approved", "rejected", "applied"])
async def test_a_requestor_is_told_of_a_decision_once(app: App, status: str) -> None:
    await decided(app, status)
    (notice,) = await due_notices(app)
    assert notice.delivery.user_id == REQUESTOR
    assert state_of(notice) is CardState(status)
    assert len(notice.delivery.nonce) <= 25
    await record(app, notice)
    await app.restart()
    await app.services.monitor.poll()
    assert await due_notices(app) == []


async def test_a_user_gets_no_message_about_their_own_act(app: App) -> None:
    await decided(app, approved_by="101")
    assert await due_notices(app) == []


async def test_a_user_who_is_not_linked_is_not_told(app: App) -> None:
    app.service.put(42, requested_by="404")
    await decided(app)
    assert await due_notices(app) == []


async def test_a_decision_that_was_overtaken_is_told_as_the_newer_one_only(app: App) -> None:
    await decided(app)
    app.service.put(42, status="applied", applied_by="202")
    await app.services.monitor.poll()
    assert [state_of(notice) for notice in await due_notices(app)] == [CardState.APPLIED]


async def test_a_notice_points_to_the_card(app: App) -> None:
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    await decided(app)
    (card,) = await due_cards(app)
    await record(app, card, message_id=500)
    (notice,) = await due_notices(app)
    assert isinstance(notice.content, ChangeNews)
    assert notice.content.card is not None
    assert notice.content.card.url == f"https://discord.com/channels/{GUILD}/{CHANNEL}/500"


async def test_a_notice_waits_while_its_change_cannot_be_read(app: App) -> None:
    await decided(app)
    app.service.is_away = True
    assert await due_notices(app) == []
    app.service.is_away = False
    assert await due_notices(app) == [], "not before its time"
    app.clock.move(seconds=RETRY_FIRST.total_seconds())
    assert len(await due_notices(app)) == 1


async def test_a_notice_of_a_change_that_is_gone_is_dropped(app: App) -> None:
    await decided(app)
    del app.service.changes[42]
    assert await due_notices(app) == []
    app.clock.move(hours=2)
    app.service.put(42, status="approved", approved_by="303")
    assert await due_notices(app) == []


async def test_discord_being_away_postpones_ever_longer_but_never_for_more_than_five_minutes(app: App) -> None:
    await decided(app)
    waits = []
    for _ in range(12):
        (notice,) = await due_notices(app)
        await record(app, notice, SendOutcome.UNREACHABLE)
        waited = timedelta()
        while not await due_notices(app):
            app.clock.move(seconds=RETRY_FIRST.total_seconds())
            waited += RETRY_FIRST
        waits.append(waited)
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (RETRY_FIRST, RETRY_MAX)


async def test_closed_direct_messages_without_any_review_channel_wait_for_the_next_command(app: App) -> None:
    await decided(app)
    (notice,) = await due_notices(app)
    await record(app, notice, SendOutcome.REFUSED)
    app.clock.move(days=1)
    assert await due_notices(app) == []
    ((_, news),) = await app.services.undelivered.missed(REQUESTOR)
    assert isinstance(news, ChangeNews)
    app.service.put(42, status="applied", applied_by="202")
    await app.services.monitor.poll()
    assert await app.services.undelivered.missed(REQUESTOR) == [], "outdated"


async def test_what_was_being_sent_when_the_bot_stopped_goes_out_again(app: App) -> None:
    await decided(app)
    (before,) = await due_notices(app)
    await app.restart()
    (after,) = await due_notices(app)
    assert after.delivery.nonce == before.delivery.nonce, "so that Discord can drop the repeat"
