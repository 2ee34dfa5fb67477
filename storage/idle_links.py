"""Links that nobody uses: noted when used, told of before they go, and deleted with their keys."""

from datetime import datetime

from storage.columns import to_stamp
from storage.database import Database, Transaction
from storage.notices import About, NoticeKey, add_notices, drop_notice

EXPIRES = "expires"
"""Status of the notice that a link is about to expire."""


class IdleLinks:
    """When each link was last used, and the end of those that were not."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def use(self, user_id: int, now: datetime) -> None:
        """This person acted with their key; nothing where there is no link."""

        def write(transaction: Transaction) -> None:
            row = transaction.execute(
                "UPDATE link SET last_used_at = ?, warned_at = NULL WHERE user_id = ? RETURNING generation",
                (to_stamp(now), user_id),
            ).fetchone()
            if row is not None:
                drop_notice(transaction, _warning(user_id, row["generation"]))

        await self._database.transaction(write)

    async def is_warned(self, user_id: int) -> bool:
        """Whether a word that it expires is out, or on its way."""
        row = await self._database.read_one("SELECT warned_at FROM link WHERE user_id = ?", (user_id,))
        return row is not None and row["warned_at"] is not None

    async def warn(self, unused_since: datetime, now: datetime) -> int:
        """Have the owners of links not used since then told, once, that these expire; returns how many."""
        values = (to_stamp(now), to_stamp(unused_since))

        def write(transaction: Transaction) -> int:
            rows = transaction.execute(
                "UPDATE link SET warned_at = ? WHERE warned_at IS NULL AND coalesce(last_used_at, linked_at) < ? "
                "RETURNING user_id, generation",
                values,
            ).fetchall()
            notices = [_warning(row["user_id"], row["generation"]) for row in rows]
            for notice in notices:  # of a former link of theirs, which had the same number
                drop_notice(transaction, notice)
            return add_notices(transaction, notices, now)

        return await self._database.transaction(write)

    async def expire(self, unused_since: datetime, warned_before: datetime) -> tuple[int, ...]:
        """Delete links not used since then, whose owners were told before that; returns whose, keys wiped."""
        values = (to_stamp(unused_since), to_stamp(warned_before))
        due = await self._database.read_one(
            "SELECT 1 FROM link WHERE coalesce(last_used_at, linked_at) < ? AND warned_at <= ?", values
        )
        if due is None:  # wiping is dear, and most looks find nothing
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
