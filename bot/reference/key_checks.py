"""Counter of the key checks that the service's requests cost AI-Horde."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta

WITHIN_S = 60.0
_IS_POLL: ContextVar[bool] = ContextVar("is_poll", default=False)


class KeyChecks:
    """Requests with a key in the last minute; for each the service asks AI-Horde whose key it is."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """Start at zero; ``monotonic`` returns seconds."""
        self._monotonic = monotonic
        self._sent: deque[float] = deque()

    @contextmanager
    def leave_out_poll(self) -> Iterator[None]:
        """Leave out the requests of the poll, which has a share of its own: a short interval must not stop reads."""
        token = _IS_POLL.set(True)
        try:
            yield
        finally:
            _IS_POLL.reset(token)

    def count(self) -> None:
        """Count a request that is sent now, unless it is the poll's."""
        if _IS_POLL.get():
            return
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
