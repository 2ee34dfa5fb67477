"""A key that AI-Horde no longer knows."""

import pytest

from bot.identity.errors import UnknownKeyError
from bot.identity.roles import Role
from tests.services.conftest import REQUESTOR, App

ROLES = "/model_references/v2/me/roles"
OWNER = "/api/v2/find_user"
UNKNOWN = {"message": "User with api_key not found.", "rc": "UserNotFound"}


async def act_with_unknown_key(app: App, times: int = 3) -> None:
    """Have alice act now and then while AI-Horde does not know her key."""
    app.service.refusals[ROLES] = (401, "Invalid API key")
    app.service.bodies[OWNER] = (404, UNKNOWN)
    for _ in range(times):
        app.clock.move(minutes=6)
        with pytest.raises(UnknownKeyError):
            await app.services.accounts.actor(REQUESTOR, needs=Role.REQUESTOR)
