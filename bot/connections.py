"""Open connections of the bot: the database with its keys, and the HTTP clients."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Final

import httpx

from bot.identity.horde import HordeClient, make_horde_client
from bot.reference.transport import make_http_client
from bot.settings import Settings
from bot.sources.hosts import Hosts, open_hosts
from storage.database import Database
from storage.keyring import Keyring, parse_keys
from storage.keyring_check import unlock

VERSION: Final = version("horde-curator")
USER_AGENT: Final = f"horde-curator/{VERSION} (Discord bot for the AI-Horde model reference)"
"""Name for the file hosts, which refuse the default names of HTTP libraries."""


def utc_now() -> datetime:
    """Return the current time, with its time zone."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, repr=False)
class Connections:
    """The open database with its keys, and the HTTP clients.

    ``hosts`` is None if the operator switched the file hosts off.
    """

    database: Database
    keyring: Keyring
    service: httpx.AsyncClient
    horde: HordeClient
    hosts: Hosts | None = None


@asynccontextmanager
async def connect(
    settings: Settings,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    is_sharing_allowed: bool = False,
) -> AsyncIterator[Connections]:
    """Open the database, then the HTTP clients: a wrong key fails before any request.

    Raises:
        StartError: the database or the keys must not be used; has the exit code and the remedy.
    """
    keys = parse_keys(settings.credential_keys)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(
            await Database.open(settings.database_path, is_sharing_allowed=is_sharing_allowed)
        )
        keyring = await unlock(database, keys)
        service = await stack.enter_async_context(make_http_client(settings.service_url, transport=transport))
        horde = await stack.enter_async_context(make_horde_client(settings.ai_horde_url, transport=transport))
        hosts = None
        if settings.ask_file_hosts:
            opening = open_hosts(
                hugging_face_url=settings.hugging_face_url,
                civitai_url=settings.civitai_url,
                civitai_token=settings.civitai_token,
                user_agent=USER_AGENT,
                transport=transport,
            )
            hosts = await stack.enter_async_context(opening)
        yield Connections(database, keyring, service, horde, hosts)
