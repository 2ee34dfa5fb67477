"""Moving the schema: each step whole or not at all."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.database import Database
from storage.errors import NewerSchemaError
from storage.migrate import APPLICATION_ID, Migration, migrate, shipped_migrations
from storage.outbox import About, NoticeKey, Outbox

FIRST = Migration(1, "CREATE TABLE house (room TEXT NOT NULL PRIMARY KEY) STRICT;")
SECOND = Migration(2, "ALTER TABLE house ADD COLUMN colour TEXT; INSERT INTO house VALUES ('hall', 'blue');")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "file.db", autocommit=True)
    connection.execute("PRAGMA foreign_keys=ON")
    yield connection
    connection.close()


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _never(version: int) -> None:
    raise AssertionError(version)


def test_each_step_is_taken_once_and_in_order(connection: sqlite3.Connection) -> None:
    migrate(connection, [FIRST], before_first=_never)
    backups: list[int] = []
    migrate(connection, [FIRST, SECOND], before_first=backups.append)
    migrate(connection, [FIRST, SECOND], before_first=_never)
    assert backups == [1], "one backup, before a file with data in it is moved"
    assert _version(connection) == 2
    assert connection.execute("SELECT * FROM house").fetchall() == [("hall", "blue")]
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)


@pytest.mark.parametrize(
    "broken",
    [
        "CREATE TABLE garden (tree TEXT) STRICT; INSERT INTO nowhere VALUES (1);",
        "CREATE TABLE garden (tree TEXT) STRICT; this is not SQL;",
        "CREATE TABLE garden (tree TEXT REFERENCES house (room)) STRICT; INSERT INTO garden VALUES ('oak');",
    ],
    ids=["fails late", "no SQL", "dangling reference"],
)
def test_a_step_that_fails_leaves_the_file_at_the_step_before(connection: sqlite3.Connection, broken: str) -> None:
    steps = [FIRST, Migration(2, broken)]
    with pytest.raises((sqlite3.OperationalError, RuntimeError)):
        migrate(connection, steps, before_first=_never)
    assert not connection.in_transaction
    assert _version(connection) == 1
    assert connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall() == [("house",)]
    migrate(connection, [FIRST, SECOND], before_first=lambda _: None)
    assert _version(connection) == 2


def test_a_step_must_not_end_its_own_transaction(connection: sqlite3.Connection) -> None:
    with pytest.raises(RuntimeError, match="ended its own transaction"):
        migrate(connection, [Migration(1, f"{FIRST.sql} COMMIT;")], before_first=_never)
    assert _version(connection) == 0


def test_a_newer_file_is_not_touched(connection: sqlite3.Connection) -> None:
    migrate(connection, [FIRST, SECOND], before_first=_never)
    with pytest.raises(NewerSchemaError) as refusal:
        migrate(connection, [FIRST], before_first=_never)
    assert (refusal.value.found, refusal.value.known) == (2, 1)
    assert _version(connection) == 2


def test_the_shipped_steps_are_numbered_without_a_gap() -> None:
    assert [step.number for step in shipped_migrations()] == list(range(1, len(shipped_migrations()) + 1))


async def test_a_file_of_an_older_version_is_backed_up_before_it_is_moved(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await Database.open(path):
        pass
    newest = len(shipped_migrations())
    later = (*shipped_migrations(), Migration(newest + 1, "CREATE TABLE later (x TEXT) STRICT;"))
    monkeypatch.setattr("storage.sqlite_file.shipped_migrations", lambda: later)
    async with await Database.open(path) as database:
        assert await database.read("SELECT * FROM later") == []
    backup = path.with_name(f"curator.db.schema-{newest}")
    assert backup.stat().st_mode & 0o777 == 0o600
    connection = sqlite3.connect(backup)
    assert _version(connection) == newest
    connection.close()


async def test_what_people_had_still_to_be_told_is_told_by_the_next_version(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr("storage.sqlite_file.shipped_migrations", lambda: shipped_migrations()[:1])
        async with await Database.open(path) as database:
            await database.transaction(
                lambda transaction: transaction.execute(
                    "INSERT INTO notice (notice_id, user_id, change_id, status, state, next_at) "
                    "VALUES (7, 1111, 42, 'approved', 'ready', 0)"
                )
            )
    async with await Database.open(path) as database:
        outbox = Outbox(database)
        (notice,) = await outbox.due(datetime.now(UTC))
        assert (notice.notice_id, notice.user_id, notice.about_id, notice.about) == (7, 1111, 42, About.CHANGE)
        await outbox.add([NoticeKey(1111, 43, "approved")], datetime.now(UTC))
        (following,) = await outbox.due(datetime.now(UTC))
        assert following.notice_id == 8, "Discord drops a repeated nonce: the numbers go on"


async def test_what_threads_said_to_people_becomes_theirs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (("told", '{"status": "told", "ping": 1111}'), ("hidden", '{"status": "told", "ping": null}'))
    with monkeypatch.context() as before:
        before.setattr("storage.sqlite_file.shipped_migrations", lambda: shipped_migrations()[:11])
        async with await Database.open(path) as database:
            await database.transaction(
                lambda transaction: transaction.executemany(
                    "INSERT INTO post (guild_id, channel_id, kind, subject, facts, next_at) "
                    "VALUES (77, 770, 'thread', ?, ?, 0)",
                    rows,
                )
            )
    async with await Database.open(path) as database:
        found = await database.read("SELECT subject, user_id FROM post ORDER BY post_id")
    assert [tuple(row) for row in found] == [("told", 1111), ("hidden", None)]
