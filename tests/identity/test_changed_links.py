"""Links that change: after a restart, unlinked, or moved to another account meanwhile."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.demo.horde_stand_in import HordeStandIn
from bot.demo.people import ABE, CORA, DAVE, RITA
from bot.identity.accounts import Accounts
from bot.identity.errors import (
    NotLinkedError,
)
from bot.identity.horde import HordeUserContext
from bot.identity.roles import QueueRoles, Role
from storage.errors import DiskError
from storage.links import Link, Links
from tests.identity.conftest import (
    TTL,
    Clock,
)
from tests.identity.people import ALICE, BOTH, A, C, D, R, accounts_behind


async def test_after_a_restart_those_with_roles_are_known_at_once(
    accounts: Accounts, links: Links, queue_roles: QueueRoles, clock: Clock, horde: HordeStandIn
) -> None:
    abe = (await accounts.link(A, ABE.key)).standing
    dave = (await accounts.link(D, DAVE.key)).standing
    before = horde.calls
    restarted = accounts_behind(queue_roles, links, clock)
    assert restarted.peek(A) is None
    assert await restarted.warm() == 1
    assert restarted.peek(A) == abe
    assert restarted.peek(D) is None
    assert await restarted.standing(D) == restarted.peek(D) == dave
    assert await restarted.standing(C) is None
    assert (await restarted.actor(A, needs=Role.APPROVER)).roles == BOTH
    assert horde.calls == before


async def test_unlinking_deletes_the_key_and_what_was_remembered(accounts: Accounts, links: Links) -> None:
    await accounts.link(R, RITA.key)
    assert await accounts.unlink(R) is True
    assert await accounts.unlink(R) is False
    assert accounts.peek(R) is None
    assert await links.key(R) is None
    with pytest.raises(NotLinkedError):
        await accounts.actor(R)
    assert (await accounts.link(D, RITA.key)).standing.horde == ALICE


async def test_a_link_deleted_behind_our_back_is_gone_at_the_next_press(accounts: Accounts, links: Links) -> None:
    await accounts.link(R, RITA.key)
    await links.delete(R)
    with pytest.raises(NotLinkedError):
        await accounts.actor(R, needs=Role.REQUESTOR)
    assert accounts.peek(R) is None


async def test_a_link_deleted_while_its_roles_are_asked_for_stays_gone(
    accounts: Accounts, links: Links, queue_roles: QueueRoles, monkeypatch: pytest.MonkeyPatch
) -> None:
    await accounts.link(R, RITA.key)
    ask = queue_roles.get_user_roles

    async def ask_meanwhile(apikey: SecretStr) -> tuple[HordeUserContext | None, set[Role]]:
        await links.delete(R)
        return await ask(apikey)

    monkeypatch.setattr(queue_roles, "get_user_roles", ask_meanwhile)
    with pytest.raises(NotLinkedError):
        await accounts.refresh(R)
    assert accounts.peek(R) is None


async def test_unlinking_while_roles_are_asked_for_ends_unlinked(accounts: Accounts, clock: Clock) -> None:
    await accounts.link(R, RITA.key)
    clock.move(TTL)
    await asyncio.gather(accounts.refresh(R), accounts.unlink(R), return_exceptions=True)
    assert accounts.peek(R) is await accounts.standing(R) is None


async def test_a_link_given_up_half_way_never_pairs_one_account_with_anothers_key(
    accounts: Accounts, links: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    await accounts.link(R, RITA.key)
    put, is_put = links.put, asyncio.Event()

    async def put_and_never_return(*args: Any, **kwargs: Any) -> Link:
        await put(*args, **kwargs)
        is_put.set()
        return await asyncio.Future()

    monkeypatch.setattr(links, "put", put_and_never_return)
    task = asyncio.create_task(accounts.link(R, CORA.key))
    await is_put.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    actor = await accounts.actor(R)
    assert (actor.horde.user_id, actor.key) == ("303", SecretStr(CORA.key))


async def test_a_disk_that_fails_after_the_link_was_kept_pairs_no_account_with_anothers_key(
    accounts: Accounts, links: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    await accounts.link(R, RITA.key)
    put = links.put

    async def put_and_fail(*args: Any, **kwargs: Any) -> Link:
        await put(*args, **kwargs)
        raise DiskError(Path("curator.db"), is_full=True)

    monkeypatch.setattr(links, "put", put_and_fail)
    with pytest.raises(DiskError):
        await accounts.link(R, CORA.key)
    actor = await accounts.actor(R)
    assert (actor.horde.user_id, actor.key) == ("303", SecretStr(CORA.key))


async def test_a_press_during_a_change_of_account_acts_wholly_as_one_of_the_two(
    accounts: Accounts, links: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    await accounts.link(R, RITA.key)
    read = links.key

    async def read_late(user_id: int, *account: str) -> SecretStr | None:
        monkeypatch.setattr(links, "key", read)
        await accounts.link(R, CORA.key)
        return await read(user_id, *account)

    monkeypatch.setattr(links, "key", read_late)
    actor = await accounts.actor(R, needs=Role.APPROVER)
    assert (actor.horde.user_id, actor.key) == ("303", SecretStr(CORA.key))
