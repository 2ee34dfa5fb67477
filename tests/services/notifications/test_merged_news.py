"""News soon after a message wait and are merged; news that a message can take are edited into it."""

import pytest

from bot.services.changes import CardState
from bot.services.notifications.direct_messages import FOLLOWED_PAUSE, OWN_PAUSE
from tests.services.conftest import APPROVER, OTHER, REQUESTOR, App
from tests.services.deliveries import deliver_notices, record
from tests.services.notifications.recipients import follow, news, several, told
from tests.services.queue_moves import decided, seen


async def approve(app: App, change_id: int) -> None:
    await decided(app, "approved", change_id)


@pytest.fixture
async def informed(app: App) -> App:
    """A follower of all image models has message 600 about change 1."""
    await follow(app, OTHER, category="image_generation")
    await seen(app, 1)
    (first,) = await told(app, OTHER)
    await record(app, first, message_id=600)
    return app


async def test_approvals_soon_after_another_are_merged(app: App) -> None:
    await seen(app, 1, 2, 3)
    await approve(app, 1)
    await deliver_notices(app)
    for change_id in (2, 3):
        await approve(app, change_id)
        assert await told(app) == []
    app.clock.move(seconds=OWN_PAUSE.total_seconds() - 1)
    assert await told(app) == []
    app.clock.move(seconds=1)
    assert [one.total for one in await several(app)] == [2]


async def test_what_goes_live_soon_after_an_approval_is_told_at_once(app: App) -> None:
    await seen(app, 1, 2)
    await approve(app, 1)
    await deliver_notices(app)
    await decided(app, "applied", 1)
    assert (await news(app)).facts.state is CardState.APPLIED


async def test_what_goes_live_soon_after_another_waits(app: App) -> None:
    await seen(app, 1, 2)
    await decided(app, "applied", 1)
    await deliver_notices(app)
    await decided(app, "applied", 2)
    assert await told(app) == []
    app.clock.move(seconds=OWN_PAUSE.total_seconds())
    assert (await news(app)).facts.change.change_id == 2


async def test_followed_news_wait_for_half_an_hour(app: App) -> None:
    await follow(app, OTHER, category="image_generation")
    await seen(app, 1)
    await deliver_notices(app)
    await seen(app, 2)
    app.clock.move(seconds=FOLLOWED_PAUSE.total_seconds() - 1)
    assert await told(app, OTHER) == []
    app.clock.move(seconds=1)
    assert (await news(app, OTHER)).facts.change.change_id == 2


async def test_a_clock_that_is_put_back_holds_no_news(app: App) -> None:
    await follow(app, OTHER, category="image_generation")
    await seen(app, 1)
    await deliver_notices(app)
    app.clock.move(days=-1)
    await seen(app, 2)
    app.clock.move(minutes=5)
    assert (await news(app, OTHER)).facts.change.change_id == 2


async def test_an_own_approval_does_not_wait_for_as_long_as_followed_news(app: App) -> None:
    await follow(app, REQUESTOR, category="lora")
    await seen(app, 1)
    await seen(app, 2, category="lora", requested_by="404")
    await deliver_notices(app)
    await seen(app, 3, category="lora", requested_by="404")
    await approve(app, 1)
    app.clock.move(seconds=OWN_PAUSE.total_seconds())
    assert (await news(app)).facts.change.change_id == 1
    app.clock.move(seconds=(FOLLOWED_PAUSE - OWN_PAUSE).total_seconds())
    assert [one.total for one in await several(app)] == [2]


async def test_a_message_to_one_person_holds_none_to_another(app: App) -> None:
    await seen(app, 1, 2)
    await approve(app, 1)
    await deliver_notices(app)
    await follow(app, OTHER, category="image_generation")
    await approve(app, 2)
    assert (await news(app, OTHER)).facts.change.change_id == 2


async def test_news_of_a_persons_own_change_are_a_new_message_each(app: App) -> None:
    await follow(app, REQUESTOR, category="image_generation")
    await seen(app, 1)
    await approve(app, 1)
    (approved,) = await told(app)
    await record(app, approved, message_id=600)
    await decided(app, "applied", 1)
    (applied,) = await told(app)
    assert applied.delivery.message_id is None


async def test_a_rejection_of_a_followed_change_is_a_new_message(informed: App) -> None:
    informed.clock.move(seconds=FOLLOWED_PAUSE.total_seconds())
    await decided(informed, "rejected", 1)
    (rejected,) = await told(informed, OTHER)
    assert rejected.delivery.message_id is None


async def test_an_edit_and_other_news_of_one_round_are_two_messages(informed: App) -> None:
    await decided(informed, "approved", 1)
    await seen(informed, 2)
    (edit,) = await told(informed, OTHER)
    assert edit.delivery.message_id == 600, "an edit does not wait"
    informed.clock.move(seconds=FOLLOWED_PAUSE.total_seconds())
    messages = {notice.delivery.change_id: notice.delivery.message_id for notice in await told(informed, OTHER)}
    assert messages == {1: 600, 2: None}


async def test_news_without_an_earlier_message_keep_no_edit_of_another_back(informed: App) -> None:
    await seen(informed, 2)
    for change_id in (2, 1):
        await decided(informed, "approved", change_id)
    (edit,) = await told(informed, OTHER)
    assert (edit.delivery.change_id, edit.delivery.message_id) == (1, 600)


async def test_a_change_that_goes_live_unannounced_is_a_new_message(informed: App) -> None:
    informed.clock.move(seconds=FOLLOWED_PAUSE.total_seconds())
    await decided(informed, "applied", 1)
    (applied,) = await told(informed, OTHER)
    assert applied.delivery.message_id is None


async def test_a_message_about_another_change_is_not_edited(informed: App) -> None:
    await follow(informed, APPROVER, category="lora")
    await seen(informed, 2, category="lora")
    await follow(informed, OTHER, category="lora")
    await decided(informed, "approved", 2)
    informed.clock.move(seconds=FOLLOWED_PAUSE.total_seconds())
    (approved,) = await told(informed, OTHER)
    assert (approved.delivery.change_id, approved.delivery.message_id) == (2, None)


@pytest.mark.parametrize("changes", [(1,), (1, 2, 3)], ids=["one", "several"])
async def test_followed_news_are_not_lost_when_the_bot_starts_while_the_service_is_away(
    app: App, changes: tuple[int, ...]
) -> None:
    await follow(app, OTHER, category="image_generation")
    await seen(app, *changes)
    app.service.is_away = True
    await app.restart()
    assert await told(app, OTHER) == []
    app.service.is_away = False
    app.clock.move(minutes=10)
    (message,) = await told(app, OTHER)
    assert len(message.group) == len(changes)
