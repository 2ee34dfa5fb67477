"""A database file of its own for each test, opened by the real code, and things to put into it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr

from storage.cards import Cards
from storage.cursors import move_cursors
from storage.database import Database
from storage.deliveries import Deliveries
from storage.drafts import Draft, Drafts, NewDraft
from storage.guild_settings import GuildSettings
from storage.keyring import CredentialKey, Keyring, generate_key, parse_keys
from storage.keyring_check import unlock
from storage.links import Link, Links


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "curator.db"


@pytest.fixture
def keys() -> tuple[CredentialKey, ...]:
    return parse_keys(generate_key())


@pytest_asyncio.fixture
async def database(path: Path) -> AsyncIterator[Database]:
    async with await Database.open(path) as database:
        yield database


@pytest.fixture
def cards(database: Database) -> Cards:
    return Cards(database)


@pytest.fixture
def deliveries(database: Database) -> Deliveries:
    return Deliveries(database)


@pytest.fixture
def drafts(database: Database) -> Drafts:
    return Drafts(database)


@pytest.fixture
def settings(database: Database) -> GuildSettings:
    return GuildSettings(database)


@pytest_asyncio.fixture
async def used(path: Path) -> AsyncIterator[Path]:
    """A closed file with a few pages of data in it."""
    async with await Database.open(path) as database:
        many = {f"cursor-{number:03}": "x" * 100 for number in range(300)}
        await database.transaction(lambda transaction: move_cursors(transaction, many))
    yield path


@pytest_asyncio.fixture
async def keyring(database: Database, keys: tuple[CredentialKey, ...]) -> Keyring:
    return await unlock(database, keys)


@pytest.fixture
def service_url() -> str:
    return "https://models.example/api"


@pytest.fixture
def links(database: Database, keyring: Keyring, service_url: str) -> Links:
    return Links(database, keyring, service_url)


@pytest.fixture
def link_user(now: datetime) -> Callable[..., Awaitable[Link]]:
    """Links a Discord user to the Horde account of that number, with a key made of it."""

    async def link(links: Links, user_id: int, *, horde_user_id: str = "", key: str = "") -> Link:
        account = horde_user_id or str(user_id)
        return await links.put(
            user_id,
            horde_user_id=account,
            horde_username=f"name#{account}",
            key=SecretStr(key or f"the-key-of-user-{user_id:06}"),
            roles=frozenset({"requestor"}),
            now=now,
        )

    return link


@pytest.fixture
def make_draft(drafts: Drafts, now: datetime) -> Callable[..., Awaitable[Draft]]:
    """Creates a draft of Rita's (user 1111), each of another model; each keyword may be another."""
    numbers = count(1)

    async def make(user_id: int = 1111, **others: Any) -> Draft:
        values: dict[str, Any] = {
            "operation": "create",
            "category": "image_generation",
            "model_name": f"Deliberate {next(numbers)}",
            "dialect": "v2",
            "record": {"name": "Deliberate"},
        }
        return await drafts.create(user_id, 77, NewDraft(**{**values, **others}), now)

    return make


@pytest.fixture
def file_bytes(path: Path) -> Callable[[], bytes]:
    """Return everything SQLite keeps on disk now: each file that begins with its name."""
    return lambda: b"".join(part.read_bytes() for part in sorted(path.parent.glob(f"{path.name}*")))


@pytest.fixture
def canary() -> SecretStr:
    return SecretStr("canaryKEY_0123456789ab")
