"""Rate limits per person and minute, and the reads' share of the service's budget."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.identity.sliding_window import SlidingWindow
from bot.reference.key_checks import KeyChecks
from bot.services.errors import RateLimitError, ReadLimitError

ACTIONS_A_MINUTE: Final = 10
"""AI-Horde confirms 90 keys a minute for the whole service; an action needs two or three confirmations."""

READS_A_MINUTE: Final = 20
"""Reads of the queue for one person; one is a list, a change, a question before a decision."""

READ_CHECKS_A_MINUTE: Final = 60
"""Key checks after which no more lists are read for people: the last third is for writes and the poll."""

CHECKS_A_READ: Final = 2
"""Requests of most reads: a search or a last page needs two."""

_MINUTE: Final = timedelta(minutes=1)


@dataclass(slots=True)
class RateLimits:
    """Counter of each person's actions and reads, in memory.

    Attributes:
        clock: returns the current time, aware.
        monotonic: returns seconds, as ``time.monotonic``.
        key_checks: the service's, by everyone.
    """

    clock: Callable[[], datetime]
    monotonic: Callable[[], float]
    key_checks: KeyChecks
    _actions: SlidingWindow = field(init=False)
    _reads: SlidingWindow = field(init=False)

    def __post_init__(self) -> None:
        self._actions = SlidingWindow(ACTIONS_A_MINUTE, _MINUTE, self.monotonic)
        self._reads = SlidingWindow(READS_A_MINUTE, _MINUTE, self.monotonic)

    def count(self, user_id: int) -> None:
        """Count an action.

        Raises:
            RateLimitError: the limit is reached; this action is not counted.
        """
        if (wait := self._actions.wait(user_id)) is not None:
            raise RateLimitError(ACTIONS_A_MINUTE, self.clock() + wait)
        self._actions.record(user_id)

    def count_read(self, user_id: int, *, is_urgent: bool = False, reads: int = 1) -> None:
        """Count reads of the queue.

        Args:
            user_id: the Discord id.
            is_urgent: needed for a decision or a proposal, so that they may use the share of writes.
            reads: changes that are read, each by a request of its own.

        Raises:
            ReadLimitError: the person's limit, or that of all people together, is reached; they are not counted.
        """
        if not is_urgent and (wait := self.key_checks.wait_below(READ_CHECKS_A_MINUTE)) is not None:
            raise ReadLimitError(None, self.clock() + wait)
        if (wait := self._reads.wait(user_id)) is not None:
            raise ReadLimitError(READS_A_MINUTE, self.clock() + wait)
        self._reads.record(user_id, cost=reads)
        if not is_urgent:
            self.key_checks.reserve(CHECKS_A_READ)
