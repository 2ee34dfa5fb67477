"""Counter of the key checks that the service's requests cost AI-Horde."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any
from weakref import WeakKeyDictionary

WITHIN_S = 60.0
RESERVED_FOR = timedelta(seconds=1)
"""Wait where only reservations of running reads are in the way."""

_IS_POLL: ContextVar[bool] = ContextVar("is_poll", default=False)


class KeyChecks:
    """Requests with a key in the last minute; the service asks AI-Horde about each."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """Start at zero; ``monotonic`` returns seconds."""
        self._monotonic = monotonic
        self._sent: deque[float] = deque()
        self._reserved: WeakKeyDictionary[asyncio.Task[Any], int] = WeakKeyDictionary()

    @contextmanager
    def leave_out_poll(self) -> Iterator[None]:
        """Leave out requests of the poll, which has its own share: it must not stop reads."""
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
        task = asyncio.current_task()
        if task is not None and task in self._reserved:
            self._reserved[task] = max(self._reserved[task] - 1, 0)

    def reserve(self, checks: int) -> None:
        """Reserve checks for the current task until it sends them or ends; replaces earlier ones."""
        task = asyncio.current_task()
        if task is not None:
            self._reserved[task] = checks

    def wait_below(self, limit: int) -> timedelta | None:
        """Return the time until fewer than ``limit`` count; None if fewer do already.

        Checks that other running tasks have reserved count as sent: reads at the same moment see each other.
        """
        self._drop_old()
        if len(self._sent) < limit:
            current = asyncio.current_task()
            reserved = sum(left for task, left in self._reserved.items() if task is not current and not task.done())
            return None if len(self._sent) + reserved < limit else RESERVED_FOR
        return timedelta(seconds=self._sent[len(self._sent) - limit] + WITHIN_S - self._monotonic())

    def _drop_old(self) -> None:
        oldest = self._monotonic() - WITHIN_S
        while self._sent and self._sent[0] <= oldest:
            self._sent.popleft()
