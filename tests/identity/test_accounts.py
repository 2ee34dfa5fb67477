"""Acting with an account: the key of the person, and roles that are asked for when they are old."""

import asyncio
from datetime import timedelta

import pytest
from pydantic import SecretStr

from bot.demo.horde_stand_in import HordeStandIn
from bot.demo.people import ABE, DAVE, RITA
from bot.identity.accounts import Accounts, Actor
from bot.identity.errors import (
    MissingRoleError,
    NotLinkedError,
)
from bot.identity.horde import HordeUserContext
from bot.identity.roles import Role
from storage.links import Links
from tests.identity.conftest import (
    TTL,
    Clock,
    RolesBehind,
)
from tests.identity.people import BOTH, A, R, Service, accounts_behind


async def test_an_actor_has_the_persons_own_key(accounts: Accounts) -> None:
    await accounts.link(A, ABE.key)
    actor = await accounts.actor(A, needs=Role.APPROVER)
    assert actor == Actor(A, HordeUserContext("202", "bob#202"), BOTH, SecretStr(ABE.key))
    assert ABE.key not in f"{actor!r} {actor}"
    assert "key" not in repr(actor)


async def test_a_user_who_has_not_linked_cannot_act_and_no_request_is_sent(
    accounts: Accounts, horde: HordeStandIn
) -> None:
    before = horde.calls
    with pytest.raises(NotLinkedError) as caught:
        await accounts.actor(R, needs=Role.REQUESTOR)
    assert (caught.value.user_id, horde.calls) == (R, before)


@pytest.mark.parametrize(("person", "needs"), [(RITA, Role.APPROVER), (DAVE, Role.REQUESTOR), (DAVE, Role.APPROVER)])
async def test_a_missing_role_is_named_with_what_is_there_instead(
    person: object, needs: Role, accounts: Accounts
) -> None:
    standing = (await accounts.link(R, str(getattr(person, "key", "")))).standing
    with pytest.raises(MissingRoleError) as caught:
        await accounts.actor(R, needs=needs)
    assert (caught.value.role, caught.value.standing) == (needs, standing)
    assert (await accounts.actor(R)).roles == standing.roles


@pytest.mark.parametrize("needs", [Role.REQUESTOR, Role.APPROVER])
async def test_an_approver_may_propose_as_well(needs: Role, accounts: Accounts) -> None:
    await accounts.link(A, ABE.key)
    assert (await accounts.actor(A, needs=needs)).roles == BOTH


async def test_roles_are_asked_for_again_only_when_they_are_old(
    roles_behind: RolesBehind, links: Links, clock: Clock
) -> None:
    service = Service("requestor")
    accounts = accounts_behind(roles_behind(service), links, clock)
    await accounts.link(R, RITA.key)
    for _ in range(3):
        await accounts.actor(R, needs=Role.REQUESTOR)
    assert service.asked == 1
    clock.move(TTL - timedelta(seconds=1))
    await accounts.actor(R, needs=Role.REQUESTOR)
    assert service.asked == 1
    clock.move(timedelta(seconds=1))
    await accounts.actor(R)
    assert service.asked == 1
    await accounts.actor(R, needs=Role.REQUESTOR)
    assert service.asked == 2


async def test_a_role_given_or_taken_away_counts_within_a_minute(
    roles_behind: RolesBehind, links: Links, clock: Clock
) -> None:
    service = Service("requestor")
    accounts = accounts_behind(roles_behind(service), links, clock)
    await accounts.link(R, RITA.key)
    service.roles = ("requestor", "approver")
    with pytest.raises(MissingRoleError):
        await accounts.actor(R, needs=Role.APPROVER)
    clock.move(TTL)
    assert (await accounts.actor(R, needs=Role.APPROVER)).roles == BOTH
    service.roles = ()
    clock.move(TTL)
    with pytest.raises(MissingRoleError) as caught:
        await accounts.actor(R, needs=Role.REQUESTOR)
    assert caught.value.standing.roles == frozenset()
    link = await links.get(R)
    assert link is not None
    assert (link.roles, link.roles_read_at) == (frozenset(), clock())


async def test_after_a_refusal_the_remembered_roles_are_not_believed(
    roles_behind: RolesBehind, links: Links, clock: Clock
) -> None:
    service = Service("requestor", "approver")
    accounts = accounts_behind(roles_behind(service), links, clock)
    await accounts.link(R, RITA.key)
    service.roles = ()
    accounts.mark_stale(R)
    with pytest.raises(MissingRoleError):
        await accounts.actor(R, needs=Role.APPROVER)
    with pytest.raises(MissingRoleError):
        await accounts.actor(R, needs=Role.APPROVER)
    assert service.asked == 2


async def test_a_clock_set_back_does_not_keep_roles(roles_behind: RolesBehind, links: Links, clock: Clock) -> None:
    service = Service("requestor")
    accounts = accounts_behind(roles_behind(service), links, clock)
    await accounts.link(R, RITA.key)
    clock.move(-timedelta(hours=1))
    await accounts.actor(R, needs=Role.REQUESTOR)
    assert service.asked == 2


async def test_many_presses_at_once_ask_once(roles_behind: RolesBehind, links: Links, clock: Clock) -> None:
    service = Service("requestor")
    accounts = accounts_behind(roles_behind(service), links, clock)
    await accounts.link(R, RITA.key)
    clock.move(TTL)
    actors = await asyncio.gather(*(accounts.actor(R, needs=Role.REQUESTOR) for _ in range(20)))
    assert (len(actors), service.asked) == (20, 2)


async def test_refreshing_asks_at_once(roles_behind: RolesBehind, links: Links, clock: Clock) -> None:
    service = Service()
    accounts = accounts_behind(roles_behind(service), links, clock)
    await accounts.link(R, RITA.key)
    service.roles = ("approver",)
    clock.move(timedelta(seconds=1))
    standing = await accounts.refresh(R)
    assert (standing.roles, standing.roles_read_at) == (BOTH, clock())
    assert accounts.peek(R) == standing
