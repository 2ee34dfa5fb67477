"""Identity on the real service, the AI-Horde stand-in and a real database file."""

import asyncio
import json
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import stamina
from pydantic import SecretStr

from bot.demo.horde_stand_in import HordeStandIn
from bot.demo.reference_service import ReferenceService
from bot.identity.accounts import Accounts
from bot.identity.horde import HordeClient, make_horde_client
from bot.identity.roles import AllowLists, QueueRoles
from bot.reference.client import ReferenceClient
from bot.reference.generations import generation_8
from bot.reference.transport import Transport, make_http_client
from storage.database import Database
from storage.keyring import generate_key, parse_keys
from storage.keyring_check import unlock
from storage.links import Links

type Answering = Callable[[httpx.Request], httpx.Response]
type RolesBehind = Callable[[Answering], QueueRoles]

TTL = timedelta(seconds=60)


class Clock:
    """A clock that stands until it is moved; aware UTC when called, seconds by ``monotonic``."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.now.timestamp()

    def move(self, span: timedelta) -> None:
        self.now += span


def answered(status: int, body: object) -> httpx.Response:
    """An answer as it comes from a socket: not read yet."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"content-type": "application/json", "content-length": str(len(content))}
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(content))


def everything_said_by(error: BaseException) -> str:
    """All that a log, a debugger or a traceback could show of an error and of the errors behind it."""
    seen: list[str] = ["".join(traceback.format_exception(error))]
    chain: list[BaseException | None] = [error]
    while chain:
        one = chain.pop()
        if one is not None:
            seen += [repr(one), str(one), repr(vars(one)), repr(one.args)]
            chain += [one.__cause__, one.__context__]
            request = getattr(one, "_request", None)
            seen.append(repr(request.headers) if request is not None else "")
    return "\n".join(seen)


@pytest.fixture(autouse=True)
def _no_waiting_between_attempts() -> Iterator[None]:
    with stamina.set_testing(testing=True, attempts=2):
        yield


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def horde_client(horde: HordeStandIn) -> AsyncIterator[HordeClient]:
    async with make_horde_client(horde.url) as client:
        yield client


@pytest.fixture
async def reference(v2_service: ReferenceService) -> AsyncIterator[ReferenceClient]:
    async with make_http_client(v2_service.url) as client:
        yield ReferenceClient(Transport(client))


@pytest.fixture
def queue_roles(reference: ReferenceClient, horde_client: HordeClient) -> QueueRoles:
    """Roles as the real service tells them; the allow-lists are empty."""
    return QueueRoles(reference, horde_client, AllowLists((), ()))


@pytest.fixture
async def roles_behind(horde_client: HordeClient) -> AsyncIterator[RolesBehind]:
    """Roles behind a service of another generation, or in a state that the real one is slow to reach.

    The lists are Rita's (101) and Abe's (202).
    """
    clients: list[httpx.AsyncClient] = []

    def build(answer: Answering) -> QueueRoles:
        client = make_http_client("http://127.0.0.1:9/api", transport=httpx.MockTransport(answer))
        clients.append(client)
        reference = ReferenceClient(Transport(client), generation_8())
        return QueueRoles(reference, horde_client, AllowLists(["101"], ["202"]))

    yield build
    await asyncio.gather(*(client.aclose() for client in clients))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "data" / "curator.db")
    try:
        yield database
    finally:
        await database.close()


@pytest.fixture
async def links(database: Database) -> Links:
    keyring = await unlock(database, parse_keys(generate_key()))
    return Links(database, keyring, "https://models.example/api")


@pytest.fixture
def accounts(links: Links, queue_roles: QueueRoles, clock: Clock) -> Accounts:
    return Accounts(links, queue_roles, clock=clock, ttl=TTL, monotonic=clock.monotonic)


@pytest.fixture
def canary(horde: HordeStandIn) -> SecretStr:
    """A key that AI-Horde knows as Rita's, to be searched for wherever it must not be."""
    key = SecretStr("canary-7Qx2-never_shown")
    horde.know(key.get_secret_value(), "alice#101")
    return key
