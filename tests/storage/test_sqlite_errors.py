"""SQLite's errors get the right exit code; other errors pass unchanged."""

import sqlite3
from pathlib import Path

import pytest

from storage.errors import DamagedError, DiskError, LockedError, StartError, UnusableFileError
from storage.sqlite_errors import translated_errors

PATH = Path("curator.db")


def _error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("its words")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "expected", "exit_code", "words"),
    [
        (sqlite3.SQLITE_BUSY, LockedError, 75, "held by another process"),
        (sqlite3.SQLITE_BUSY_RECOVERY, LockedError, 75, "held by another process"),
        (sqlite3.SQLITE_LOCKED, LockedError, 75, "held by another process"),
        (sqlite3.SQLITE_CORRUPT, DamagedError, 65, "its words"),
        (sqlite3.SQLITE_CORRUPT_INDEX, DamagedError, 65, "its words"),
        (sqlite3.SQLITE_NOTADB, DamagedError, 65, "its words"),
        (sqlite3.SQLITE_IOERR_SHORT_READ, DamagedError, 65, "(it ends too early)"),
        (sqlite3.SQLITE_FULL, DiskError, 74, "the disk is full"),
        (sqlite3.SQLITE_IOERR_WRITE, DiskError, 74, "the disk failed"),
        (sqlite3.SQLITE_READONLY, UnusableFileError, 78, "its words"),
        (sqlite3.SQLITE_READONLY_DBMOVED, UnusableFileError, 78, "its words"),
        (sqlite3.SQLITE_CANTOPEN, UnusableFileError, 78, "its words"),
        (sqlite3.SQLITE_PERM, UnusableFileError, 78, "its words"),
    ],
)
def test_a_fault_of_the_file_stops_a_start_with_its_code(
    code: int, expected: type[StartError], exit_code: int, words: str
) -> None:
    with pytest.raises(expected, match=r"curator\.db") as refusal, translated_errors(PATH):
        raise _error(code)
    assert words in str(refusal.value)
    assert refusal.value.exit_code == exit_code
    assert isinstance(refusal.value.__cause__, sqlite3.OperationalError)


@pytest.mark.parametrize("error", [_error(sqlite3.SQLITE_ERROR), sqlite3.ProgrammingError("ours"), KeyError("x")])
def test_a_fault_of_ours_passes_as_it_is(error: Exception) -> None:
    with pytest.raises(type(error)) as passed, translated_errors(PATH):
        raise error
    assert passed.value is error
