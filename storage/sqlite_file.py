"""Opening and safety checks of the SQLite file, on the database's own thread."""

import os
import sqlite3
import stat
from contextlib import closing, suppress
from dataclasses import dataclass
from os.path import realpath
from pathlib import Path

from storage.errors import (
    DamagedError,
    DiskError,
    EmptiedError,
    ForeignFileError,
    InsecurePermissionsError,
    MissingFileError,
    TargetTakenError,
    UnusableFileError,
)
from storage.migrate import APPLICATION_ID, migrate, shipped_migrations
from storage.sqlite_errors import storage_error, translated_errors

_HEADER_BYTES = 100
_UNFINISHED = ".unfinished"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO

# EXCLUSIVE before WAL: no shared memory, a second process is refused, and the WAL bugs of SQLite 3.7.0-3.51.2,
# which need two connections, cannot happen. FULL: a committed intent survives a power cut before its request.
_PRAGMAS = (
    "PRAGMA locking_mode=EXCLUSIVE",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA journal_size_limit=4194304",
    "PRAGMA temp_store=MEMORY",
)


@dataclass(frozen=True, slots=True)
class Location:
    """Path of the database and the conditions for opening it.

    Attributes:
        lock_wait_s: seconds to wait for another process's lock.
        is_sharing_allowed: accept a file that others can read (mounts without permissions).
    """

    path: Path
    lock_wait_s: float = 5.0
    is_sharing_allowed: bool = False

    @property
    def sidecar(self) -> Path:
        """Return the marker file of an installation; SQLite would accept an emptied file as new."""
        return self.path.with_name(f"{self.path.name}.installed")


def open_file(location: Location) -> sqlite3.Connection:
    """Open, check and migrate the file; create one only on the first start.

    Raises a leaf of StartError with the reason. The connection autocommits: transactions are explicit.
    """
    with translated_errors(location.path):
        _prepare_files(location)
        connection = sqlite3.connect(location.path, timeout=location.lock_wait_s, autocommit=True)
        try:
            connection.row_factory = sqlite3.Row
            _examine(connection, location)
        except BaseException:
            connection.close()
            raise
    return connection


def is_new(path: Path) -> bool:
    """Return whether no database is, or was, at this path; opening would make one."""
    return not path.exists() and not Location(path).sidecar.exists()


def check_is_there(path: Path) -> None:
    """Raise MissingFileError if no database is at this path; opening would make one."""
    if is_new(path):
        raise MissingFileError(path)


def check_is_private(path: Path) -> None:
    """Raise InsecurePermissionsError if group or others have any permission."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & _OTHERS:
        raise InsecurePermissionsError(path, mode)


def check_replaceable(target: Path, database: Path) -> None:
    """Check that a backup may be written to ``target``: a new file, or an earlier backup.

    Raises:
        TargetTakenError: it is another file, or one of the database's own.
        UnusableFileError: it cannot be read.
    """
    try:
        if realpath(target) == realpath(database) or (target.exists() and target.samefile(database)):
            raise TargetTakenError(target, "the database itself")
        if realpath(target.parent) == realpath(database.parent) and target.name in _own_names(database):
            raise TargetTakenError(target, "a file that belongs to the database")
        for file in (target, _unfinished(target)):
            if file.exists() and not _is_backup(file):
                raise TargetTakenError(file, "a file of another kind, and would be lost")
    except OSError as error:
        raise UnusableFileError(target, str(error.strerror)) from error


def _unfinished(target: Path) -> Path:
    return target.with_name(f"{target.name}{_UNFINISHED}")


def _own_names(database: Path) -> frozenset[str]:
    return frozenset(f"{database.name}{ending}" for ending in ("-wal", "-shm", "-journal", ".installed"))


def _is_backup(path: Path) -> bool:
    """Return whether a file is this bot's database (SQLite header), or a cut-off copy."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        header = file.read(_HEADER_BYTES)
    if not header:
        return path.suffix == _UNFINISHED
    return header.startswith(b"SQLite format 3\0") and int.from_bytes(header[68:72]) == APPLICATION_ID


def write_copy(connection: sqlite3.Connection, target: Path, *, finish: str = "") -> None:
    """Write a compacted copy to ``target`` (mode 0600); run the statement ``finish`` in it.

    An existing file is replaced when the copy is complete and on disk. Raises UnusableFileError if ``target``
    cannot be written, DiskError if there is no room for it.
    """
    unfinished = _unfinished(target)
    try:
        unfinished.unlink(missing_ok=True)
        _create_private(unfinished)  # VACUUM INTO fills an empty file, and would make a new one 0644
        try:
            connection.execute("VACUUM INTO ?", (str(unfinished),))
            if finish:
                with closing(sqlite3.connect(unfinished, autocommit=True)) as copy:
                    copy.execute(finish)
            _sync(unfinished)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise UnusableFileError(target, str(error.strerror)) from error
    except sqlite3.Error as error:
        fault = storage_error(error, target)
        if isinstance(fault, DiskError) and error.sqlite_errorcode != sqlite3.SQLITE_IOERR_READ:
            raise fault from error
        raise  # the database itself cannot be read


def _prepare_files(location: Location) -> None:
    path = location.path
    try:
        path.parent.parent.mkdir(parents=True, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        if not path.exists():
            if location.sidecar.exists():
                raise EmptiedError(path, location.sidecar)
            _create_private(path)
        elif not location.is_sharing_allowed:
            check_is_private(path)
    except OSError as error:
        raise UnusableFileError(path, str(error.strerror)) from error


def _create_private(path: Path) -> None:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _examine(connection: sqlite3.Connection, location: Location) -> None:
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    _check_is_ours(connection, location)
    findings = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")]
    if findings != ["ok"]:
        raise DamagedError(location.path, findings[0])

    def keep_backup(version: int) -> None:
        write_copy(connection, location.path.with_name(f"{location.path.name}.schema-{version}"))

    migrate(connection, shipped_migrations(), before_first=keep_backup)
    checkpoint(connection)
    with suppress(FileExistsError):
        _create_private(location.sidecar)


def _check_is_ours(connection: sqlite3.Connection, location: Location) -> None:
    application_id: int = connection.execute("PRAGMA application_id").fetchone()[0]
    if application_id == APPLICATION_ID:
        return
    if application_id != 0 or connection.execute("SELECT 1 FROM sqlite_master").fetchone() is not None:
        raise ForeignFileError(location.path)
    if location.sidecar.exists():
        raise EmptiedError(location.path, location.sidecar)


def checkpoint(connection: sqlite3.Connection) -> None:
    """Move the log into the file and truncate it, so deleted data is in neither."""
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
