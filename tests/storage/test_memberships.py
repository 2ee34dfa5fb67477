"""Members of servers, as far as they are known."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from storage.database import Database
from storage.links import Link, Links
from storage.memberships import Memberships

GUILD, OTHER_GUILD, RITA, ABE = 77, 78, 1111, 2222
DAY = timedelta(days=1)

type LinkUser = Callable[..., Awaitable[Link]]


async def test_a_linked_person_is_known_as_a_member_where_discord_said_so(
    database: Database, links: Links, link_user: LinkUser, now: datetime
) -> None:
    memberships = Memberships(database)
    await link_user(links, RITA)
    assert not await memberships.is_member(GUILD, RITA)
    assert not await memberships.put(GUILD, RITA, is_member=False, now=now), "as it was assumed"
    assert await memberships.put(GUILD, RITA, is_member=True, now=now)
    assert not await memberships.put(GUILD, RITA, is_member=True, now=now)
    assert await memberships.is_member(GUILD, RITA)
    assert not await memberships.is_member(OTHER_GUILD, RITA)
    assert await memberships.put(GUILD, RITA, is_member=False, now=now)
    assert not await memberships.is_member(GUILD, RITA)
    assert not await memberships.put(GUILD, ABE, is_member=True, now=now), "without a link"
    assert not await memberships.is_member(GUILD, ABE)
    await memberships.put(GUILD, RITA, is_member=True, now=now)
    await links.delete(RITA)
    assert not await memberships.is_member(GUILD, RITA)


async def test_a_person_is_mentioned_only_in_their_servers_and_unless_they_hide(
    database: Database, links: Links, link_user: LinkUser, now: datetime
) -> None:
    memberships = Memberships(database)
    await link_user(links, RITA, horde_user_id="101")
    await memberships.put(GUILD, RITA, is_member=True, now=now)
    assert await memberships.visible_member(GUILD, "101") == RITA
    assert await memberships.visible_member(OTHER_GUILD, "101") is None
    assert await memberships.visible_member(GUILD, "202") is None
    await links.set_visible(RITA, is_visible=False)
    assert await memberships.visible_member(GUILD, "101") is None


async def test_people_are_looked_up_in_servers_again_the_longest_unchecked_first(
    database: Database, links: Links, link_user: LinkUser, now: datetime
) -> None:
    memberships = Memberships(database)
    for user_id in (RITA, ABE, 3333):
        await link_user(links, user_id)
    await links.set_visible(3333, is_visible=False)
    await memberships.put(GUILD, RITA, is_member=True, now=now)
    await memberships.put(GUILD, ABE, is_member=False, now=now - DAY)
    assert await memberships.due([GUILD], now, 9) == [(GUILD, ABE)]
    assert await memberships.due([GUILD, OTHER_GUILD], now + DAY, 9) == [
        (OTHER_GUILD, RITA),
        (OTHER_GUILD, ABE),
        (GUILD, ABE),
        (GUILD, RITA),
    ]
    assert await memberships.due({GUILD}, now + DAY, 1) == [(GUILD, ABE)]
    assert await memberships.due([], now + DAY, 9) == []
