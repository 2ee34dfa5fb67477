"""Retries: how long they wait, and which requests are not repeated."""

import pytest
import stamina

from bot.reference.errors import (
    UnauthorizedError,
    UnavailableError,
)
from tests.reference.calls import KEY, PAGE, Call, read, write
from tests.reference.conftest import Connect
from tests.reference.faulty import (
    FaultyServer,
    answering,
    in_turn,
)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Record the waits of the retries without waiting."""
    seen: list[float] = []

    async def note(seconds: float) -> None:
        seen.append(seconds)

    stamina.set_testing(False)
    monkeypatch.setattr("stamina._core._smart_sleep", note)
    return seen


async def test_a_retry_waits_as_long_as_the_service_asks(connect: Connect, waits: list[float]) -> None:
    limited = answering(429, b'{"detail": "slow down"}', "retry-after: 7")
    async with FaultyServer(in_turn(limited, answering(200, PAGE))) as server:
        await read(connect(server.url))
    assert waits == [7.0]


@pytest.mark.parametrize(
    ("header", "retry_after_s"),
    [("1000000000", 60.0), ("59", 59.0), ("Fri, 31 Dec 2100 23:59:59 GMT", 60.0)],
)
async def test_a_wait_beyond_the_budget_is_reported_instead_of_retried(
    connect: Connect, waits: list[float], header: str, retry_after_s: float
) -> None:
    limited = answering(429, b'{"detail": "slow down"}', f"retry-after: {header}")
    async with FaultyServer(limited) as server:
        with pytest.raises(UnavailableError) as caught:
            await read(connect(server.url))
        assert caught.value.retry_after_s == retry_after_s
        assert len(server.exchanges) == 1
    assert waits == []


@pytest.mark.parametrize("header", ["-3", "soon", "Fri, 31 Dec 1999 23:59:59 GMT"])
async def test_an_invalid_retry_after_is_ignored(connect: Connect, waits: list[float], header: str) -> None:
    limited = answering(429, b'{"detail": "slow down"}', f"retry-after: {header}")
    async with FaultyServer(in_turn(limited, answering(200, PAGE))) as server:
        await read(connect(server.url))
    assert len(waits) == 1
    assert waits[0] < 1


@pytest.mark.parametrize("call", [read, write])
async def test_a_request_with_an_unconfirmed_key_is_retried_once(
    connect: Connect, waits: list[float], call: Call
) -> None:
    async with FaultyServer(answering(401, b'{"detail": "Invalid API key"}')) as server:
        with pytest.raises(UnauthorizedError):
            await call(connect(server.url))
        assert len(server.exchanges) == 2
    assert len(waits) == 1
    assert 2 <= waits[0] <= 5


async def test_roles_with_an_unconfirmed_key_are_not_retried(connect: Connect) -> None:
    async with FaultyServer(answering(401, b'{"detail": "Invalid API key"}')) as server:
        with pytest.raises(UnauthorizedError):
            await connect(server.url).my_roles(KEY)
        assert len(server.exchanges) == 1


async def test_a_heartbeat_is_not_retried(connect: Connect) -> None:
    async with FaultyServer(answering(503)) as server:
        with pytest.raises(UnavailableError):
            await connect(server.url).heartbeat()
        assert len(server.exchanges) == 1
