"""A key that AI-Horde no longer knows: its owner gets one message, and links again."""

import pytest

from bot.identity.roles import Role
from bot.services.notifications.news import KeyDenied, News
from tests.services.conftest import REQUESTOR, App
from tests.services.deliveries import deliver_notices, news_of
from tests.services.denied_keys import OWNER, ROLES, act_with_unknown_key


async def told(app: App) -> list[News]:
    return [news_of(notice) for notice in await deliver_notices(app)]


async def test_its_owner_is_told_once(app: App) -> None:
    await act_with_unknown_key(app, 2)
    assert await told(app) == []
    await act_with_unknown_key(app, 1)
    assert await told(app) == [KeyDenied("alice#101")]
    await act_with_unknown_key(app)
    assert await told(app) == []
    await app.restart()
    await act_with_unknown_key(app)
    assert await told(app) == []


async def test_who_has_linked_again_is_not_told(app: App) -> None:
    await act_with_unknown_key(app)
    del app.service.refusals[ROLES]
    app.service.bodies[OWNER] = (200, {"username": "alice#101", "id": 101})
    await app.services.accounts.link(REQUESTOR, "another-key-of-alice")
    assert await told(app) == []


async def test_a_user_refused_by_the_service_alone_keeps_their_key(app: App) -> None:
    """It says so of every key while AI-Horde is busy."""
    app.service.refusals[ROLES] = (401, "Invalid API key")
    app.service.bodies[OWNER] = (429, {"message": "90 per 1 minute"})
    for _ in range(5):
        app.clock.move(minutes=6)
        with pytest.raises(Exception, match="unavailable"):
            await app.services.accounts.actor(REQUESTOR, needs=Role.REQUESTOR)
    standing = await app.services.accounts.standing(REQUESTOR)
    assert standing is not None
    assert not standing.is_disabled


async def test_they_hold_no_role_until_then(app: App) -> None:
    assert REQUESTOR in {one.user_id for one in await app.services.accounts.with_roles()}
    await act_with_unknown_key(app)
    assert REQUESTOR not in {one.user_id for one in await app.services.accounts.with_roles()}
