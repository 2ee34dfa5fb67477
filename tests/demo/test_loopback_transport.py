"""The bot's HTTP leaves the simulation and comes back, late answers and time limits included."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from typing import override

import httpx
import pytest
import simcord

from bot.demo.loopback_transport import LoopbackTransport
from bot.demo.people import RITA
from bot.demo.world import World
from tests.demo.dummy_bot import DummyBot
from tests.harness.messages import answers_of, text_of


class SlowServer:
    """Answers when it is let to."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()
        self.asked = asyncio.Event()
        self.given_up = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.asked.set()
        answering = asyncio.ensure_future(self.may_answer.wait())
        leaving = asyncio.ensure_future(reader.read(1))
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if answering.done():
            writer.write(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
        else:
            self.given_up.set()
        for task in (answering, leaving):
            task.cancel()
        await asyncio.gather(answering, leaving, return_exceptions=True)
        writer.close()


@pytest.fixture
async def slow() -> SlowServer:
    return SlowServer()


@pytest.fixture
async def service_url(slow: SlowServer) -> AsyncIterator[str]:
    server = await asyncio.start_server(slow.serve, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    slow.may_answer.set()
    server.close()
    await server.wait_closed()


async def test_the_world_goes_on_without_a_slow_answer_and_gets_it_later(
    small_env: simcord.Env, small_world: World, transport: LoopbackTransport, slow: SlowServer
) -> None:
    transport.grace_s = 0.02
    asked = await small_world.member(RITA).slash(small_world.public, "ask", path="slow")
    assert asked.deferred
    assert not words_of(asked)
    await small_world.member(RITA).slash(small_world.public, "hello")
    slow.may_answer.set()
    transport.grace_s = None
    await small_world.member(RITA).slash(small_world.public, "ask", path="again")
    assert words_of(asked) == "The service says 204"


def words_of(result: simcord.InteractionResult) -> str:
    return "".join(text_of(each) for each in answers_of(result))


async def test_a_time_limit_of_httpx_is_real(
    small_env: simcord.Env, small_world: World, transport: LoopbackTransport, slow: SlowServer
) -> None:
    bot = small_env.bot
    assert isinstance(bot, DummyBot)
    bot.http_client.timeout = httpx.Timeout(0.1)
    asked = await small_world.member(RITA).slash(small_world.public, "ask", path="slow")
    assert "ReadTimeout" in text_of(asked)
    await slow.given_up.wait()


async def test_a_caller_that_gives_up_takes_the_request_along(
    transport: LoopbackTransport, slow: SlowServer, service_url: str
) -> None:
    async with httpx.AsyncClient(transport=transport) as client:
        asking = asyncio.create_task(client.get(service_url))
        await slow.asked.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
    await slow.given_up.wait()


async def test_stopping_answers_everybody_who_still_waits(slow: SlowServer, service_url: str) -> None:
    transport = LoopbackTransport()
    async with transport, httpx.AsyncClient(transport=transport) as client:
        asking = asyncio.create_task(client.get(service_url))
        await slow.asked.wait()
        await transport.stop()
        with pytest.raises(httpx.ReadError):
            await asking


async def test_a_refused_connection_is_httpx_own_error(transport: LoopbackTransport) -> None:
    async with httpx.AsyncClient(transport=transport) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("http://127.0.0.1:9/")


class Zipped(httpx.AsyncBaseTransport):
    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        headers = {"content-encoding": "gzip", "content-type": "text/plain"}
        body = httpx.ByteStream(gzip.compress(await request.aread()))
        return httpx.Response(200, headers=headers, stream=body)


async def test_a_compressed_answer_is_decoded_once_and_by_the_client() -> None:
    transport = LoopbackTransport(inner=Zipped())
    async with transport, httpx.AsyncClient(transport=transport) as client:
        answer = await client.post("http://service/", content="some words")
        assert answer.text == "some words"
        await transport.stop()


async def test_a_client_that_ends_does_not_end_the_transport(transport: LoopbackTransport) -> None:
    for _ in range(2):
        async with httpx.AsyncClient(transport=transport) as client:
            with pytest.raises(httpx.ConnectError):
                await client.get("http://127.0.0.1:9/")
