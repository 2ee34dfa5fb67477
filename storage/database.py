"""The single connection on its own thread: each read or transaction is one call on it."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Self, override

import aiosqlite

from storage.columns import Params
from storage.errors import ClosedError, DiskError, StorageError, WipeError
from storage.sqlite_errors import storage_error, translated_errors
from storage.sqlite_file import Location, check_replaceable, checkpoint, open_file, write_copy

_REDRAW_CARDS = """
UPDATE delivery SET revision = revision + 1
WHERE kind = 'card' AND message_id IS NOT NULL AND change_id IN (SELECT change_id FROM open_change)
"""

_NORMAL = 1  # of PRAGMA synchronous: in a write-ahead log, only a checkpoint waits for the disk

type Row = sqlite3.Row
type Transaction = sqlite3.Connection


class _Thread(aiosqlite.Connection):
    """The driver's connection, plus whole functions on the thread that owns the file.

    The driver's own calls run one statement at a time, and between two of them another task's statement may run:
    transactions would mix. A function queued as one item cannot be interleaved or left half done by a cancelled
    task, and needs no lock. As a closure it also keeps its parameters out of the driver's DEBUG lines.
    """

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, iter_chunk_size=64)
        self._thread.daemon = True  # an unclosed database must not block the process's exit

    async def run[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        result: T = await self._execute(work, self._conn)  # type: ignore[no-untyped-call]  # the driver's own
        return result

    async def start(self) -> None:
        """Start the thread and open the file on it."""
        await self

    async def end(self) -> None:
        """Close the file and wait for the thread, before the event loop closes."""
        await self.close()
        await asyncio.to_thread(self._thread.join)


class Database:
    """The bot's SQLite file, locked by this process until ``close``."""

    def __init__(self, thread: _Thread, path: Path) -> None:
        self._thread = thread
        self._path = path
        self._is_closed = False

    @classmethod
    async def open(cls, path: Path, *, lock_wait_s: float = 5.0, is_sharing_allowed: bool = False) -> Self:
        """Open the file at ``path``, creating it on the first start, and migrate it.

        Raises a leaf of StartError if the file must not be used; waits ``lock_wait_s`` for another process's
        lock.
        """
        location = Location(path, lock_wait_s, is_sharing_allowed)
        thread = _Thread(partial(open_file, location))
        opening = asyncio.create_task(thread.start())
        try:
            await asyncio.shield(opening)
        except BaseException:
            with suppress(StorageError):  # cancelled: the file being opened would stay locked
                await opening
            await thread.end()
            raise
        return cls(thread, path)

    @property
    def path(self) -> Path:
        """Return the file's path."""
        return self._path

    async def read(self, sql: str, params: Params = ()) -> list[Row]:
        """Return all rows of a query."""
        return await self._run(lambda connection: connection.execute(sql, params).fetchall())

    async def read_one(self, sql: str, params: Params = ()) -> Row | None:
        """Return the first row of a query, or None."""
        return await self._run(lambda connection: connection.execute(sql, params).fetchone())

    async def transaction[T](self, work: Callable[[Transaction], T], *, is_repeatable: bool = False) -> T:
        """Run ``work`` in one transaction and return its result; all is committed or nothing.

        ``work`` runs on the database's thread, so it must not await or call services. An error rolls back and
        is raised again. Cancelling the caller does not stop it. Raises DiskError if the disk is full.

        What the service and Discord tell again ``is_repeatable``: it does not wait for the disk. A loss of power
        (not a crash of the bot) may take it back, up to the next transaction that waits, and never a part of it.
        """
        run = partial(_run_transaction, work)
        return await self._run(partial(_without_waiting, run) if is_repeatable else run)

    async def execute(self, sql: str, params: Params = ()) -> int:
        """Run one statement in a transaction of its own; return the number of rows that it changed."""
        return await self.transaction(lambda transaction: transaction.execute(sql, params).rowcount)

    async def execute_many(self, sql: str, params: Sequence[Params]) -> None:
        """Run a statement once for each set of parameters, all in one transaction."""
        await self.transaction(lambda transaction: transaction.executemany(sql, params))

    async def erase[T](self, work: Callable[[Transaction], T]) -> T:
        """Run a transaction, then wipe deleted or replaced data from file and log.

        Raises WipeError if only the wiping fails: the change is committed, and the next wiping does both.
        """

        def wiped(connection: sqlite3.Connection) -> T:
            result = _run_transaction(work, connection)
            try:
                checkpoint(connection)  # secure_delete overwrites in the file; the log keeps old pages until truncated
            except sqlite3.Error as error:
                fault = storage_error(error, self._path)
                if isinstance(fault, DiskError):
                    raise WipeError(self._path, is_full=fault.is_full) from error
                raise
            return result

        return await self._run(wiped)

    async def checkpoint(self) -> None:
        """Move the write-ahead log into the file and truncate it."""
        await self._run(checkpoint)

    async def compact(self) -> None:
        """Rewrite the file without free pages and truncate the log."""

        def rewrite(connection: sqlite3.Connection) -> None:
            connection.execute("VACUUM")
            checkpoint(connection)

        await self._run(rewrite)

    async def backup(self, target: Path) -> None:
        """Write or replace a copy at ``target`` (mode 0600); raises as ``check_replaceable``.

        In the copy the cards of open changes are due: once it is restored, they may show what it does not hold.
        """
        check_replaceable(target, self._path)
        await self._run(lambda connection: write_copy(connection, target, finish=_REDRAW_CARDS))

    async def close(self) -> None:
        """Close the file with an empty log; a second call does nothing."""
        if self._is_closed:
            return
        try:
            with suppress(StorageError):  # the log is durable: the next start reads it
                await self.checkpoint()
        finally:
            self._is_closed = True
            await self._thread.end()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()

    @override
    def __repr__(self) -> str:
        return f"<Database {self._path}>"

    async def _run[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._is_closed:
            raise ClosedError
        with translated_errors(self._path):
            return await self._thread.run(work)


def _run_transaction[T](work: Callable[[Transaction], T], connection: sqlite3.Connection) -> T:
    try:
        connection.execute("BEGIN IMMEDIATE")  # inside the try: an interrupted BEGIN may have taken effect
        result = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite rolls back by itself when the disk is full
            connection.execute("ROLLBACK")
        raise
    return result


def _without_waiting[T](run: Callable[[sqlite3.Connection], T], connection: sqlite3.Connection) -> T:
    (waits,) = connection.execute("PRAGMA synchronous").fetchone()
    connection.execute(f"PRAGMA synchronous={min(waits, _NORMAL)}")
    try:
        return run(connection)
    finally:
        connection.execute(f"PRAGMA synchronous={waits}")
