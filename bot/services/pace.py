"""Rate limit per person and minute: each action is several requests to a shared service."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.identity.sliding_window import SlidingWindow
from bot.services.errors import RateLimitError

ACTIONS_A_MINUTE: Final = 10
"""AI-Horde confirms 90 keys a minute for the whole service; an action needs two or three confirmations."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Counter of each person's actions, in memory.

    Attributes:
        clock: returns the current time, aware.
    """

    clock: Callable[[], datetime]
    _window: SlidingWindow

    @classmethod
    def of(cls, clock: Callable[[], datetime], monotonic: Callable[[], float]) -> "Pace":
        """Create a counter; ``monotonic`` returns seconds, as ``time.monotonic``."""
        return cls(clock, SlidingWindow(ACTIONS_A_MINUTE, timedelta(minutes=1), monotonic))

    def count(self, user_id: int) -> None:
        """Count an action.

        Raises:
            RateLimitError: the limit is reached; this action is not counted.
        """
        wait = self._window.wait(user_id)
        if wait is not None:
            raise RateLimitError(ACTIONS_A_MINUTE, self.clock() + wait)
        self._window.record(user_id)
