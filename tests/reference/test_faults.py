"""Errors for each fault of the service or the network, on real sockets."""

import asyncio
import socket
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from bot.reference.client import ReferenceClient
from bot.reference.errors import (
    IndeterminateError,
    MalformedReplyError,
    NotFoundError,
    UnavailableError,
)
from bot.reference.generations import generation_8
from bot.reference.requests import TimeLimits
from bot.reference.transport import Transport, make_http_client
from tests.reference.calls import KEY, PAGE, WRITES, Call, read, write
from tests.reference.conftest import Connect
from tests.reference.faulty import (
    Behaviour,
    Exchange,
    FaultyServer,
    answering,
    drip,
    half_an_answer,
    in_turn,
    out_of_time,
    reset,
    silence,
)


@pytest.mark.parametrize("call", [read, *WRITES])
async def test_a_service_that_is_not_there_has_done_nothing(connect: Connect, call: Call) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but not listening
        client = connect(f"http://127.0.0.1:{taken.getsockname()[1]}/api")
        with pytest.raises(UnavailableError, match="cannot be reached"):
            await call(client)


LOST = [silence, reset, half_an_answer, drip]


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("call", WRITES)
async def test_a_write_with_a_lost_answer_is_indeterminate_and_never_repeated(
    connect: Connect, lapse: Callable[[], None], call: Call, fault: Behaviour
) -> None:
    async with FaultyServer(out_of_time(fault, lapse)) as server:
        with pytest.raises(IndeterminateError):
            await call(connect(server.url))
        assert len(server.exchanges) == 1


@pytest.mark.parametrize("fault", LOST)
async def test_a_read_with_a_lost_answer_is_retried(
    connect: Connect, lapse: Callable[[], None], fault: Behaviour
) -> None:
    lost = out_of_time(fault, lapse)
    async with FaultyServer(in_turn(lost, lost, answering(200, PAGE))) as server:
        page = await read(connect(server.url))
        assert page.total == 0
        assert len(server.exchanges) == 3


async def test_a_read_is_sent_at_most_three_times(connect: Connect) -> None:
    async with FaultyServer(reset) as server:
        with pytest.raises(UnavailableError):
            await read(connect(server.url))
        assert len(server.exchanges) == 3


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>Welcome</html>", b"[]", b'{"change_id": "x"}', b"\xff\xfe", b"null"],
)
async def test_an_unreadable_success_is_indeterminate_for_a_write_and_malformed_for_a_read(
    connect: Connect, body: bytes
) -> None:
    async with FaultyServer(answering(202, body)) as server:
        client = connect(server.url)
        for call in WRITES:
            with pytest.raises(IndeterminateError) as lost:
                await call(client)
            assert lost.value.status == 202
        with pytest.raises(MalformedReplyError):
            await read(client)
        assert len(server.exchanges) == 4


async def test_an_answer_nested_too_deeply_is_read_in_smaller_pages_until_even_one_is_malformed(
    connect: Connect,
) -> None:
    async with FaultyServer(answering(202, b"[" * 100_000)) as server:
        client = connect(server.url)
        for call in WRITES:
            with pytest.raises(IndeterminateError):
                await call(client)
        assert len(server.exchanges) == len(WRITES)
        with pytest.raises(MalformedReplyError, match="nested too deeply"):
            await read(client)
        assert len(WRITES) + 1 < len(server.exchanges) <= len(WRITES) + 12


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_proxys_error_page_is_indeterminate_for_a_write_and_retried_for_a_read(
    connect: Connect, status: int
) -> None:
    async with FaultyServer(answering(status, b"<html>Bad Gateway</html>")) as server:
        client = connect(server.url)
        for call in WRITES:
            with pytest.raises(IndeterminateError, match="without an explanation"):
                await call(client)
        assert len(server.exchanges) == 3
        with pytest.raises(UnavailableError):
            await read(client)
        assert len(server.exchanges) == 6


async def test_after_a_server_error_the_connection_is_not_used_again(connect: Connect) -> None:
    async with FaultyServer(in_turn(answering(500), answering(200, PAGE))) as server:
        await read(connect(server.url))
        assert [exchange.connection for exchange in server.exchanges] == [1, 2]


async def test_a_connection_is_reused_after_an_answer(connect: Connect) -> None:
    async with FaultyServer(answering(200, PAGE)) as server:
        client = connect(server.url)
        await read(client)
        await read(client)
        assert [exchange.connection for exchange in server.exchanges] == [1, 1]


async def test_a_reused_connection_that_closes_repeats_reads_but_not_writes(connect: Connect) -> None:
    async with FaultyServer(in_turn(answering(200, PAGE), reset, answering(200, PAGE))) as server:
        client = connect(server.url)
        await read(client)
        await read(client)
        assert len(server.exchanges) == 3
    async with FaultyServer(in_turn(answering(200, PAGE), reset)) as server:
        client = connect(server.url)
        await read(client)
        with pytest.raises(IndeterminateError):
            await write(client)
        assert len(server.exchanges) == 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("call", [read, *WRITES])
async def test_a_redirect_is_not_followed_and_the_key_is_not_sent_there(
    connect: Connect, call: Call, status: int
) -> None:
    async with FaultyServer(answering(200, PAGE)) as elsewhere:
        away = answering(status, b"", f"location: {elsewhere.url}/x?secret=1")
        async with FaultyServer(away) as server:
            with pytest.raises(MalformedReplyError, match="redirect to http://127") as caught:
                await call(connect(server.url))
            assert "secret" not in caught.value.detail
            assert len(server.exchanges) == 1
        assert elsewhere.exchanges == []


@pytest.mark.parametrize("headers", [("location: http://[",), ("location:",), ()])
async def test_a_redirect_without_a_valid_target_is_a_redirect(connect: Connect, headers: tuple[str, ...]) -> None:
    async with FaultyServer(answering(302, b"", *headers)) as server:
        with pytest.raises(MalformedReplyError, match="redirect"):
            await read(connect(server.url))


async def test_the_error_for_a_redirect_omits_the_password_in_its_target(connect: Connect) -> None:
    away = answering(302, b"", "location: http://user:secret@elsewhere.example/x")
    async with FaultyServer(away) as server:
        with pytest.raises(MalformedReplyError, match=r"http://elsewhere\.example; it is not followed") as caught:
            await read(connect(server.url))
        assert "secret" not in caught.value.detail


async def test_an_empty_category_differs_from_a_missing_route(connect: Connect) -> None:
    nothing_yet = answering(404, b'{"detail": "Model category \'blip\' not found"}')
    async with FaultyServer(nothing_yet) as server:
        assert await connect(server.url).models("blip") == {}
        assert await connect(server.url).model("blip", "x") is None
    async with FaultyServer(answering(404, b'{"detail": "Not Found"}')) as server:
        for ask in (connect(server.url).models("blip"), connect(server.url).my_roles(KEY)):
            with pytest.raises(NotFoundError) as caught:
                await ask
            assert caught.value.is_route_missing


async def test_another_http_transport_can_be_injected() -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        assert request.url == "http://service.example/api/heartbeat"
        return httpx.Response(500, stream=httpx.ByteStream(b"{}"))

    async with make_http_client("http://service.example/api", transport=httpx.MockTransport(fail)) as http:
        with pytest.raises(UnavailableError):
            await ReferenceClient(Transport(http), generation_8()).heartbeat()


async def test_a_service_older_than_the_queue_takes_no_writes(connect: Connect) -> None:
    async with FaultyServer(answering(200, b'"PRIMARY"')) as server:
        deployment = await connect(server.url).deployment()
        assert not deployment.has_queue
        assert not deployment.takes_writes


async def test_the_version_is_read_until_it_is_known(connect: Connect) -> None:
    mode = answering(200, b'{"replicate_mode":"PRIMARY","canonical_format":"v9","writable":true}')
    document = answering(200, b'{"info": {"version": "9.1.0"}}')
    async with FaultyServer(in_turn(mode, answering(404), mode, document, mode)) as server:
        client = connect(server.url)
        versions = [(await client.deployment()).version for _ in range(3)]
        assert versions == [None, "9.1.0", "9.1.0"]
        assert (await client.deployment()).canonical_format == "v9"
        assert len(server.exchanges) == 6


async def test_at_most_four_requests_are_in_flight(connect: Connect) -> None:
    four, gate = asyncio.Event(), asyncio.Event()

    async def hold(exchange: Exchange) -> None:
        if exchange.number == 4:
            four.set()
        await gate.wait()
        await exchange.answer(200, PAGE)

    async with FaultyServer(hold) as server, asyncio.TaskGroup() as calls:
        client = connect(server.url)
        tasks = [calls.create_task(read(client)) for _ in range(10)]
        await four.wait()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(tasks[-1]), 0.05)
        assert len(server.exchanges) == 4
        gate.set()


async def test_a_write_that_timed_out_in_the_queue_for_a_connection_was_not_done(connect: Connect) -> None:
    limits = TimeLimits(write=timedelta(seconds=0.05))
    four = asyncio.Event()

    async def hold(exchange: Exchange) -> None:
        if exchange.number == 4:
            four.set()
        await asyncio.Event().wait()

    async with FaultyServer(hold) as server:
        client = connect(server.url, time_limits=limits)
        readers = [asyncio.create_task(read(client)) for _ in range(4)]
        await four.wait()
        with pytest.raises(UnavailableError):
            await write(client)
        assert len(server.exchanges) == 4
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)


async def test_proxy_variables_of_the_environment_are_ignored(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    async with FaultyServer(answering(200, PAGE)) as server:
        await read(connect(server.url))
        assert server.exchanges[0].raw.startswith(b"GET /api/model_references/v2/pending_queue/changes?")
