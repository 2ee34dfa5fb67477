"""A key that is not used is deleted after a warning; each use keeps it."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from storage.database import Database
from storage.deliveries import Deliveries
from storage.idle_links import EXPIRES, IdleLinks
from storage.links import Link, Links
from storage.notices import About, NoticeKey

RITA, ABE = 1111, 2222
DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)

type LinkUser = Callable[..., Awaitable[Link]]


@pytest.fixture
def idle_links(database: Database) -> IdleLinks:
    return IdleLinks(database)


async def warnings(database: Database, now: datetime) -> list[NoticeKey]:
    return [NoticeKey.of(each) for each in await Deliveries(database).due_notices(now)]


async def test_an_owner_is_warned_once_before_the_link_goes(
    database: Database, idle_links: IdleLinks, links: Links, link_user: LinkUser, now: datetime
) -> None:
    await link_user(links, RITA)
    assert await idle_links.warn(now, now) == 0, "used at that moment"
    assert not await idle_links.is_warned(RITA)
    later = now + DAY
    assert await idle_links.warn(now + INSTANT, later) == 1
    assert await idle_links.warn(later, later) == 0
    assert await idle_links.is_warned(RITA)
    assert not await idle_links.is_warned(ABE), "there is no link"
    assert await warnings(database, later) == [NoticeKey(RITA, 1, EXPIRES, About.LINK)]
    assert await warnings(database, later - INSTANT) == []


async def test_a_used_link_is_kept_and_its_warning_is_dropped(
    database: Database, idle_links: IdleLinks, links: Links, link_user: LinkUser, now: datetime
) -> None:
    for user_id in (RITA, ABE):
        await link_user(links, user_id)
    assert await idle_links.warn(now + DAY, now) == 2
    await idle_links.use(RITA, now + DAY)
    await idle_links.use(3333, now)
    assert not await idle_links.is_warned(RITA)
    assert await idle_links.is_warned(ABE)
    assert await warnings(database, now) == [NoticeKey(ABE, 1, EXPIRES, About.LINK)]
    assert await idle_links.warn(now + DAY, now) == 0, "it was used at that moment"
    assert await idle_links.warn(now + 2 * DAY, now) == 1, "warned again after another pause"


async def test_only_links_whose_owners_were_warned_in_time_are_deleted(
    database: Database,
    idle_links: IdleLinks,
    links: Links,
    link_user: LinkUser,
    file_bytes: Callable[[], bytes],
    now: datetime,
) -> None:
    for user_id in (RITA, ABE):
        await link_user(links, user_id)
    row = await database.read_one("SELECT sealed_key FROM link WHERE user_id = ?", (RITA,))
    assert row is not None
    assert await idle_links.expire(now + DAY, now + DAY) == (), "no one was warned"
    await idle_links.warn(now + INSTANT, now)
    assert await idle_links.expire(now + DAY, now - INSTANT) == (), "warned after that moment"
    assert await idle_links.expire(now, now) == (), "used at that moment"
    await idle_links.use(ABE, now + 2 * DAY)
    assert await idle_links.expire(now + DAY, now) == (RITA,)
    assert await links.get(RITA) is None
    assert await links.get(ABE) is not None
    assert bytes(row["sealed_key"]) not in file_bytes()


async def test_a_person_who_links_again_is_warned_again(
    database: Database, idle_links: IdleLinks, links: Links, link_user: LinkUser, now: datetime
) -> None:
    await link_user(links, RITA)
    for _ in range(2):
        assert await idle_links.warn(now + INSTANT, now) == 1
        (due,) = await Deliveries(database).due_notices(now)
        await Deliveries(database).mark_delivered([due], 5)
        assert await idle_links.expire(now + INSTANT, now) == (RITA,)
        await link_user(links, RITA)
