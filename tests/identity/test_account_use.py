"""A person's own screen works through outages, and each day of use keeps their key."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import override

import httpx
import pytest
from pydantic import SecretStr

from bot.demo.horde_stand_in import HordeStandIn
from bot.demo.people import RITA
from bot.identity.accounts import Accounts
from bot.identity.errors import AccountTakenError, NotLinkedError, UnknownKeyError, UnreadableKeyError
from bot.identity.horde import HordeUserContext
from bot.identity.roles import Role
from storage.database import Database
from storage.errors import DiskError
from storage.idle_links import IdleLinks
from storage.links import Links
from tests.identity.conftest import TTL, Clock, RolesBehind, answered

R, D = 11, 44
"""Discord ids of two people."""

DAY = timedelta(days=1)


class Service:
    """A service that tells Rita's roles, and counts how often it is asked."""

    def __init__(self) -> None:
        self.roles = ["requestor"]
        self.asked = 0
        self.is_away = self.denies = False

    def __call__(self, _: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.is_away:
            return answered(503, {"detail": "Service Unavailable"})
        if self.denies:
            return answered(401, {"detail": "Invalid API key"})
        return answered(200, {"user_id": "101", "username": "alice#101", "roles": self.roles})


class UsedLinks(IdleLinks):
    """The repository of uses, on a disk that may be full; it counts the writes."""

    written = 0
    is_full = False

    @override
    async def use(self, user_id: int, now: datetime) -> None:
        if self.is_full:
            raise DiskError(Path("curator.db"), is_full=True)
        self.written += 1
        await super().use(user_id, now)


@pytest.fixture
def scripted() -> Service:
    return Service()


@pytest.fixture
def used(database: Database) -> UsedLinks:
    return UsedLinks(database)


@pytest.fixture
async def accounts(
    roles_behind: RolesBehind, links: Links, clock: Clock, scripted: Service, used: UsedLinks
) -> Accounts:
    """Rita is linked."""
    accounts = Accounts(links, roles_behind(scripted), clock=clock, ttl=TTL, monotonic=clock.monotonic, idle_links=used)
    await accounts.link(R, RITA.key)
    return accounts


async def test_the_own_screen_shows_new_roles_as_soon_as_the_known_ones_are_old(
    accounts: Accounts, scripted: Service, clock: Clock
) -> None:
    scripted.roles = ["approver"]
    standing = await accounts.refreshed(R)
    assert standing is not None
    assert standing.roles == {Role.REQUESTOR}
    assert scripted.asked == 1, "these are fresh"
    clock.move(TTL)
    standing = await accounts.refreshed(R)
    assert standing is not None
    assert standing.roles == {Role.REQUESTOR, Role.APPROVER}
    assert await accounts.refreshed(D) is None
    assert scripted.asked == 2


async def test_the_own_screen_shows_the_last_known_roles_through_an_outage(
    accounts: Accounts, scripted: Service, clock: Clock
) -> None:
    clock.move(TTL)
    scripted.is_away = True
    standing = await accounts.refreshed(R)
    assert standing is not None
    assert standing.roles == {Role.REQUESTOR}
    scripted.is_away, scripted.denies = False, True
    assert await accounts.refreshed(R) == standing, "AI-Horde knows the key: it was an outage"


async def test_the_own_screen_tells_that_the_key_is_unknown_or_unreadable(
    accounts: Accounts, scripted: Service, clock: Clock, horde: HordeStandIn, database: Database
) -> None:
    clock.move(TTL)
    scripted.denies = True
    horde.drop(RITA.key)
    with pytest.raises(UnknownKeyError):
        await accounts.refreshed(R)
    await database.execute("UPDATE link SET sealed_key = zeroblob(length(sealed_key))")
    with pytest.raises(UnreadableKeyError):
        await accounts.refreshed(R)


async def test_the_own_screen_of_a_person_who_unlinks_meanwhile_is_empty(
    accounts: Accounts, links: Links, clock: Clock
) -> None:
    clock.move(TTL)
    await links.delete(R)
    assert await accounts.refreshed(R) is None


async def test_the_first_use_of_each_day_is_written_down(accounts: Accounts, used: UsedLinks, clock: Clock) -> None:
    for _ in range(2):
        await accounts.actor(R)
        await accounts.refreshed(R)
    assert used.written == 1
    clock.move(DAY)
    await accounts.refreshed(R)
    await accounts.actor(R)
    assert used.written == 2
    assert await used.warn(clock(), clock()) == 0, "used at this moment"
    clock.move(DAY)
    assert await used.warn(clock(), clock()) == 1
    assert await used.is_warned(R)
    await accounts.actor(R)
    assert not await used.is_warned(R)


async def test_a_refused_action_does_not_keep_the_key(accounts: Accounts, used: UsedLinks) -> None:
    with pytest.raises(Exception, match="approver"):
        await accounts.actor(R, needs=Role.APPROVER)
    assert used.written == 0


async def test_on_a_full_disk_people_act_and_their_use_is_written_down_later(
    accounts: Accounts, used: UsedLinks
) -> None:
    used.is_full = True
    assert (await accounts.actor(R)).horde.user_id == "101"
    assert await accounts.refreshed(R) is not None
    used.is_full = False
    await accounts.actor(R)
    assert used.written == 1


async def test_on_a_full_disk_new_roles_count_until_the_next_start(
    accounts: Accounts, scripted: Service, links: Links, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> bool:
        raise DiskError(Path("curator.db"), is_full=True)

    monkeypatch.setattr(links, "set_roles", refuse)
    scripted.roles = ["approver"]
    clock.move(TTL)
    assert (await accounts.actor(R, needs=Role.APPROVER)).roles == {Role.REQUESTOR, Role.APPROVER}
    assert accounts.peek(R) is not None


async def test_an_unused_link_goes_after_its_warning_and_is_not_remembered(
    accounts: Accounts, used: UsedLinks, clock: Clock
) -> None:
    before = clock()
    assert await accounts.expire(before, before) == 0
    clock.move(DAY)
    await used.warn(clock(), clock())
    assert await accounts.expire(clock(), clock()) == 1
    assert accounts.peek(R) is None
    assert await accounts.standing(R) is None
    with pytest.raises(NotLinkedError) as refusal:
        await accounts.linked(R)
    assert refusal.value.user_id == R


async def test_links_that_never_expire_stay(
    accounts: Accounts, roles_behind: RolesBehind, scripted: Service, links: Links, used: UsedLinks, clock: Clock
) -> None:
    forever = Accounts(links, roles_behind(scripted), clock=clock, ttl=TTL, monotonic=clock.monotonic)
    clock.move(DAY)
    await used.warn(clock(), clock())
    assert await forever.expire(clock(), clock()) == 0
    assert (await forever.linked(R)).horde.username == "alice#101"
    assert (await forever.actor(R)).horde.user_id == "101"
    assert await used.is_warned(R), "no use is written down"


async def test_a_person_hides_and_shows_themselves(accounts: Accounts, links: Links) -> None:
    for is_visible in (False, True):
        await accounts.set_visible(R, is_visible=is_visible)
        assert (await accounts.linked(R)).is_visible is is_visible
        link = await links.get(R)
        assert link is not None
        assert link.is_visible is is_visible
    await links.delete(R)
    with pytest.raises(NotLinkedError) as refusal:
        await accounts.set_visible(R, is_visible=False)
    assert refusal.value.user_id == R
    assert accounts.peek(R) is None


async def test_the_owner_of_an_ai_horde_account_is_known_by_its_number(accounts: Accounts) -> None:
    assert await accounts.owner_of("101") == R
    assert await accounts.owner_of("202") is None


async def test_linking_again_replaces_the_key_and_another_person_cannot_have_the_account(
    accounts: Accounts, links: Links, horde: HordeStandIn, clock: Clock
) -> None:
    horde.know("ritas-second-key", "alice#101")
    clock.move(DAY)
    again = await accounts.link(R, "ritas-second-key")
    assert again.former == again.standing.horde == HordeUserContext("101", "alice#101")
    assert (again.standing.generation, again.standing.linked_at, again.standing.roles_read_at) == (2, clock(), clock())
    assert await links.key(R) == SecretStr("ritas-second-key")
    with pytest.raises(AccountTakenError) as refusal:
        await accounts.link(D, RITA.key)
    assert refusal.value.username == "alice#101"
    assert await accounts.standing(D) is None


async def test_a_key_that_is_revoked_while_it_is_linked_is_not_stored(
    accounts: Accounts, scripted: Service, horde: HordeStandIn, links: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def known(*_: object) -> HordeUserContext:
        horde.drop("a-key-of-dave")
        return HordeUserContext("404", "dave#404")

    monkeypatch.setattr(accounts._key_lookup, "owner", known)
    scripted.denies = True
    with pytest.raises(UnknownKeyError):
        await accounts.link(D, "a-key-of-dave")
    assert await links.get(D) is None


async def test_after_a_restart_a_person_is_known_as_before(
    accounts: Accounts, roles_behind: RolesBehind, scripted: Service, links: Links, clock: Clock
) -> None:
    before = await accounts.linked(R)
    restarted = Accounts(links, roles_behind(scripted), clock=clock, ttl=TTL, monotonic=clock.monotonic)
    assert restarted.peek(R) is None
    assert await restarted.warm() == 1
    assert restarted.peek(R) == before
    assert await restarted.with_roles() == [before]


async def test_a_person_who_unlinks_is_forgotten(accounts: Accounts, links: Links) -> None:
    assert await accounts.unlink(R)
    assert accounts.peek(R) is None
    assert await links.key(R) is None
    assert not await accounts.unlink(R)
    with pytest.raises(NotLinkedError) as refusal:
        await accounts.actor(R)
    assert refusal.value.user_id == R


async def test_a_link_that_goes_while_its_roles_are_read_stays_gone(
    accounts: Accounts, links: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def is_gone(*_: object) -> bool:
        return await links.delete(R) and False

    monkeypatch.setattr(links, "set_roles", is_gone)
    with pytest.raises(NotLinkedError) as refusal:
        await accounts.refresh(R)
    assert refusal.value.user_id == R
    assert accounts.peek(R) is None


async def test_a_key_that_stays_unknown_is_not_used_any_more(
    accounts: Accounts, scripted: Service, horde: HordeStandIn, clock: Clock
) -> None:
    scripted.denies = True
    horde.drop(RITA.key)
    for _ in range(3):
        clock.move(timedelta(minutes=5))
        assert not (await accounts.linked(R)).is_disabled
        with pytest.raises(UnknownKeyError):
            await accounts.refresh(R)
    assert (await accounts.linked(R)).is_disabled
    asked = scripted.asked
    with pytest.raises(UnknownKeyError):
        await accounts.actor(R)
    assert scripted.asked == asked
