"""What is open while the bot lives: the file, its keys, and the two ways out."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx

from bot.identity.horde import HordeClient, make_horde_client
from bot.reference.transport import make_http_client
from bot.settings import Settings
from storage.database import Database
from storage.keyring import Keyring, parse_keys
from storage.unlocking import unlock

PING_TIMEOUT_S = 3.0


@dataclass(frozen=True, slots=True, repr=False)
class Connections:
    """What is open while the bot lives."""

    database: Database
    keyring: Keyring
    service: httpx.AsyncClient
    horde: HordeClient


@asynccontextmanager
async def connect(
    settings: Settings,
    *,
    service_transport: httpx.AsyncBaseTransport | None = None,
    horde_transport: httpx.AsyncBaseTransport | None = None,
    is_sharing_allowed: bool = False,
) -> AsyncIterator[Connections]:
    """Open the database first, so that a wrong key or a second instance is found before any network.

    Raises:
        StartError: the file or the keys must not be used; carries the exit code and the remedy.
    """
    keys = parse_keys(settings.credential_keys)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(
            await Database.open(settings.database_path, is_sharing_allowed=is_sharing_allowed)
        )
        keyring = await unlock(database, keys)
        service = await stack.enter_async_context(make_http_client(settings.service_url, transport=service_transport))
        horde = await stack.enter_async_context(make_horde_client(settings.ai_horde_url, transport=horde_transport))
        yield Connections(database, keyring, service, horde)


async def ping(horde: HordeClient) -> int | None:
    """Milliseconds until AI-Horde answered something public; ``None`` when it did not."""
    started = time.monotonic()
    try:
        async with asyncio.timeout(PING_TIMEOUT_S), horde.stream("GET", "v2/status/heartbeat") as response:
            is_well = response.is_success  # its body is nobody's concern, however long it is
    except (TimeoutError, httpx.HTTPError):
        return None
    return round((time.monotonic() - started) * 1000) if is_well else None
