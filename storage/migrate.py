"""Numbered SQL migrations, each whole or not at all."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files

from storage.errors import NewerSchemaError

APPLICATION_ID = 0x484D5242  # "HMRB" in the file's header marks the bot's files


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: the schema version after it, and its SQL without transaction statements."""

    number: int
    sql: str


def shipped_migrations() -> tuple[Migration, ...]:
    """Return this version's migrations by number."""
    scripts = (entry for entry in files("storage").joinpath("migrations").iterdir() if entry.name.endswith(".sql"))
    return tuple(
        Migration(int(entry.name.partition("_")[0]), entry.read_text(encoding="utf-8"))
        for entry in sorted(scripts, key=lambda entry: entry.name)
    )


def migrate(connection: sqlite3.Connection, steps: Sequence[Migration], *, before_first: Callable[[int], None]) -> None:
    """Apply the pending migrations.

    ``before_first`` gets the file's version before the first step on a file with data, to make a backup. Raises
    NewerSchemaError, and leaves the file unchanged, if its version is newer than the last step.
    """
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    known = steps[-1].number
    if found > known:
        raise NewerSchemaError(found, known)
    due = [step for step in steps if step.number > found]
    if due and found:
        before_first(found)
    # A step may rebuild a referenced table; SQLite's documented way is keys off, then one check.
    connection.execute("PRAGMA foreign_keys=OFF")
    try:
        for step in due:
            _apply(connection, step)
    finally:
        connection.execute("PRAGMA foreign_keys=ON")


def _apply(connection: sqlite3.Connection, step: Migration) -> None:
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.executescript(step.sql)
        _check(connection, step)
        connection.execute(f"PRAGMA user_version={step.number:d}")
        connection.execute(f"PRAGMA application_id={APPLICATION_ID:d}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _check(connection: sqlite3.Connection, step: Migration) -> None:
    if not connection.in_transaction:
        raise RuntimeError(f"migration {step.number} ended its own transaction")
    if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise RuntimeError(f"migration {step.number} leaves dangling references")
