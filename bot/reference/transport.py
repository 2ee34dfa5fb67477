"""HTTP transport: one request and its complete reply; the only module that opens a key."""

import asyncio
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

import httpcore
import httpx
from pydantic import SecretStr

from bot.reference.errors import (
    IndeterminateError,
    InvalidRequestError,
    MalformedReplyError,
    OversizedReplyError,
    UnauthorizedError,
    UnavailableError,
)
from bot.reference.replies import (
    BodyEncodingError,
    BodyReader,
    BodyTooLargeError,
    Reply,
    parse_date,
    parse_retry_after,
)
from bot.reference.requests import Request
from bot.tls import tls_context

CONNECT_TIMEOUT = timedelta(seconds=2)
"""Nothing was sent before a connection is established."""

MAX_BODY_BYTES = 8 * 1024 * 1024
"""Limit of one reply's body, after decompression."""

READ_BYTES = 256 * 1024
"""Bytes read from a socket at once, as many as asyncio gives. A full page of the queue has some 680 KB."""

MAX_CONCURRENT_REQUESTS = 4
"""More at once make the client slower."""

KEEPALIVE = timedelta(seconds=3)
"""Lifetime of an idle connection, shorter than the service's (uvicorn: five seconds)."""

_KEY_HEADER = "apikey"
_KEY_SHAPE = re.compile(r"[A-Za-z0-9_-]{10,64}")
_NOTHING_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class Transport:
    """Sender of single requests over few connections; no redirects, bounded replies.

    A failure is one of three: certainly nothing done (``UnavailableError``), perhaps done (``IndeterminateError``,
    writes only), or not this service (``MalformedReplyError``).
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._client = client
        self._base_url = str(client.base_url).rstrip("/")
        self.now = clock
        """The current time, aware."""
        self.service_date: datetime | None = None
        """The service's clock at its last answer, None before the first answer with a date."""
        self._slots = asyncio.Semaphore(MAX_CONCURRENT_REQUESTS)

    async def send(self, request: Request) -> Reply:
        """Send once.

        Raises:
            UnauthorizedError: not shaped like a key; nothing was sent, and the text does not contain it.
            InvalidRequestError: not writable as JSON or as a URL; nothing was sent.
            UnavailableError: no complete answer to a read, or a write that was never sent.
            IndeterminateError: a write was sent, and no complete answer came.
            MalformedReplyError: a redirect, or an answer to a read that is too large or badly encoded.
        """
        built = self._build(request)
        is_sent = False
        try:
            async with asyncio.timeout(request.timeout.total_seconds()), self._slots:
                is_sent = True
                response = await self._client.send(built, stream=True, follow_redirects=False)
                try:
                    return await self._read(response, request)
                finally:
                    await response.aclose()
        except TimeoutError:
            text = f"No whole answer within {request.timeout.total_seconds():g} s."
            _fail(text, may_be_done=request.is_write and is_sent)
        except _NOTHING_SENT as error:
            _fail("The service cannot be reached.", may_be_done=False, cause=error)
        except httpx.TransportError as error:
            _fail("The connection ended before the answer did.", may_be_done=request.is_write, cause=error)
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
                httpx.URL(f"{self._base_url}/{request.path.lstrip('/')}", params=request.params),
                content=content,
                headers=headers,
                timeout=httpx.Timeout(None, connect=min(request.timeout, CONNECT_TIMEOUT).total_seconds()),
            )
        except (httpx.InvalidURL, UnicodeEncodeError):  # their texts repeat the value
            raise InvalidRequestError("The request cannot be written as an address.") from None

    async def _read(self, response: httpx.Response, request: Request) -> Reply:
        if response.is_redirect or response.is_informational:
            raise MalformedReplyError(
                f"The service answered with a redirect{_redirect_origin(response)}; it is not followed.",
                status=response.status_code,
            )
        reader = BodyReader(
            content_encoding=response.headers.get("content-encoding", ""),
            max_bytes=MAX_BODY_BYTES,
        )
        async for chunk in response.aiter_raw():
            reader.feed(chunk)
        self.service_date = parse_date(response.headers.get("date")) or self.service_date
        if request.closes_connection or response.is_server_error:
            await _close_connection(response)
        return Reply(
            status=response.status_code,
            body=reader.finish(),
            retry_after_s=parse_retry_after(response.headers.get("retry-after"), now=self.now()),
            answers_write=request.is_write,
        )


def make_http_client(
    base_url: str,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
) -> httpx.AsyncClient:
    """Build the process's one client for the service; ``base_url`` may have a path (``…/api``).

    It does not reconnect after a refusal: the session's retries do, where they are visible and counted.
    """
    # httpx has no setting for it; its default of 64 KB costs a long page a tenth more processor time
    httpcore.AsyncHTTP11Connection.READ_NUM_BYTES = READ_BYTES
    return httpx.AsyncClient(
        base_url=base_url,
        transport=transport,
        verify=tls_context(),
        follow_redirects=False,  # a custom header such as the key's would be sent to another origin
        trust_env=False,  # no proxy and no netrc from the environment
        limits=httpx.Limits(
            max_connections=MAX_CONCURRENT_REQUESTS,
            max_keepalive_connections=MAX_CONCURRENT_REQUESTS,
            keepalive_expiry=KEEPALIVE.total_seconds(),
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


def _fail(text: str, *, may_be_done: bool, cause: Exception | None = None) -> NoReturn:
    if may_be_done:
        raise IndeterminateError(text) from cause
    raise UnavailableError(text) from cause


def _redirect_origin(response: httpx.Response) -> str:
    if response.next_request is None:
        return ""
    target = response.next_request.url
    return f" to {target.scheme}://{target.netloc.decode('ascii', 'replace')}"


async def _close_connection(response: httpx.Response) -> None:
    """Close the socket, which uvicorn does too after a server error, without saying so.

    A ``Connection: close`` request header does not do: where the service refuses without reading the request's body
    it closes at once, and its answer is lost.
    """
    stream = response.extensions.get("network_stream")
    if stream is not None:
        await stream.aclose()
