"""A key that AI-Horde no longer knows: its owner gets one message, and links again."""

import pytest

from bot.identity.errors import UnknownKeyError
from bot.identity.roles import Role
from bot.services.notifications.news import KeyDenied, News
from tests.services.conftest import REQUESTOR, House
from tests.services.deliveries import deliver_notices, news_of

ROLES = "/model_references/v2/me/roles"
OWNER = "/api/v2/find_user"
UNKNOWN = {"message": "User with api_key not found.", "rc": "UserNotFound"}


async def press(house: House, times: int = 3) -> None:
    """Act now and then while AI-Horde does not know the key."""
    house.service.refusals[ROLES] = (401, "Invalid API key")
    house.service.bodies[OWNER] = (404, UNKNOWN)
    for _ in range(times):
        house.clock.move(minutes=6)
        with pytest.raises(UnknownKeyError):
            await house.services.accounts.actor(REQUESTOR, needs=Role.REQUESTOR)


async def told(house: House) -> list[News]:
    return [news_of(notice) for notice in await deliver_notices(house)]


async def test_its_owner_is_told_once(house: House) -> None:
    await press(house, 2)
    assert await told(house) == []
    await press(house, 1)
    assert await told(house) == [KeyDenied("alice#101")]
    await press(house)
    assert await told(house) == []
    await house.restart()
    await press(house)
    assert await told(house) == []


async def test_who_has_linked_again_is_not_told(house: House) -> None:
    await press(house)
    del house.service.refusals[ROLES]
    house.service.bodies[OWNER] = (200, {"username": "alice#101", "id": 101})
    await house.services.accounts.link(REQUESTOR, "another-key-of-alice")
    assert await told(house) == []


async def test_a_user_refused_by_the_service_alone_keeps_their_key(house: House) -> None:
    """It says so of every key while AI-Horde is busy."""
    house.service.refusals[ROLES] = (401, "Invalid API key")
    house.service.bodies[OWNER] = (429, {"message": "90 per 1 minute"})
    for _ in range(5):
        house.clock.move(minutes=6)
        with pytest.raises(Exception, match="unavailable"):
            await house.services.accounts.actor(REQUESTOR, needs=Role.REQUESTOR)
    standing = await house.services.accounts.standing(REQUESTOR)
    assert standing is not None
    assert not standing.is_disabled


async def test_they_hold_no_role_until_then(house: House) -> None:
    assert REQUESTOR in {one.user_id for one in await house.services.accounts.with_roles()}
    await press(house)
    assert REQUESTOR not in {one.user_id for one in await house.services.accounts.with_roles()}
