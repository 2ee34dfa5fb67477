"""Keys as people type them: whose each is, and how often somebody may try."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from pydantic import SecretStr

from bot.identity.errors import AnonymousKeyError, SharedKeyError, TooManyAttemptsError, UnknownKeyError
from bot.identity.horde import checked_key
from bot.identity.roles import QueueRoles
from bot.identity.sliding_window import SlidingWindow
from bot.identity.standing import HordeUserContext

KEYS_TRIED: Final = 5
KEYS_TRIED_WITHIN: Final = timedelta(minutes=10)
UNKNOWN_KEY_COST: Final = 2
"""A key that AI-Horde does not know counts double: that is what guessing looks like."""

ANONYMOUS_KEY: Final = "0000000000"
ANONYMOUS_ID: Final = "0"


def own_key(key_text: str) -> SecretStr:
    """Take what somebody typed as a key of their own; sent nowhere.

    Raises:
        KeyShapeError: it can be no key.
        AnonymousKeyError: it is everybody's.
    """
    key = checked_key(key_text)
    if key.get_secret_value() == ANONYMOUS_KEY:
        raise AnonymousKeyError
    return key


class KeyTrials:
    """Asks AI-Horde whose a key is, a few times for each person."""

    def __init__(self, roles: QueueRoles, monotonic: Callable[[], float]) -> None:
        """Begin with nobody having tried; ``monotonic`` counts seconds."""
        self._roles = roles
        self._tried = SlidingWindow(KEYS_TRIED, KEYS_TRIED_WITHIN, monotonic)

    async def owner(self, user_id: int, key: SecretStr) -> HordeUserContext:
        """The account behind a key that a person tries.

        Raises:
            TooManyAttemptsError: too many were tried lately.
            UnknownKeyError: AI-Horde knows no such key.
            HordeUnavailableError: AI-Horde could not say.
            AnonymousKeyError: it is everybody's.
            SharedKeyError: it is lent out.
        """
        if (wait := self._tried.wait(user_id)) is not None:
            raise TooManyAttemptsError(wait)
        try:
            horde = await self._roles.find_user(key)
        except UnknownKeyError:
            self._tried.record(user_id, cost=UNKNOWN_KEY_COST)
            raise
        self._tried.record(user_id)
        if horde.user_id == ANONYMOUS_ID:
            raise AnonymousKeyError
        if not (horde.user_id.isascii() and horde.user_id.isdigit()):
            raise SharedKeyError(horde.username)
        return horde
