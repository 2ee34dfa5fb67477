"""Files that the bot starts on, and the exit codes for those it refuses."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from storage.cursors import Cursors
from storage.database import Database
from storage.errors import (
    ForeignFileError,
    InsecurePermissionsError,
    LockedError,
    NewerSchemaError,
    UnusableFileError,
)
from storage.sqlite_file import check_is_private

pytestmark = pytest.mark.real_opening


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


async def test_a_new_file_and_its_folder_are_private_under_any_umask(path: Path) -> None:
    before = os.umask(0)
    try:
        async with await Database.open(path) as database:
            await Cursors(database).set("a", "1")
            modes = {entry.name: _mode(entry) for entry in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert modes == {"curator.db": 0o600, "curator.db-wal": 0o600, "curator.db.installed": 0o600}
    assert _mode(path.parent) == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
async def test_a_file_others_can_read_is_refused_with_the_remedy(used: Path, mode: int) -> None:
    used.chmod(mode)
    with pytest.raises(InsecurePermissionsError, match=f"chmod 600 {used}") as refusal:
        await Database.open(used)
    assert refusal.value.exit_code == 78
    async with await Database.open(used, is_sharing_allowed=True) as database:
        assert await Cursors(database).get("cursor-000")


def test_a_key_file_is_held_to_the_same_rule(tmp_path: Path) -> None:
    key_file = tmp_path / "keys"
    key_file.touch(mode=0o600)
    check_is_private(key_file)
    key_file.chmod(0o640)
    with pytest.raises(InsecurePermissionsError):
        check_is_private(key_file)


async def test_a_second_opener_is_refused_and_does_no_harm(path: Path) -> None:
    async with await Database.open(path) as database:
        with pytest.raises(LockedError) as refusal:
            await Database.open(path, lock_wait_s=0)
        assert refusal.value.exit_code == 75
        await Cursors(database).set("a", "1")
        assert await Cursors(database).get("a") == "1"
    async with await Database.open(path, lock_wait_s=0) as database:
        assert await Cursors(database).get("a") == "1"


_OPEN_IN_ANOTHER_PROCESS = """
import asyncio, pathlib, sys
from storage.database import Database
from storage.errors import StartError
try:
    asyncio.run(Database.open(pathlib.Path(sys.argv[1]), lock_wait_s=0))
except StartError as error:
    sys.exit(error.exit_code)
"""


async def test_a_second_process_is_refused_with_75(database: Database, path: Path) -> None:
    second = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", _OPEN_IN_ANOTHER_PROCESS, str(path)], check=False, timeout=60
    )
    assert second.returncode == 75


async def test_a_newer_schema_is_refused_and_left_alone(used: Path) -> None:
    with sqlite3.connect(used) as connection:
        connection.execute("PRAGMA user_version=99")
    connection.close()
    before = used.read_bytes()
    with pytest.raises(NewerSchemaError) as refusal:
        await Database.open(used)
    assert (refusal.value.exit_code, refusal.value.found) == (78, 99)
    assert used.read_bytes() == before


async def test_another_programs_database_is_refused(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    path.chmod(0o600)
    with pytest.raises(ForeignFileError, match=f"^{path} is a database of another program") as refusal:
        await Database.open(path)
    assert refusal.value.exit_code == 78
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE theirs")
        connection.execute("PRAGMA application_id=7")
    connection.close()
    with pytest.raises(ForeignFileError):
        await Database.open(path)


_FORGET_TO_CLOSE = """
import asyncio, pathlib, sys
from storage.database import Database
async def main():
    global forgotten
    forgotten = await Database.open(pathlib.Path(sys.argv[1]))
asyncio.run(main())
"""


async def test_a_database_forgotten_open_keeps_no_process_alive(path: Path) -> None:
    ended = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", _FORGET_TO_CLOSE, str(path)], check=False, timeout=60
    )
    assert ended.returncode == 0
    async with await Database.open(path, lock_wait_s=0):
        pass


async def test_a_path_that_is_no_file_is_refused_with_78(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o700)
    with pytest.raises(UnusableFileError) as refusal:
        await Database.open(folder)
    assert refusal.value.exit_code == 78
    (tmp_path / "file").touch()
    with pytest.raises(UnusableFileError, match=f"^{tmp_path}/file/curator.db cannot be used: File exists; check"):
        await Database.open(tmp_path / "file" / "curator.db")


async def test_the_folders_of_a_new_file_are_made(tmp_path: Path) -> None:
    path = tmp_path / "srv" / "bots" / "curator" / "data" / "curator.db"
    async with await Database.open(path):
        assert path.exists()


@pytest.mark.parametrize("seconds", [0, 1.5])
async def test_the_lock_of_another_process_is_waited_for_as_long_as_asked(path: Path, seconds: float) -> None:
    async with await Database.open(path, lock_wait_s=seconds) as database:
        assert (await database.read("PRAGMA busy_timeout"))[0][0] == seconds * 1000
