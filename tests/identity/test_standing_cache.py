"""People are known from memory, as they were last read and as they wished."""

from datetime import timedelta

import pytest
from pydantic import SecretStr

from bot.identity.standing import Role
from bot.identity.standing_cache import StandingCache
from storage.links import Links
from tests.identity.conftest import TTL, Clock

RITA, ABE = 1111, 2222


async def _link(links: Links, clock: Clock, user_id: int, name: str, roles: frozenset[str]) -> None:
    key = SecretStr(f"the-key-of-user-{user_id:06}")
    await links.put(user_id, horde_user_id=str(user_id), horde_username=name, key=key, roles=roles, now=clock())


@pytest.fixture
def cache(links: Links, clock: Clock) -> StandingCache:
    return StandingCache(links, clock, TTL)


async def test_people_with_a_role_are_listed_by_name_and_as_last_read(
    cache: StandingCache, links: Links, clock: Clock
) -> None:
    await _link(links, clock, RITA, "rita#1111", frozenset({"requestor"}))
    await _link(links, clock, ABE, "abe#2222", frozenset({"approver"}))
    await _link(links, clock, 3333, "dave#3333", frozenset())
    assert [one.user_id for one in await cache.with_roles()] == [ABE, RITA]
    rita = await cache.standing(RITA)
    assert rita is not None
    cache.note_visible(RITA, is_visible=False)
    assert [one.is_visible for one in await cache.with_roles()] == [True, False], "from memory, where it is newer"
    assert [one.roles for one in await cache.with_roles()] == [frozenset({Role.APPROVER}), frozenset({Role.REQUESTOR})]


async def test_a_wish_to_be_hidden_is_noted_of_those_in_memory(
    cache: StandingCache, links: Links, clock: Clock
) -> None:
    await _link(links, clock, RITA, "rita#1111", frozenset({"requestor"}))
    cache.note_visible(RITA, is_visible=False)
    assert cache.peek(RITA) is None
    rita = await cache.standing(RITA)
    assert rita is not None
    assert rita.is_visible, "as stored"
    for is_visible in (False, True):
        cache.note_visible(RITA, is_visible=is_visible)
        rita = cache.peek(RITA)
        assert rita is not None
        assert rita.is_visible is is_visible
        assert rita.horde.username == "rita#1111"


async def test_a_person_who_is_forgotten_is_not_doubted_after_linking_again(
    cache: StandingCache, links: Links, clock: Clock
) -> None:
    await _link(links, clock, RITA, "rita#1111", frozenset({"requestor"}))
    rita = await cache.standing(RITA)
    assert rita is not None
    cache.mark_stale(RITA)
    assert not cache.is_fresh(rita)
    cache.drop(RITA)
    assert cache.peek(RITA) is None
    assert cache.is_fresh(rita)
    clock.move(TTL - timedelta(microseconds=1))
    assert cache.is_fresh(rita)
    clock.move(timedelta(microseconds=1))
    assert not cache.is_fresh(rita)
