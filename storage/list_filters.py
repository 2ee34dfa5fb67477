"""What lists of the queue are narrowed to, each kept once under a number that fits into the id of a button."""

from datetime import datetime, timedelta

from storage.columns import to_stamp
from storage.database import Database, Transaction

KEPT_FOR = timedelta(days=180)
"""After the last time that a list was drawn with it; no list that somebody still sees is older."""


class ListFilters:
    """Filters by number; whose they were is not kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, content: str, now: datetime) -> int:
        """The number of a filter, the same one each time; filters that nobody used for long are forgotten."""

        def write(transaction: Transaction) -> int:
            transaction.execute("DELETE FROM list_filter WHERE used_at < ?", (to_stamp(now - KEPT_FOR),))
            row = transaction.execute(
                "INSERT INTO list_filter (content, used_at) VALUES (?, ?) "
                "ON CONFLICT (content) DO UPDATE SET used_at = excluded.used_at RETURNING filter_id",
                (content, to_stamp(now)),
            ).fetchone()
            return int(row["filter_id"])

        return await self._database.transaction(write)

    async def get(self, filter_id: int) -> str | None:
        """The filter of a number, or None when it was forgotten."""
        row = await self._database.read_one("SELECT content FROM list_filter WHERE filter_id = ?", (filter_id,))
        return None if row is None else str(row["content"])
