"""A bot process, a loopback Discord, the real service: joined by nothing but sockets and files."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest_asyncio

from bot.demo.horde_stand_in import HordeStandIn
from bot.demo.reference_service import ReferenceService
from storage.keyring import generate_key
from tests.fakes.discord_openapi import OPENAPI
from tests.fakes.discord_people import Person
from tests.fakes.discord_server import TOKEN, LoopbackDiscord
from tests.process.installation import Installation

# Discord's OpenAPI document is Discord's: without a path to it, what it judges is not collected.
collect_ignore = [] if OPENAPI in os.environ else ["test_discord_contract.py"]


@pytest_asyncio.fixture
async def installation(
    discord: LoopbackDiscord,
    rita: Person,
    v2_service: ReferenceService,
    horde: HordeStandIn,
    tmp_path: Path,
) -> AsyncIterator[Installation]:
    """A whole and correct installation, nothing started yet."""
    environment = {
        "CURATOR_DISCORD_TOKEN": TOKEN,
        "CURATOR_CREDENTIAL_KEYS": generate_key().get_secret_value(),
        "CURATOR_SERVICE_URL": v2_service.url,
        "CURATOR_ASK_FILE_HOSTS": "false",
        "CURATOR_AI_HORDE_URL": horde.url,
        "CURATOR_DATABASE_PATH": str(tmp_path / "data" / "curator.db"),
        "CURATOR_POLL_INTERVAL_S": "1",
    }
    async with AsyncExitStack() as processes:
        yield Installation(discord, tmp_path, environment, processes)
