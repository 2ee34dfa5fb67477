"""The one connection, on its one thread: a read is one hop, a transaction one function that runs whole."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Self, override

import aiosqlite

from storage.columns import Params
from storage.errors import ClosedError, DiskError, StorageError, WipeError
from storage.sqlite_errors import named_faults, storage_error
from storage.sqlite_file import Location, checkpoint, open_file, write_copy

type Row = sqlite3.Row
type Transaction = sqlite3.Connection


class _Thread(aiosqlite.Connection):
    """The driver's connection with one more call: a whole function on the thread that owns the file.

    The driver's own calls hop to its thread once a statement, and between two hops of one task another task's
    statement may run: two transactions would mix. A function queued as one item cannot be interleaved, needs
    no lock, and cannot be left half done by a cancelled task. Being a closure, it also keeps its parameters
    out of the driver's DEBUG lines.
    """

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, iter_chunk_size=64)
        self._thread.daemon = True  # forgotten open, it must not keep the process from ending

    async def run[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        result: T = await self._execute(work, self._conn)  # type: ignore[no-untyped-call]  # the driver's own
        return result

    async def start(self) -> None:
        """Begin the thread, and open the file on it."""
        await self

    async def end(self) -> None:
        """Close the file and wait for the thread, so that nothing of it reaches into a closed event loop."""
        await self.close()
        await asyncio.to_thread(self._thread.join)


class Database:
    """The bot's SQLite file, held by this process alone until ``close``."""

    def __init__(self, thread: _Thread, path: Path) -> None:
        self._thread = thread
        self._path = path
        self._is_closed = False

    @classmethod
    async def open(cls, path: Path, *, lock_wait_s: float = 5.0, is_sharing_allowed: bool = False) -> Self:
        """Open the file at ``path``, or make it where there was none, and bring its schema up to date.

        Raises StartError (see its leaves) when the file must not be used; ``lock_wait_s`` is how long another
        holder may take to let go.
        """
        location = Location(path, lock_wait_s, is_sharing_allowed)
        thread = _Thread(partial(open_file, location))
        opening = asyncio.create_task(thread.start())
        try:
            await asyncio.shield(opening)
        except BaseException:
            with suppress(StorageError):  # given up halfway: what is still being opened would stay locked
                await opening
            await thread.end()
            raise
        return cls(thread, path)

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return self._path

    async def read(self, sql: str, params: Params = ()) -> list[Row]:
        """All rows of one query, in one thread hop."""
        return await self._run(lambda connection: connection.execute(sql, params).fetchall())

    async def read_one(self, sql: str, params: Params = ()) -> Row | None:
        """The first row of one query, or None."""
        return await self._run(lambda connection: connection.execute(sql, params).fetchone())

    async def transaction[T](self, work: Callable[[Transaction], T]) -> T:
        """Run ``work`` inside BEGIN IMMEDIATE .. COMMIT and return what it returns; all is kept, or nothing.

        ``work`` runs on the database's thread: no awaiting, no other service in it. When it raises, all is
        rolled back and the error passed on. A caller cancelled meanwhile does not stop it: it still happens,
        whole. Raises DiskError when the disk is full.
        """
        return await self._run(partial(_whole, work))

    async def erase[T](self, work: Callable[[Transaction], T]) -> T:
        """As ``transaction``; what ``work`` deleted or replaced is then wiped from file and log as well.

        Raises WipeError when that alone fails: the change is kept then, and the next wiping does both.
        """

        def wiped(connection: sqlite3.Connection) -> T:
            result = _whole(work, connection)
            try:
                checkpoint(connection)  # secure_delete overwrites in the file; the log keeps old pages until cut
            except sqlite3.Error as error:
                fault = storage_error(error, self._path)
                if isinstance(fault, DiskError):
                    raise WipeError(self._path, is_full=fault.is_full) from error
                raise
            return result

        return await self._run(wiped)

    async def checkpoint(self) -> None:
        """Move the write-ahead log into the file and cut it: after this, what was deleted is in neither."""
        await self._run(checkpoint)

    async def compact(self) -> None:
        """Write the file anew without what is free in it, and cut the log: nothing replaced is in either."""

        def rewrite(connection: sqlite3.Connection) -> None:
            connection.execute("VACUUM")
            checkpoint(connection)

        await self._run(rewrite)

    async def backup(self, target: Path) -> None:
        """Write a whole copy to ``target``, mode 0600, replacing what stood there; the bot goes on."""
        await self._run(lambda connection: write_copy(connection, target))

    async def close(self) -> None:
        """Let go of the file, with an empty log. A second call does nothing."""
        if self._is_closed:
            return
        try:
            with suppress(StorageError):  # the log is as safe as the file: the next start reads it
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
        with named_faults(self._path):
            return await self._thread.run(work)


def _whole[T](work: Callable[[Transaction], T], connection: sqlite3.Connection) -> T:
    try:
        connection.execute("BEGIN IMMEDIATE")  # inside: broken off late enough, it has begun all the same
        result = work(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite has rolled back by itself when the disk is full
            connection.execute("ROLLBACK")
        raise
    return result
