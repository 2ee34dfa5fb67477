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
