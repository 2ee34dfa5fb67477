"""A database file of its own for each test, opened by the real code, and things to put into it."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from pydantic import SecretStr

from storage.database import Database
from storage.keyring import CredentialKey, Keyring, generate_key, parse_keys
from storage.links import Links
from storage.unlocking import unlock

SERVICE_URL = "https://models.example/api"


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "house" / "curator.db"


@pytest.fixture
def keys() -> tuple[CredentialKey, ...]:
    return parse_keys(generate_key())


@pytest_asyncio.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    async with await Database.open(path) as database:
        yield database


@pytest_asyncio.fixture
async def keyring(database: Database, keys: tuple[CredentialKey, ...]) -> Keyring:
    return await unlock(database, keys)


@pytest.fixture
def links(database: Database, keyring: Keyring) -> Links:
    return Links(database, keyring, SERVICE_URL)


@pytest.fixture
def file_bytes(path: Path) -> Callable[[], bytes]:
    """Everything SQLite keeps on disk now: file, log and whatever else begins with its name."""
    return lambda: b"".join(part.read_bytes() for part in sorted(path.parent.glob(f"{path.name}*")))


@pytest.fixture
def canary() -> SecretStr:
    return SecretStr("canaryKEY_0123456789ab")
