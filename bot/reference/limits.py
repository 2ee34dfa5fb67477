"""How long, how much and how many: every figure of the request policy, in one place."""

from dataclasses import dataclass
from datetime import timedelta

CONNECT_LIMIT = timedelta(seconds=2)
"""For a connection to stand; what fails before it stands has sent nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLimits:
    """For a whole answer, waiting for a turn included.

    Attributes:
        probe: The questions that cost the service nothing: heartbeat and mode.
        read: Everything else that is read; the service itself waits as long for AI-Horde to confirm a key.
        write: A proposal or a decision; slow when the service's queue is long.
        apply: An apply, during which the service is deaf to everybody.
    """

    probe: timedelta = timedelta(seconds=3)
    read: timedelta = timedelta(seconds=10)
    write: timedelta = timedelta(seconds=60)
    apply: timedelta = timedelta(seconds=120)


MAX_BODY_BYTES = 8 * 1024 * 1024
"""Of one answer, after decompression."""

READ_BYTES = 256 * 1024
"""Taken from a socket at once: what asyncio gives. A page of the queue has two thirds of a megabyte."""

MAX_REQUESTS_AT_ONCE = 4
"""More at once make the client slower, not faster."""

KEEPALIVE = timedelta(seconds=3)
"""An idle connection is dropped before the service (uvicorn: five seconds) closes it under a request."""

PAGE_SIZE = 500
"""The longest page of the queue that the service gives."""

PAST_THE_END = 1_000_000_000
"""An offset at which no queue has anything: the answer is a count."""

ATTEMPTS = 3
RETRY_BUDGET = timedelta(seconds=12)
"""No further attempt starts once a call has lasted so long."""

FIRST_WAIT = timedelta(seconds=0.2)
LONGEST_WAIT = timedelta(seconds=2)
WAIT_JITTER = timedelta(seconds=0.5)

UNCONFIRMED_WAIT = timedelta(seconds=2)
UNCONFIRMED_JITTER = timedelta(seconds=3)
"""A 401 may mean that AI-Horde is rate limiting: asked once more after two to five seconds."""

LONGEST_RETRY_AFTER = timedelta(seconds=60)
"""What the service asks for is believed up to here."""

BREAKER_FAILURES = 5
"""After so many requests in a row without an answer nobody else waits for one."""

BREAKER_SHORTEST_WAIT = timedelta(seconds=1)
BREAKER_FIRST_WAIT = timedelta(seconds=5)
BREAKER_LONGEST_WAIT = timedelta(seconds=60)
"""Until the next try: a random part of the first, of twice that, and so on up to the longest."""
