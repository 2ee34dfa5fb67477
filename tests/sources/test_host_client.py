"""The client of one host against made-up hosts on loopback."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from typing import override

import httpx
import pytest
from pydantic import SecretStr

from bot.sources.host_client import JSON_BYTES_MAX, HostClient, HostError, HostProblem, HostRequest, make_host_client
from bot.tls import tls_context
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

REQUEST = HostRequest("/api/models/fern-lab/Moss", (("blobs", "true"),), redirect_prefix="/api/models/")
DEADLINE = timedelta(seconds=10)
"""Deadline that an answer never misses, however busy the machine."""
SOON = timedelta(seconds=0.2)
"""Deadline that answers without an end always miss."""
HTML = b"<!doctype html><title>Just a moment</title>"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Away(httpx.AsyncHTTPTransport):
    """Real sockets that remember every host they were asked for."""

    def __init__(self) -> None:
        super().__init__(trust_env=False, verify=tls_context())
        self.hosts: set[str] = set()

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.hosts.add(f"{request.url.host}:{request.url.port}")
        return await super().handle_async_request(request)


@pytest.fixture
def clock() -> Clock:
    return Clock()


type Opened = tuple[HostClient, FaultyServer, Away]


@asynccontextmanager
async def host(
    behaviour: Behaviour,
    clock: Callable[[], float],
    token: SecretStr | None = None,
    *,
    deadline: timedelta = DEADLINE,
) -> AsyncIterator[Opened]:
    away = Away()
    async with (
        FaultyServer(behaviour) as server,
        make_host_client(server.url.removesuffix("/api"), user_agent="horde-curator/test", transport=away) as client,
    ):
        yield HostClient("Moss Host", client, token=token, monotonic=clock, deadline=deadline), server, away


type Opening = Callable[..., AbstractAsyncContextManager[Opened]]


async def failure(opened: Opened, request: HostRequest = REQUEST) -> HostError:
    client, server, away = opened
    with pytest.raises(HostError) as caught:
        await client.read_json(request)
    assert away.hosts <= {server.url.removeprefix("http://").removesuffix("/api")}
    return caught.value


async def test_a_read_asks_once_with_an_honest_name_and_no_key(clock: Clock) -> None:
    async with host(answering(200, b'{"id": "fern-lab/Moss"}'), clock) as (client, server, _):
        assert await client.read_json(REQUEST) == {"id": "fern-lab/Moss"}
        head = server.exchanges[0].raw.decode().lower()
        assert head.startswith("get /api/models/fern-lab/moss?blobs=true http/1.1\r\n")
        assert "user-agent: horde-curator/test" in head
        assert "authorization" not in head
        assert "apikey" not in head


async def test_a_token_is_sent_in_the_header_alone(clock: Clock) -> None:
    async with host(answering(200, b"[]"), clock, SecretStr("own-token-of-the-operator")) as (client, server, _):
        await client.read_json(HostRequest("/api/v1/models/1"))
        first, *headers = server.exchanges[0].raw.decode().split("\r\n")
        assert "own-token" not in first
        sent = {name.lower(): value for name, _, value in (line.partition(": ") for line in headers)}
        assert sent["authorization"] == "Bearer own-token-of-the-operator"


async def test_a_form_is_posted(clock: Clock) -> None:
    async with host(answering(200, b"[]"), clock) as (client, server, _):
        await client.read_json(HostRequest("/api/models/a/b/paths-info/main", form={"paths": "moss v2.safetensors"}))
        assert server.exchanges[0].raw.startswith(b"POST ")
        assert server.exchanges[0].raw.endswith(b"paths=moss+v2.safetensors")


@pytest.mark.parametrize(
    ("behaviour", "problem"),
    [
        (answering(200, HTML, "content-type: text/html"), HostProblem.UNREADABLE),
        (answering(200, b""), HostProblem.UNREADABLE),
        (answering(200, b"[" * 100_000), HostProblem.UNREADABLE),
        (answering(200, b"{}", "content-encoding: br"), HostProblem.UNREADABLE),
        (answering(200, b" " * (JSON_BYTES_MAX + 1)), HostProblem.UNREADABLE),
        (answering(200, gzip.compress(b" " * (JSON_BYTES_MAX * 4)), "content-encoding: gzip"), HostProblem.UNREADABLE),
        (answering(401, b'{"error": "Invalid username or password."}'), HostProblem.MISSING_OR_PRIVATE),
        (answering(401, b"", "x-error-message: Invalid credentials in Authorization header"), HostProblem.REFUSED),
        (answering(403, HTML, "content-type: text/html"), HostProblem.REFUSED),
        (answering(403, b"", "x-error-message: Access to this resource is disabled."), HostProblem.REFUSED),
        (answering(404, b'{"error": "No model with id 1"}'), HostProblem.MISSING),
        (answering(404, HTML), HostProblem.MISSING),
        (answering(410, b'{"error": "Model archived"}'), HostProblem.MISSING),
        (answering(429, b""), HostProblem.BUSY),
        (answering(451, b'{"code": "REGION_BLOCKED"}'), HostProblem.REGION),
        (answering(500, HTML), HostProblem.FAILING),
        (answering(524, b""), HostProblem.FAILING),
        (half_an_answer, HostProblem.UNREACHABLE),
        (reset, HostProblem.UNREACHABLE),
    ],
)  # fmt: skip
async def test_every_bad_answer_is_a_named_problem(behaviour: Behaviour, problem: HostProblem, clock: Clock) -> None:
    async with host(behaviour, clock) as opened:
        assert (await failure(opened)).problem is problem


@pytest.mark.parametrize("behaviour", [drip, silence])
async def test_an_answer_without_an_end_is_slow(behaviour: Behaviour, clock: Clock) -> None:
    async with asyncio.timeout(30), host(behaviour, clock, deadline=SOON) as opened:
        assert (await failure(opened)).problem is HostProblem.SLOW


async def test_the_hosts_own_words_are_short(clock: Clock) -> None:
    words = json.dumps({"error": "x" * 5000}).encode()
    async with host(answering(403, words), clock) as opened:
        assert len((await failure(opened)).message) <= 200


async def test_a_renamed_repository_is_found_at_its_new_id(clock: Clock) -> None:
    moved = answering(307, b"", "location: /api/models/moss-lab/Moss?blobs=true")
    async with host(in_turn(moved, answering(200, b'{"id": "moss-lab/Moss"}')), clock) as (client, server, _):
        assert await client.read_json(REQUEST) == {"id": "moss-lab/Moss"}
        assert server.exchanges[1].raw.startswith(b"GET /api/models/moss-lab/Moss?blobs=true ")


@pytest.mark.parametrize(
    "location",
    [
        "https://cdn.example/moss",
        "//cdn.example/api/models/moss",
        "http://127.0.0.1:9/api/models/moss",
        "/login?next=/api/models/moss",
        "/api/models/../whoami",
        "http://[",
        "",
    ],
)
async def test_a_redirect_leads_nowhere_else(location: str, clock: Clock) -> None:
    async with host(answering(302, b"", f"location: {location}"), clock) as opened:
        assert (await failure(opened)).problem is HostProblem.UNREADABLE
        assert len(opened[1].exchanges) == 1


async def test_a_redirect_to_what_is_no_address_is_a_failure_of_the_host(clock: Clock) -> None:
    async with host(answering(302, b"", "location: //xn--/api/models/moss"), clock) as opened:
        assert (await failure(opened)).problem is HostProblem.UNREACHABLE


async def test_redirects_do_not_chain(clock: Clock) -> None:
    async with host(answering(307, b"", "location: /api/models/moss"), clock) as opened:
        assert (await failure(opened)).problem is HostProblem.UNREADABLE
        assert len(opened[1].exchanges) == 2


async def test_a_request_without_a_named_redirect_follows_none(clock: Clock) -> None:
    async with host(answering(307, b"", "location: /api/v1/models/2"), clock) as opened:
        assert (await failure(opened, HostRequest("/api/v1/models/1"))).problem is HostProblem.UNREADABLE
        assert len(opened[1].exchanges) == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        (('ratelimit: "api";r=0;t=55',), 55),
        (("retry-after: 12",), 12),
        (("retry-after: soon",), 30),
        (('ratelimit: "api";r=0;t=99999999',), 600),
    ],
)
async def test_a_reached_limit_stops_requests_until_it_ends(
    headers: tuple[str, ...], seconds: float, clock: Clock
) -> None:
    async with host(in_turn(answering(429, b"", *headers), answering(200, b"[]")), clock) as opened:
        client, server, _ = opened
        assert (await failure(opened)).retry_in_s == pytest.approx(seconds)
        clock.now += seconds - 1
        assert (await failure(opened)).retry_in_s == pytest.approx(1)
        assert len(server.exchanges) == 1
        clock.now += 2
        assert await client.read_json(REQUEST) == []


async def test_the_last_answer_of_a_limit_counts_and_stops_the_next_request(clock: Clock) -> None:
    async with host(answering(200, b"[]", 'ratelimit: "api";r=0;t=20'), clock) as opened:
        assert await opened[0].read_json(REQUEST) == []
        assert (await failure(opened)).problem is HostProblem.BUSY


async def test_a_host_that_fails_again_and_again_is_left_alone_for_a_while(clock: Clock) -> None:
    async with host(answering(500, b""), clock) as opened:
        client, server, _ = opened
        for _ in range(6):
            await failure(opened)
        asked = len(server.exchanges)
        assert (await failure(opened)).problem is HostProblem.UNREACHABLE
        assert len(server.exchanges) == asked
        clock.now += 61
        await failure(opened)
        assert len(server.exchanges) == asked + 1
        assert client.name == "Moss Host"


async def test_refusals_do_not_open_the_circuit(clock: Clock) -> None:
    async with host(answering(404, b"{}"), clock) as opened:
        for _ in range(10):
            await failure(opened)
        assert len(opened[1].exchanges) == 10


async def test_a_host_that_is_away_is_unreachable(clock: Clock) -> None:
    async with make_host_client("http://127.0.0.1:9", user_agent="x") as client:
        with pytest.raises(HostError) as caught:
            await HostClient("Moss Host", client, monotonic=clock).read_json(REQUEST)
    assert caught.value.problem is HostProblem.UNREACHABLE


async def test_a_redirect_in_turn_shares_the_deadline(clock: Clock) -> None:
    async def slowly(exchange: Exchange) -> None:
        await asyncio.sleep(0.15)
        await exchange.answer(307, b"", "location: /api/models/moss")

    async with asyncio.timeout(30), host(slowly, clock, deadline=SOON) as opened:
        assert (await failure(opened)).problem is HostProblem.SLOW
