"""What is said after each way in which a service, or the way to it, can fail; on real sockets."""

import asyncio
import gzip
import logging
import socket
import tracemalloc
from collections.abc import Awaitable, Callable
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
    read=timedelta(seconds=0.5),
    write=timedelta(seconds=0.5),
    apply=timedelta(seconds=0.5),
)


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
        taken.bind(("127.0.0.1", 0))  # bound, but nobody listens
        client = connect(f"http://127.0.0.1:{taken.getsockname()[1]}/api")
        with pytest.raises(UnavailableError, match="cannot be reached"):
            await call(client)


LOST = [silence, reset, half_an_answer, drip]


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("call", WRITES)
async def test_a_write_whose_answer_is_lost_is_open_and_never_repeated(
    connect: Connect, call: Call, fault: Behaviour
) -> None:
    async with FaultyServer(fault) as server:
        with pytest.raises(IndeterminateError):
            await call(connect(server.url, time_limits=BRIEF))
        assert len(server.exchanges) == 1


@pytest.mark.parametrize("fault", LOST)
async def test_a_read_whose_answer_is_lost_is_asked_again(connect: Connect, fault: Behaviour) -> None:
    async with FaultyServer(in_turn(fault, fault, answering(200, PAGE))) as server:
        page = await read(connect(server.url, time_limits=BRIEF))
        assert page.total == 0
        assert len(server.exchanges) == 3


async def test_but_not_for_ever(connect: Connect) -> None:
    async with FaultyServer(reset) as server:
        with pytest.raises(UnavailableError):
            await read(connect(server.url))
        assert len(server.exchanges) == 3


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>Welcome</html>", b"[]", b'{"change_id": "x"}', b"\xff\xfe", b"null", b"[" * 100_000],
)
async def test_an_unreadable_success_is_open_for_a_write_and_foreign_for_a_read(connect: Connect, body: bytes) -> None:
    async with FaultyServer(answering(202, body)) as server:
        client = connect(server.url)
        for call in WRITES:
            with pytest.raises(IndeterminateError) as lost:
                await call(client)
            assert lost.value.status == 202
        with pytest.raises(MalformedReplyError):
            await read(client)
        assert len(server.exchanges) == 4


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_proxys_error_page_is_open_for_a_write_and_retried_for_a_read(connect: Connect, status: int) -> None:
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


async def test_otherwise_a_connection_is_used_again(connect: Connect) -> None:
    async with FaultyServer(answering(200, PAGE)) as server:
        client = connect(server.url)
        await read(client)
        await read(client)
        assert [exchange.connection for exchange in server.exchanges] == [1, 1]


async def test_a_connection_that_closes_as_it_is_used_again(connect: Connect) -> None:
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
async def test_a_redirect_is_not_followed_and_the_key_stays(connect: Connect, call: Call, status: int) -> None:
    async with FaultyServer(answering(200, PAGE)) as elsewhere:
        away = answering(status, b"", f"location: {elsewhere.url}/x?secret=1")
        async with FaultyServer(away) as server:
            with pytest.raises(MalformedReplyError, match="redirect to http://127") as caught:
                await call(connect(server.url))
            assert "secret" not in caught.value.detail
            assert len(server.exchanges) == 1
        assert elsewhere.exchanges == []


@pytest.mark.parametrize("headers", [("location: http://[",), ("location:",), ()])
async def test_a_redirect_to_nowhere_is_a_redirect_all_the_same(connect: Connect, headers: tuple[str, ...]) -> None:
    async with FaultyServer(answering(302, b"", *headers)) as server:
        with pytest.raises(MalformedReplyError, match="redirect"):
            await read(connect(server.url))


async def test_a_redirect_does_not_tell_the_password_in_its_target(connect: Connect) -> None:
    away = answering(302, b"", "location: http://user:secret@elsewhere.example/x")
    async with FaultyServer(away) as server:
        with pytest.raises(MalformedReplyError, match=r"http://elsewhere\.example; it is not followed") as caught:
            await read(connect(server.url))
        assert "secret" not in caught.value.detail


async def test_a_category_is_empty_but_a_route_is_missing(connect: Connect) -> None:
    nothing_yet = answering(404, b'{"detail": "Model category \'blip\' not found"}')
    async with FaultyServer(nothing_yet) as server:
        assert await connect(server.url).models("blip") == {}
        assert await connect(server.url).model("blip", "x") is None
    async with FaultyServer(answering(404, b'{"detail": "Not Found"}')) as server:
        for ask in (connect(server.url).models("blip"), connect(server.url).my_roles(KEY)):
            with pytest.raises(NotFoundError) as caught:
                await ask
            assert caught.value.is_route_missing


async def test_another_way_to_the_service_can_be_put_in() -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        assert request.url == "http://service.example/api/heartbeat"
        return httpx.Response(500, stream=httpx.ByteStream(b"{}"))

    async with make_http_client("http://service.example/api", transport=httpx.MockTransport(fail)) as http:
        with pytest.raises(UnavailableError):
            await ReferenceClient(Transport(http), generation_8()).heartbeat()


async def test_a_bomb_is_put_down_before_it_goes_off(connect: Connect) -> None:
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


async def test_a_queue_of_which_not_even_an_empty_page_can_be_read_is_asked_a_few_times(connect: Connect) -> None:
    bomb = gzip.compress(b"\0" * (MAX_BODY_BYTES + 1), compresslevel=1)
    async with FaultyServer(answering(200, bomb, "content-encoding: gzip")) as server:
        with pytest.raises(MalformedReplyError, match="too large"):
            await read(connect(server.url))
        assert len(server.exchanges) <= 12


async def test_a_packed_answer_is_unpacked(connect: Connect) -> None:
    packed = answering(200, gzip.compress(PAGE), "content-encoding: gzip")
    async with FaultyServer(packed) as server:
        assert (await read(connect(server.url))).items == ()
        assert b"accept-encoding: gzip\r\n" in server.exchanges[0].raw.lower()


@pytest.mark.parametrize("headers", [("content-encoding: gzip",), ("content-encoding: br",)])
async def test_an_answer_packed_in_another_way_is_garbled(connect: Connect, headers: tuple[str, ...]) -> None:
    async with FaultyServer(answering(200, PAGE, *headers)) as server:
        with pytest.raises(MalformedReplyError, match="garbled"):
            await read(connect(server.url))
        with pytest.raises(IndeterminateError, match="garbled"):
            await write(connect(server.url))


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Real waiting times of the retries, not waited for."""
    seen: list[float] = []

    async def note(seconds: float) -> None:
        seen.append(seconds)

    stamina.set_testing(False)
    monkeypatch.setattr("stamina._core._smart_sleep", note)
    return seen


async def test_the_service_gets_the_pause_it_asks_for(connect: Connect, waits: list[float]) -> None:
    limited = answering(429, b'{"detail": "slow down"}', "retry-after: 7")
    async with FaultyServer(in_turn(limited, answering(200, PAGE))) as server:
        await read(connect(server.url))
    assert waits == [7.0]


@pytest.mark.parametrize(
    ("header", "retry_after_s"),
    [("1000000000", 60.0), ("59", 59.0), ("Fri, 31 Dec 2100 23:59:59 GMT", 60.0)],
)
async def test_a_pause_longer_than_anyone_waits_is_told_instead(
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
async def test_a_pause_that_makes_no_sense_is_ignored(connect: Connect, waits: list[float], header: str) -> None:
    limited = answering(429, b'{"detail": "slow down"}', f"retry-after: {header}")
    async with FaultyServer(in_turn(limited, answering(200, PAGE))) as server:
        await read(connect(server.url))
    assert len(waits) == 1
    assert waits[0] < 1


@pytest.mark.parametrize("call", [read, write])
async def test_an_unconfirmed_key_is_asked_about_once_more(connect: Connect, waits: list[float], call: Call) -> None:
    async with FaultyServer(answering(401, b'{"detail": "Invalid API key"}')) as server:
        with pytest.raises(UnauthorizedError):
            await call(connect(server.url))
        assert len(server.exchanges) == 2
    assert len(waits) == 1
    assert 2 <= waits[0] <= 5


async def test_roles_are_asked_for_once_as_ai_horde_knows_more(connect: Connect) -> None:
    async with FaultyServer(answering(401, b'{"detail": "Invalid API key"}')) as server:
        with pytest.raises(UnauthorizedError):
            await connect(server.url).my_roles(KEY)
        assert len(server.exchanges) == 1


async def test_a_heartbeat_is_asked_for_once(connect: Connect) -> None:
    async with FaultyServer(answering(503)) as server:
        with pytest.raises(UnavailableError):
            await connect(server.url).heartbeat()
        assert len(server.exchanges) == 1


async def test_a_service_older_than_the_queue_is_not_taken_for_one_with_it(connect: Connect) -> None:
    async with FaultyServer(answering(200, b'"PRIMARY"')) as server:
        deployment = await connect(server.url).deployment()
        assert not deployment.has_queue
        assert not deployment.takes_writes


async def test_the_version_is_asked_for_until_it_is_known_and_then_no_more(connect: Connect) -> None:
    mode = answering(200, b'{"replicate_mode":"PRIMARY","canonical_format":"v9","writable":true}')
    document = answering(200, b'{"info": {"version": "9.1.0"}}')
    async with FaultyServer(in_turn(mode, answering(404), mode, document, mode)) as server:
        client = connect(server.url)
        versions = [(await client.deployment()).version for _ in range(3)]
        assert versions == [None, "9.1.0", "9.1.0"]
        assert (await client.deployment()).canonical_format == "v9"
        assert len(server.exchanges) == 6


async def test_no_more_than_four_requests_are_under_way(connect: Connect) -> None:
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


async def test_a_write_that_never_got_its_turn_was_not_done(connect: Connect) -> None:
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
async def test_a_record_that_is_no_json_text_is_not_sent(connect: Connect, record: dict[str, Any]) -> None:
    async with FaultyServer(answering(500)) as server:
        with pytest.raises(InvalidRequestError) as caught:
            await write(connect(server.url), record)
        assert "canary" not in repr(caught.value)
        assert server.exchanges == []


async def test_a_record_without_a_bottom_is_not_sent(connect: Connect) -> None:
    record: dict[str, Any] = {}
    record["self"] = record
    async with FaultyServer(answering(500)) as server:
        with pytest.raises(InvalidRequestError):
            await write(connect(server.url), record)
        assert server.exchanges == []


async def test_a_name_longer_than_an_address_is_not_sent(connect: Connect) -> None:
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
async def test_what_cannot_be_a_key_is_not_sent_and_not_repeated(connect: Connect, text: str) -> None:
    async with FaultyServer(answering(200, PAGE)) as server:
        with pytest.raises(UnauthorizedError) as caught:
            await connect(server.url).changes(SecretStr(text))
        assert caught.value.status is None
        assert not text or text not in f"{caught.value!r} {caught.value.__context__!r}"
        assert server.exchanges == []


async def test_the_key_travels_in_its_header_and_nowhere_else(connect: Connect) -> None:
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
async def test_no_failure_and_no_log_line_tells_the_key(
    connect: Connect, fault: Behaviour, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with FaultyServer(fault) as server:
        for call in (read, *WRITES):
            with pytest.raises(ApiError) as caught:
                await call(connect(server.url, time_limits=BRIEF))
            chain = [caught.value, caught.value.__cause__, caught.value.__context__]
            assert all(CANARY not in f"{error!r} {error}" for error in chain)
        assert all(CANARY.encode() in exchange.raw for exchange in server.exchanges)
    assert caplog.text
    assert CANARY not in caplog.text


async def test_nothing_of_the_environment_changes_the_way(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    async with FaultyServer(answering(200, PAGE)) as server:
        await read(connect(server.url))
        assert server.exchanges[0].raw.startswith(b"GET /api/model_references/v2/pending_queue/changes?")
