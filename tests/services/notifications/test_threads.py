"""Posts in threads and announcements: once each, in order, across failures and restarts."""

import pytest

from bot.services.notifications.deliveries import KEPT_FOR, Delivery, DeliveryKind, SendOutcome
from bot.services.notifications.threads import THREADS_PER_ROUND, UnopenedThread
from storage.guild_settings import Setting
from tests.services.conftest import CHANNEL, GUILD, REQUESTOR, House
from tests.services.deliveries import deliver_cards, deliver_posts, due_cards, due_notices, due_posts, record

NEWS = 79


@pytest.fixture
async def threaded(house: House) -> House:
    """A server that wants threads and announcements, and one change with a card."""
    setup = house.services.guild_setup
    await setup.use_review_channel(GUILD, CHANNEL)
    await setup.change(GUILD, Setting.THREADS, 1)
    await setup.change(GUILD, Setting.ANNOUNCEMENT_CHANNEL, NEWS)
    house.service.put(42)
    await house.services.watch.poll()
    await deliver_cards(house)
    return house


async def open_threads(house: House) -> list[UnopenedThread]:
    due = await house.services.threads.due()
    for card in due:
        await house.services.threads.opened(card, card.message_id)
    return due


async def said(house: House) -> list[Delivery]:
    return await due_posts(house)


async def decide(house: House, status: str, change_id: int = 42) -> None:
    names = {f"{status}_by": "303", f"{status}_username": "carol#303"} if status != "applying" else {}
    house.service.put(change_id, status=status, **names)
    await house.services.watch.poll()


async def test_a_thread_begins_with_why_and_goes_on_with_each_state(threaded: House) -> None:
    (card,) = await open_threads(threaded)
    assert (card.change_id, card.message_id) == (42, 542)
    await decide(threaded, "approved")
    await decide(threaded, "applying")
    await decide(threaded, "applied")
    in_thread = [post for post in await said(threaded) if post.kind is DeliveryKind.THREAD]
    assert [post.facts["status"] for post in in_thread] == ["why", "approved", "applied"]
    assert {post.channel_id for post in in_thread} == {542}
    assert in_thread[1].facts["by"] == "carol#303"
    assert await open_threads(threaded) == []


async def test_what_moved_before_the_thread_was_there_follows_its_first_message(threaded: House) -> None:
    await decide(threaded, "approved")
    assert [post for post in await said(threaded) if post.kind is DeliveryKind.THREAD] == [], "nowhere to say it yet"
    await decide(threaded, "applied")
    assert len(await open_threads(threaded)) == 1, "though it is over already"
    in_thread = [post for post in await said(threaded) if post.kind is DeliveryKind.THREAD]
    assert [post.facts["status"] for post in in_thread] == ["why", "approved", "applied"]


async def test_a_restart_at_any_point_doubles_nothing(threaded: House) -> None:
    await open_threads(threaded)
    await decide(threaded, "approved")
    before = [(post.delivery_id, post.nonce) for post in await said(threaded)]
    await threaded.restart()
    await threaded.services.watch.poll()
    assert [(post.delivery_id, post.nonce) for post in await said(threaded)] == before


async def test_what_is_applied_and_not_live_as_approved_is_not_announced(threaded: House) -> None:
    await open_threads(threaded)
    await decide(threaded, "approved")
    threaded.service.keeps_live_records = True
    await decide(threaded, "applied")
    posts = await said(threaded)
    assert [post for post in posts if post.kind is DeliveryKind.ANNOUNCEMENT] == []
    assert any("differs" in post.facts for post in posts if post.kind is DeliveryKind.THREAD)


async def test_what_is_live_is_announced_with_its_card(threaded: House) -> None:
    await decide(threaded, "approved")
    assert [post for post in await said(threaded) if post.kind is DeliveryKind.ANNOUNCEMENT] == []
    await decide(threaded, "applied")
    (announced,) = [post for post in await said(threaded) if post.kind is DeliveryKind.ANNOUNCEMENT]
    assert announced.channel_id == NEWS
    assert announced.facts["card"] == [CHANNEL, 542]
    assert announced.facts["requestor"] == "alice#101"


async def test_a_card_posted_again_keeps_its_thread(threaded: House) -> None:
    await open_threads(threaded)
    await decide(threaded, "approved")
    (card,) = await due_cards(threaded)
    await record(threaded, card, SendOutcome.MESSAGE_DELETED)
    await deliver_cards(threaded)
    assert await threaded.services.threads.due() == []


async def test_a_refused_thread_is_tried_three_times(threaded: House) -> None:
    for expected in (1, 2, 3):
        (card,) = await threaded.services.threads.due()
        assert await threaded.services.threads.refused(card) == expected
    assert await threaded.services.threads.due() == []


async def test_a_long_queue_gets_its_threads_a_few_at_a_time(threaded: House) -> None:
    for change_id in range(43, 50):
        threaded.service.put(change_id)
    await threaded.services.watch.poll()
    await deliver_cards(threaded)
    assert [card.change_id for card in await open_threads(threaded)] == [42, 43, 44, 45, 46][:THREADS_PER_ROUND]
    assert len(await open_threads(threaded)) == 3


async def test_a_server_without_threads_has_none(house: House) -> None:
    await house.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    house.service.put(42)
    await house.services.watch.poll()
    await deliver_cards(house)
    await decide(house, "approved")
    assert await house.services.threads.due() == []
    assert await said(house) == []


async def test_an_old_change_that_is_seen_again_gets_no_second_post(threaded: House) -> None:
    await open_threads(threaded)
    await decide(threaded, "applied")
    await deliver_posts(threaded)
    threaded.clock.move(seconds=KEPT_FOR.total_seconds() + 1)
    await threaded.services.deliveries.expire()
    await threaded.restart()
    watch = threaded.services.watch
    await watch.note(await watch.read(42))
    assert await said(threaded) == []


async def test_what_a_thread_says_to_a_person_is_theirs_and_goes_with_them(threaded: House) -> None:
    services = threaded.services
    await open_threads(threaded)
    await decide(threaded, "approved")
    (notice,) = await due_notices(threaded)
    await record(threaded, notice, SendOutcome.REFUSED)
    rows = (await services.privacy.export(REQUESTOR)).rows["delivery"]
    (told,) = [row for row in rows if row["kind"] == "thread"]
    assert told["facts"]["ping"] == REQUESTOR
    assert (await services.privacy.forget(REQUESTOR))["delivery"] == len(rows) == 2
    assert str(REQUESTOR) not in str([post.facts for post in await said(threaded)])
