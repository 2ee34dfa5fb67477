"""The n-th step that leaves the program fails, or is its last: each write to disk, request, answer, call of Discord.

A dead program does nothing more: nothing that it waits for ever comes. :meth:`Failures.bury` ends what is left of it.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, override

import aiohttp
import httpx
import pytest
from simcord.http.client import FakeHTTPClient, FakeWebhookAdapter

from bot.client.bot import CuratorBot
from bot.tls import tls_context
from storage.database import Transaction
from storage.errors import DiskError

FOREVER_S = 1e9


class Ending(Enum):
    """Fault at the chosen step."""

    FAILS = "fails"
    """It raises what it would raise in real life, once; the program goes on."""
    KILLS = "kills"
    """The program ends there."""


@dataclass(slots=True)
class Failures:
    """Counts the steps once armed, and lets one of them fail."""

    steps: list[str] = field(default_factory=list)
    is_dead: bool = False
    _at: int | None = None
    _ending: Ending = Ending.FAILS
    _is_buried: bool = False
    _waiting: list[asyncio.Task[Any]] = field(default_factory=list)

    def arm(self, at: int, ending: Ending) -> None:
        """From now on count; the step of this number (0 for the first) goes wrong."""
        self.steps, self._at, self._ending = [], at, ending

    def disarm(self) -> list[str]:
        """Let everything work; returns the steps that were counted."""
        self._at = None
        return self.steps

    def bury(self) -> None:
        """End what a dead program still waits for."""
        for waiting in self._waiting:
            waiting.cancel()
        self._waiting.clear()
        self._is_buried = True

    def revive(self) -> None:
        """Let the next program live."""
        self.bury()
        self.is_dead = self._is_buried = False

    async def step(self, name: str, error: Exception | None) -> None:
        """One step; ``error`` is what it raises when it fails, None where it cannot fail by itself."""
        if not self.is_dead:
            if self._at is None:
                return
            self.steps.append(name)
            if len(self.steps) - 1 != self._at:
                return
            if self._ending is Ending.FAILS:
                if error is not None:
                    raise error
                return
            self.is_dead = True
        if isinstance(error, httpx.TransportError):  # the driver's network lives on, and ends what has no reader
            raise error
        if self._is_buried:
            raise asyncio.CancelledError
        task = asyncio.current_task()
        assert task is not None
        self._waiting.append(task)
        await asyncio.sleep(FOREVER_S)

    def watch_storage(self, bot: CuratorBot, monkeypatch: pytest.MonkeyPatch) -> None:
        """Make every transaction of this bot's database two steps: before it is committed, and after."""
        database = bot.services.draft_service.drafts._database
        whole = database.transaction

        async def transaction[T](work: Callable[[Transaction], T], *, is_repeatable: bool = False) -> T:
            await self.step("disk", DiskError(Path("curator.db"), is_full=True))
            result = await whole(work, is_repeatable=is_repeatable)
            await self.step("disk, kept", None)
            return result

        monkeypatch.setattr(database, "transaction", transaction)

    def watch_discord(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Make every call of Discord two steps: before it arrives, and its answer."""
        for client in (FakeHTTPClient, FakeWebhookAdapter):
            monkeypatch.setattr(client, "request", self._around(client.request))

    def _around(self, request: Any) -> Any:
        async def stepped(*args: Any, **kwargs: Any) -> Any:
            await self.step("Discord", aiohttp.ClientOSError(104, "reset"))
            result = await request(*args, **kwargs)
            await self.step("Discord, done", aiohttp.ClientOSError(104, "reset"))
            return result

        return stepped


class FailingTransport(httpx.AsyncBaseTransport):
    """Real sockets; every request is two steps: before it leaves, and its answer.

    Attributes:
        refusal: what every write is answered with, and does not reach the service; None for the service's own answer.
    """

    def __init__(self, failures: Failures) -> None:
        self.refusal: tuple[int, str] | None = None
        self._failures = failures
        self._inner = httpx.AsyncHTTPTransport(verify=tls_context(), trust_env=False)

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        name = f"{request.method} {request.url.path.rpartition('/')[2]}"
        await self._failures.step(name, httpx.ConnectError("refused", request=request))
        if self.refusal is not None and request.method != "GET":
            status, detail = self.refusal
            answer = httpx.Response(status, stream=httpx.ByteStream(json.dumps({"detail": detail}).encode()))
        else:
            answer = await self._asked(request)
        await self._failures.step(f"{name}, answered", httpx.ReadError("reset", request=request))
        return answer

    async def _asked(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        assert isinstance(response.stream, httpx.AsyncByteStream)
        content = b"".join([chunk async for chunk in response.stream])
        await response.aclose()
        return httpx.Response(response.status_code, headers=response.headers, stream=httpx.ByteStream(content))

    @override
    async def aclose(self) -> None:
        await self._inner.aclose()
