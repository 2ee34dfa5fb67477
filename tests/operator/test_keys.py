"""Three steps from one credential key to the next, as an operator types them."""

import asyncio
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.operator.exit_codes import ExitCode
from storage.database import Database
from storage.keyring import generate_key, parse_keys
from storage.keyring_check import unlock
from storage.links import Links
from tests.harness.command_line import first_start, typed
from tests.harness.full_disk import files_no_larger_than

pytestmark = pytest.mark.usefixtures("complete")

URL = "https://models.example/api"
PEOPLE = 3
ROOT = Path(__file__).parents[2]


def name_of(key: str) -> str:
    return key.partition(":")[0]


def settle(monkeypatch: pytest.MonkeyPatch, *keys: str) -> None:
    monkeypatch.setenv("CURATOR_CREDENTIAL_KEYS", ",".join(keys))
    monkeypatch.setenv("CURATOR_SERVICE_URL", URL)


def link_people(path: Path, key: str) -> None:
    async def link() -> None:
        async with await Database.open(path) as database:
            links = Links(database, await unlock(database, parse_keys(SecretStr(key))), URL)
            for number in range(1, PEOPLE + 1):
                await links.put(
                    number,
                    horde_user_id=str(number),
                    horde_username=f"name#{number}",
                    key=SecretStr("k" * 22),
                    roles=frozenset(),
                    now=datetime(2026, 3, 1, tzinfo=UTC),
                )

    asyncio.run(link())


def test_a_key_is_replaced_in_three_steps(monkeypatch: pytest.MonkeyPatch, database: Path) -> None:
    old, new = (generate_key().get_secret_value() for _ in range(2))
    settle(monkeypatch, old)
    link_people(database, old)

    settle(monkeypatch, old, new)  # first: the new one is known, and nothing uses it yet
    before = typed("keys", "list")
    assert before.exit_code == 0
    assert f"{name_of(old)}        {PEOPLE} links  first: encrypts new links" in before.stdout
    assert f"{name_of(new)}        0 links  decrypts its links" in before.stdout

    settle(monkeypatch, new, old)  # second: it seals, and everything moves to it
    refused = typed("keys", "retire", name_of(old))
    assert refused.exit_code == ExitCode.CONFIGURATION
    assert f"{PEOPLE} links are still encrypted with {name_of(old)}" in refused.stderr
    rotated = typed("keys", "rotate")
    assert rotated.exit_code == 0
    assert f"{PEOPLE} links are encrypted with {name_of(new)} now." in rotated.stdout
    assert f"keys retire {name_of(old)}" in rotated.stdout

    retired = typed("keys", "retire", name_of(old))  # third: the old one is needed by nothing
    assert retired.exit_code == 0
    settle(monkeypatch, new)
    after = typed("keys", "list")
    assert after.stdout.splitlines() == [f"{name_of(new)}        {PEOPLE} links  first: encrypts new links"]
    for result in (before, refused, rotated, retired, after):
        assert old.partition(":")[2] not in result.output
        assert new.partition(":")[2] not in result.output
        assert "Traceback" not in result.output


def test_a_new_key_is_made_without_loading_discord() -> None:
    program = "import bot.operator.keys, sys; sys.exit('discord' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)  # noqa: S603 - ourselves
    assert ended.returncode == 0


def test_rotating_twice_moves_nothing_the_second_time(monkeypatch: pytest.MonkeyPatch, database: Path) -> None:
    key = generate_key().get_secret_value()
    settle(monkeypatch, key)
    link_people(database, key)
    again = typed("keys", "rotate")
    assert again.exit_code == 0
    assert f"Nothing to do: {name_of(key)} encrypts every link already." in again.stdout


def test_a_rotation_that_a_full_disk_interrupts_does_not_say_that_nothing_was_changed(
    monkeypatch: pytest.MonkeyPatch, database: Path
) -> None:
    old, new = (generate_key().get_secret_value() for _ in range(2))
    settle(monkeypatch, old)
    link_people(database, old)
    settle(monkeypatch, new, old)
    with files_no_larger_than(database.stat().st_size // 2):
        result = typed("keys", "rotate")
    assert result.exit_code == ExitCode.DISK
    assert "Nothing was changed" not in result.output
    assert f"Some links may be encrypted with {name_of(new)} now; run it again." in result.stderr
    assert f"{name_of(new)}        {PEOPLE} links" in typed("keys", "list").stdout
    assert typed("keys", "rotate").exit_code == 0


def test_a_key_that_is_lost_is_named_by_the_list(monkeypatch: pytest.MonkeyPatch, database: Path) -> None:
    lost, other = (generate_key().get_secret_value() for _ in range(2))
    settle(monkeypatch, lost)
    link_people(database, lost)
    settle(monkeypatch, other)
    listed = typed("keys", "list")
    assert f"{name_of(lost)}        {PEOPLE} links  not in CURATOR_CREDENTIAL_KEYS" in listed.stdout
    assert typed("keys", "rotate").exit_code == ExitCode.CONFIGURATION


@pytest.mark.parametrize("name", ["", "seven", "k0", "7 or 8", "k99999999999"])
def test_what_is_no_key_is_not_retired(name: str) -> None:
    result = typed("keys", "retire", name)
    assert result.exit_code == ExitCode.CONFIGURATION
    assert "Not done" in result.stderr


def test_the_first_key_and_an_unknown_one_are_not_retired(monkeypatch: pytest.MonkeyPatch) -> None:
    key = generate_key().get_secret_value()
    settle(monkeypatch, key)
    first_start()
    first, unknown = typed("keys", "retire", name_of(key)), typed("keys", "retire", "k4")
    assert (first.exit_code, unknown.exit_code) == (ExitCode.CONFIGURATION, ExitCode.CONFIGURATION)
    assert "is first" in first.stderr
    assert "does not know k4" in unknown.stderr


def test_keys_are_listed_without_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    first_start()
    monkeypatch.delenv("CURATOR_DISCORD_TOKEN")
    result = typed("keys", "list")
    assert result.exit_code == 0, result.output
