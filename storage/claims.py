"""Repository of claims: one approver per change, for a limited time and one content."""

from dataclasses import asdict, dataclass
from datetime import datetime

from storage.columns import from_stamp, to_stamp, value_of
from storage.database import Database, Row, Transaction

_TAKE = """
INSERT INTO claim (change_id, digest, user_id, horde_user_id, horde_username, claimed_at, until)
VALUES (:change_id, :digest, :user_id, :horde_user_id, :horde_username, :claimed_at, :until)
ON CONFLICT (change_id) DO UPDATE SET
       digest = excluded.digest, user_id = excluded.user_id, horde_user_id = excluded.horde_user_id,
       horde_username = excluded.horde_username, claimed_at = excluded.claimed_at, until = excluded.until
WHERE claim.digest != excluded.digest OR claim.until <= excluded.claimed_at
      OR claim.horde_user_id = excluded.horde_user_id
"""

_END = """
DELETE FROM claim WHERE until <= ? OR NOT EXISTS (
    SELECT 1 FROM tracked_change
    WHERE tracked_change.change_id = claim.change_id AND status = 'pending' AND tracked_change.digest = claim.digest)
RETURNING change_id
"""


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One approver's claim on one change.

    Attributes:
        digest: digest of the claimed content; other content is not claimed.
        until: expiry time.
    """

    change_id: int
    digest: str
    user_id: int
    horde_user_id: str
    horde_username: str
    claimed_at: datetime
    until: datetime


class Claims:
    """Repository of claims on pending changes; ended claims are never returned."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, claim: ClaimRow) -> ClaimRow:
        """Claim a change or extend a claim; return the claim that holds, possibly another person's.

        The change must be tracked.
        """
        values = {**asdict(claim), "claimed_at": to_stamp(claim.claimed_at), "until": to_stamp(claim.until)}

        def write(transaction: Transaction) -> ClaimRow:
            transaction.execute(_TAKE, values)
            return _claim(transaction.execute("SELECT * FROM claim WHERE change_id = ?", (claim.change_id,)).fetchone())

        return await self._database.transaction(write)

    async def release(self, change_id: int, horde_user_id: str) -> bool:
        """Delete the account's own claim; False if it has none."""
        sql = "DELETE FROM claim WHERE change_id = ? AND horde_user_id = ?"
        return await self._database.execute(sql, (change_id, horde_user_id)) > 0

    async def of(self, change_id: int, digest: str, now: datetime) -> ClaimRow | None:
        """Return the claim on a change with this content, or None."""
        row = await self._database.read_one(
            "SELECT * FROM claim WHERE change_id = ? AND digest = ? AND until > ?", (change_id, digest, to_stamp(now))
        )
        return None if row is None else _claim(row)

    async def all(self, now: datetime) -> dict[int, ClaimRow]:
        """Return all active claims by change."""
        rows = await self._database.read("SELECT * FROM claim WHERE until > ?", (to_stamp(now),))
        return {row["change_id"]: _claim(row) for row in rows}

    async def end(self, now: datetime) -> list[int]:
        """Delete claims that expired or whose change was decided or replaced; return the changes."""
        return await self._database.transaction(
            lambda transaction: [row["change_id"] for row in transaction.execute(_END, (to_stamp(now),)).fetchall()]
        )


def _claim(row: Row) -> ClaimRow:
    return value_of(ClaimRow, row, claimed_at=from_stamp(row["claimed_at"]), until=from_stamp(row["until"]))
