"""Clients for any base URL, and retries that do not wait."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
import stamina

from bot.reference.client import ReferenceClient
from bot.reference.generations import generation_8
from bot.reference.requests import TimeLimits
from bot.reference.transport import Transport, make_http_client
from tests.harness.services import older_python

type Connect = Callable[..., ReferenceClient]


@pytest.fixture(autouse=True)
def _retries_without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest_asyncio.fixture
async def connect() -> AsyncIterator[Connect]:
    """Make clients for base URLs; closed with the test."""
    async with AsyncExitStack() as clients:
        opened = []

        def make(url: str, *, time_limits: TimeLimits | None = None) -> ReferenceClient:
            http = make_http_client(url)
            opened.append(http)
            clients.push_async_callback(http.aclose)
            return ReferenceClient(Transport(http), None if older_python() else generation_8(), time_limits=time_limits)

        yield make


@pytest.fixture
def lapse(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let the time limit of the client's request pass now, however long it is."""
    begin, limits = asyncio.timeout, []

    def timeout(delay: float | None) -> asyncio.Timeout:
        assert delay is not None
        limits.append(begin(delay))
        return limits[-1]

    monkeypatch.setattr(asyncio, "timeout", timeout)
    return lambda: limits[-1].reschedule(asyncio.get_running_loop().time())
