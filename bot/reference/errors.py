"""Every way in which the service says no; the only place that knows what a status and a text mean."""

from datetime import datetime
from typing import Literal

from bot.errors import BotError
from bot.reference.models import ErrorDetail

type RefusalKind = Literal["replica", "format", "queue_disabled", "audit_disabled", "no_queue"]

ROUTE_MISSING = "Not Found"
"""How the service's framework answers for a path that it does not know."""


class ApiError(BotError):
    """The service did not do what was asked.

    Attributes:
        detail: The service's own sentence, or what was found instead of an answer. Never a key, never a body.
        status: HTTP status of the answer, None when there was none.
        fields: Complaints about single places of the request, without the values that were sent.
    """

    def __init__(self, detail: str, *, status: int | None = None, fields: tuple[ErrorDetail, ...] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status
        self.fields = fields


class UnauthorizedError(ApiError):
    """The service could not confirm the key: it may be wrong, or AI-Horde may be down or rate limiting."""


class ForbiddenError(ApiError):
    """The key is good, but its owner lacks the role."""


class NotFoundError(ApiError):
    """There is no such change, model, category or route."""

    @property
    def is_route_missing(self) -> bool:
        """Whether the path itself is unknown to this deployment (the framework's bare answer)."""
        return self.detail == ROUTE_MISSING


class ConflictError(ApiError):
    """A model of this name already exists."""


class InvalidRequestError(ApiError):
    """The request was understood and refused for what it says, or for the state that things are in."""


class ReadOnlyError(ApiError):
    """This deployment does not take the write at all: nothing was queued, and trying again will not help.

    Attributes:
        kind: ``replica`` (a copy), ``format`` (takes the other dialect), ``queue_disabled`` (switched off here;
            a replica says this too when a single change is read), ``audit_disabled`` (keeps no log of decisions),
            ``no_queue`` (a generation older than the queue, which would write at once: it is never asked to).
    """

    def __init__(self, detail: str, *, kind: RefusalKind, status: int | None = None) -> None:
        super().__init__(detail, status=status)
        self.kind: RefusalKind = kind


class UnavailableError(ApiError):
    """No answer, and certainly nothing done; it may work later.

    Attributes:
        retry_after_s: Seconds after which the service asked to be tried again, None when it did not say.
    """

    def __init__(self, detail: str, *, status: int | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(detail, status=status)
        self.retry_after_s = retry_after_s


class ServiceAwayError(UnavailableError):
    """Not asked at all: the service has left several requests in a row without an answer; ``detail`` says how.

    Attributes:
        next_try_at: When it is tried again, aware.
    """

    def __init__(self, detail: str, *, next_try_at: datetime) -> None:
        super().__init__(detail)
        self.next_try_at = next_try_at


class IndeterminateError(ApiError):
    """A write was sent and its answer was lost or unreadable: perhaps done. Read again, never repeat."""


class MalformedReplyError(ApiError):
    """Something answered, but not as this service does: a wrong address, a proxy, an unknown generation."""


class OversizedReplyError(MalformedReplyError):
    """An answer is larger than this client reads; a part of it may fit.

    Attributes:
        start: First bytes of the answer, to tell what it begins with; part of no text.
    """

    def __init__(self, detail: str, *, start: bytes = b"") -> None:
        super().__init__(detail)
        self.start = start


def no_queue() -> ReadOnlyError:
    """Refuse what is about a queue, of a service that has none."""
    return ReadOnlyError("This service is older than 3.0.0 and has no pending queue.", kind="no_queue")


_READ_ONLY_MARKS: tuple[tuple[str, RefusalKind], ...] = (
    ("in REPLICA mode", "replica"),
    ("cannot process legacy writes", "replica"),
    ("does not expose write operations for this API", "format"),
    ("writes are not available for the configured canonical format", "format"),
    ("only available when canonical_format=", "format"),
    ("Pending queue is disabled", "queue_disabled"),
    ("Audit trail is disabled", "audit_disabled"),
)
_AUTH_MARK = "Auth service"

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
    """Name what a status of 400 and above means for the caller (the service's texts, 8.6.2).

    A 503 is several things, told apart by their text: a refusal of mode or format (for good), a failed
    question to AI-Horde (asked before anything is written, so nothing was), or a fault, after which a write
    may have been done.
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
        case _ if is_write and not text.startswith(_AUTH_MARK):
            return IndeterminateError(text, status=status)
    return UnavailableError(text, status=status, retry_after_s=retry_after_s)


def is_outage(error: ApiError) -> bool:
    """Whether the service itself seems to be away: no answer, or a fault of its own; AI-Horde's silence is neither."""
    if not isinstance(error, UnavailableError | IndeterminateError) or error.detail.startswith(_AUTH_MARK):
        return False
    return error.status is None or error.status >= 500  # noqa: PLR2004 -- statuses are the subject here


def _refusal_kind(text: str) -> RefusalKind | None:
    return next((kind for mark, kind in _READ_ONLY_MARKS if mark in text), None)
