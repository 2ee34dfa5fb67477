"""A loopback server with scripted faults, alone or in front of the real service."""

import asyncio
import contextlib
import re
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One complete request, and the connection to answer it on."""

    number: int
    connection: int
    raw: bytes
    writer: asyncio.StreamWriter

    async def answer(self, status: int, body: bytes = b"{}", *headers: str) -> None:
        lines = [f"HTTP/1.1 {status} Scripted", f"content-length: {len(body)}", *headers, "", ""]
        await self.send("\r\n".join(lines).encode() + body)

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        with contextlib.suppress(ConnectionError):
            await self.writer.drain()

    def reset(self) -> None:
        """Reset the connection (RST), like a crashed machine."""
        linger = struct.pack("ii", 1, 0)
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.writer.transport.abort()

    def hang_up(self) -> None:
        self.writer.close()


type Behaviour = Callable[[Exchange], Awaitable[None]]


class FaultyServer:
    """A server that records complete requests and answers each with a behaviour."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._writers: list[asyncio.StreamWriter] = []
        self._handlers: set[asyncio.Task[None]] = set()
        self.exchanges: list[Exchange] = []

    @property
    def url(self) -> str:
        host, port = self._server.sockets[0].getsockname()
        return f"http://{host}:{port}/api"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._handlers:
            task.cancel()
        await asyncio.gather(*self._handlers, return_exceptions=True)
        for writer in self._writers:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._handlers.add(task)
        self._writers.append(writer)
        connection = len(self._writers)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while not writer.is_closing():
                raw = await read_message(reader)
                exchange = Exchange(len(self.exchanges) + 1, connection, raw, writer)
                self.exchanges.append(exchange)
                await self._behaviour(exchange)


async def read_message(reader: asyncio.StreamReader) -> bytes:
    """Read one HTTP message: its head, and a body of the announced length."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    return head + (await reader.readexactly(int(length[1])) if length else b"")


def answering(status: int, body: bytes = b"{}", *headers: str) -> Behaviour:
    async def behave(exchange: Exchange) -> None:
        await exchange.answer(status, body, *headers)

    return behave


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """Play one behaviour for each request in turn; the last one stays."""

    async def behave(exchange: Exchange) -> None:
        await behaviours[min(exchange.number, len(behaviours)) - 1](exchange)

    return behave


async def silence(exchange: Exchange) -> None:
    await asyncio.Event().wait()


async def reset(exchange: Exchange) -> None:
    exchange.reset()


async def drip(exchange: Exchange) -> None:
    await exchange.send(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
    while True:
        await exchange.send(b" ")
        await asyncio.sleep(0.01)


def out_of_time(fault: Behaviour, lapse: Callable[[], None]) -> Behaviour:
    """Play a fault; if it has no end, the caller's time limit passes while it waits."""

    async def behave(exchange: Exchange) -> None:
        if fault in {silence, drip}:
            asyncio.get_running_loop().call_later(0.03, lapse)
        await fault(exchange)

    return behave


async def half_an_answer(exchange: Exchange) -> None:
    await exchange.send(b'HTTP/1.1 202 Accepted\r\ncontent-length: 1000\r\n\r\n{"change_id": 1, "cate')
    exchange.hang_up()


def after_the_service(url: str, fault: Callable[[Exchange, bytes], Awaitable[None]]) -> Behaviour:
    """Forward to the real service at ``url``, then pass its complete answer to the fault."""
    target = urlsplit(url)

    async def behave(exchange: Exchange) -> None:
        reader, writer = await asyncio.open_connection(target.hostname, target.port)
        try:
            writer.write(exchange.raw)
            answer = await read_message(reader)
        finally:
            writer.close()
            await writer.wait_closed()
        await fault(exchange, answer)

    return behave
