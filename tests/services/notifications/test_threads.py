"""Posts in threads and announcements: once each, in order, across failures and restarts."""

import pytest

from bot.services.changes import NotifiedBy
from bot.services.notifications.deliveries import KEPT_FOR, Delivery, DeliveryKind, SendOutcome
from bot.services.notifications.threads import THREADS_PER_ROUND, UnopenedThread
from storage.guild_settings import Setting
from tests.services.conftest import CHANNEL, GUILD, REQUESTOR, App
from tests.services.deliveries import deliver_cards, deliver_posts, due_cards, due_notices, due_posts, record
from tests.services.proposals.sending import sent

NEWS = 79


@pytest.fixture
async def threaded(app: App) -> App:
    """A server that wants threads and announcements, and one change with a card and a person's thread."""
    setup = app.services.guild_setup
    await setup.use_review_channel(GUILD, CHANNEL)
    await setup.change(GUILD, Setting.THREADS, 1)
    await setup.change(GUILD, Setting.ANNOUNCEMENT_CHANNEL, NEWS)
    app.service.put(42)
    await app.services.monitor.poll()
    await deliver_cards(app)
    return app


async def have_thread(app: App, change_id: int = 42) -> None:
    """A person opens a thread under the card."""
    await app.services.threads.adopt(GUILD, 500 + change_id)


async def open_threads(app: App) -> list[UnopenedThread]:
    due = await app.services.threads.due()
    for card in due:
        await app.services.threads.opened(card, card.message_id)
    return due


async def said(app: App) -> list[Delivery]:
    return await due_posts(app)


async def decide(app: App, status: str, change_id: int = 42) -> None:
    names = {f"{status}_by": "303", f"{status}_username": "carol#303"} if status != "applying" else {}
    app.service.put(change_id, status=status, **names)
    await app.services.monitor.poll()


async def test_a_thread_of_a_person_goes_on_with_each_state(threaded: App) -> None:
    await have_thread(threaded)
    await decide(threaded, "approved")
    await decide(threaded, "applying")
    await decide(threaded, "applied")
    in_thread = [post for post in await said(threaded) if post.kind is DeliveryKind.THREAD]
    assert [post.facts["status"] for post in in_thread] == ["approved", "applied"]
    assert {post.channel_id for post in in_thread} == {542}
    assert in_thread[0].facts["by"] == "carol#303"
    assert await open_threads(threaded) == []


async def test_a_thread_opens_for_a_rejection_and_not_for_other_states(threaded: App) -> None:
    threaded.service.put(43)
    await threaded.services.monitor.poll()
    await deliver_cards(threaded)
    await decide(threaded, "approved")
    assert await open_threads(threaded) == [], "the card says it"
    await decide(threaded, "rejected", 43)
    (card,) = await open_threads(threaded)
    assert (card.change_id, card.message_id) == (43, 543)
    in_thread = [post for post in await said(threaded) if post.kind is DeliveryKind.THREAD]
    assert [post.facts["status"] for post in in_thread] == ["rejected"]


async def test_posts_that_wait_go_into_a_thread_that_a_person_opens(threaded: App) -> None:
    await decide(threaded, "rejected")
    await have_thread(threaded)
    assert await open_threads(threaded) == []
    in_thread = [post for post in await said(threaded) if post.kind is DeliveryKind.THREAD]
    assert [(post.facts["status"], post.channel_id) for post in in_thread] == [("rejected", 542)]


async def test_a_restart_at_any_point_doubles_nothing(threaded: App) -> None:
    await have_thread(threaded)
    await decide(threaded, "approved")
    before = [(post.delivery_id, post.nonce) for post in await said(threaded)]
    await threaded.restart()
    await threaded.services.monitor.poll()
    assert [(post.delivery_id, post.nonce) for post in await said(threaded)] == before


async def test_what_is_applied_and_not_live_as_approved_is_not_announced(threaded: App) -> None:
    await have_thread(threaded)
    await decide(threaded, "approved")
    threaded.service.keeps_live_records = True
    await decide(threaded, "applied")
    posts = await said(threaded)
    assert [post for post in posts if post.kind is DeliveryKind.ANNOUNCEMENT] == []
    assert any("differs" in post.facts for post in posts if post.kind is DeliveryKind.THREAD)


async def test_what_is_live_is_announced_with_its_card(threaded: App) -> None:
    await decide(threaded, "approved")
    assert [post for post in await said(threaded) if post.kind is DeliveryKind.ANNOUNCEMENT] == []
    await decide(threaded, "applied")
    (announced,) = [post for post in await said(threaded) if post.kind is DeliveryKind.ANNOUNCEMENT]
    assert announced.channel_id == NEWS
    assert announced.facts["card"] == [CHANNEL, 542]
    assert announced.facts["requestor"] == "alice#101"


async def test_a_card_posted_again_keeps_its_thread(threaded: App) -> None:
    await have_thread(threaded)
    await decide(threaded, "approved")
    (card,) = await due_cards(threaded)
    await record(threaded, card, SendOutcome.MESSAGE_DELETED)
    await deliver_cards(threaded)
    assert await threaded.services.threads.due() == []


async def test_a_refused_thread_is_tried_three_times(threaded: App) -> None:
    await decide(threaded, "rejected")
    for expected in (1, 2, 3):
        (card,) = await threaded.services.threads.due()
        assert await threaded.services.threads.refused(card) == expected
    assert await threaded.services.threads.due() == []


async def test_a_long_queue_gets_its_threads_a_few_at_a_time(threaded: App) -> None:
    for change_id in range(43, 50):
        threaded.service.put(change_id)
        await threaded.services.monitor.poll()
        threaded.clock.move(minutes=10)
    await deliver_cards(threaded)
    for change_id in range(42, 50):
        await decide(threaded, "rejected", change_id)
    assert [card.change_id for card in await open_threads(threaded)] == [42, 43, 44, 45, 46][:THREADS_PER_ROUND]
    assert len(await open_threads(threaded)) == 3


async def test_a_server_without_threads_has_none(app: App) -> None:
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    app.service.put(42)
    await app.services.monitor.poll()
    await deliver_cards(app)
    await decide(app, "rejected")
    assert await app.services.threads.due() == []
    assert await said(app) == []


async def test_an_old_change_that_is_seen_again_gets_no_second_post(threaded: App) -> None:
    await have_thread(threaded)
    await decide(threaded, "applied")
    await deliver_posts(threaded)
    threaded.clock.move(seconds=KEPT_FOR.total_seconds() + 1)
    await threaded.services.deliveries.expire()
    await threaded.restart()
    await threaded.services.recorder.note(await threaded.services.poller.read(42))
    assert await said(threaded) == []


async def test_what_a_thread_says_to_a_person_is_theirs_and_goes_with_them(threaded: App) -> None:
    services = threaded.services
    await services.memberships.record(GUILD, REQUESTOR, is_member=True)
    await have_thread(threaded)
    await decide(threaded, "approved")
    (notice,) = await due_notices(threaded)
    await record(threaded, notice, SendOutcome.REFUSED)
    rows = (await services.privacy.export(REQUESTOR)).rows["delivery"]
    (told,) = [row for row in rows if row["kind"] == "thread"]
    assert told["facts"]["ping"] == REQUESTOR
    assert (await services.privacy.forget(REQUESTOR))["delivery"] == len(rows) == 2
    assert str(REQUESTOR) not in str([post.facts for post in await said(threaded)])


async def test_a_thread_that_refuses_moves_the_message_to_the_channel_of_the_card(threaded: App) -> None:
    await have_thread(threaded)
    await decide(threaded, "rejected")
    (notice,) = await due_notices(threaded)
    await record(threaded, notice, SendOutcome.REFUSED)
    (_rejected, told) = [post for post in await said(threaded) if post.kind is DeliveryKind.THREAD]
    await record(threaded, told, SendOutcome.REFUSED)
    (moved,) = [post for post in await said(threaded) if post.facts["status"] == "told"]
    assert (moved.channel_id, moved.facts["in_channel"]) == (CHANNEL, True)
    facts = await threaded.services.queue.facts_builder.build(await threaded.services.poller.read(42), GUILD)
    assert facts.notified_by is None, "nothing is claimed before it is posted"
    await record(threaded, moved)
    facts = await threaded.services.queue.facts_builder.build(await threaded.services.poller.read(42), GUILD)
    assert facts.notified_by is NotifiedBy.CHANNEL


async def test_a_card_whose_thread_was_refused_for_good_before_tells_it_in_its_channel(threaded: App) -> None:
    await decide(threaded, "approved")
    (notice,) = await due_notices(threaded)
    await record(threaded, notice, SendOutcome.REFUSED)
    (card,) = await threaded.services.threads.due()
    for _ in range(3):
        await threaded.services.threads.refused(card)
    (told,) = await said(threaded)
    await record(threaded, told)
    await decide(threaded, "applied")
    (notice,) = await due_notices(threaded)
    await record(threaded, notice, SendOutcome.REFUSED)
    (told,) = [post for post in await said(threaded) if post.kind is DeliveryKind.THREAD]
    assert (told.channel_id, told.facts["about"], told.facts["in_channel"]) == (CHANNEL, "applied", True)


async def test_a_requestor_with_closed_messages_is_told_though_no_card_was_posted(app: App) -> None:
    for change_id in range(1, 30):
        app.service.put(change_id)
    await app.services.monitor.poll()
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    await decide(app, "rejected", 29)
    (notice,) = await due_notices(app)
    await record(app, notice, SendOutcome.REFUSED)
    await deliver_cards(app)
    assert 29 in {card.change_id for card in await open_threads(app)}


async def test_several_decisions_with_closed_messages_are_each_told_in_a_thread(app: App) -> None:
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    for change_id in (1, 2, 3):
        app.service.put(change_id)
    await app.services.monitor.poll()
    await deliver_cards(app)
    for change_id in (1, 2, 3):
        app.service.put(change_id, status="rejected", rejected_by="303", reject_reason=f"Reason {change_id}")
    await app.services.monitor.poll()
    (notice,) = await due_notices(app)
    await record(app, notice, SendOutcome.REFUSED)
    assert await due_notices(app) == []
    assert [card.change_id for card in await open_threads(app)] == [1, 2, 3]
    told = [post.facts for post in await said(app) if post.facts["status"] == "told"]
    assert [facts["reason"] for facts in told] == ["Reason 1", "Reason 2", "Reason 3"]


async def test_changes_that_go_live_within_minutes_are_announced_together(threaded: App) -> None:
    for change_id in range(43, 47):
        threaded.service.put(change_id)
    await threaded.services.monitor.poll()
    await decide(threaded, "applied", 42)
    await deliver_posts(threaded)
    for change_id in range(43, 46):
        await decide(threaded, "applied", change_id)
        assert await announced(threaded) == []
        threaded.clock.move(minutes=2)
    threaded.clock.move(minutes=10)
    assert await announced(threaded) == [[43, 44, 45]]


async def announced(app: App) -> list[list[int]]:
    """Return the changes of each announcement that is due."""
    groups = await app.services.deliveries.due_posts()
    return [
        [post.facts["change_id"] for post in group] for group in groups if group[0].kind is DeliveryKind.ANNOUNCEMENT
    ]


async def test_a_thread_begins_with_the_reason_of_the_proposal(threaded: App) -> None:
    await sent(threaded)
    await threaded.services.monitor.poll()
    await deliver_cards(threaded)
    await decide(threaded, "rejected")
    (card,) = await open_threads(threaded)
    why, rejected = [post for post in await said(threaded) if post.kind is DeliveryKind.THREAD]
    assert dict(why.facts) == {"status": "why", "why": "because it is good"}
    assert (why.user_id, why.subject) == (REQUESTOR, f"42:{card.message_id}:why")
    assert rejected.facts["status"] == "rejected"


async def test_the_threads_of_the_named_servers_only_are_due(threaded: App) -> None:
    await decide(threaded, "rejected")
    assert await threaded.services.threads.due([GUILD + 1]) == []
    assert [card.guild_id for card in await threaded.services.threads.due([GUILD])] == [GUILD]
