"""Counter of the key checks that the service's requests cost AI-Horde."""

from collections import deque
from collections.abc import Callable
from datetime import timedelta

WITHIN_S = 60.0


class KeyChecks:
    """Requests with a key in the last minute; for each the service asks AI-Horde whose key it is."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """Start at zero; ``monotonic`` returns seconds."""
        self._monotonic = monotonic
        self._sent: deque[float] = deque()

    def count(self) -> None:
        """Count a request that is sent now."""
        self._drop_old()
        self._sent.append(self._monotonic())

    def wait_below(self, limit: int) -> timedelta | None:
        """Return the time until fewer than ``limit`` were sent in the last minute; None if that is true now."""
        self._drop_old()
        if len(self._sent) < limit:
            return None
        return timedelta(seconds=self._sent[len(self._sent) - limit] + WITHIN_S - self._monotonic())

    def _drop_old(self) -> None:
        oldest = self._monotonic() - WITHIN_S
        while self._sent and self._sent[0] <= oldest:
            self._sent.popleft()
