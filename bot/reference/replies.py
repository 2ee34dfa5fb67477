"""Reading of the service's replies: bytes, headers, JSON and refusals; pure."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache, partial
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bot.reference.errors import (
    ApiError,
    IndeterminateError,
    MalformedReplyError,
    OversizedReplyError,
    error_for,
)
from bot.reference.models import ApplyResult, ErrorResponse

LONGEST_RETRY_AFTER = timedelta(seconds=60)
"""Upper bound of a ``Retry-After``."""

START_BYTES = 512
"""Bytes kept of a body over the limit, enough to tell which change it begins with."""

_NESTED = "recursion"
"""In the texts of both errors that a reader of nested JSON raises: of Python, and of pydantic's reader."""

_FIRST_FAILURE = 400
_LONGEST_TEXT = 300
_GZIP_WINDOW = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A complete answer, no redirect. ``retry_after_s`` is None without the header."""

    status: int
    body: bytes
    retry_after_s: float | None = None
    answers_write: bool = False


class BodyTooLargeError(Exception):
    """The body is longer than the limit; ``start`` holds its first bytes."""

    def __init__(self, start: bytes) -> None:
        super().__init__()
        self.start = start


class BodyEncodingError(Exception):
    """The body is not encoded as its header says, or in an encoding that was not requested."""


class BodyReader:
    """Collector of a body's chunks that decompresses no further than a limit.

    The HTTP library would decompress a whole chunk, and a chunk can expand a thousandfold. At most the limit and
    one chunk are in memory.
    """

    def __init__(self, *, content_encoding: str, max_bytes: int) -> None:
        match content_encoding.strip().lower():
            case "" | "identity":
                self._inflate = None
            case "gzip":
                self._inflate = zlib.decompressobj(_GZIP_WINDOW)
            case _:
                raise BodyEncodingError
        self._max_bytes = max_bytes
        self._chunks: list[bytes] = []
        self._length = 0

    def feed(self, chunk: bytes) -> None:
        """Add the next chunk as received.

        Raises:
            BodyTooLargeError: the limit is passed; stop reading.
            BodyEncodingError: not gzip, though the header says so.
        """
        if self._inflate is not None:
            try:
                chunk = self._inflate.decompress(chunk, self._max_bytes - self._length + 1)
            except zlib.error as error:
                raise BodyEncodingError from error
        self._length += len(chunk)
        if self._length > self._max_bytes:
            raise BodyTooLargeError((self._chunks[0] if self._chunks else chunk)[:START_BYTES])
        self._chunks.append(chunk)

    def finish(self) -> bytes:
        """Return the whole body.

        Raises:
            BodyEncodingError: the compressed stream is cut short.
        """
        if self._inflate is not None and self._chunks and not self._inflate.eof:
            raise BodyEncodingError
        return b"".join(self._chunks)


def parse_retry_after(value: str | None, *, now: datetime) -> float | None:
    """Convert a ``Retry-After`` header (seconds or date, RFC 9110) to seconds from ``now``.

    None for absent, negative, past or unreadable; at most ``LONGEST_RETRY_AFTER``.
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
    return min(seconds, LONGEST_RETRY_AFTER.total_seconds())


def parse_date(value: str | None) -> datetime | None:
    """Parse an HTTP date (RFC 9110); None for absent or unreadable."""
    if value is None:
        return None
    try:
        when = parsedate_to_datetime(value.strip())
    except ValueError:
        return None
    return when.replace(tzinfo=when.tzinfo or UTC)


def parse[T](reply: Reply, build: Callable[[bytes], T]) -> T:
    """Parse a successful reply with ``build``, which raises ``ValueError`` if unexpected.

    Raises:
        OversizedReplyError: an answer to a read is nested too deeply; a part of it may not be.
        ApiError: the leaf for this status and text; an unreadable answer to a write is indeterminate.
    """
    if reply.status >= _FIRST_FAILURE:
        raise failure_of(reply)
    try:
        return build(reply.body)
    except (ValueError, RecursionError) as error:
        if _NESTED in str(error) and not reply.answers_write:
            raise OversizedReplyError("The answer is nested too deeply.", start=reply.body[:START_BYTES]) from None
        leaf = IndeterminateError if reply.answers_write else MalformedReplyError
        places = _places(error) if isinstance(error, ValidationError) else "no JSON"
        raise leaf(f"The answer does not read as expected ({places}).", status=reply.status) from None


def parser_for[T](shape: type[T]) -> Callable[[Reply], T]:
    """Return a parser of replies with this shape: a message, or a type as ``dict[str, int]``."""
    adapter: TypeAdapter[T] = _adapter(shape)  # type: ignore[arg-type]  # a type is hashable
    return partial(parse, build=adapter.validate_json)


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def parse_apply_result(reply: Reply) -> ApplyResult:
    """Parse the answer to an apply: a progress report, also under a failing status (8.6.2).

    Raises:
        ApiError: as :func:`parse`, when the body is no such report.
    """
    if reply.status < _FIRST_FAILURE:
        return parser_for(ApplyResult)(reply)
    try:
        result = ApplyResult.model_validate_json(reply.body)
    except ValidationError:
        raise failure_of(reply) from None
    if result.failed_change_id is None:
        raise failure_of(reply)
    return result


def failure_of(reply: Reply) -> ApiError:
    """Return the error for a refusal: from the service's own text, or from the status alone."""
    try:
        detail = ErrorResponse.model_validate_json(reply.body).detail
    except ValidationError:
        detail = f"HTTP status {reply.status} without an explanation."
    return error_for(reply.status, detail, is_write=reply.answers_write, retry_after_s=reply.retry_after_s)


def _places(error: ValidationError) -> str:
    """List the places where an answer is not as expected, without any of its values."""
    problems: list[Any] = list(error.errors(include_url=False, include_context=False, include_input=False))
    text = ", ".join(f"{'.'.join(map(str, item['loc']))}: {item['type']}" for item in problems)
    return text[:_LONGEST_TEXT]
