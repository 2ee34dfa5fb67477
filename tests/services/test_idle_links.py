"""An unused key is deleted after a warning; a user who acts keeps theirs."""

from datetime import timedelta

import pytest

from bot.services.notifications.news import LinkExpires
from tests.services.conftest import APPROVER, REQUESTOR, App
from tests.services.deliveries import deliver_notices

IDLE = timedelta(days=180)
BEFORE = timedelta(days=14)


async def _pass(app: App, span: timedelta) -> int:
    app.clock.move(seconds=span.total_seconds())
    return await app.services.link_expiry.expire()


async def _told(app: App) -> list[LinkExpires]:
    delivered = [notice for notice in await deliver_notices(app) if notice.delivery.user_id == REQUESTOR]
    return [notice.content for notice in delivered if isinstance(notice.content, LinkExpires)]


async def test_who_does_not_act_is_told_first_and_unlinked_later(app: App) -> None:
    accounts = app.services.accounts
    assert await _pass(app, IDLE - BEFORE - timedelta(days=1)) == 0
    assert await _told(app) == []
    assert await _pass(app, timedelta(days=2)) == 0
    (news,) = await _told(app)
    assert news.until == app.clock() + BEFORE
    assert await accounts.standing(REQUESTOR) is not None
    assert await _pass(app, BEFORE - timedelta(hours=1)) == 0
    assert await _told(app) == [], "once"
    assert await _pass(app, timedelta(hours=2)) >= 1
    assert await accounts.standing(REQUESTOR) is None


async def test_looking_at_the_own_account_keeps_it_and_a_later_word_comes_again(app: App) -> None:
    accounts = app.services.accounts
    for _ in range(2):
        await _pass(app, IDLE - BEFORE + timedelta(days=1))
        assert len(await _told(app)) == 1
        await accounts.refreshed(REQUESTOR)
        await _pass(app, BEFORE)
        assert await accounts.standing(REQUESTOR) is not None


async def test_after_a_long_pause_of_the_bot_people_still_get_their_time(app: App) -> None:
    assert await _pass(app, 3 * IDLE) == 0, "told first"
    assert len(await _told(app)) == 1
    assert await _pass(app, BEFORE / 2) == 0
    assert await _pass(app, BEFORE) >= 1


async def test_an_owner_who_was_not_warned_keeps_their_link_when_a_warned_one_goes(app: App) -> None:
    accounts = app.services.accounts
    app.clock.move(days=5)
    await accounts.refreshed(APPROVER)
    await _pass(app, IDLE - BEFORE - timedelta(days=4))
    assert len(await _told(app)) == 1, "only the requestor's link is idle for long enough"
    assert await _pass(app, timedelta(days=30)) == 1, "the bot was away: by now both links are idle"
    assert await accounts.standing(REQUESTOR) is None
    assert await accounts.standing(APPROVER) is not None
    assert await _pass(app, BEFORE - timedelta(hours=1)) == 0, "a warning gives its full time"
    assert await _pass(app, timedelta(hours=2)) == 1


async def test_a_word_that_is_no_news_any_more_is_not_sent(app: App) -> None:
    await _pass(app, IDLE)
    await app.services.accounts.refreshed(REQUESTOR)
    assert await _told(app) == []


async def test_a_user_who_links_again_after_their_link_went_is_told_again_before_the_next_goes(app: App) -> None:
    for _ in range(2):
        await _pass(app, IDLE - BEFORE + timedelta(days=1))
        assert len(await _told(app)) == 1
        assert await _pass(app, BEFORE) >= 1
        await app.services.accounts.link(REQUESTOR, "the-key-of-ali")


@pytest.mark.parametrize("days", [1, 10])
async def test_a_short_time_leaves_half_of_it_to_act(app: App, days: int) -> None:
    keeping = app.services.link_expiry
    short = type(keeping)(keeping.accounts, keeping.idle_links, keeping.clock, timedelta(days=days))
    assert short.warning_period == timedelta(days=days) / 2
