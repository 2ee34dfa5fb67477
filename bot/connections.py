"""Open connections of the bot: the database with its keys, and the HTTP clients."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx

from bot.identity.horde import HordeClient, make_horde_client
from bot.reference.transport import make_http_client
from bot.settings import Settings
from storage.database import Database
from storage.keyring import Keyring, parse_keys
from storage.keyring_check import unlock


@dataclass(frozen=True, slots=True, repr=False)
class Connections:
    """The open database with its keys, and the HTTP clients."""

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
    """Open the database, then the HTTP clients; a wrong key or a second instance fails before any request.

    Raises:
        StartError: the database or the keys must not be used; has the exit code and the remedy.
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
