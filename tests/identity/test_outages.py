"""Outages and denied keys: neither unlinks a person, and no outage is blamed on a key."""

from datetime import timedelta

import pytest
from pydantic import SecretStr

from bot.demo.horde_stand_in import HordeStandIn, Mood
from bot.demo.people import ABE, RITA
from bot.identity.accounts import Accounts
from bot.identity.errors import (
    HordeUnavailableError,
    UnknownKeyError,
    UnreadableKeyError,
)
from bot.identity.roles import Role
from bot.reference.errors import ApiError, UnavailableError
from storage.database import Database
from storage.links import Links
from tests.identity.conftest import (
    TTL,
    Clock,
    RolesBehind,
)
from tests.identity.people import BOTH, A, R, Service, accounts_behind


@pytest.mark.parametrize("mood", [Mood.RATE_LIMITED, Mood.FAILING])
async def test_an_outage_of_ai_horde_is_named_as_one_and_passes(
    mood: Mood, accounts: Accounts, horde: HordeStandIn, clock: Clock, links: Links
) -> None:
    before = (await accounts.link(A, ABE.key)).standing
    horde.play(mood)
    clock.move(timedelta(days=1))
    for _ in range(5):
        with pytest.raises(HordeUnavailableError):
            await accounts.actor(A, needs=Role.APPROVER)
    assert accounts.peek(A) == before
    assert await links.key(A) == SecretStr(ABE.key)
    horde.play(Mood.WELL)
    assert (await accounts.actor(A, needs=Role.APPROVER)).roles == BOTH


async def test_an_outage_of_the_service_is_named_as_one_and_passes(
    roles_behind: RolesBehind, links: Links, clock: Clock
) -> None:
    service = Service("requestor")
    accounts = accounts_behind(roles_behind(service), links, clock)
    await accounts.link(R, RITA.key)
    service.is_away = True
    clock.move(TTL)
    with pytest.raises(UnavailableError):
        await accounts.actor(R, needs=Role.REQUESTOR)
    service.is_away = False
    assert (await accounts.actor(R, needs=Role.REQUESTOR)).roles == {Role.REQUESTOR}


async def test_a_revoked_key_is_told_and_its_link_stays(
    accounts: Accounts, horde: HordeStandIn, clock: Clock, links: Links
) -> None:
    await accounts.link(A, ABE.key)
    horde.drop(ABE.key)
    clock.move(TTL)
    with pytest.raises(UnknownKeyError):
        await accounts.actor(A, needs=Role.APPROVER)
    assert await links.get(A) is not None


async def deny(accounts: Accounts, clock: Clock, *after: timedelta) -> None:
    """Press while AI-Horde does not know the key, each time after a while."""
    for span in after:
        clock.move(span)
        with pytest.raises(UnknownKeyError):
            await accounts.actor(A, needs=Role.APPROVER)


async def is_disabled(links: Links) -> bool:
    link = await links.get(A)
    assert link is not None
    assert await links.key(A) == SecretStr(ABE.key), "it is kept in every case"
    return link.is_disabled


async def test_a_key_denied_three_times_in_ten_minutes_is_kept_but_not_used_any_more(
    accounts: Accounts, horde: HordeStandIn, clock: Clock, links: Links
) -> None:
    await accounts.link(A, ABE.key)
    horde.drop(ABE.key)
    await deny(accounts, clock, TTL, TTL, TTL, TTL)
    assert not await is_disabled(links), "four times, but within three minutes"
    await deny(accounts, clock, timedelta(minutes=7))
    assert await is_disabled(links)
    assert await links.with_roles() == []
    horde.know(ABE.key, ABE.horde_username)
    asked = horde.calls
    with pytest.raises(UnknownKeyError):
        await accounts.actor(A)
    assert horde.calls == asked, "no request is sent any more"
    assert (await accounts.link(A, ABE.key)).standing.roles == BOTH
    assert (await accounts.actor(A, needs=Role.APPROVER)).roles == BOTH


async def test_a_key_that_is_confirmed_in_between_begins_again(
    accounts: Accounts, horde: HordeStandIn, clock: Clock, links: Links
) -> None:
    await accounts.link(A, ABE.key)
    for _ in range(3):
        horde.drop(ABE.key)
        await deny(accounts, clock, timedelta(minutes=20), timedelta(minutes=20))
        horde.know(ABE.key, ABE.horde_username)
        clock.move(TTL)
        assert (await accounts.actor(A, needs=Role.APPROVER)).roles == BOTH
    assert not await is_disabled(links)


@pytest.mark.parametrize("mood", [Mood.RATE_LIMITED, Mood.FAILING, Mood.GARBAGE])
async def test_an_outage_does_not_count_against_a_key(
    mood: Mood, accounts: Accounts, horde: HordeStandIn, clock: Clock, links: Links
) -> None:
    await accounts.link(A, ABE.key)
    horde.play(mood)
    for _ in range(6):
        clock.move(timedelta(minutes=10))
        with pytest.raises((HordeUnavailableError, ApiError)):
            await accounts.actor(A, needs=Role.APPROVER)
    assert not await is_disabled(links)


async def test_fresh_roles_need_no_ai_horde(accounts: Accounts, horde: HordeStandIn) -> None:
    await accounts.link(A, ABE.key)
    horde.play(Mood.FAILING)
    assert (await accounts.actor(A, needs=Role.APPROVER)).roles == BOTH


async def test_a_key_that_does_not_open_concerns_its_owner_alone(
    accounts: Accounts, database: Database, horde: HordeStandIn
) -> None:
    await accounts.link(R, RITA.key)
    await accounts.link(A, ABE.key)
    await database.transaction(
        lambda rows: rows.execute("UPDATE link SET sealed_key = zeroblob(length(sealed_key)) WHERE user_id = ?", (R,))
    )
    with pytest.raises(UnreadableKeyError) as caught:
        await accounts.actor(R)
    assert caught.value.user_id == R
    assert (await accounts.actor(A)).key == SecretStr(ABE.key)
    await accounts.link(R, RITA.key)
    assert (await accounts.actor(R)).key == SecretStr(RITA.key)
