"""When to stop asking a service that does not answer, and when to try it again; decides, never sends or waits."""

from collections.abc import Callable

from bot.reference import limits


class Breaker:
    """Counts failures in a row. Closed: ask. Due: try one cheap question first. Open: ask nothing for a while.

    After a row of failures a try is due: it may be single questions that fail, not the service. A try that fails
    opens it for a random part of a few seconds, the next one for a part of twice as many, and so on. Any answer
    closes it. The libraries there are wait a fixed time, so that everybody comes back at once.
    """

    def __init__(self, *, now: Callable[[], float], jitter: Callable[[], float]) -> None:
        """Start closed.

        Args:
            now: Seconds on a clock that nobody sets, as ``time.monotonic``.
            jitter: A random share from 0 up to 1, as ``random.random``.
        """
        self._now = now
        self._jitter = jitter
        self._failures = 0
        self._openings = 0
        self._until: float | None = None
        self.reason = ""
        """What the last failure was."""

    def wait_s(self) -> float | None:
        """Seconds until a try is due, 0 once it is; ``None`` while all is asked as ever."""
        return None if self._until is None else max(0.0, self._until - self._now())

    def succeed(self) -> None:
        """Take note of an answer, whatever it said."""
        self._failures = self._openings = 0
        self._until = None

    def fail(self, reason: str) -> None:
        """Take note that no answer came, or a fault instead; late news from before it opened changes nothing."""
        self.reason = reason
        self._failures += 1
        if self._failures < limits.BREAKER_FAILURES or self.wait_s():
            return
        if self._until is None:
            self._until = self._now()
            return
        longest = min(limits.BREAKER_FIRST_WAIT * (1 << min(self._openings, 8)), limits.BREAKER_LONGEST_WAIT)
        wait = max(longest * self._jitter(), limits.BREAKER_SHORTEST_WAIT)
        self._openings += 1
        self._until = self._now() + wait.total_seconds()
