"""Circuit breaker for a service that does not answer; pure: it neither sends nor waits."""

from collections.abc import Callable
from datetime import timedelta

FAILURES_TO_OPEN = 5
"""Failures in a row after which a probe is due before any other request."""

SHORTEST_WAIT = timedelta(seconds=1)
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(seconds=60)


class CircuitBreaker:
    """Counter of failures in a row, with three states: closed, probe due, open.

    Closed: all requests pass. Probe due: one cheap request goes first, because it may be one kind of request that
    fails and not the service. Open: no request passes until the wait ends. A failed probe opens the circuit for a
    random part of 5 s, the next one for a random part of 10 s, and so on up to 60 s. Any answer closes it.
    Libraries for this wait a fixed time, so that all clients return at once.
    """

    def __init__(self, *, now: Callable[[], float], jitter: Callable[[], float]) -> None:
        """Start closed; ``now`` returns monotonic seconds, ``jitter`` a random share in [0, 1)."""
        self._now = now
        self._jitter = jitter
        self._failures = 0
        self._openings = 0
        self._open_until: float | None = None
        self.last_failure = ""

    def seconds_until_probe(self) -> float | None:
        """Return the rest of the wait, 0 when a probe is due, None while the circuit is closed."""
        return None if self._open_until is None else max(0.0, self._open_until - self._now())

    def record_success(self) -> None:
        """Close the circuit. Any answer counts, refusals included."""
        self._failures = self._openings = 0
        self._open_until = None

    def record_failure(self, reason: str) -> None:
        """Count a missing answer or server fault; an open circuit does not wait longer for it."""
        self.last_failure = reason
        self._failures += 1
        if self._failures < FAILURES_TO_OPEN or self.seconds_until_probe():
            return
        if self._open_until is None:
            self._open_until = self._now()
            return
        longest = min(FIRST_WAIT * (1 << min(self._openings, 8)), LONGEST_WAIT)
        wait = max(longest * self._jitter(), SHORTEST_WAIT)
        self._openings += 1
        self._open_until = self._now() + wait.total_seconds()
