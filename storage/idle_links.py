"""Expiry of unused links: use is recorded, owners are warned, then link and key are deleted."""

from datetime import datetime

from storage.columns import to_stamp
from storage.database import Database, Transaction
from storage.notices import About, NoticeKey, add_notices, drop_notice

EXPIRES = "expires"
"""Status of the notice that a link will expire."""


class IdleLinks:
    """Repository of link use and expiry."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def use(self, user_id: int, now: datetime) -> None:
        """Record that the person used their key; does nothing without a link."""

        def write(transaction: Transaction) -> None:
            row = transaction.execute(
                "UPDATE link SET last_used_at = ?, warned_at = NULL WHERE user_id = ? RETURNING generation",
                (to_stamp(now), user_id),
            ).fetchone()
            if row is not None:
                drop_notice(transaction, _warning(user_id, row["generation"]))

        await self._database.transaction(write)

    async def is_warned(self, user_id: int) -> bool:
        """Return whether an expiry warning was queued."""
        row = await self._database.read_one("SELECT warned_at FROM link WHERE user_id = ?", (user_id,))
        return row is not None and row["warned_at"] is not None

    async def warn(self, unused_since: datetime, now: datetime) -> int:
        """Queue one expiry notice per link not used since then; return their count."""
        values = (to_stamp(now), to_stamp(unused_since))

        def write(transaction: Transaction) -> int:
            rows = transaction.execute(
                "UPDATE link SET warned_at = ? WHERE warned_at IS NULL AND coalesce(last_used_at, linked_at) < ? "
                "RETURNING user_id, generation",
                values,
            ).fetchall()
            notices = [_warning(row["user_id"], row["generation"]) for row in rows]
            for notice in notices:  # left from a former link with the same number
                drop_notice(transaction, notice)
            return add_notices(transaction, notices, now)

        return await self._database.transaction(write)

    async def expire(self, unused_since: datetime, warned_before: datetime) -> tuple[int, ...]:
        """Delete links not used since then whose owners were warned; return their users.

        The keys are wiped from file and log.
        """
        values = (to_stamp(unused_since), to_stamp(warned_before))
        due = await self._database.read_one(
            "SELECT 1 FROM link WHERE coalesce(last_used_at, linked_at) < ? AND warned_at <= ?", values
        )
        if due is None:  # wiping is expensive, and usually nothing is due
            return ()

        def delete(transaction: Transaction) -> tuple[int, ...]:
            rows = transaction.execute(
                "DELETE FROM link WHERE coalesce(last_used_at, linked_at) < ? AND warned_at <= ? RETURNING user_id",
                values,
            ).fetchall()
            return tuple(row["user_id"] for row in rows)

        return await self._database.erase(delete)


def _warning(user_id: int, generation: int) -> NoticeKey:
    return NoticeKey(user_id, generation, EXPIRES, About.LINK)
