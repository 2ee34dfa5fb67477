"""All stored data of one person, found by walking the schema, so that no table is forgotten."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from storage.columns import from_stamp
from storage.database import Database, Row, Transaction
from storage.errors import SendingError

PERSON = "user_id"
"""The column that names a Discord user; every table that concerns a person has it."""

SECRET = "sealed_key"  # noqa: S105 - the name of a column
"""The column that is never exported, not even to its owner."""

_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
_COLUMNS = "SELECT name FROM pragma_table_info(?)"
_SENDING = "SELECT 1 FROM intent WHERE user_id = ? AND state IN ('prepared', 'sent')"
_JSON = frozenset(
    {"record", "base", "payload", "roles", "chosen", "complaints", "facts", "content", "change_ids", "slips", "source"}
)

type Rows = Sequence[Mapping[str, Any]]


class People:
    """Export and deletion of a person's data."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def export(self, user_id: int) -> Mapping[str, Rows]:
        """Return a person's rows by table, without the encrypted key and empty tables.

        Times are ISO 8601 (UTC); JSON is decoded.
        """

        def read(transaction: Transaction) -> Mapping[str, Rows]:
            found = {}
            for table in personal_tables(transaction):
                sql = f"SELECT * FROM {table} WHERE {PERSON} = ?"  # noqa: S608 - a name from the schema itself
                rows = [_exported(row) for row in transaction.execute(sql, (user_id,))]
                if rows:
                    found[table] = rows
            return found

        return await self._database.transaction(read)

    async def require_idle(self, user_id: int) -> None:
        """Raise SendingError while one of a person's requests is in flight."""
        if await self._database.read_one(_SENDING, (user_id,)) is not None:
            raise SendingError(user_id)

    async def forget(self, user_id: int) -> Mapping[str, int]:
        """Delete a person's rows from file and log; return their count by table.

        Raises SendingError, and deletes nothing, while one of their requests is in flight: its answer would be
        lost, and it could be sent twice.
        """

        def delete(transaction: Transaction) -> Mapping[str, int]:
            if transaction.execute(_SENDING, (user_id,)).fetchone() is not None:
                raise SendingError(user_id)
            deleted = {}
            for table in personal_tables(transaction):
                sql = f"DELETE FROM {table} WHERE {PERSON} = ?"  # noqa: S608 - a name from the schema itself
                deleted[table] = transaction.execute(sql, (user_id,)).rowcount
            return {table: count for table, count in deleted.items() if count}

        return await self._database.erase(delete)


def personal_tables(transaction: Transaction) -> tuple[str, ...]:
    """Return the names of the tables with personal data."""
    tables = [row["name"] for row in transaction.execute(_TABLES).fetchall()]
    return tuple(table for table in tables if PERSON in _columns(transaction, table))


def _columns(transaction: Transaction, table: str) -> list[str]:
    return [row["name"] for row in transaction.execute(_COLUMNS, (table,)).fetchall()]


def _exported(row: Row) -> dict[str, Any]:
    return {name: _value(name, row[name]) for name in row.keys() if name != SECRET}  # noqa: SIM118 - a Row is no mapping


def _value(name: str, value: Any) -> Any:
    if isinstance(value, int) and (name.endswith("_at") or name == "until"):
        return from_stamp(value).isoformat()
    return json.loads(value) if name in _JSON and isinstance(value, str) else value
