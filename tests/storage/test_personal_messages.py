"""People with closed direct messages read them later, and news of a change go into one message."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import pytest

from storage.cards import Cards
from storage.database import Database
from storage.deliveries import Deliveries, NewPost
from storage.delivery import MAX_REFUSALS, DeliveryKind
from storage.guild_settings import GuildSettings
from storage.links import Link, Links
from storage.memberships import Memberships
from storage.notices import About, NoticeKey
from storage.personal_messages import PersonalMessages
from storage.thread_posts import Opening, ThreadPost, ThreadPosts
from tests.storage.changes import tracked_change

GUILD, CHANNEL, RITA, ABE = 77, 770, 1111, 2222
APPROVED, REJECTED = NoticeKey(RITA, 42, "approved"), NoticeKey(RITA, 42, "rejected")


@pytest.fixture
def messages(database: Database) -> PersonalMessages:
    return PersonalMessages(database)


async def test_what_closed_direct_messages_refuse_is_kept_until_it_is_read(
    messages: PersonalMessages, deliveries: Deliveries, now: datetime
) -> None:
    await deliveries.add_notices([APPROVED, REJECTED, NoticeKey(ABE, 42, "approved")], now)
    approved, rejected, of_abe = await deliveries.due_notices(now)
    await messages.mark_missed([rejected, approved])
    assert await messages.people_with_missed() == {RITA}
    missed = await messages.missed_by(RITA)
    assert [NoticeKey.of(each) for each in missed] == [APPROVED, REJECTED], "oldest first"
    assert await messages.missed_by(ABE) == []
    assert [each.delivery_id for each in await deliveries.due_notices(now)] == [of_abe.delivery_id]
    await deliveries.mark_delivered(missed, None)
    await messages.mark_missed(missed)
    assert await messages.people_with_missed() == frozenset(), "it was read"
    assert await messages.missed_by(RITA) == []


async def test_what_was_given_up_is_not_missed(
    messages: PersonalMessages, deliveries: Deliveries, now: datetime
) -> None:
    await deliveries.add_notices([APPROVED], now)
    await deliveries.give_up(await deliveries.due_notices(now))
    assert await messages.people_with_missed() == frozenset()
    assert await messages.missed_by(RITA) == []


async def test_news_of_a_change_go_into_its_last_message(
    messages: PersonalMessages, deliveries: Deliveries, now: datetime
) -> None:
    about_draft = NoticeKey(RITA, 42, "expires", About.DRAFT)
    await deliveries.add_notices([APPROVED, REJECTED, NoticeKey(RITA, 43, "approved"), about_draft], now)
    first, second, _, draft = await deliveries.due_notices(now)
    await deliveries.mark_delivered([first], 5)
    await deliveries.mark_delivered([second], 6)
    await deliveries.mark_delivered([draft], 7)
    assert await messages.messages_about(RITA) == {42: 6}
    assert await messages.messages_about(ABE) == {}
    await messages.forget_message(ABE, 6)
    assert await messages.messages_about(RITA) == {42: 6}
    await messages.forget_message(RITA, 6)
    assert await messages.messages_about(RITA) == {42: 5}


async def test_an_announcement_in_a_server_of_the_person_replaces_the_direct_message(
    database: Database,
    messages: PersonalMessages,
    deliveries: Deliveries,
    links: Links,
    link_user: Callable[..., Awaitable[Link]],
    now: datetime,
) -> None:
    await link_user(links, RITA)
    memberships = Memberships(database)
    await memberships.put(GUILD, RITA, is_member=True, now=now)
    await GuildSettings(database).set_review_channel(GUILD, CHANNEL)
    assert not await messages.is_announced_to(RITA, 42)
    post = ThreadPost(42, "42:d:applied", {}, is_announced=True, opening=Opening.NEVER)
    await ThreadPosts(database).add(post, now)
    assert not await messages.is_announced_to(RITA, 42), "no channel for announcements"
    await database.execute("UPDATE guild SET announcement_channel_id = 771")
    await ThreadPosts(database).add(post, now)
    assert await messages.is_announced_to(RITA, 42)
    assert not await messages.is_announced_to(RITA, 43)
    assert not await messages.is_announced_to(ABE, 42)
    await memberships.put(GUILD, RITA, is_member=False, now=now)
    assert not await messages.is_announced_to(RITA, 42)
    await memberships.put(GUILD, RITA, is_member=True, now=now)
    (announced,) = await deliveries.due_posts(now)
    for _ in range(MAX_REFUSALS):
        await deliveries.refuse(announced, now)
    assert not await messages.is_announced_to(RITA, 42), "Discord refused it"


async def test_a_person_whose_post_no_channel_takes_reads_it_at_the_next_command(
    database: Database, messages: PersonalMessages, deliveries: Deliveries, now: datetime
) -> None:
    await GuildSettings(database).set_review_channel(GUILD, CHANNEL)
    changes = [tracked_change(now, each, "rejected") for each in (42, 43)]
    await Cards(database).record_poll(seen=changes, now=now, carded=[42, 43])
    await deliveries.add_notices([REJECTED, APPROVED, NoticeKey(RITA, 43, "rejected")], now)
    await deliveries.give_up(await deliveries.due_notices(now))
    facts = {"status": "told", "about": "rejected"}
    await ThreadPosts(database).add(ThreadPost(42, "42:told", facts, user_id=RITA, opening=Opening.ALWAYS), now)
    assert await messages.mark_unreachable(GUILD + 1, 42) == 0
    assert await messages.mark_unreachable(GUILD, 43) == 0
    assert await messages.mark_unreachable(GUILD, 42) == 1
    assert [NoticeKey.of(each) for each in await messages.missed_by(RITA)] == [REJECTED]
    assert await messages.mark_unreachable(GUILD, 42) == 0, "it is known"


async def test_a_post_in_a_channel_is_no_direct_message(
    messages: PersonalMessages, deliveries: Deliveries, now: datetime
) -> None:
    await deliveries.add_posts([NewPost(GUILD, CHANNEL, DeliveryKind.OUTCOME, "x", {}, user_id=RITA)], now)
    (post,) = await deliveries.due_posts(now)
    await deliveries.mark_delivered([post], 5)
    assert await messages.messages_about(RITA) == {}
    await messages.forget_message(RITA, 5)
    assert await deliveries.posted_in(DeliveryKind.OUTCOME, "x") == [(GUILD, CHANNEL)]
