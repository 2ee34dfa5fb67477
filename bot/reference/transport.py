"""One request to the service and its answer, whole or not at all; the only place that opens a key."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn

import httpcore
import httpx
from pydantic import SecretStr

from bot.reference import limits
from bot.reference.body import BodyEncodingError, BodyReader, BodyTooLargeError
from bot.reference.errors import (
    IndeterminateError,
    InvalidRequestError,
    MalformedReplyError,
    OversizedReplyError,
    UnauthorizedError,
    UnavailableError,
)
from bot.reference.requests import Request
from bot.reference.retry import parse_date, parse_retry_after

_KEY_HEADER = "apikey"
_KEY_SHAPE = re.compile(r"[A-Za-z0-9_-]{10,64}")
_NOTHING_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back, redirects excepted. ``retry_after_s`` is None when the service did not say."""

    status: int
    body: bytes
    retry_after_s: float | None = None


class Transport:
    """Sends one request at a time for each of a few slots, follows no redirect, and reads a bounded answer.

    Every failure on the way comes out as one of three: certainly nothing done (``UnavailableError``), perhaps
    done (``IndeterminateError``, writes only), or not our service (``MalformedReplyError``).
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._client = client
        self._root = str(client.base_url).rstrip("/")
        self.now = clock
        """The current time, aware."""
        self.service_date: datetime | None = None
        """The service's clock with its last answer, None before the first that told it."""
        self._slots = asyncio.Semaphore(limits.MAX_REQUESTS_AT_ONCE)

    async def send(self, request: Request) -> Reply:
        """Ask once.

        Raises:
            UnauthorizedError: The key cannot be one; nothing was sent, and the key is in no text.
            InvalidRequestError: The request cannot be written down as JSON or as a path; nothing was sent.
            UnavailableError: No whole answer to a read, or a write that was never sent.
            IndeterminateError: A write was sent, and its answer did not come whole.
            MalformedReplyError: A redirect, or an answer to a read that is too large or garbled.
        """
        built = self._build(request)
        is_sent = False
        try:
            async with asyncio.timeout(request.limit.total_seconds()), self._slots:
                is_sent = True
                async with self._answer(built) as response:
                    return await self._read(response, is_last=request.is_last)
        except TimeoutError:
            text = f"No whole answer within {request.limit.total_seconds():g} s."
            _fail(text, perhaps_done=request.is_write and is_sent)
        except _NOTHING_SENT as error:
            _fail("The service cannot be reached.", perhaps_done=False, cause=error)
        except httpx.TransportError as error:
            _fail("The connection ended before the answer did.", perhaps_done=request.is_write, cause=error)
        except (BodyTooLargeError, BodyEncodingError) as error:
            text = "The answer is too large." if isinstance(error, BodyTooLargeError) else "The answer is garbled."
            if request.is_write:
                raise IndeterminateError(text) from error
            if isinstance(error, BodyTooLargeError):
                raise OversizedReplyError(text, start=error.start) from error
            raise MalformedReplyError(text) from error

    def _build(self, request: Request) -> httpx.Request:
        headers = {"accept": "application/json", "accept-encoding": "gzip"}
        content = None
        if request.content is not None:
            headers["content-type"] = "application/json"
            content = _encoded(request.content)
        if request.key is not None:
            headers[_KEY_HEADER] = _checked_key(request.key)
        try:
            return self._client.build_request(
                request.method,
                httpx.URL(f"{self._root}/{request.path.lstrip('/')}", params=request.params),
                content=content,
                headers=headers,
                timeout=httpx.Timeout(None, connect=min(request.limit, limits.CONNECT_LIMIT).total_seconds()),
            )
        except (httpx.InvalidURL, UnicodeEncodeError):  # their texts repeat the value
            raise InvalidRequestError("The request cannot be written as an address.") from None

    @asynccontextmanager
    async def _answer(self, built: httpx.Request) -> AsyncIterator[httpx.Response]:
        response = await self._client.send(built, stream=True, follow_redirects=False)
        try:
            yield response
        finally:
            await response.aclose()

    async def _read(self, response: httpx.Response, *, is_last: bool) -> Reply:
        if response.is_redirect or response.is_informational:
            raise MalformedReplyError(
                f"The service answered with a redirect{_origin_of_redirect(response)}; it is not followed.",
                status=response.status_code,
            )
        reader = BodyReader(
            content_encoding=response.headers.get("content-encoding", ""),
            max_bytes=limits.MAX_BODY_BYTES,
        )
        async for chunk in response.aiter_raw():
            reader.feed(chunk)
        self.service_date = parse_date(response.headers.get("date")) or self.service_date
        if is_last or response.is_server_error:
            await _drop_connection(response)
        return Reply(
            status=response.status_code,
            body=reader.finish(),
            retry_after_s=parse_retry_after(response.headers.get("retry-after"), now=self.now()),
        )


def make_http_client(
    base_url: str,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
) -> httpx.AsyncClient:
    """Build the process's one client for the service; ``base_url`` may have a path (``…/api``).

    Connecting again after a refusal is left to the retry policy: there it shows, and is counted.
    """
    # httpx has no setting for it, and a quarter of that at a time costs a long page a tenth more of the processor
    httpcore.AsyncHTTP11Connection.READ_NUM_BYTES = limits.READ_BYTES
    return httpx.AsyncClient(
        base_url=base_url,
        transport=transport,
        follow_redirects=False,  # a custom header such as the key's would travel to another origin
        trust_env=False,  # no proxy and no netrc from the environment
        limits=httpx.Limits(
            max_connections=limits.MAX_REQUESTS_AT_ONCE,
            max_keepalive_connections=limits.MAX_REQUESTS_AT_ONCE,
            keepalive_expiry=limits.KEEPALIVE.total_seconds(),
        ),
    )


def _encoded(content: Any) -> bytes:
    try:
        return json.dumps(content, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):  # their texts repeat the content
        raise InvalidRequestError("The record cannot be written as JSON text.") from None


def _checked_key(key: SecretStr) -> str:
    value = key.get_secret_value()
    if not _KEY_SHAPE.fullmatch(value):
        raise UnauthorizedError("The key is not shaped like an AI-Horde key; it was not sent.")
    return value


def _fail(text: str, *, perhaps_done: bool, cause: Exception | None = None) -> NoReturn:
    if perhaps_done:
        raise IndeterminateError(text) from cause
    raise UnavailableError(text) from cause


def _origin_of_redirect(response: httpx.Response) -> str:
    if response.next_request is None:
        return ""
    target = response.next_request.url
    return f" to {target.scheme}://{target.netloc.decode('ascii', 'replace')}"


async def _drop_connection(response: httpx.Response) -> None:
    """Close the socket. After a server error the service does so too, and the next request would find out.

    Asked by a header to do it, the service would close at once where it refuses without reading what was sent, and
    the answer would be lost on the way.
    """
    stream = response.extensions.get("network_stream")
    if stream is not None:
        await stream.aclose()
