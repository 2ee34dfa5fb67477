"""How often one person may do something within some time: pure bookkeeping in memory."""

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta


class SlidingWindow:
    """Remembers, for each person, what was done lately."""

    def __init__(self, allowed: int, within: timedelta, monotonic: Callable[[], float]) -> None:
        """Start with a clean slate.

        Args:
            allowed: how often.
            within: in how long a time.
            monotonic: seconds on a clock that nobody sets, as ``time.monotonic``.
        """
        self._allowed = allowed
        self._within_s = within.total_seconds()
        self._monotonic = monotonic
        self._done: defaultdict[int, list[float]] = defaultdict(list)

    def wait(self, user_id: int) -> timedelta | None:
        """Until the person may do it again; ``None`` where they may now."""
        now = self._monotonic()
        self._drop_before(now - self._within_s)
        done = self._done.get(user_id, [])
        if len(done) < self._allowed:
            return None
        return timedelta(seconds=done[len(done) - self._allowed] + self._within_s - now)

    def record(self, user_id: int, *, cost: int = 1) -> None:
        """Note that it was done, once or as if ``cost`` times."""
        self._done[user_id] += [self._monotonic()] * cost

    def _drop_before(self, limit: float) -> None:
        for user_id, done in list(self._done.items()):
            if kept := [moment for moment in done if moment > limit]:
                self._done[user_id] = kept
            else:
                del self._done[user_id]
