"""Links of Discord users to AI-Horde accounts, and the keys that open."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from storage.errors import AccountTakenError
from storage.links import Link, Links

type LinkUser = Callable[..., Awaitable[Link]]

RITA, ABE = 1111, 2222
REQUESTOR = frozenset({"requestor"})


async def _key(links: Links, user_id: int) -> str | None:
    key = await links.key(user_id)
    return None if key is None else key.get_secret_value()


async def test_a_link_is_found_by_either_side(links: Links, link_user: LinkUser, now: datetime) -> None:
    link = await link_user(links, RITA, horde_user_id="101")
    assert link == Link(
        user_id=RITA,
        horde_user_id="101",
        horde_username="name#101",
        generation=1,
        roles=REQUESTOR,
        roles_read_at=now,
        linked_at=now,
        is_visible=True,
    )
    assert await links.get(RITA) == link
    assert await links.by_horde_user("101") == link
    assert await _key(links, RITA) == "the-key-of-user-001111"
    assert await links.count() == 1


async def test_a_user_who_never_linked_has_nothing(links: Links, link_user: LinkUser, now: datetime) -> None:
    assert await links.get(RITA) is None
    assert await links.by_horde_user("101") is None
    assert await links.key(RITA) is None
    assert not await links.set_roles(RITA, REQUESTOR, now)
    assert not await links.set_visible(RITA, is_visible=False)
    assert not await links.delete(RITA)


async def test_linking_again_replaces_the_key_and_keeps_the_wish_to_be_hidden(
    links: Links, link_user: LinkUser, now: datetime
) -> None:
    await link_user(links, RITA, horde_user_id="101", key="the-first-key-01234567")
    await links.set_visible(RITA, is_visible=False)
    link = await link_user(links, RITA, horde_user_id="102", key="the-second-key-0123456")
    assert (link.generation, link.horde_user_id, link.is_visible) == (2, "102", False)
    assert await _key(links, RITA) == "the-second-key-0123456"
    assert await links.by_horde_user("101") is None


async def test_a_horde_account_belongs_to_the_first_who_linked_it(
    links: Links, link_user: LinkUser, now: datetime
) -> None:
    first = await link_user(links, RITA, horde_user_id="101")
    with pytest.raises(AccountTakenError) as refusal:
        await link_user(links, ABE, horde_user_id="101", key="another-key-of-the-same")
    assert refusal.value.horde_user_id == "101"
    assert await links.get(RITA) == first
    assert await links.get(ABE) is None
    await links.delete(RITA)
    assert (await link_user(links, ABE, horde_user_id="101")).user_id == ABE


async def test_roles_are_remembered_with_the_time_they_were_read(
    links: Links, link_user: LinkUser, now: datetime
) -> None:
    await link_user(links, RITA, horde_user_id="101")
    await link_user(links, ABE, horde_user_id="202")
    later = now + timedelta(minutes=1)
    assert await links.set_roles(RITA, frozenset(), later)
    rita = await links.get(RITA)
    assert rita is not None
    assert (rita.roles, rita.roles_read_at) == (frozenset(), later)
    assert [link.user_id for link in await links.with_roles()] == [ABE]


async def test_deleting_forgets_the_key(links: Links, link_user: LinkUser, now: datetime) -> None:
    await link_user(links, RITA, horde_user_id="101")
    assert await links.delete(RITA)
    assert await links.key(RITA) is None
    assert await links.count() == 0
