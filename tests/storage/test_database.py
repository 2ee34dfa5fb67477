"""Reading and writing through the one connection, by many tasks at once."""

import asyncio
import logging
import sqlite3
import threading
from functools import partial
from pathlib import Path

import pytest

from storage.database import Database, Transaction
from storage.errors import ClosedError, DiskError, UnusableFileError
from tests.harness.full_disk import files_no_larger_than

pytestmark = pytest.mark.real_opening


def _set(transaction: Transaction, name: str, value: str) -> None:
    transaction.execute("INSERT OR REPLACE INTO cursor (name, value) VALUES (?, ?)", (name, value))


async def _names(database: Database) -> set[str]:
    return {row["name"] for row in await database.read("SELECT name FROM cursor")}


async def test_what_a_transaction_wrote_is_read_back_after_a_restart(path: Path) -> None:
    async with await Database.open(path) as database:
        await database.transaction(lambda transaction: _set(transaction, "a", "1"))
    async with await Database.open(path) as database:
        row = await database.read_one("SELECT value FROM cursor WHERE name = ?", ("a",))
        assert row is not None
        assert row["value"] == "1"
        assert await database.read_one("SELECT value FROM cursor WHERE name = 'b'") is None


async def test_a_transaction_that_raises_leaves_nothing_and_harms_no_later_one(database: Database) -> None:
    def fail(transaction: Transaction) -> None:
        _set(transaction, "lost", "1")
        raise LookupError

    with pytest.raises(LookupError):
        await database.transaction(fail)
    await database.transaction(lambda transaction: _set(transaction, "kept", "1"))
    assert await _names(database) == {"kept"}


async def test_a_hundred_transactions_at_once_never_mix(database: Database) -> None:
    """Each reads, writes twice and half of them fail: with mixed ones a rollback would undo a neighbour's row."""

    def step(number: int, transaction: Transaction) -> None:
        row = transaction.execute("SELECT value FROM cursor WHERE name = 'total'").fetchone()
        total = 0 if row is None else int(row["value"])
        _set(transaction, f"task-{number}", "x")
        _set(transaction, "total", str(total + 1))
        if number % 2:
            raise LookupError

    outcomes = await asyncio.gather(
        *(database.transaction(partial(step, number)) for number in range(100)),
        *(database.read("SELECT * FROM cursor") for _ in range(20)),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, LookupError) for outcome in outcomes) == 50
    row = await database.read_one("SELECT value FROM cursor WHERE name = 'total'")
    assert row is not None
    assert row["value"] == "50"
    assert await _names(database) == {"total"} | {f"task-{number}" for number in range(0, 100, 2)}


async def test_a_transaction_whose_caller_is_cancelled_halfway_still_happens_whole(database: Database) -> None:
    halfway, go_on = threading.Event(), threading.Event()

    def slow(transaction: Transaction) -> None:
        _set(transaction, "first", "1")
        halfway.set()
        assert go_on.wait(timeout=10)
        _set(transaction, "second", "2")

    caller = asyncio.create_task(database.transaction(slow))
    assert await asyncio.to_thread(halfway.wait, 10)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    go_on.set()
    await database.transaction(lambda transaction: _set(transaction, "next", "3"))
    assert await _names(database) == {"first", "second", "next"}


async def test_a_read_and_a_transaction_are_one_hop_each_and_the_driver_logs_no_parameter(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await database.read("SELECT value FROM cursor WHERE name = ?", ("secret-canary",))
    await database.transaction(lambda transaction: _set(transaction, "secret-canary", "secret-canary"))
    hops = [record for record in caplog.records if record.message.startswith("executing")]
    assert len(hops) == 2
    assert "secret-canary" not in caplog.text


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("locking_mode", "exclusive"),
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("busy_timeout", 5000),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("trusted_schema", 0),
        ("cell_size_check", 1),
        ("journal_size_limit", 4194304),
        ("temp_store", 2),
        ("application_id", 0x484D5242),
    ],
)
async def test_the_file_is_run_as_designed(database: Database, pragma: str, value: str | int) -> None:
    assert (await database.read(f"PRAGMA {pragma}"))[0][0] == value


async def test_only_a_repeatable_transaction_does_not_wait_for_the_disk(database: Database) -> None:
    assert await database.transaction(_synchronous, is_repeatable=True) == 1
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await database.transaction(lambda transaction: transaction.execute("DELETE FROM nowhere"), is_repeatable=True)
    assert await database.transaction(_synchronous) == 2


async def test_every_table_is_strict(database: Database) -> None:
    rows = await database.read("SELECT name, strict FROM pragma_table_list WHERE type = 'table'")
    ours = {row["name"]: row["strict"] for row in rows if not row["name"].startswith("sqlite_")}
    assert ours
    assert set(ours.values()) == {1}


async def test_a_full_disk_refuses_the_write_and_nothing_else(database: Database) -> None:
    pages = (await database.read("PRAGMA page_count"))[0][0]
    await database.read(f"PRAGMA max_page_count={pages + 2}")
    with pytest.raises(DiskError) as refusal:
        await database.transaction(lambda transaction: _set(transaction, "big", "x" * 100_000))
    assert str(refusal.value) == f"{database.path} could not be written: the disk is full"
    assert await _names(database) == set()
    await database.read("PRAGMA max_page_count=1000000")
    await database.transaction(lambda transaction: _set(transaction, "big", "x" * 100_000))
    assert await _names(database) == {"big"}


async def test_a_fault_in_our_own_sql_is_not_blamed_on_the_file(database: Database) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await database.read("SELECT * FROM nowhere")


async def test_a_closed_database_says_so_and_closes_twice(path: Path) -> None:
    database = await Database.open(path)
    await database.close()
    await database.close()
    with pytest.raises(ClosedError):
        await database.read("SELECT 1")
    with pytest.raises(ClosedError):
        await database.transaction(lambda _: None)


async def test_closing_leaves_no_log_behind(path: Path) -> None:
    async with await Database.open(path) as database:
        await database.transaction(lambda transaction: _set(transaction, "a", "1"))
    assert {entry.name for entry in path.parent.iterdir()} == {"curator.db", "curator.db.installed"}


async def test_on_a_full_disk_a_close_is_no_failure_and_the_next_start_reads_all(path: Path) -> None:
    async with await Database.open(path) as database:
        await database.transaction(lambda transaction: _set(transaction, "a", "x" * 100_000))
        with files_no_larger_than(0):
            await database.close()
    async with await Database.open(path) as database:
        assert await _names(database) == {"a"}


async def test_an_opening_given_up_halfway_lets_go_of_the_file(path: Path) -> None:
    opening = asyncio.create_task(Database.open(path))
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    async with await Database.open(path, lock_wait_s=0) as database:
        assert await _names(database) == set()


async def test_a_backup_is_whole_private_and_opens_by_itself(database: Database, tmp_path: Path) -> None:
    await database.transaction(lambda transaction: _set(transaction, "a", "1"))
    target = tmp_path / "backup.db"
    await database.backup(target)  # an older one is replaced
    await database.backup(target)
    assert target.stat().st_mode & 0o777 == 0o600
    async with await Database.open(target) as restored:
        assert await _names(restored) == {"a"}


async def test_a_backup_that_fails_leaves_the_one_before(database: Database, tmp_path: Path) -> None:
    target = tmp_path / "backup.db"
    await database.backup(target)
    before = target.read_bytes()
    await database._run(lambda connection: connection.set_progress_handler(lambda: True, 1))
    with pytest.raises(sqlite3.OperationalError):
        await database.backup(target)
    await database._run(lambda connection: connection.set_progress_handler(None, 0))
    assert target.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir() if entry.is_file()] == ["backup.db"]


async def test_a_backup_into_nowhere_is_refused_with_the_reason(database: Database, tmp_path: Path) -> None:
    with pytest.raises(UnusableFileError, match="No such file or directory"):
        await database.backup(tmp_path / "nowhere" / "backup.db")


def test_its_name_says_where_it_lies(path: Path) -> None:
    async def name() -> str:
        async with await Database.open(path) as database:
            return repr(database)

    assert str(path) in asyncio.run(name())


def _synchronous(transaction: Transaction) -> int:
    level: int = transaction.execute("PRAGMA synchronous").fetchone()[0]
    return level
