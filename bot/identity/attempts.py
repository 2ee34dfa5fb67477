"""How many keys one person may try: pure bookkeeping in memory, so that the bot is no oracle for keys."""

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from bot.identity.errors import TooManyAttemptsError

ALLOWED: Final = 5
WITHIN: Final = timedelta(minutes=10)
UNKNOWN_KEY_COST: Final = 2
"""A key that AI-Horde does not know counts double: that is what guessing looks like."""


class LinkAttempts:
    """Remembers, for each person, what was tried lately."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """Start with a clean slate.

        Args:
            monotonic: seconds on a clock that nobody sets, as ``time.monotonic``.
        """
        self._monotonic = monotonic
        self._tries: defaultdict[int, list[float]] = defaultdict(list)

    def check(self, user_id: int) -> None:
        """Let another key be tried.

        Raises:
            TooManyAttemptsError: not before its ``retry_after`` has passed.
        """
        now = self._monotonic()
        self._drop_before(now - WITHIN.total_seconds())
        tries = self._tries.get(user_id, [])
        if len(tries) >= ALLOWED:
            frees_at = tries[len(tries) - ALLOWED] + WITHIN.total_seconds()
            raise TooManyAttemptsError(timedelta(seconds=frees_at - now))

    def record(self, user_id: int, *, cost: int = 1) -> None:
        """Note that a key was tried."""
        self._tries[user_id] += [self._monotonic()] * cost

    def _drop_before(self, limit: float) -> None:
        for user_id, tries in list(self._tries.items()):
            if kept := [moment for moment in tries if moment > limit]:
                self._tries[user_id] = kept
            else:
                del self._tries[user_id]
