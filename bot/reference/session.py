"""Session with the service: retries, circuit breaker, detection of the generation."""

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial

import stamina
import structlog

from bot.reference.circuit_breaker import CircuitBreaker
from bot.reference.errors import (
    ApiError,
    ForbiddenError,
    MalformedReplyError,
    NotFoundError,
    ReadOnlyError,
    ServiceAwayError,
    UnauthorizedError,
    UnavailableError,
    is_outage,
)
from bot.reference.generations import NEWEST, Generation, ServiceDocument, detect_generation, read_document
from bot.reference.key_checks import KeyChecks
from bot.reference.models import HeartBeat, MyRoles
from bot.reference.replies import Reply, parse, parser_for
from bot.reference.requests import Request, RequestBuilder, TimeLimits
from bot.reference.routes import RouteNames
from bot.reference.transport import Transport

ATTEMPTS = 3
RETRY_BUDGET = timedelta(seconds=12)
"""No further attempt starts once a call has lasted this long."""

FIRST_WAIT = timedelta(seconds=0.2)
LONGEST_WAIT = timedelta(seconds=2)
WAIT_JITTER = timedelta(seconds=0.5)

UNCONFIRMED_WAIT = timedelta(seconds=2)
UNCONFIRMED_JITTER = timedelta(seconds=3)
"""A 401 may mean that AI-Horde is rate limiting: the call is retried once, after two to five seconds."""

_log = structlog.stdlib.get_logger(__name__)


class ServiceSession:
    """Session with one deployment of the service; keeps no key.

    The generation is detected again after a failure which suggests that another version of the service was started
    (see :meth:`refresh_document`).
    """

    def __init__(
        self,
        transport: Transport,
        *,
        generation: Generation | None,
        time_limits: TimeLimits,
        monotonic: Callable[[], float],
        jitter: Callable[[], float] = random.random,
    ) -> None:
        """Start with a closed circuit.

        ``monotonic`` returns seconds, ``jitter`` a random share in [0, 1).
        """
        self._transport = transport
        self._time_limits = time_limits
        self._jitter = jitter
        self._detection_lock = asyncio.Lock()
        self._probe_lock = asyncio.Lock()
        self._circuit = CircuitBreaker(now=monotonic, jitter=jitter)
        self._blocking_requests = 0
        self.key_checks = KeyChecks(monotonic)
        """Counter of the requests with a key."""
        self._is_document_stale = False
        self.known_generation = generation
        """The service's generation, None until it is detected."""
        self.known_document: ServiceDocument | None = None
        """The service's OpenAPI document, None until it is read."""
        self.root_requests = RequestBuilder(NEWEST(), time_limits)
        """Builder of the few requests that are the same in every generation."""

    @property
    def service_date(self) -> datetime | None:
        """The service's clock at its last answer, None before the first answer with a date."""
        return self._transport.service_date

    @property
    def next_probe_at(self) -> datetime | None:
        """Time of the next heartbeat while the circuit is open, None while it is closed."""
        wait_s = self._circuit.seconds_until_probe()
        return None if wait_s is None else self._transport.now() + timedelta(seconds=wait_s)

    async def requests(self) -> RequestBuilder:
        """Return the request builder of the service's generation; errors as :meth:`generation`."""
        return RequestBuilder(await self.generation(), self._time_limits)

    async def generation(self) -> Generation:
        """Return the service's generation, detecting it on the first call.

        Raises:
            ApiError: the service does not answer, so its generation is unknown.
        """
        async with self._detection_lock:
            if self.known_generation is None:
                self.known_generation = await self._detect_generation()
            return self.known_generation

    async def document(self) -> ServiceDocument:
        """Return the service's OpenAPI document, reading it on the first call.

        Raises:
            ApiError: the service does not answer, or does not publish it.
        """
        return self.known_document or await self._read_document()

    async def refresh_document(self) -> ServiceDocument | None:
        """Read the document again if it is missing or stale; return None while it cannot be read."""
        if self.known_document is None or self._is_document_stale:
            with suppress(ApiError):
                return await self._read_document(attempts=1)
        return self.known_document

    async def send[T](
        self,
        request: Request,
        read: Callable[[Reply], T],
        *,
        attempts: int = ATTEMPTS,
        confirms_key: bool = True,
    ) -> T:
        """Send a request, with retries, and return what ``read`` makes of the reply.

        An ``ApiError`` of ``read`` counts like one of the transport. ``confirms_key`` allows a second try after a 401.

        Raises:
            ServiceAwayError: not sent, the circuit is open.
            ApiError: as the transport and ``read`` raise it.
        """
        policy = RetryPolicy(confirms_key=confirms_key, jitter=self._jitter)
        try:
            async for attempt in stamina.retry_context(policy, attempts=attempts, timeout=RETRY_BUDGET):
                with attempt:
                    await self._wait_until_open()
                    try:
                        with self._recorded(request):
                            if request.key is not None:
                                self.key_checks.count()
                            return read(await self._transport.send(request))
                    except UnauthorizedError as error:
                        raise await self._role_error(error, request) from None
        except ApiError as error:
            self._is_document_stale = self._is_document_stale or _suggests_new_version(error)
            raise
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _wait_until_open(self) -> None:
        """Let requests pass while the circuit is closed; send the heartbeat when it is due.

        Raises:
            ServiceAwayError: the service did not answer lately.
        """
        if self._circuit.seconds_until_probe() == 0:
            async with self._probe_lock:  # the others wait for its result
                if self._circuit.seconds_until_probe() == 0:
                    await self._probe()
        if (next_try_at := self.next_probe_at) is not None:
            raise ServiceAwayError(self._circuit.last_failure, next_try_at=next_try_at)

    async def _probe(self) -> None:
        heartbeat = self.root_requests.probe(RouteNames.get_heartbeat)
        with suppress(ApiError), self._recorded(heartbeat):
            parser_for(HeartBeat)(await self._transport.send(heartbeat))

    @contextmanager
    def _recorded(self, request: Request) -> Iterator[None]:
        """Record the outcome of one attempt, ignoring outages while a request blocks the service."""
        self._blocking_requests += request.blocks_service
        try:
            yield
        except ApiError as error:
            if is_outage(error):
                if not self._blocking_requests:
                    self._circuit.record_failure(error.detail)
            elif error.status is not None or isinstance(error, MalformedReplyError):  # the service answered
                self._circuit.record_success()
            raise
        else:
            self._circuit.record_success()
        finally:
            self._blocking_requests -= request.blocks_service

    async def _role_error(self, error: UnauthorizedError, request: Request) -> ApiError:
        """Return the error; ``ForbiddenError`` if 3.0.0 answers a missing role like a bad key."""
        generation = self.known_generation
        if generation is None or not generation.conceals_roles:
            return error
        if request.role is None or request.key is None or error.status is None:
            return error
        question = RequestBuilder(generation, self._time_limits).read(RouteNames.get_my_roles, request.key)
        try:
            mine = await self.send(question, parser_for(MyRoles), attempts=1)
        except ApiError:
            return error
        if mine.roles & {request.role, "approver"}:  # an approver is a requestor too
            return error
        return ForbiddenError(f"You are not on the pending queue {request.role} list.", status=error.status)

    async def _detect_generation(self) -> Generation:
        try:
            return detect_generation(await self._read_document())
        except (NotFoundError, UnauthorizedError, ForbiddenError, MalformedReplyError):  # it is not published
            return NEWEST()

    async def _read_document(self, *, attempts: int = ATTEMPTS) -> ServiceDocument:
        request = self.root_requests.document()
        document = await self.send(request, partial(parse, build=read_document), attempts=attempts)
        self.known_document, self._is_document_stale = document, False
        found = detect_generation(document)
        if self.known_generation is None or self.known_generation.number != found.number:
            _log.info("generation_detected", generation=found.number, version=document.version)
        self.known_generation = found
        return document


class RetryPolicy:
    """Retry decisions for one call: stamina asks after each failure.

    Only failures that certainly changed nothing are retried. ``replies.failure_of`` and the transport have made that
    distinction, so reads and writes are treated alike here.
    """

    def __init__(self, *, confirms_key: bool = True, jitter: Callable[[], float] = random.random) -> None:
        self._confirms_key = confirms_key
        self._jitter = jitter
        self._failures = 0

    def __call__(self, failure: Exception) -> bool | timedelta:
        """Return the wait before the next attempt, or False for none."""
        self._failures += 1
        match failure:
            case ServiceAwayError():
                return False
            case UnauthorizedError(status=401) if self._confirms_key and self._failures == 1:
                return UNCONFIRMED_WAIT + self._jitter() * UNCONFIRMED_JITTER
            case UnavailableError(retry_after_s=None):
                backoff = FIRST_WAIT * (1 << (self._failures - 1))
                return min(backoff + self._jitter() * WAIT_JITTER, LONGEST_WAIT)
            case UnavailableError(retry_after_s=float(seconds)):  # never sooner than the service asks
                wait = timedelta(seconds=seconds)
                return wait if wait < RETRY_BUDGET else False
        return False


def _suggests_new_version(error: ApiError) -> bool:
    """Return whether the version may have changed: the service was away, or a route is gone."""
    match error:
        case NotFoundError(is_route_missing=True) | ReadOnlyError(kind="format") | MalformedReplyError():
            return True
        case UnavailableError(status=None):
            return True
    return False
