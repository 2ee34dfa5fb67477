"""Rate limit per person with a sliding window, in memory."""

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta


class SlidingWindow:
    """Sliding window of each person's recent actions."""

    def __init__(self, allowed: int, within: timedelta, monotonic: Callable[[], float]) -> None:
        """Create an empty window.

        Args:
            allowed: number of actions allowed in the window.
            within: length of the window.
            monotonic: returns seconds, as ``time.monotonic``.
        """
        self._allowed = allowed
        self._within_s = within.total_seconds()
        self._monotonic = monotonic
        self._done: defaultdict[int, list[float]] = defaultdict(list)

    def wait(self, user_id: int) -> timedelta | None:
        """Return the time until the next allowed action; ``None`` if allowed now."""
        now = self._monotonic()
        self._drop_before(now - self._within_s)
        done = self._done.get(user_id, [])
        if len(done) < self._allowed:
            return None
        return timedelta(seconds=done[len(done) - self._allowed] + self._within_s - now)

    def record(self, user_id: int, *, cost: int = 1) -> None:
        """Record an action that counts ``cost`` times."""
        self._done[user_id] += [self._monotonic()] * cost

    def _drop_before(self, limit: float) -> None:
        for user_id, done in list(self._done.items()):
            if kept := [moment for moment in done if moment > limit]:
                self._done[user_id] = kept
            else:
                del self._done[user_id]
