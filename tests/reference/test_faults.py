"""Errors for each fault of the service or the network, on real sockets."""

import asyncio
import gzip
import logging
import socket
import tracemalloc
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
import stamina
from pydantic import SecretStr

from bot.reference.client import ReferenceClient
from bot.reference.errors import (
    ApiError,
    IndeterminateError,
    InvalidRequestError,
    MalformedReplyError,
    NotFoundError,
    UnauthorizedError,
    UnavailableError,
)
from bot.reference.generations import generation_8
from bot.reference.models import CanonicalFormat, Operation
from bot.reference.requests import TimeLimits
from bot.reference.transport import MAX_BODY_BYTES, Transport, make_http_client
from tests.reference.conftest import Connect
from tests.reference.faulty import (
    Behaviour,
    Exchange,
    FaultyServer,
    answering,
    drip,
    half_an_answer,
    in_turn,
    reset,
    silence,
)

CANARY = "canary-key-0123456789"
KEY = SecretStr(CANARY)
PAGE = b'{"items": [], "total": 0, "offset": 0, "limit": 500}'
BRIEF = TimeLimits(
    probe=timedelta(seconds=0.5),
    read=timedelta(seconds=0.5),  # in which the answer after the faults must arrive
    write=timedelta(seconds=0.2),
    apply=timedelta(seconds=0.2),
)
BRIEFER = replace(BRIEF, read=timedelta(seconds=0.1), write=timedelta(seconds=0.1), apply=timedelta(seconds=0.1))
"""Where no answer has to arrive."""


async def read(client: ReferenceClient) -> Any:
    return await client.changes(KEY)


async def write(client: ReferenceClient, record: dict[str, Any] | None = None, name: str = "x") -> Any:
    return await client.propose(
        KEY,
        operation=Operation.CREATE,
        category="blip",
        name=name,
        record=record or {},
        dialect=CanonicalFormat.V2,
    )


async def decide(client: ReferenceClient) -> Any:
    return await client.decide(KEY, approve=[1], title="t")


async def apply(client: ReferenceClient) -> Any:
    return await client.apply(KEY, [1], job_id="j")


WRITES = [write, decide, apply]
type Call = Callable[[ReferenceClient], Awaitable[Any]]


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
    connect: Connect, call: Call, fault: Behaviour
) -> None:
    async with FaultyServer(fault) as server:
        with pytest.raises(IndeterminateError):
            await call(connect(server.url, time_limits=BRIEF))
        assert len(server.exchanges) == 1


@pytest.mark.parametrize("fault", LOST)
async def test_a_read_with_a_lost_answer_is_retried(connect: Connect, fault: Behaviour) -> None:
    async with FaultyServer(in_turn(fault, fault, answering(200, PAGE))) as server:
        page = await read(connect(server.url, time_limits=BRIEF))
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


async def test_a_gzip_bomb_is_not_decompressed(connect: Connect) -> None:
    bomb = gzip.compress(b"\0" * 200_000_000, compresslevel=1)
    async with FaultyServer(answering(200, bomb, "content-encoding: gzip")) as server:
        client = connect(server.url)
        tracemalloc.start()
        try:
            with pytest.raises(MalformedReplyError, match="too large"):
                await client.change(KEY, 42)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < 32 * 1024 * 1024
        with pytest.raises(IndeterminateError, match="too large"):
            await write(client)


async def test_reading_ends_when_even_an_empty_page_is_too_large(connect: Connect) -> None:
    bomb = gzip.compress(b"\0" * (MAX_BODY_BYTES + 1), compresslevel=1)
    async with FaultyServer(answering(200, bomb, "content-encoding: gzip")) as server:
        with pytest.raises(MalformedReplyError, match="too large"):
            await read(connect(server.url))
        assert len(server.exchanges) <= 12


async def test_a_compressed_answer_is_decompressed(connect: Connect) -> None:
    packed = answering(200, gzip.compress(PAGE), "content-encoding: gzip")
    async with FaultyServer(packed) as server:
        assert (await read(connect(server.url))).items == ()
        assert b"accept-encoding: gzip\r\n" in server.exchanges[0].raw.lower()


@pytest.mark.parametrize("headers", [("content-encoding: gzip",), ("content-encoding: br",)])
async def test_an_answer_with_a_wrong_encoding_is_malformed(connect: Connect, headers: tuple[str, ...]) -> None:
    async with FaultyServer(answering(200, PAGE, *headers)) as server:
        with pytest.raises(MalformedReplyError, match="garbled"):
            await read(connect(server.url))
        with pytest.raises(IndeterminateError, match="garbled"):
            await write(connect(server.url))


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


UNWRITABLE: list[dict[str, Any]] = [
    {"description": "half a pair \ud83d, canary"},
    {"size": float("nan"), "description": "canary"},
    {"size": float("inf")},
]


@pytest.mark.parametrize("record", UNWRITABLE)
async def test_a_record_that_is_not_valid_json_is_not_sent(connect: Connect, record: dict[str, Any]) -> None:
    async with FaultyServer(answering(500)) as server:
        with pytest.raises(InvalidRequestError) as caught:
            await write(connect(server.url), record)
        assert "canary" not in repr(caught.value)
        assert server.exchanges == []


async def test_a_record_that_contains_itself_is_not_sent(connect: Connect) -> None:
    record: dict[str, Any] = {}
    record["self"] = record
    async with FaultyServer(answering(500)) as server:
        with pytest.raises(InvalidRequestError):
            await write(connect(server.url), record)
        assert server.exchanges == []


async def test_a_name_that_is_too_long_for_a_url_is_not_sent(connect: Connect) -> None:
    async with FaultyServer(answering(500)) as server:
        with pytest.raises(InvalidRequestError, match="as an address"):
            await connect(server.url).model("blip", "\U0001f600" * 10_000)
        assert server.exchanges == []


BAD_KEYS = [
    "",
    "short",
    "x" * 65,
    f"{CANARY}\n",
    f"{CANARY}\r\nx: y",
    f"\u200b{CANARY}",
    f"{CANARY} ",
    "ключ-ключ-ключ",
]


@pytest.mark.parametrize("text", BAD_KEYS)
async def test_an_invalid_key_is_not_sent_and_not_in_the_error(connect: Connect, text: str) -> None:
    async with FaultyServer(answering(200, PAGE)) as server:
        with pytest.raises(UnauthorizedError) as caught:
            await connect(server.url).changes(SecretStr(text))
        assert caught.value.status is None
        assert not text or text not in f"{caught.value!r} {caught.value.__context__!r}"
        assert server.exchanges == []


async def test_the_key_is_only_in_its_header(connect: Connect) -> None:
    async with FaultyServer(answering(200, PAGE)) as server:
        client = connect(server.url)
        await client.changes(KEY, model_name="x")
        await client.baselines()
    with_key, without = (exchange.raw for exchange in server.exchanges)
    assert f"apikey: {CANARY}\r\n".encode() in with_key
    assert with_key.count(CANARY.encode()) == 1
    assert b"apikey" not in without


@pytest.mark.parametrize(
    "fault",
    [silence, reset, half_an_answer, answering(401), answering(500), answering(302), answering(422), answering(202)],
)
async def test_no_error_and_no_log_line_contains_the_key(
    connect: Connect, fault: Behaviour, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with FaultyServer(fault) as server:
        for call in (read, *WRITES):
            with pytest.raises(ApiError) as caught:
                await call(connect(server.url, time_limits=BRIEFER))
            chain = [caught.value, caught.value.__cause__, caught.value.__context__]
            assert all(CANARY not in f"{error!r} {error}" for error in chain)
        assert all(CANARY.encode() in exchange.raw for exchange in server.exchanges)
    assert caplog.text
    assert CANARY not in caplog.text


async def test_proxy_variables_of_the_environment_are_ignored(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    async with FaultyServer(answering(200, PAGE)) as server:
        await read(connect(server.url))
        assert server.exchanges[0].raw.startswith(b"GET /api/model_references/v2/pending_queue/changes?")
