"""What becomes of requests while the service does not answer: scripted at the edge of HTTP."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bot.reference import limits, replies
from bot.reference.errors import ForbiddenError, IndeterminateError, ServiceAwayError, UnavailableError
from bot.reference.gate import Gate
from bot.reference.requests import Request
from bot.reference.transport import Reply, Transport, make_http_client

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
LIMIT = timedelta(seconds=5)
HEARTBEAT = Request(path="/heartbeat", limit=LIMIT)
LOOK = Request(path="/look", limit=LIMIT)
WRITE = Request(method="POST", path="/write", limit=LIMIT, content={})
APPLY = Request(method="POST", path="/apply", limit=LIMIT, content={}, deafens=True)


class Service:
    """Answers as told, path by path; what is not told is well."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.is_away = False
        self.statuses: dict[str, tuple[int, str]] = {}
        self.now = 0.0
        self.applies, self.is_done = asyncio.Event(), asyncio.Event()
        transport = Transport(make_http_client("http://x", transport=httpx.MockTransport(self)), clock=lambda: NOW)
        self.gate = Gate(transport, heartbeat=HEARTBEAT, monotonic=lambda: self.now, jitter=lambda: 0.5)

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

    async def ask(self, request: Request = LOOK) -> object:
        def read(reply: Reply) -> object:
            return replies.parse(reply, build=dict, is_write=request.is_write)

        return await self.gate.send(request, read)

    async def fail(self, times: int, request: Request = LOOK) -> None:
        for _ in range(times):
            with pytest.raises((UnavailableError, IndeterminateError)):
                await self.ask(request)


async def test_after_five_refused_connections_and_a_heartbeat_nobody_is_kept_waiting() -> None:
    service = Service()
    service.is_away = True
    await service.fail(5)
    with pytest.raises(ServiceAwayError, match="cannot be reached") as refused:
        await service.ask()
    assert service.asked == ["/look"] * 5 + ["/heartbeat"]
    assert refused.value.next_try_at == NOW + timedelta(seconds=2.5)
    await service.fail(3)
    assert len(service.asked) == 6, "nothing more was sent"


async def test_when_the_wait_is_over_one_heartbeat_lets_everybody_through_again() -> None:
    service = Service()
    service.is_away = True
    await service.fail(6)
    service.is_away = False
    service.now += 2.5
    service.asked.clear()
    await asyncio.gather(service.ask(), service.ask(), service.ask(WRITE))
    assert sorted(service.asked) == ["/heartbeat", "/look", "/look", "/write"]
    assert service.gate.next_try_at is None


async def test_one_tries_while_the_others_learn_what_came_of_it() -> None:
    service = Service()
    service.is_away = True
    await service.fail(6)
    service.now += 2.5
    service.asked.clear()
    outcomes = await asyncio.gather(service.ask(), service.ask(), return_exceptions=True)
    assert [type(each) for each in outcomes] == [ServiceAwayError] * 2
    assert service.asked == ["/heartbeat"]
    assert service.gate.next_try_at == NOW + timedelta(seconds=5)


async def test_a_question_that_always_breaks_the_service_does_not_close_it_to_the_others() -> None:
    service = Service()
    service.statuses["/look"] = (500, "boom")
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
    for _ in range(2 * limits.BREAKER_FAILURES):
        with pytest.raises(Exception, match=detail[:5]):
            await service.ask(WRITE)
    assert service.asked == ["/write"] * 2 * limits.BREAKER_FAILURES


async def test_a_write_that_may_have_been_done_counts_as_no_answer() -> None:
    service = Service()
    service.statuses = {"/write": (502, "bad gateway"), "/heartbeat": (502, "bad gateway")}
    await service.fail(5, WRITE)
    with pytest.raises(ServiceAwayError):
        await service.ask(WRITE)
    assert service.asked.count("/write") == 5


async def test_a_service_that_is_deaf_while_it_applies_is_not_away() -> None:
    service = Service()
    applying = asyncio.create_task(service.ask(APPLY))
    await service.applies.wait()
    service.is_away = True
    await service.fail(9)
    service.is_done.set()
    with pytest.raises(IndeterminateError):
        await applying
    assert service.gate.next_try_at is None


async def test_a_heartbeat_that_is_refused_is_a_sign_of_life() -> None:
    service = Service()
    service.statuses = {"/look": (500, "boom"), "/heartbeat": (403, "not from there"), "/write": (403, "no")}
    await service.fail(5)
    with pytest.raises(ForbiddenError):
        await service.ask(WRITE)
