"""HTTP client of one file host: few bounded reads, of no other host's addresses."""

import asyncio
import json
import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

import httpx
import structlog
from pydantic import SecretStr

from bot.reference.circuit_breaker import CircuitBreaker
from bot.reference.replies import BodyEncodingError, BodyReader, BodyTooLargeError
from bot.tls import tls_context

DEADLINE: Final = timedelta(seconds=8)
"""Time for one request, its redirect and the whole body."""

CONNECT_TIMEOUT_S: Final = 3.0
JSON_BYTES_MAX: Final = 4 * 1024 * 1024
"""Bytes of one answer; models with many versions have some hundred KB."""

MAX_CONCURRENT_REQUESTS: Final = 4
HOLD_OFF_S: Final = 30.0
"""Seconds without requests after a 429 that names no time."""
HOLD_OFF_MAX_S: Final = 600.0

_RATE_LIMIT = re.compile(r"\br=(?P<left>\d{1,9})\b.*?\bt=(?P<seconds>\d{1,9})\b")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FIRST_FAILURE, _FIRST_SERVER_FAULT = 400, 500
_NO_ADDRESS = (httpx.InvalidURL, UnicodeError)
"""Errors of a malformed address in a redirect; the second one of a host that is no domain name."""

log = structlog.get_logger(__name__)


class HostProblem(StrEnum):
    """Reason why a host gave no usable answer."""

    OFF = "off"
    UNREACHABLE = "unreachable"
    SLOW = "slow"
    BUSY = "busy"
    FAILING = "failing"
    REFUSED = "refused"
    REGION = "region"
    MISSING = "missing"
    MISSING_OR_PRIVATE = "missing_or_private"
    UNREADABLE = "unreadable"


@dataclass(eq=False)
class HostError(Exception):
    """A host gave no usable answer; services turn it into a note.

    Attributes:
        host: the host's name.
        problem: the reason.
        status: the HTTP status, if there was one.
        retry_in_s: seconds until the host takes requests again, for ``BUSY``.
        message: the host's own words, at most 200 characters; untrusted.
    """

    host: str
    problem: HostProblem
    status: int | None = None
    retry_in_s: float | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class HostRequest:
    """One read; ``path`` is encoded, relative to the host, and built from ids.

    Attributes:
        path: starts with a slash.
        params: query.
        form: body of a POST; ``None`` for a GET.
        max_bytes: limit of the body.
        redirect_prefix: prefix of a path on the same host to which one redirect is followed; ``None`` follows none.
    """

    path: str
    params: tuple[tuple[str, str], ...] = ()
    form: Mapping[str, str] | None = None
    max_bytes: int = JSON_BYTES_MAX
    redirect_prefix: str | None = None


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: httpx.Headers
    body: bytes


class HostClient:
    """Sender of reads to one host, with a circuit breaker and the host's rate limit.

    The token, if any, is sent to this host's API only; redirects never leave the host.
    """

    def __init__(
        self,
        name: str,
        client: httpx.AsyncClient,
        *,
        token: SecretStr | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        deadline: timedelta = DEADLINE,
        fallback: "HostClient | None" = None,
    ) -> None:
        """Make the client of one host; the token is for its API only.

        ``fallback`` is another address of the same host, asked about what this one does not have.
        """
        self.name = name
        self._client = client
        self._token = token
        self._monotonic = monotonic
        self._deadline = deadline
        self._breaker = CircuitBreaker(now=monotonic, jitter=random.random)
        self._slots = asyncio.Semaphore(MAX_CONCURRENT_REQUESTS)
        self._held_until = 0.0
        self._fallback = fallback

    async def read_json(self, request: HostRequest) -> Any:
        """Send a request and return the parsed body of a successful answer.

        Raises:
            HostError: there is none.
        """
        try:
            return await self._read_json(request)
        except HostError as error:
            if self._fallback is None or error.problem is not HostProblem.MISSING:
                raise
        return await self._fallback.read_json(request)

    async def _read_json(self, request: HostRequest) -> Any:
        self._require_open()
        try:
            async with asyncio.timeout(self._deadline.total_seconds()), self._slots:
                answer = await self._send(request)
        except (TimeoutError, httpx.TimeoutException):
            raise self._failed(HostProblem.SLOW) from None
        except (httpx.HTTPError, httpx.StreamError, *_NO_ADDRESS):
            raise self._failed(HostProblem.UNREACHABLE) from None
        except (BodyTooLargeError, BodyEncodingError):
            raise HostError(self.name, HostProblem.UNREADABLE) from None
        return self._parsed(answer)

    async def read_range(self, path: str, first: int, last: int, *, hosts: tuple[str, ...] = ()) -> bytes:
        """Read bytes of a file; follow one redirect within the host or to https on ``hosts``.

        They are only a hint about the file, so that a failure does not count against the host. No token is sent.

        Raises:
            HostError: there are no such bytes, or they are elsewhere.
        """
        self._require_open()
        url = self._url(path)
        headers = {"range": f"bytes={first}-{last}", "accept-encoding": "identity"}
        try:
            async with asyncio.timeout(self._deadline.total_seconds()), self._slots:
                for _ in range(2):
                    request = self._client.build_request("GET", url, headers=headers)
                    response = await self._client.send(request, stream=True, follow_redirects=False)
                    try:
                        if response.status_code not in _REDIRECTS:
                            return await self._part(response, first, last - first + 1)
                        url = url.join(response.headers.get("location", ""))
                    finally:
                        await response.aclose()
                    if not self._is_own(url) and not _is_below(url, hosts):
                        break
        except (TimeoutError, httpx.HTTPError, httpx.StreamError, *_NO_ADDRESS) as error:
            log.info("host_part_failed", host=self.name, reason=type(error).__name__)
        raise HostError(self.name, HostProblem.UNREADABLE)

    async def _part(self, response: httpx.Response, first: int, length: int) -> bytes:
        """Read at most ``length`` bytes, also of a host that sends the whole file.

        Raises:
            HostError: the answer has no such bytes.
        """
        is_part = response.status_code == httpx.codes.PARTIAL_CONTENT
        is_whole = response.status_code == httpx.codes.OK and first == 0
        if not (is_part or is_whole) or response.headers.get("content-encoding", "identity") != "identity":
            raise HostError(self.name, HostProblem.UNREADABLE, response.status_code)
        read = bytearray()
        async for chunk in response.aiter_raw():
            read += chunk
            if len(read) >= length:
                break
        return bytes(read[:length])

    def _require_open(self) -> None:
        if (wait := self._held_until - self._monotonic()) > 0:
            raise HostError(self.name, HostProblem.BUSY, retry_in_s=wait)
        if self._breaker.seconds_until_probe():
            raise HostError(self.name, HostProblem.UNREACHABLE)

    def _failed(self, problem: HostProblem, status: int | None = None) -> HostError:
        self._breaker.record_failure(problem)
        log.info("host_request_failed", host=self.name, problem=problem.value, status=status)
        return HostError(self.name, problem, status)

    async def _send(self, request: HostRequest) -> _Answer:
        url = self._url(request.path, request.params)
        answer = await self._send_once(request, url)
        location = answer.headers.get("location", "")
        if answer.status in _REDIRECTS and request.redirect_prefix is not None and location:
            target = url.join(location)
            if self._is_own(target) and target.path.startswith(request.redirect_prefix):
                return await self._send_once(request, target)
        return answer

    def _url(self, path: str, params: tuple[tuple[str, str], ...] = ()) -> httpx.URL:
        return httpx.URL(f"{str(self._client.base_url).rstrip('/')}{path}", params=list(params) or None)

    def _is_own(self, url: httpx.URL) -> bool:
        own = self._client.base_url
        is_own = (url.scheme, url.host, url.port, url.userinfo) == (own.scheme, own.host, own.port, own.userinfo)
        return is_own and ".." not in url.path.split("/")

    async def _send_once(self, request: HostRequest, url: httpx.URL) -> _Answer:
        headers = {"accept": "application/json", "accept-encoding": "identity"}
        if self._token is not None:
            headers["authorization"] = f"Bearer {self._token.get_secret_value()}"
        method = "GET" if request.form is None else "POST"
        built = self._client.build_request(method, url, data=request.form, headers=headers)
        response = await self._client.send(built, stream=True, follow_redirects=False)
        try:
            reader = BodyReader(
                content_encoding=response.headers.get("content-encoding", ""), max_bytes=request.max_bytes
            )
            async for chunk in response.aiter_raw():
                reader.feed(chunk)
            return _Answer(response.status_code, response.headers, reader.finish())
        finally:
            await response.aclose()

    def _parsed(self, answer: _Answer) -> Any:
        self._remember_limit(answer)
        if answer.status >= _FIRST_SERVER_FAULT:
            raise self._failed(HostProblem.FAILING, answer.status)
        self._breaker.record_success()
        if answer.status >= _FIRST_FAILURE:
            raise self._refusal(answer)
        if answer.status in _REDIRECTS or not answer.body:
            raise HostError(self.name, HostProblem.UNREADABLE, answer.status)
        try:
            return json.loads(answer.body)
        except (ValueError, RecursionError):
            raise HostError(self.name, HostProblem.UNREADABLE, answer.status) from None

    def _remember_limit(self, answer: _Answer) -> None:
        """Hold off further requests when the host says that its limit is reached."""
        limit = _RATE_LIMIT.search(answer.headers.get("ratelimit", ""))
        is_busy = answer.status == httpx.codes.TOO_MANY_REQUESTS
        if not is_busy and (limit is None or int(limit["left"]) > 0):
            return
        retry_after = answer.headers.get("retry-after", "").strip()
        if limit is not None:
            seconds = float(limit["seconds"])
        else:
            seconds = float(retry_after[:9]) if retry_after.isascii() and retry_after.isdigit() else HOLD_OFF_S
        self._held_until = self._monotonic() + min(seconds, HOLD_OFF_MAX_S)
        log.info("host_limit_reached", host=self.name, seconds=seconds)

    def _refusal(self, answer: _Answer) -> HostError:
        message = _own_words(answer)
        match answer.status:
            case 404 | 410:
                problem = HostProblem.MISSING
            case 401:
                is_credential = "credential" in message.lower() or "token" in message.lower()
                problem = HostProblem.REFUSED if is_credential else HostProblem.MISSING_OR_PRIVATE
            case 429:
                wait = max(self._held_until - self._monotonic(), 0.0)
                return HostError(self.name, HostProblem.BUSY, 429, wait, message)
            case 451:
                problem = HostProblem.REGION
            case _:
                problem = HostProblem.REFUSED
        return HostError(self.name, problem, answer.status, message=message)


def make_host_client(
    base_url: str, *, user_agent: str, transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """Build the HTTP client of one host: no proxy from the environment, no redirects.

    ``user_agent`` is an honest name of the program; hosts refuse the defaults of libraries.
    """
    return httpx.AsyncClient(
        base_url=base_url,
        transport=transport,
        verify=tls_context(),
        trust_env=False,
        follow_redirects=False,
        headers={"user-agent": user_agent},
        timeout=httpx.Timeout(DEADLINE.total_seconds(), connect=CONNECT_TIMEOUT_S),
        limits=httpx.Limits(max_connections=MAX_CONCURRENT_REQUESTS, keepalive_expiry=3.0),
    )


def _is_below(url: httpx.URL, hosts: tuple[str, ...]) -> bool:
    """Return whether an https address is on one of these hosts, or on a subdomain of one."""
    is_below = any(url.host == host or url.host.endswith(f".{host}") for host in hosts)
    return url.scheme == "https" and url.port in (None, 443) and not url.userinfo and is_below


def _own_words(answer: _Answer) -> str:
    words: str = answer.headers.get("x-error-message", "")
    if not words:
        try:
            body = json.loads(answer.body)
        except (ValueError, RecursionError):
            body = None
        if isinstance(body, dict):
            words = next((each for each in (body.get("message"), body.get("error")) if isinstance(each, str)), "")
    return words[:200]
