"""How many actions a person may take in a minute: each is several requests to a service that all share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.identity.sliding_window import SlidingWindow
from bot.services.errors import RateLimitError

ACTIONS_A_MINUTE: Final = 10
"""AI-Horde confirms ninety keys a minute for the whole service; an action needs it to confirm two or three."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Counts what is sent in somebody's name, in memory alone.

    Attributes:
        clock: the current time, aware.
    """

    clock: Callable[[], datetime]
    _window: SlidingWindow

    @classmethod
    def of(cls, clock: Callable[[], datetime], monotonic: Callable[[], float]) -> "Pace":
        """Begin to count; ``monotonic`` is seconds on a clock that nobody sets."""
        return cls(clock, SlidingWindow(ACTIONS_A_MINUTE, timedelta(minutes=1), monotonic))

    def count(self, user_id: int) -> None:
        """Count one more action.

        Raises:
            RateLimitError: there were too many already; this one is not counted.
        """
        wait = self._window.wait(user_id)
        if wait is not None:
            raise RateLimitError(ACTIONS_A_MINUTE, self.clock() + wait)
        self._window.record(user_id)
