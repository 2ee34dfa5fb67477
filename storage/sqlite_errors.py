"""Translation of SQLite's error codes into the errors of this package."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.errors import DamagedError, DiskError, LockedError, StorageError, UnusableFileError

_PRIMARY = 0xFF  # an extended code keeps the primary one in its low byte (SQLite, "Result and Error Codes")


def storage_error(error: sqlite3.Error, path: Path) -> StorageError | None:
    """Translate an SQLite error; None for errors that mean a bug in our SQL."""
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)
    match code & _PRIMARY:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return LockedError(path)
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return DamagedError(path, str(error))
        case sqlite3.SQLITE_IOERR if code == sqlite3.SQLITE_IOERR_SHORT_READ:
            return DamagedError(path, "it ends too early")
        case sqlite3.SQLITE_FULL | sqlite3.SQLITE_IOERR as primary:
            return DiskError(path, is_full=primary == sqlite3.SQLITE_FULL)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return UnusableFileError(path, str(error))
    return None


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Translate SQLite's errors about the file at ``path``; pass all others through."""
    try:
        yield
    except sqlite3.Error as error:
        ours = storage_error(error, path)
        if ours is None:
            raise
        raise ours from error
