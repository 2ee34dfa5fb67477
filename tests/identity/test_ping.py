"""The way out to AI-Horde, asked for no more than whether it is there."""

import asyncio
from collections.abc import AsyncIterator
from typing import override

import httpx
import pytest

from bot.identity import horde as horde_module
from bot.identity.horde import make_horde_client, ping


class Endless(httpx.AsyncByteStream):
    """A body that never ends."""

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 65536
            await asyncio.sleep(0)


async def answered(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, stream=Endless())


async def never(request: httpx.Request) -> httpx.Response:
    await asyncio.Event().wait()
    raise AssertionError


async def test_an_answer_without_end_is_an_answer() -> None:
    async with make_horde_client("https://horde.example", transport=httpx.MockTransport(answered)) as horde:
        assert await asyncio.wait_for(ping(horde), 5) is not None


async def test_no_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(horde_module, "PING_TIMEOUT_S", 0.01)
    async with make_horde_client("https://horde.example", transport=httpx.MockTransport(never)) as horde:
        assert await asyncio.wait_for(ping(horde), 5) is None


@pytest.mark.parametrize(("status", "is_up"), [(200, True), (500, False), (404, False)])
async def test_the_heartbeat_is_asked_for_without_a_key(status: int, *, is_up: bool) -> None:
    asked: list[httpx.Request] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(status)

    async with make_horde_client("https://horde.example/api/", transport=httpx.MockTransport(answer)) as horde:
        assert (await ping(horde) is not None) is is_up
    assert [str(request.url) for request in asked] == ["https://horde.example/api/v2/status/heartbeat"]
    assert "apikey" not in asked[0].headers


async def test_a_refused_connection_is_no_answer() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    async with make_horde_client("https://horde.example", transport=httpx.MockTransport(refuse)) as horde:
        assert await ping(horde) is None
