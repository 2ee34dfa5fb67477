"""Repository of list filters, each stored once under a number that fits into a custom id."""

from datetime import datetime, timedelta

from storage.columns import to_stamp
from storage.database import Database, Transaction
from storage.errors import DiskError

KEPT_FOR = timedelta(days=180)
"""Lifetime of a filter after its last use."""

KEPT_MAX = 20_000
"""Filters kept at a pruning, the last used ones: each search for other words stores one."""

PRUNED_EVERY = 1_000
"""New filters between two prunings."""

_PRUNE = """
    DELETE FROM list_filter WHERE filter_id IN
        (SELECT filter_id FROM list_filter ORDER BY used_at DESC, filter_id DESC LIMIT -1 OFFSET ?)
"""


class ListFilters:
    """Filters by number, without their users."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, content: str, now: datetime) -> int:
        """Store a filter and return its number; equal ones share one. Deletes expired ones.

        On a full disk a filter that is not stored yet has the number 0, so that its list can be read all the same.
        """

        def write(transaction: Transaction) -> int:
            transaction.execute("DELETE FROM list_filter WHERE used_at < ?", (to_stamp(now - KEPT_FOR),))
            row = transaction.execute(
                "INSERT INTO list_filter (content, used_at) VALUES (?, ?) "
                "ON CONFLICT (content) DO UPDATE SET used_at = excluded.used_at RETURNING filter_id",
                (content, to_stamp(now)),
            ).fetchone()
            if row["filter_id"] % PRUNED_EVERY == 0:
                transaction.execute(_PRUNE, (KEPT_MAX,))
            return int(row["filter_id"])

        try:
            return await self._database.transaction(write)
        except DiskError:
            row = await self._database.read_one("SELECT filter_id FROM list_filter WHERE content = ?", (content,))
            return 0 if row is None else int(row["filter_id"])

    async def get(self, filter_id: int) -> str | None:
        """Return a filter, ``None`` if it has expired."""
        row = await self._database.read_one("SELECT content FROM list_filter WHERE filter_id = ?", (filter_id,))
        return None if row is None else str(row["content"])
