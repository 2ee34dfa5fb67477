"""Repository of cursors: named positions at which polling continues after a restart."""

from collections.abc import Mapping

from storage.database import Database, Transaction


class Cursors:
    """One text per name; its meaning belongs to the code that polls."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, name: str) -> str | None:
        """Return a cursor's value; None before the first ``set``."""
        row = await self._database.read_one("SELECT value FROM cursor WHERE name = ?", (name,))
        return None if row is None else str(row["value"])

    async def set(self, name: str, value: str) -> None:
        """Move a cursor."""
        await self._database.transaction(lambda transaction: move_cursors(transaction, {name: value}))


def move_cursors(transaction: Transaction, cursors: Mapping[str, str]) -> None:
    """Move cursors in the transaction that stores what was read up to them."""
    transaction.executemany(
        "INSERT INTO cursor (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        list(cursors.items()),
    )
