"""New databases of the tests' own process: copied from one that was migrated, and never flushed to the disk.

The shipped migrations take some 40 ms a file, reading them 1 ms, and each flush some 4 ms, in thousands of tests;
neither power cuts nor migrations are their subject. The file, its checks and its other settings stay real.
Tests of these things are marked `real_opening`.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from threading import Lock

import pytest

from storage import sqlite_file
from storage.migrate import Migration, migrate, shipped_migrations

STEPS = shipped_migrations()
PRAGMAS = ("PRAGMA synchronous=OFF", *(each for each in sqlite_file._PRAGMAS if "synchronous" not in each))


@pytest.fixture(scope="session")
def migrated() -> Iterator[sqlite3.Connection]:
    """Return a database in memory with the newest tables."""
    connection = sqlite3.connect(":memory:", autocommit=True, check_same_thread=False)
    migrate(connection, STEPS, before_first=lambda _: None)
    yield connection
    connection.close()


@pytest.fixture(autouse=True)
def _fast_opening(
    request: pytest.FixtureRequest, migrated: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Copy the tables of each new database, and leave its flushing to the system."""
    if request.node.get_closest_marker("real_opening"):
        return
    lock = Lock()  # each database is opened on a thread of its own

    def copied(
        connection: sqlite3.Connection, steps: Sequence[Migration], *, before_first: Callable[[int], None]
    ) -> None:
        if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
            with lock:
                migrated.backup(connection)
        migrate(connection, steps, before_first=before_first)

    monkeypatch.setattr(sqlite_file, "_PRAGMAS", PRAGMAS)
    monkeypatch.setattr(sqlite_file, "shipped_migrations", lambda: STEPS)
    monkeypatch.setattr(sqlite_file, "migrate", copied)
