"""Whether to ask again and after how long; decides, never waits."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from bot.reference import limits
from bot.reference.errors import ApiError, ServiceAwayError, UnauthorizedError, UnavailableError

_CONFIRMATIONS = 2


def delay(
    attempt: int,
    *,
    failure: ApiError,
    jitter: float = 0.0,
) -> timedelta | None:
    """How long to wait after the attempt of this number (from 1) failed; None: do not ask again.

    Only failures after which certainly nothing was done are worth it, so writes and reads need no distinction
    here: ``errors.error_for`` and the transport have made it. A wish of the service beyond the budget is not
    granted a shortened wait, but none at all. ``jitter`` is a random share from 0 up to 1.
    """
    match failure:
        case ServiceAwayError():  # several were made already
            return None
        case UnauthorizedError(status=401) if attempt < _CONFIRMATIONS:
            return limits.UNCONFIRMED_WAIT + jitter * limits.UNCONFIRMED_JITTER
        case UnavailableError() if attempt < limits.ATTEMPTS:
            if failure.retry_after_s is not None:
                wait = timedelta(seconds=failure.retry_after_s)
                return wait if wait < limits.RETRY_BUDGET else None
            backoff = limits.FIRST_WAIT * (1 << (attempt - 1))
            return min(backoff + jitter * limits.WAIT_JITTER, limits.LONGEST_WAIT)
    return None


class RetryDecision:
    """Count one call's failures and answer stamina's question about each; made anew for every call."""

    def __init__(self, *, confirms_key: bool, jitter: Callable[[], float] = random.random) -> None:
        self._attempt = 0
        self._confirms_key = confirms_key
        self._jitter = jitter

    def __call__(self, failure: Exception) -> bool | timedelta:
        """Say how long to wait before the next attempt, or False."""
        self._attempt += 1
        if not isinstance(failure, ApiError):
            return False
        if isinstance(failure, UnauthorizedError) and not self._confirms_key:
            return False
        wait = delay(self._attempt, failure=failure, jitter=self._jitter())
        return False if wait is None else wait


def parse_retry_after(value: str | None, *, now: datetime) -> float | None:
    """Read a ``Retry-After`` header, seconds or an HTTP date (RFC 9110), as seconds from ``now`` (aware).

    None for absent, negative, past or unreadable; at most a minute, whatever is asked.
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        seconds = float(text[:12])
    else:
        when = parse_date(text)
        if when is None or when < now:
            return None
        seconds = (when - now).total_seconds()
    return min(seconds, limits.LONGEST_RETRY_AFTER.total_seconds())


def parse_date(value: str | None) -> datetime | None:
    """Read an HTTP date (RFC 9110); None for absent or unreadable."""
    if value is None:
        return None
    try:
        when = parsedate_to_datetime(value.strip())
    except ValueError:
        return None
    return when.replace(tzinfo=when.tzinfo or UTC)
