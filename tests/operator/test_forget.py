"""A person asks the operator to be forgotten; the operator names them by either account."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.operator.exit_codes import ExitCode
from bot.settings import load_settings
from storage.database import Database
from storage.keyring import parse_keys
from storage.keyring_check import unlock
from storage.links import Links
from tests.harness.command_line import typed

pytestmark = pytest.mark.usefixtures("complete")

ALICE, BOB = 1456074443980800010, 1456074443980800011


@pytest.fixture(autouse=True)
def _linked(complete: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(link())
    monkeypatch.delenv("CURATOR_DISCORD_TOKEN")


async def links_on(database: Database) -> Links:
    settings = load_settings(env_file=None, not_needed=("discord_token",))
    return Links(database, await unlock(database, parse_keys(settings.credential_keys)), settings.service_url)


async def link() -> None:
    async with await Database.open(load_settings(env_file=None).database_path) as database:
        links = await links_on(database)
        for user_id, name in ((ALICE, "alice#101"), (BOB, "bob#202")):
            await links.put(
                user_id,
                horde_user_id=name[-3:],
                horde_username=name,
                key=SecretStr("k" * 22),
                roles=frozenset(),
                now=datetime(2026, 3, 1, tzinfo=UTC),
            )


def linked(path: Path) -> set[int]:
    async def read() -> set[int]:
        async with await Database.open(path) as database:
            links = await links_on(database)
            return {user_id for user_id in (ALICE, BOB) if await links.get(user_id) is not None}

    return asyncio.run(read())


@pytest.mark.parametrize("person", ["101", "alice#101", str(ALICE)])
def test_one_person_is_forgotten_and_no_other(database: Path, person: str) -> None:
    result = typed("operator", "forget", person)
    assert result.exit_code == ExitCode.OK, result.output
    assert str(ALICE) in result.stdout
    assert "link 1" in result.stdout
    assert linked(database) == {BOB}


@pytest.mark.parametrize("person", ["303", "carol#303", "alice", "0x12", "9" * 20])
def test_an_unknown_person_changes_nothing(database: Path, person: str) -> None:
    result = typed("operator", "forget", person)
    assert result.exit_code == ExitCode.CONFIGURATION
    assert "Not done" in result.stderr
    assert linked(database) == {ALICE, BOB}


def test_a_person_of_whom_nothing_is_stored_is_told_as_such(database: Path) -> None:
    result = typed("operator", "forget", str(BOB + 5))
    assert result.exit_code == ExitCode.OK
    assert "Nothing is stored" in result.stdout
    assert linked(database) == {ALICE, BOB}


@pytest.mark.parametrize("person", ["101", str(ALICE)])
def test_without_the_database_no_person_is_said_to_be_unknown(database: Path, person: str) -> None:
    for path in database.parent.iterdir():
        path.unlink()
    result = typed("operator", "forget", person)
    assert result.exit_code == ExitCode.CONFIGURATION
    assert f"there is no database at {database}" in result.stderr
    assert "Nothing is stored" not in result.output
    assert not database.exists()
