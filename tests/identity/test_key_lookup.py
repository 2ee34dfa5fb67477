"""Typed keys are looked up at AI-Horde, and a person who guesses is stopped."""

from datetime import timedelta

import httpx
import pytest
from pydantic import SecretStr

from bot.demo.horde_stand_in import ANONYMOUS_KEY, HordeStandIn, Mood
from bot.demo.people import RITA
from bot.identity.errors import (
    AnonymousKeyError,
    HordeUnavailableError,
    KeyShapeError,
    SharedKeyError,
    TooManyAttemptsError,
    UnknownKeyError,
)
from bot.identity.horde import HordeUserContext
from bot.identity.key_lookup import KEYS_TRIED_WITHIN, KeyLookup, personal_key
from tests.identity.conftest import Clock, RolesBehind, answered

R, D = 11, 44
"""Discord ids of two people."""

KEY, UNKNOWN = SecretStr(RITA.key), SecretStr("unknown-to-ai-horde")
ALICE = HordeUserContext("101", "alice#101")
SECOND = timedelta(seconds=1)


def _never_asked(_: httpx.Request) -> httpx.Response:
    return answered(500, {"detail": "The service is not asked whose a key is."})


@pytest.fixture
def lookup(roles_behind: RolesBehind, clock: Clock) -> KeyLookup:
    return KeyLookup(roles_behind(_never_asked), clock.monotonic)


def test_a_pasted_key_is_taken_without_the_blanks_around_it() -> None:
    assert personal_key(f" {RITA.key}\n") == KEY
    with pytest.raises(KeyShapeError):
        personal_key("short")
    with pytest.raises(AnonymousKeyError):
        personal_key(ANONYMOUS_KEY)


async def test_five_keys_may_be_tried_in_ten_minutes(lookup: KeyLookup, clock: Clock) -> None:
    for _ in range(5):
        assert await lookup.owner(R, KEY) == ALICE
        clock.move(SECOND)
    with pytest.raises(TooManyAttemptsError) as refusal:
        await lookup.owner(R, KEY)
    assert refusal.value.retry_after == KEYS_TRIED_WITHIN - 5 * SECOND == timedelta(seconds=595)
    assert await lookup.owner(D, KEY) == ALICE, "others are not concerned"
    clock.move(refusal.value.retry_after)
    assert await lookup.owner(R, KEY) == ALICE
    with pytest.raises(TooManyAttemptsError) as refusal:
        await lookup.owner(R, KEY)
    assert refusal.value.retry_after == SECOND


async def test_an_unknown_key_counts_as_two_attempts(lookup: KeyLookup, horde: HordeStandIn) -> None:
    for _ in range(2):
        with pytest.raises(UnknownKeyError):
            await lookup.owner(R, UNKNOWN)
    assert await lookup.owner(R, KEY) == ALICE
    asked = horde.calls
    with pytest.raises(TooManyAttemptsError):
        await lookup.owner(R, KEY)
    assert horde.calls == asked


async def test_keys_of_the_anonymous_account_and_shared_keys_are_refused_and_count(
    lookup: KeyLookup, horde: HordeStandIn
) -> None:
    horde.know("another-anonymous", "Anonymous#0")
    horde.know("a-shared-key", "alice#101 (Shared Key: test)")
    with pytest.raises(AnonymousKeyError):
        await lookup.owner(R, SecretStr("another-anonymous"))
    for _ in range(4):
        with pytest.raises(SharedKeyError) as refusal:
            await lookup.owner(R, SecretStr("a-shared-key"))
        assert refusal.value.username == "alice#101 (Shared Key: test)"
    with pytest.raises(TooManyAttemptsError):
        await lookup.owner(R, KEY)


@pytest.mark.parametrize("name", ["alice#", "alice#10x", "alice#\u0661\u0660"])
async def test_an_account_whose_number_is_none_is_refused(name: str, lookup: KeyLookup, horde: HordeStandIn) -> None:
    horde.know("a-strange-key", name)
    with pytest.raises(SharedKeyError):
        await lookup.owner(R, SecretStr("a-strange-key"))


async def test_an_outage_of_ai_horde_is_no_attempt(lookup: KeyLookup, horde: HordeStandIn) -> None:
    horde.play(Mood.FAILING)
    for _ in range(9):
        with pytest.raises(HordeUnavailableError):
            await lookup.owner(R, KEY)
    horde.play(Mood.WELL)
    assert await lookup.owner(R, KEY) == ALICE
