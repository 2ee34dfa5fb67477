"""New databases of the tests' own process, copied from one that was migrated.

The shipped migrations take some 40 ms a file, and thousands of tests begin with a new one. Checks, pragmas and the
file itself stay real; `tests/storage/test_migrate.py` calls the migrations by their own name.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from threading import Lock

import pytest

from storage import sqlite_file
from storage.migrate import Migration, migrate, shipped_migrations


@pytest.fixture(scope="session", autouse=True)
def _migrated_once() -> Iterator[None]:
    shipped = shipped_migrations()
    lock = Lock()  # each database is opened on a thread of its own

    def copied(
        connection: sqlite3.Connection, steps: Sequence[Migration], *, before_first: Callable[[int], None]
    ) -> None:
        if steps == shipped and connection.execute("PRAGMA user_version").fetchone()[0] == 0:
            with lock:
                migrated.backup(connection)
        migrate(connection, steps, before_first=before_first)

    with sqlite3.connect(":memory:", autocommit=True, check_same_thread=False) as migrated:
        migrate(migrated, shipped, before_first=lambda _: None)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sqlite_file, "migrate", copied)
            yield
    migrated.close()
