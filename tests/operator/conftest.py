"""The command line in this process, with settings that are complete and point to a closed port."""

import os
import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import discord.http
import pytest
import stamina

from storage.database import Database
from storage.keyring import generate_key
from tests.harness.command_line import TOKEN
from tests.harness.written import written_logs


@pytest.fixture
def without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=1, cap=True):
        yield


@pytest.fixture
def without_lock_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse a file that is held at once, instead of after the default of five seconds."""
    monkeypatch.setattr(Database, "open", partial(Database.open, lock_wait_s=0))


@pytest.fixture
def process_as_before() -> Iterator[None]:
    """A command is the whole process, but here it shares one with other tests."""
    umask = os.umask(0o077)
    with written_logs():
        yield
    os.umask(umask)


@pytest.fixture
def closed_address() -> Iterator[str]:
    """Reserve an address that refuses connections while the test runs."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "data" / "curator.db"


@pytest.fixture
def complete(
    monkeypatch: pytest.MonkeyPatch,
    closed_address: str,
    database: Path,
    tmp_path: Path,
    process_as_before: None,
    without_waiting: None,
    without_lock_waits: None,
) -> None:
    """Set complete settings that point to a closed port."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(discord.http.Route, "BASE", closed_address)
    for name, value in {
        "DISCORD_TOKEN": TOKEN,
        "CREDENTIAL_KEYS": generate_key().get_secret_value(),
        "SERVICE_URL": closed_address,
        "AI_HORDE_URL": f"{closed_address}/api/",
        "DATABASE_PATH": str(database),
    }.items():
        monkeypatch.setenv(f"CURATOR_{name}", value)
