import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from bot.tls import tls_context
from tests.fakes import fault_proxy as faults
from tests.fakes.fault_proxy import FaultProxy

BODY = b'{"said":"by the service"}'
LIMIT_S = 10.0
"""Time for what must happen; reached only by a failure."""


class _Service:
    """A service with one answer that counts its requests."""

    def __init__(self) -> None:
        self.done = 0
        self.is_done = asyncio.Event()
        self.bodies: list[bytes] = []

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next((line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), b":0")
        self.bodies.append(await reader.readexactly(int(length.partition(b":")[2])))
        self.done += 1
        self.is_done.set()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY))
        await writer.drain()
        writer.close()


@pytest.fixture
def service() -> _Service:
    return _Service()


@pytest_asyncio.fixture
async def proxy(service: _Service) -> AsyncIterator[FaultProxy]:
    server = await asyncio.start_server(service.connected, "127.0.0.1", 0)
    async with server, FaultProxy(server.sockets[0].getsockname()[:2]) as proxy:
        yield proxy


@pytest_asyncio.fixture
async def client(proxy: FaultProxy) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=proxy.url, trust_env=False, timeout=LIMIT_S, verify=tls_context()) as client:
        yield client


async def test_without_a_rule_everything_passes_unchanged(
    proxy: FaultProxy, client: httpx.AsyncClient, service: _Service
) -> None:
    answer = await client.post("/changes?limit=1", json={"asked": True})
    assert answer.content == BODY
    assert service.bodies == [b'{"asked":true}']
    assert proxy.requests == [("POST", "/changes?limit=1")]


async def test_a_rule_hits_as_often_as_it_says_and_only_what_it_names(
    proxy: FaultProxy, client: httpx.AsyncClient
) -> None:
    proxy.play(faults.answer(502), "GET", "/changes/*", times=1)
    assert (await client.get("/other")).status_code == 200
    assert (await client.get("/changes/1?a=b")).status_code == 502
    assert (await client.get("/changes/1")).status_code == 200


async def test_a_reset_before_leaves_the_service_unasked(
    proxy: FaultProxy, client: httpx.AsyncClient, service: _Service
) -> None:
    proxy.play(faults.reset_before)
    with pytest.raises(httpx.ReadError):
        await client.get("/")
    assert service.done == 0


@pytest.mark.parametrize("play", [faults.reset_after, faults.half_an_answer])
async def test_an_answer_lost_on_the_way_was_still_given(
    play: faults.Play, proxy: FaultProxy, client: httpx.AsyncClient, service: _Service
) -> None:
    proxy.play(play)
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        await client.post("/")
    assert service.done == 1


@pytest.mark.parametrize(("play", "done"), [(faults.black_hole, 0), (faults.black_hole_after, 1)])
async def test_a_black_hole_never_answers(
    play: faults.Play, done: int, proxy: FaultProxy, client: httpx.AsyncClient, service: _Service
) -> None:
    proxy.play(play)
    with pytest.raises(httpx.ReadTimeout):
        await client.get("/", timeout=httpx.Timeout(LIMIT_S, read=0.1))
    if done:
        await asyncio.wait_for(service.is_done.wait(), LIMIT_S)
    assert service.done == done


async def test_a_drip_sends_each_byte_alone_and_the_whole_answer(proxy: FaultProxy, client: httpx.AsyncClient) -> None:
    proxy.play(faults.drip(0), times=1)
    assert (await client.get("/")).content == BODY
    proxy.play(faults.drip(3600))
    address = httpx.URL(proxy.url)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: models.example\r\n\r\n")
    async with asyncio.timeout(LIMIT_S):
        assert await reader.read(100) == b"H"
    writer.close()


async def test_latency_delays_the_answer(proxy: FaultProxy, client: httpx.AsyncClient) -> None:
    proxy.play(faults.latency(0.3), times=1)
    with pytest.raises(httpx.ReadTimeout):
        await client.get("/", timeout=httpx.Timeout(LIMIT_S, read=0.1))
    assert (await client.get("/")).content == BODY


async def test_a_refused_connection_and_its_return(proxy: FaultProxy, client: httpx.AsyncClient) -> None:
    await proxy.refuse()
    with pytest.raises(httpx.ConnectError):
        await client.get("/")
    await proxy.accept()
    assert (await client.get("/")).content == BODY


async def test_answers_of_the_proxy_itself(proxy: FaultProxy, client: httpx.AsyncClient) -> None:
    proxy.play(faults.redirect("http://elsewhere.invalid/"), times=1)
    proxy.play(faults.gzip_bomb(16), times=1)
    proxy.play(faults.answer(429, b"{}", Retry_After="7"), times=1)
    assert (await client.get("/")).headers["location"] == "http://elsewhere.invalid/"
    async with client.stream("GET", "/") as bomb:
        assert int(bomb.headers["content-length"]) < 32 * 1024
    assert (await client.get("/")).headers["retry-after"] == "7"
    proxy.calm()
    assert (await client.get("/")).content == BODY
