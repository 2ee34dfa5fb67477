"""Links of Discord users to AI-Horde accounts, and the keys that open."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from storage.database import Database
from storage.deliveries import Deliveries
from storage.errors import AccountTakenError, UnreadableKeyError
from storage.keyring import Keyring
from storage.links import DENIED, Link, Links, Sample
from storage.notices import About, NoticeKey

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


async def test_the_linked_people_behind_horde_accounts_are_found_and_no_others(
    links: Links, link_user: LinkUser
) -> None:
    await link_user(links, RITA, horde_user_id="101")
    await link_user(links, ABE, horde_user_id="202")
    assert await links.users_of({"101", "303"}) == {"101": RITA}
    assert await links.users_of(["202", "101"]) == {"101": RITA, "202": ABE}
    assert await links.users_of(()) == {}


async def test_linking_again_replaces_the_key_and_keeps_the_wish_to_be_hidden(
    links: Links, link_user: LinkUser, now: datetime
) -> None:
    await link_user(links, RITA, horde_user_id="101", key="the-first-key-01234567")
    assert await links.set_visible(RITA, is_visible=False)
    link = await link_user(links, RITA, horde_user_id="102", key="the-second-key-0123456")
    assert (link.generation, link.horde_user_id) == (2, "102")
    assert link.is_visible is False
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


async def test_a_key_is_disabled_after_denials_over_a_while_and_its_person_hears_of_it_once(
    links: Links, deliveries: Deliveries, link_user: LinkUser, now: datetime
) -> None:
    await link_user(links, RITA, horde_user_id="101")
    await link_user(links, ABE, horde_user_id="202")

    async def deny(user_id: int, minutes: int, generation: int = 1) -> bool:
        moment = now + timedelta(minutes=minutes)
        return await links.deny(user_id, generation, moment, times=3, over=timedelta(minutes=10))

    assert not await deny(RITA, 0, generation=2), "of a former link"
    assert [await deny(RITA, minutes) for minutes in (0, 2, 9)] == [False] * 3, "too soon"
    rita = await links.get(RITA)
    assert rita is not None
    assert (rita.is_disabled, rita.roles) == (False, REQUESTOR)
    assert await deliveries.due_notices(now + timedelta(minutes=9)) == []
    assert await deny(RITA, 10)
    rita = await links.get(RITA)
    assert rita is not None
    assert (rita.is_disabled, rita.roles) == (True, frozenset())
    assert await deliveries.due_notices(now + timedelta(minutes=9)) == [], "not before it happened"
    due = await deliveries.due_notices(now + timedelta(minutes=10))
    assert [NoticeKey.of(notice) for notice in due] == [NoticeKey(RITA, 1, DENIED, About.LINK)]
    assert not await deny(RITA, 30), "disabled already"
    assert [link.user_id for link in await links.with_roles()] == [ABE]


async def test_few_denials_do_not_disable_a_key_and_roles_that_were_read_reset_the_count(
    links: Links, link_user: LinkUser, now: datetime
) -> None:
    await link_user(links, RITA, horde_user_id="101")
    over = timedelta(minutes=10)
    for hours in (0, 1):
        moment = now + timedelta(hours=hours)
        assert not await links.deny(RITA, 1, moment, times=3, over=over)
        assert not await links.deny(RITA, 1, moment + over, times=3, over=over), "two are not three"
        assert await links.set_roles(RITA, REQUESTOR, moment + over)


async def test_a_person_who_links_again_is_notified_again(
    links: Links, deliveries: Deliveries, link_user: LinkUser, now: datetime
) -> None:
    for _ in range(2):
        await link_user(links, RITA, horde_user_id="101")
        assert await links.deny(RITA, 1, now, times=1, over=timedelta())
        (notice,) = await deliveries.due_notices(now)
        await deliveries.mark_delivered([notice], None)
        await links.delete(RITA)


async def test_the_links_whose_roles_are_the_oldest_are_read_first(
    links: Links, link_user: LinkUser, now: datetime
) -> None:
    for number, user_id in enumerate((1, 2, 3, 4)):
        await link_user(links, user_id, horde_user_id=str(user_id))
        await links.set_roles(user_id, REQUESTOR, now - timedelta(hours=number))
    await links.deny(4, 1, now, times=1, over=timedelta())
    assert [link.user_id for link in await links.read_before(now, 9)] == [3, 2], "neither just now nor disabled"
    assert [link.user_id for link in await links.read_before(now, 1)] == [3]
    assert [link.horde_user_id for link in await links.read_before(now - timedelta(hours=1), 9)] == ["3"]


async def test_a_sample_tells_how_many_keys_open(links: Links, link_user: LinkUser) -> None:
    for user_id in range(1, 103):
        await link_user(links, user_id, horde_user_id=str(user_id))
    assert await links.try_sample(1) == Sample(1, ())
    assert await links.try_sample() == Sample(100, ())


async def test_a_key_for_another_service_is_not_opened_and_names_its_person(
    links: Links, database: Database, keyring: Keyring, link_user: LinkUser
) -> None:
    elsewhere = Links(database, keyring, "https://other.example")
    await link_user(links, RITA, horde_user_id="101")
    await link_user(elsewhere, ABE, horde_user_id="202")
    with pytest.raises(UnreadableKeyError) as refusal:
        await links.key(ABE)
    assert refusal.value.user_id == ABE
    assert await links.try_sample() == Sample(2, (ABE,))
