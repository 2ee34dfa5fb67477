"""The four people of the AI-Horde stand-in, and a service that tells roles as they are set."""

import httpx

from bot.identity.accounts import Accounts
from bot.identity.horde import HordeUserContext
from bot.identity.roles import QueueRoles, Role
from storage.links import Links
from tests.identity.conftest import (
    TTL,
    Clock,
    answered,
)

R, A, C, D = 11, 22, 33, 44
"""Discord ids of the four people."""


BOTH = frozenset({Role.REQUESTOR, Role.APPROVER})
ALICE = HordeUserContext("101", "alice#101")


def accounts_behind(roles: QueueRoles, links: Links, clock: Clock) -> Accounts:
    return Accounts(links, roles, clock=clock, ttl=TTL, monotonic=clock.monotonic)


class Service:
    """A service that tells Rita's roles as they are set, and counts how often it is asked."""

    def __init__(self, *roles: str) -> None:
        self.roles = roles
        self.asked = 0
        self.is_away = False

    def __call__(self, _: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.is_away:
            return answered(503, {"detail": "Service Unavailable"})
        return answered(200, {"user_id": "101", "username": "alice#101", "roles": list(self.roles)})
