"""A file that was cut, emptied, overwritten or left by a killed process is never silently recreated."""

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from storage.cursors import Cursors
from storage.database import Database
from storage.errors import DamagedError, EmptiedError

pytestmark = pytest.mark.real_opening


async def test_an_emptied_file_is_never_taken_for_a_new_one(used: Path) -> None:
    used.write_bytes(b"")
    with pytest.raises(EmptiedError, match=f"^{used} was emptied or removed; .* delete {used}.installed") as refusal:
        await Database.open(used)
    assert refusal.value.exit_code == 65
    refusal.value.sidecar.unlink()
    async with await Database.open(used) as database:
        assert await Cursors(database).get("cursor-000") is None


async def test_a_removed_file_is_never_taken_for_a_new_one(used: Path) -> None:
    used.unlink()
    with pytest.raises(EmptiedError, match=f"^{used} was emptied or removed; .* delete {used}.installed"):
        await Database.open(used)
    assert not used.exists()


async def test_an_empty_file_prepared_by_the_operator_is_a_new_one(path: Path) -> None:
    path.parent.mkdir()
    path.touch(mode=0o600)
    async with await Database.open(path) as database:
        await Cursors(database).set("a", "1")


def _overwrite(path: Path, start: int, length: int) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\xa5" * length)


@pytest.mark.parametrize(
    ("start", "length"),
    [(0, 16), (0, 4096), (4096, 4096), (5 * 4096, 4096)],
    ids=["magic", "header page", "second page", "a later page"],
)
async def test_overwritten_pages_stop_the_start_with_65(used: Path, start: int, length: int) -> None:
    _overwrite(used, start, length)
    damaged = used.read_bytes()
    with pytest.raises(DamagedError, match="restore a backup") as refusal:
        await Database.open(used)
    assert refusal.value.exit_code == 65
    assert used.read_bytes() == damaged, "a damaged file is evidence"


@pytest.mark.parametrize("kept", [0.5, 0.9])
async def test_a_truncated_file_stops_the_start_with_65(used: Path, kept: float) -> None:
    os.truncate(used, int(used.stat().st_size * kept) // 4096 * 4096)
    with pytest.raises(DamagedError):
        await Database.open(used)


async def test_garbage_stops_the_start_with_65(path: Path) -> None:
    path.parent.mkdir()
    path.touch(mode=0o600)
    path.write_bytes(b"not a database at all. " * 500)
    with pytest.raises(DamagedError):
        await Database.open(path)


async def test_an_index_that_disagrees_with_its_table_stops_the_start(used: Path) -> None:
    """The quick check would not see it."""
    with sqlite3.connect(used) as connection:
        connection.execute(
            "INSERT INTO draft (user_id, operation, category, model_name, dialect, record, why, state, created_at, "
            "updated_at) VALUES (1, 'create', 'c', 'm', 'v2', '{}', '', 'open', 5, 6)"
        )
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'updated_at', 'created_at') WHERE name = 'draft_by_user'"
        )
        connection.execute("PRAGMA writable_schema=OFF")
    connection.close()
    with sqlite3.connect(used) as connection:
        assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
    connection.close()
    with pytest.raises(DamagedError, match=f"^{used} is damaged .*draft_by_user"):
        await Database.open(used)


async def test_a_log_cut_in_half_keeps_a_prefix_of_what_was_committed(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "after the cut.db"
    async with await Database.open(path) as database:
        for number in range(40):
            await Cursors(database).set(f"{number:02}", "x")
        shutil.copy(path, copy)
        shutil.copy(f"{path}-wal", f"{copy}-wal")
    os.truncate(f"{copy}-wal", Path(f"{copy}-wal").stat().st_size // 2)
    async with await Database.open(copy) as database:
        names = [row["name"] for row in await database.read("SELECT name FROM cursor ORDER BY name")]
    assert names == [f"{number:02}" for number in range(len(names))]
    assert 0 < len(names) < 40


_WRITE_UNTIL_KILLED = """
import asyncio, itertools, pathlib, sys
from storage.cursors import Cursors, move_cursors
from storage.database import Database
async def main():
    database = await Database.open(pathlib.Path(sys.argv[1]))
    for number in itertools.count():
        await Cursors(database).set(f"{number:06}", "x")
        print(number, flush=True)
asyncio.run(main())
"""


def test_a_process_killed_while_writing_loses_nothing_it_had_acknowledged(path: Path) -> None:
    writer = subprocess.Popen(  # noqa: S603 - this interpreter, this text
        [sys.executable, "-c", _WRITE_UNTIL_KILLED, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    with writer, writer.stdout as output:
        acknowledged = [next(output) for _ in range(50)]
        writer.send_signal(signal.SIGKILL)
        acknowledged += list(output)

    async def names() -> list[str]:
        async with await Database.open(path) as database:
            return [row["name"] for row in await database.read("SELECT name FROM cursor ORDER BY name")]

    found = asyncio.run(names())
    assert found == [f"{number:06}" for number in range(len(found))]
    assert len(found) >= len(acknowledged) >= 50
