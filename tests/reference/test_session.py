"""Retries, and requests while the service does not answer; HTTP is scripted at the transport."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reference.circuit_breaker import FAILURES_TO_OPEN
from bot.reference.errors import (
    ApiError,
    ConflictError,
    ForbiddenError,
    IndeterminateError,
    InvalidRequestError,
    MalformedReplyError,
    NotFoundError,
    ReadOnlyError,
    ServiceAwayError,
    UnauthorizedError,
    UnavailableError,
)
from bot.reference.generations import generation_8
from bot.reference.replies import parser_for
from bot.reference.requests import Request, TimeLimits
from bot.reference.session import RetryPolicy, ServiceSession
from bot.reference.transport import MAX_BODY_BYTES, Transport, make_http_client

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
LIMIT = timedelta(seconds=5)
READ = Request(path="/read", timeout=LIMIT)
WRITE = Request(method="POST", path="/write", timeout=LIMIT, content={})
APPLY = Request(method="POST", path="/apply", timeout=LIMIT, content={}, blocks_service=True)


class Service:
    """A scripted service: a status for each path, 200 for the others."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.is_away = False
        self.statuses: dict[str, tuple[int, str]] = {}
        self.now = 0.0
        self.applies, self.is_done = asyncio.Event(), asyncio.Event()
        transport = Transport(make_http_client("http://x", transport=httpx.MockTransport(self)), clock=lambda: NOW)
        self.session = ServiceSession(
            transport,
            generation=generation_8(),
            time_limits=TimeLimits(),
            monotonic=lambda: self.now,
            jitter=lambda: 0.5,
        )

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        if request.url.path == "/apply":
            self.applies.set()
            await self.is_done.wait()
            raise httpx.ReadTimeout("late", request=request)
        if self.is_away:
            raise httpx.ConnectError("refused", request=request)
        status, detail = self.statuses.get(request.url.path, (200, "ok"))
        return httpx.Response(status, stream=httpx.ByteStream(json.dumps({"detail": detail, "status": "ok"}).encode()))

    async def ask(self, request: Request = READ) -> object:
        return await self.session.send(request, parser_for(dict[str, str]), attempts=1)

    async def fail(self, times: int, request: Request = READ) -> None:
        for _ in range(times):
            with pytest.raises((UnavailableError, IndeterminateError)):
                await self.ask(request)


async def test_after_five_refused_connections_and_a_heartbeat_requests_fail_at_once() -> None:
    service = Service()
    service.is_away = True
    await service.fail(5)
    with pytest.raises(ServiceAwayError, match="cannot be reached") as refused:
        await service.ask()
    assert service.asked == ["/read"] * 5 + ["/heartbeat"]
    assert refused.value.next_try_at == NOW + timedelta(seconds=2.5)
    await service.fail(3)
    assert len(service.asked) == 6, "nothing more was sent"


async def test_after_the_wait_one_heartbeat_lets_all_requests_pass_again() -> None:
    service = Service()
    service.is_away = True
    await service.fail(6)
    service.is_away = False
    service.now += 2.5
    service.asked.clear()
    await asyncio.gather(service.ask(), service.ask(), service.ask(WRITE))
    assert sorted(service.asked) == ["/heartbeat", "/read", "/read", "/write"]
    assert service.session.next_probe_at is None


async def test_one_request_sends_the_heartbeat_and_the_others_share_its_result() -> None:
    service = Service()
    service.is_away = True
    await service.fail(6)
    service.now += 2.5
    service.asked.clear()
    outcomes = await asyncio.gather(service.ask(), service.ask(), return_exceptions=True)
    assert [type(each) for each in outcomes] == [ServiceAwayError] * 2
    assert service.asked == ["/heartbeat"]
    assert service.session.next_probe_at == NOW + timedelta(seconds=5)


async def test_a_request_that_always_fails_does_not_block_the_others() -> None:
    service = Service()
    service.statuses["/read"] = (500, "boom")
    await service.fail(5)
    assert await service.ask(WRITE)
    await service.fail(4)


@pytest.mark.parametrize(
    ("status", "detail"),
    [
        (401, "Invalid API key"),
        (403, "You are not on the pending queue approver list."),
        (404, "Not Found"),
        (429, "slow down"),
        (503, "This instance is in REPLICA mode and does not support write operations."),
        (503, "Auth service timed out"),
    ],
)
async def test_a_refusal_is_an_answer(status: int, detail: str) -> None:
    service = Service()
    service.statuses["/write"] = (status, detail)
    for _ in range(2 * FAILURES_TO_OPEN):
        with pytest.raises(Exception, match=detail[:5]):
            await service.ask(WRITE)
    assert service.asked == ["/write"] * 2 * FAILURES_TO_OPEN


async def test_an_indeterminate_write_counts_as_an_outage() -> None:
    service = Service()
    service.statuses = {"/write": (502, "bad gateway"), "/heartbeat": (502, "bad gateway")}
    await service.fail(5, WRITE)
    with pytest.raises(ServiceAwayError):
        await service.ask(WRITE)
    assert service.asked.count("/write") == 5


async def test_a_service_that_is_blocked_by_an_apply_is_not_away() -> None:
    service = Service()
    applying = asyncio.create_task(service.ask(APPLY))
    await service.applies.wait()
    service.is_away = True
    await service.fail(9)
    service.is_done.set()
    with pytest.raises(IndeterminateError):
        await applying
    assert service.session.next_probe_at is None


@pytest.mark.parametrize("answer", [(403, "not from there"), (200, "x" * MAX_BODY_BYTES)])
async def test_any_answer_to_the_heartbeat_closes_the_circuit(answer: tuple[int, str]) -> None:
    service = Service()
    service.statuses = {"/read": (500, "boom"), "/heartbeat": answer, "/write": (403, "no")}
    await service.fail(5)
    with pytest.raises(ForbiddenError):
        await service.ask(WRITE)


SHARES = st.floats(0, 1, exclude_max=True)
FINAL: list[ApiError] = [
    ForbiddenError("x", status=403),
    NotFoundError("x", status=404),
    ConflictError("x", status=409),
    InvalidRequestError("x", status=422),
    ReadOnlyError("x", kind="replica", status=503),
    IndeterminateError("x", status=502),
    MalformedReplyError("x"),
    ServiceAwayError("x", next_try_at=NOW),
]


@pytest.mark.parametrize("failure", FINAL, ids=lambda failure: type(failure).__name__)
def test_a_refusal_or_an_indeterminate_write_is_never_retried(failure: ApiError) -> None:
    assert RetryPolicy()(failure) is False


@given(SHARES)
def test_an_unavailable_service_is_retried_after_growing_waits_of_at_most_two_seconds(share: float) -> None:
    policy = RetryPolicy(jitter=lambda: share)
    first, second, *later = (policy(UnavailableError("x")) for _ in range(9))
    assert isinstance(first, timedelta)
    assert isinstance(second, timedelta)
    assert timedelta(seconds=0.2) <= first < second <= timedelta(seconds=2)
    assert all(isinstance(wait, timedelta) and second <= wait <= timedelta(seconds=2) for wait in later)


@given(SHARES)
def test_an_unconfirmed_key_is_retried_once_after_two_to_five_seconds(share: float) -> None:
    policy, failure = RetryPolicy(jitter=lambda: share), UnauthorizedError("Invalid API key", status=401)
    wait = policy(failure)
    assert isinstance(wait, timedelta)
    assert timedelta(seconds=2) <= wait <= timedelta(seconds=5)
    assert policy(failure) is False


def test_a_key_that_was_never_sent_is_not_retried() -> None:
    assert RetryPolicy()(UnauthorizedError("shape")) is False


@given(st.floats(0, 1e9), SHARES)
def test_a_retry_waits_as_long_as_the_service_asks_or_is_not_made(seconds: float, share: float) -> None:
    wait = RetryPolicy(jitter=lambda: share)(UnavailableError("x", status=429, retry_after_s=seconds))
    assert wait == (timedelta(seconds=seconds) if timedelta(seconds=seconds) < timedelta(seconds=12) else False)


def test_waits_double_with_each_failure_of_one_call() -> None:
    policy = RetryPolicy(jitter=lambda: 0.0)
    assert [policy(UnavailableError("x")) for _ in range(2)] == [timedelta(seconds=0.2), timedelta(seconds=0.4)]


def test_a_programming_error_is_not_retried() -> None:
    assert RetryPolicy()(RuntimeError("bug")) is False


def test_a_401_is_not_retried_where_ai_horde_is_asked_next() -> None:
    unconfirmed = UnauthorizedError("x", status=401)
    assert RetryPolicy(confirms_key=False)(unconfirmed) is False
    assert RetryPolicy(confirms_key=True)(unconfirmed)
