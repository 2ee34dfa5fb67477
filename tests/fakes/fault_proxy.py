"""Loopback proxy between the bot and an HTTP service, with scripted network faults."""

import asyncio
import contextlib
import fnmatch
import gzip
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Self

from tests.fakes.discord_calls import reset

HEAD_END = b"\r\n\r\n"


class Exchange:
    """One request in flight; a fault decides its result.

    Attributes:
        method: HTTP method.
        path: path with its query.
        request: the whole request in bytes, ``Connection: close`` added.
    """

    def __init__(self, request: bytes, upstream: tuple[str, int], writer: asyncio.StreamWriter) -> None:
        self.method, self.path = request.split(b" ", 2)[0].decode(), request.split(b" ", 2)[1].decode()
        self.request = request
        self._upstream = upstream
        self._writer = writer

    async def forward(self) -> bytes:
        """Forward the request and return the service's complete answer."""
        reader, writer = await asyncio.open_connection(*self._upstream)
        try:
            writer.write(self.request)
            await writer.drain()
            return await reader.read(-1)
        finally:
            writer.close()

    async def send(self, answer: bytes) -> None:
        """Send these bytes to the bot."""
        self._writer.write(answer)
        await self._writer.drain()

    def reset(self) -> None:
        """Reset the bot's connection (RST)."""
        reset(self._writer.transport)


type Play = Callable[[Exchange], Awaitable[None]]


async def through(exchange: Exchange) -> None:
    """Forward without a fault."""
    await exchange.send(await exchange.forward())


async def reset_before(exchange: Exchange) -> None:
    """Reset the connection before the service gets the request."""
    exchange.reset()


async def reset_after(exchange: Exchange) -> None:
    """Reset the connection after the service handled the request."""
    await exchange.forward()
    exchange.reset()


async def half_an_answer(exchange: Exchange) -> None:
    """Send half of the service's answer."""
    answer = await exchange.forward()
    await exchange.send(answer[: -len(answer.partition(HEAD_END)[2]) // 2])


async def black_hole(_: Exchange) -> None:
    """Never forward, never answer."""
    await asyncio.Event().wait()


async def black_hole_after(exchange: Exchange) -> None:
    """Forward, but never answer."""
    await exchange.forward()
    await asyncio.Event().wait()


def latency(seconds: float) -> Play:
    """Delay the answer."""

    async def play(exchange: Exchange) -> None:
        answer = await exchange.forward()
        await asyncio.sleep(seconds)
        await exchange.send(answer)

    return play


def drip(every_s: float) -> Play:
    """Send the answer byte by byte."""

    async def play(exchange: Exchange) -> None:
        for byte in await exchange.forward():
            await exchange.send(bytes([byte]))
            await asyncio.sleep(every_s)

    return play


def answer(status: int, body: bytes = b"", **headers: str) -> Play:
    """Answer instead of the service (``Retry_After`` becomes ``Retry-After``)."""
    lines = [f"HTTP/1.1 {status} Said by the proxy", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    whole = "\r\n".join(lines).encode() + HEAD_END + body

    async def play(exchange: Exchange) -> None:
        await exchange.send(whole)

    return play


def redirect(location: str) -> Play:
    """Redirect elsewhere; a client that follows would send its key there."""
    return answer(307, Location=location)


def gzip_bomb(size_mib: int) -> Play:
    """Answer with a small body that decompresses to ``size_mib``."""
    packed = gzip.compress(bytes(size_mib * 1024 * 1024), compresslevel=9)
    return answer(200, packed, Content_Encoding="gzip", Content_Type="application/json")


@dataclass(slots=True)
class _Rule:
    play: Play
    method: str
    pattern: str
    times: int

    def hits(self, exchange: Exchange) -> bool:
        path = exchange.path.partition("?")[0]
        return self.times > 0 and self.method in ("*", exchange.method) and fnmatch.fnmatch(path, self.pattern)


class FaultProxy:
    """Proxy for a service at ``upstream``; one request a connection.

    Attributes:
        requests: method and path of every request, with or without a fault.
        connections: number of accepted connections.
    """

    def __init__(self, upstream: tuple[str, int]) -> None:
        self.requests: list[tuple[str, str]] = []
        self.connections = 0
        self._upstream = upstream
        self._rules: list[_Rule] = []
        self._server: asyncio.Server | None = None
        self._address = ("127.0.0.1", 0)
        self._serving: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Base URL of the service, through the proxy."""
        return "http://{}:{}".format(*self._address)

    async def __aenter__(self) -> Self:
        await self.accept()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.refuse()

    async def accept(self) -> None:
        """Listen, always at the same address."""
        self._server = await asyncio.start_server(self._connected, *self._address)
        self._address = self._server.sockets[0].getsockname()[:2]

    async def refuse(self) -> None:
        """Refuse new connections and close the open ones."""
        if self._server is not None:
            self._server.close()
        serving = list(self._serving)
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)

    def play(self, play: Play, method: str = "*", pattern: str = "*", *, times: int = 1_000_000) -> None:
        """Apply a fault to the next ``times`` matching requests; earlier rules take precedence."""
        self._rules.append(_Rule(play, method, pattern, times))

    def calm(self) -> None:
        """Remove all faults."""
        self._rules.clear()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        self.connections += 1
        try:
            # Cancelled only by refuse(), which awaits it: no caller needs the cancellation.
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._serve(await _request(reader), writer)
        finally:
            self._serving.discard(task)
            writer.close()

    async def _serve(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        exchange = Exchange(request, self._upstream, writer)
        self.requests.append((exchange.method, exchange.path))
        rule = next((rule for rule in self._rules if rule.hits(exchange)), None)
        if rule is not None:
            rule.times -= 1
        await (rule.play if rule else through)(exchange)


async def _request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(HEAD_END)
    lines = head[: -len(HEAD_END)].split(b"\r\n")
    kept = [line for line in lines if not line.lower().startswith((b"connection:", b"expect:"))]
    lengths = [int(line.partition(b":")[2]) for line in lines if line.lower().startswith(b"content-length:")]
    body = await reader.readexactly(lengths[0]) if lengths else b""
    return b"\r\n".join([*kept, b"Connection: close"]) + HEAD_END + body
