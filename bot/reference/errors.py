"""Errors of the service, and the meaning of its statuses and texts."""

from datetime import datetime
from typing import Literal

from bot.errors import BotError
from bot.reference.models import ErrorDetail

type RefusalKind = Literal["replica", "format", "queue_disabled", "audit_disabled", "no_queue"]

ROUTE_MISSING = "Not Found"
"""Text of the service's framework for an unknown path."""


class ApiError(BotError):
    """The service did not do what was requested.

    Attributes:
        detail: the service's own sentence, or a description of the missing answer. Never a key, never a body.
        status: HTTP status of the answer, None when there was none.
        fields: validation errors of single fields of the request, without the values that were sent.
    """

    def __init__(self, detail: str, *, status: int | None = None, fields: tuple[ErrorDetail, ...] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status
        self.fields = fields


class UnauthorizedError(ApiError):
    """The service could not confirm the key: it is wrong, or AI-Horde is down or limiting."""


class ForbiddenError(ApiError):
    """The key is good, but its owner lacks the role."""


class NotFoundError(ApiError):
    """The change, model, category or route does not exist."""

    @property
    def is_route_missing(self) -> bool:
        """True if this deployment does not know the path itself (the framework's answer)."""
        return self.detail == ROUTE_MISSING


class ConflictError(ApiError):
    """A model of this name already exists."""


class InvalidRequestError(ApiError):
    """The request was refused for its content, or for the current state of the change."""


class ReadOnlyError(ApiError):
    """This deployment takes no such request: nothing was queued, and a retry does not help.

    Attributes:
        kind: ``replica`` (a copy), ``format`` (takes the other dialect), ``queue_disabled`` (by its settings; a
            replica answers this too when a single change is read), ``audit_disabled`` (keeps no log of decisions),
            ``no_queue`` (older than the queue: it would write at once, so nothing is sent).
    """

    def __init__(self, detail: str, *, kind: RefusalKind, status: int | None = None) -> None:
        super().__init__(detail, status=status)
        self.kind: RefusalKind = kind


class UnavailableError(ApiError):
    """No answer, and certainly nothing done; a later retry may succeed.

    Attributes:
        retry_after_s: seconds after which the service asks for a retry, None when it sent none.
    """

    def __init__(self, detail: str, *, status: int | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(detail, status=status)
        self.retry_after_s = retry_after_s


class ServiceAwayError(UnavailableError):
    """Not sent: the circuit is open after several failures in a row; ``detail`` is the last one.

    Attributes:
        next_try_at: time of the next attempt, aware.
    """

    def __init__(self, detail: str, *, next_try_at: datetime) -> None:
        super().__init__(detail)
        self.next_try_at = next_try_at


class IndeterminateError(ApiError):
    """A write was sent and its answer lost: it may be done. Read the state, never repeat it."""


class MalformedReplyError(ApiError):
    """The answer is not this service's: a wrong address, a proxy, an unknown generation."""


class OversizedReplyError(MalformedReplyError):
    """An answer is larger than this client reads; a part of it may fit.

    Attributes:
        start: First bytes of the answer, to tell what it begins with; part of no text.
    """

    def __init__(self, detail: str, *, start: bytes = b"") -> None:
        super().__init__(detail)
        self.start = start


def no_queue_error() -> ReadOnlyError:
    """Build the refusal of a queue request to a service without a queue."""
    return ReadOnlyError("This service is older than 3.0.0 and has no pending queue.", kind="no_queue")


_READ_ONLY_TEXTS: tuple[tuple[str, RefusalKind], ...] = (
    ("in REPLICA mode", "replica"),
    ("cannot process legacy writes", "replica"),
    ("does not expose write operations for this API", "format"),
    ("writes are not available for the configured canonical format", "format"),
    ("only available when canonical_format=", "format"),
    ("Pending queue is disabled", "queue_disabled"),
    ("Audit trail is disabled", "audit_disabled"),
)
AUTH_PREFIX = "Auth service"

_LEAF_OF_STATUS: dict[int, type[ApiError]] = {
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    405: MalformedReplyError,
    409: ConflictError,
}


def error_for(
    status: int,
    detail: str | tuple[ErrorDetail, ...],
    *,
    is_write: bool,
    retry_after_s: float | None = None,
) -> ApiError:
    """Return the error for a status of 400 and above (the service's texts, 8.6.2).

    A 503 has several meanings by its text: a permanent refusal of mode or format, a failed request to AI-Horde
    (sent before anything is written, so nothing was), or a fault, after which a write may have been done.
    """
    text, fields = (detail, ()) if isinstance(detail, str) else ("; ".join(item.msg for item in detail), detail)
    match status:
        case 503 if kind := _refusal_kind(text):
            return ReadOnlyError(text, kind=kind, status=status)
        case 408 | 425 | 429:
            return UnavailableError(text, status=status, retry_after_s=retry_after_s)
        case 405 if is_write:  # the write routes of a dialect are mounted only where it is canonical
            return ReadOnlyError(text, kind="format", status=status)
        case _ if status < 500:  # noqa: PLR2004 -- statuses are the subject here
            return _LEAF_OF_STATUS.get(status, InvalidRequestError)(text, status=status, fields=fields)
        case _ if is_write and not text.startswith(AUTH_PREFIX):
            return IndeterminateError(text, status=status)
    return UnavailableError(text, status=status, retry_after_s=retry_after_s)


def is_outage(error: ApiError) -> bool:
    """Return whether the service is away: no answer, or a fault of its own, not AI-Horde's."""
    if not isinstance(error, UnavailableError | IndeterminateError) or error.detail.startswith(AUTH_PREFIX):
        return False
    return error.status is None or error.status >= 500  # noqa: PLR2004 -- statuses are the subject here


def _refusal_kind(text: str) -> RefusalKind | None:
    return next((kind for part, kind in _READ_ONLY_TEXTS if part in text), None)
