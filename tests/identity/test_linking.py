"""Linking of an account: which keys are taken, and how many may be tried."""

import asyncio
from datetime import timedelta

import pytest
from pydantic import SecretStr

from bot.demo.horde_stand_in import ANONYMOUS_KEY, HordeStandIn, Mood
from bot.demo.people import CORA, DAVE, RITA
from bot.identity.accounts import Accounts, LinkOutcome
from bot.identity.errors import (
    AccountTakenError,
    AnonymousKeyError,
    HordeUnavailableError,
    KeyShapeError,
    SharedKeyError,
    TooManyAttemptsError,
    UnknownKeyError,
)
from bot.identity.roles import Role
from bot.reference.errors import UnavailableError
from storage.links import Links
from tests.identity.conftest import (
    Clock,
    RolesBehind,
    answered,
)
from tests.identity.people import ALICE, D, R, accounts_behind


async def test_a_key_is_linked_with_its_name_and_roles(accounts: Accounts, clock: Clock) -> None:
    outcome = await accounts.link(R, f"  {RITA.key}\n")
    assert outcome == LinkOutcome(outcome.standing, None)
    standing = outcome.standing
    assert (standing.user_id, standing.horde) == (R, ALICE)
    assert standing.roles == {Role.REQUESTOR}
    assert standing.linked_at == standing.roles_read_at == clock()
    assert (standing.may(Role.REQUESTOR), standing.may(Role.APPROVER)) == (True, False)
    assert accounts.peek(R) == await accounts.standing(R) == standing


async def test_an_account_without_roles_may_be_linked(accounts: Accounts) -> None:
    assert (await accounts.link(D, DAVE.key)).standing.roles == frozenset()


async def test_linking_again_replaces_the_key_and_says_who_it_was(
    accounts: Accounts, horde: HordeStandIn, links: Links
) -> None:
    horde.know("ritas-second-key", "alice#101")
    await accounts.link(R, RITA.key)
    again = await accounts.link(R, "ritas-second-key")
    assert (again.former, again.standing.generation) == (ALICE, 2)
    assert await links.key(R) == SecretStr("ritas-second-key")
    other = await accounts.link(R, CORA.key)
    assert (other.former, other.standing.horde.username) == (ALICE, "carol#303")
    assert (await accounts.actor(R)).horde.user_id == "303"


@pytest.mark.parametrize("text", ["", "short", "k" * 65, "line\nbreak-in-key", "zero\u200bwidth-key", "blank within-1"])
async def test_what_cannot_be_a_key_is_refused_before_any_request(
    text: str, accounts: Accounts, horde: HordeStandIn
) -> None:
    before = horde.calls
    with pytest.raises(KeyShapeError) as caught:
        await accounts.link(R, text)
    assert not text or text not in str(vars(caught.value)) + str(caught.value)
    assert (horde.calls, await accounts.standing(R)) == (before, None)


async def test_the_anonymous_key_is_refused_before_any_request(accounts: Accounts, horde: HordeStandIn) -> None:
    before = horde.calls
    with pytest.raises(AnonymousKeyError):
        await accounts.link(R, ANONYMOUS_KEY)
    assert horde.calls == before


async def test_another_key_of_the_anonymous_account_is_refused_too(accounts: Accounts, horde: HordeStandIn) -> None:
    horde.know("another-anonymous", "Anonymous#0")
    with pytest.raises(AnonymousKeyError):
        await accounts.link(R, "another-anonymous")


@pytest.mark.parametrize(
    "name", ["alice#101 (Shared Key: test)", "alice#101 (Shared Key: #202)", "alice#", "alice#\u0661"]
)
async def test_a_shared_key_is_refused(name: str, accounts: Accounts, horde: HordeStandIn) -> None:
    horde.know("a-shared-key", name)
    with pytest.raises(SharedKeyError) as caught:
        await accounts.link(R, "a-shared-key")
    assert caught.value.username == name
    assert await accounts.standing(R) is None


async def test_a_key_that_ai_horde_does_not_know_is_refused(accounts: Accounts) -> None:
    with pytest.raises(UnknownKeyError):
        await accounts.link(R, "unknown-to-ai-horde")


@pytest.mark.parametrize("mood", [Mood.RATE_LIMITED, Mood.FAILING, Mood.GARBAGE])
async def test_an_outage_refuses_without_blame_and_keeps_the_former_link(
    mood: Mood, accounts: Accounts, horde: HordeStandIn, links: Links
) -> None:
    await accounts.link(R, RITA.key)
    former = await links.get(R)
    horde.play(mood)
    with pytest.raises(HordeUnavailableError):
        await accounts.link(R, CORA.key)
    assert await links.get(R) == former
    assert await links.key(R) == SecretStr(RITA.key)


async def test_a_service_that_is_away_refuses_and_changes_nothing(
    roles_behind: RolesBehind, links: Links, clock: Clock
) -> None:
    roles = roles_behind(lambda _: answered(503, {"detail": "Service Unavailable"}))
    with pytest.raises(UnavailableError):
        await accounts_behind(roles, links, clock).link(R, RITA.key)
    assert await links.count() == 0


async def test_one_account_is_one_persons_and_the_first_keeps_it(accounts: Accounts, links: Links) -> None:
    await accounts.link(R, RITA.key)
    with pytest.raises(AccountTakenError) as caught:
        await accounts.link(D, RITA.key)
    assert caught.value.username == "alice#101"
    assert await accounts.standing(D) is None
    assert (await accounts.actor(R)).horde == ALICE
    assert await links.count() == 1


async def test_two_people_with_one_account_at_once_end_as_one_link(accounts: Accounts, links: Links) -> None:
    ends = await asyncio.gather(accounts.link(R, RITA.key), accounts.link(D, RITA.key), return_exceptions=True)
    assert sorted(type(end).__name__ for end in ends) == ["AccountTakenError", "LinkOutcome"]
    assert await links.count() == 1


async def test_guessing_keys_ends_after_the_third(accounts: Accounts, horde: HordeStandIn, clock: Clock) -> None:
    for number in range(3):
        with pytest.raises(UnknownKeyError):
            await accounts.link(D, f"a-guessed-key-{number}")
    before = horde.calls
    with pytest.raises(TooManyAttemptsError) as caught:
        await accounts.link(D, DAVE.key)
    assert horde.calls == before
    assert timedelta() < caught.value.retry_after <= timedelta(minutes=10)
    await accounts.link(R, RITA.key)  # others are not concerned
    clock.move(caught.value.retry_after)
    await accounts.link(D, DAVE.key)


async def test_what_is_refused_before_ai_horde_is_asked_is_no_attempt(accounts: Accounts) -> None:
    for _ in range(9):
        with pytest.raises(KeyShapeError):
            await accounts.link(R, "oops")
    await accounts.link(R, RITA.key)


async def test_an_outage_is_no_attempt(accounts: Accounts, horde: HordeStandIn) -> None:
    horde.play(Mood.RATE_LIMITED)
    for _ in range(9):
        with pytest.raises(HordeUnavailableError):
            await accounts.link(R, RITA.key)
    horde.play(Mood.WELL)
    await accounts.link(R, RITA.key)
