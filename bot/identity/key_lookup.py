"""Check of typed keys, with a rate limit per person."""

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
"""An unknown key counts double, because it may be a guess."""

ANONYMOUS_KEY: Final = "0000000000"
ANONYMOUS_ID: Final = "0"


def personal_key(key_text: str) -> SecretStr:
    """Validate typed text as a personal key, without a request.

    Raises:
        KeyShapeError: the text cannot be a key.
        AnonymousKeyError: the key is the anonymous account's.
    """
    key = checked_key(key_text)
    if key.get_secret_value() == ANONYMOUS_KEY:
        raise AnonymousKeyError
    return key


class KeyLookup:
    """Rate-limited lookup of the account of a key."""

    def __init__(self, roles: QueueRoles, monotonic: Callable[[], float]) -> None:
        """Create the lookup; ``monotonic`` returns seconds."""
        self._roles = roles
        self._tried = SlidingWindow(KEYS_TRIED, KEYS_TRIED_WITHIN, monotonic)

    async def owner(self, user_id: int, key: SecretStr) -> HordeUserContext:
        """Return the account of a key that a person typed.

        Raises:
            TooManyAttemptsError: the rate limit is reached.
            UnknownKeyError: AI-Horde does not know the key.
            HordeUnavailableError: AI-Horde could not confirm the key.
            AnonymousKeyError: the key is the anonymous account's.
            SharedKeyError: the key is a shared key.
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
