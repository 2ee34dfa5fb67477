"""Presses on *Approve* where a server wants more than one, each account counted once and for one content."""

from dataclasses import dataclass
from datetime import datetime

from storage.columns import from_stamp, to_stamp
from storage.database import Database, Row, Transaction

_OF = """
SELECT * FROM approval WHERE guild_id = ? AND change_id = ? AND digest = ? ORDER BY pressed_at, horde_user_id
"""


@dataclass(frozen=True, slots=True)
class Approval:
    """One account's press in one server; ``digest`` of what it approved."""

    guild_id: int
    change_id: int
    digest: str
    user_id: int
    horde_user_id: str
    horde_username: str
    pressed_at: datetime


class Approvals:
    """Approvals that are counted until there are enough of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def press(self, approval: Approval) -> tuple[bool, list[Approval]]:
        """Count a press; whether it was this account's first, and all of them, oldest first.

        The change must be tracked. Counting and reading are one transaction: of two presses at once exactly one is the
        last that was needed.
        """
        values = (
            approval.guild_id,
            approval.change_id,
            approval.digest,
            approval.user_id,
            approval.horde_user_id,
            approval.horde_username,
            to_stamp(approval.pressed_at),
        )

        def write(transaction: Transaction) -> tuple[bool, list[Approval]]:
            added = transaction.execute(
                "INSERT INTO approval "
                "(guild_id, change_id, digest, user_id, horde_user_id, horde_username, pressed_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                values,
            ).rowcount
            return added > 0, [_approval(row) for row in transaction.execute(_OF, values[:3]).fetchall()]

        return await self._database.transaction(write)

    async def withdraw(self, approval: Approval) -> None:
        """Forget a press that the service would not take from this account."""
        await self._database.transaction(
            lambda transaction: transaction.execute(
                "DELETE FROM approval WHERE guild_id = ? AND change_id = ? AND digest = ? AND horde_user_id = ?",
                (approval.guild_id, approval.change_id, approval.digest, approval.horde_user_id),
            )
        )

    async def end(self) -> None:
        """Forget presses on what is decided for good, or is another content now."""
        await self._database.transaction(
            lambda transaction: transaction.execute(
                "DELETE FROM approval WHERE NOT EXISTS (SELECT 1 FROM open_change "
                "WHERE open_change.change_id = approval.change_id AND open_change.digest = approval.digest)"
            )
        )

    async def of(self, guild_id: int, change_id: int, digest: str) -> list[Approval]:
        """What was counted in a server for a change with this content, oldest first."""
        return [_approval(row) for row in await self._database.read(_OF, (guild_id, change_id, digest))]

    async def counts(self, guild_id: int) -> dict[int, int]:
        """How many approvals each pending change has in a server, of those that have any."""
        rows = await self._database.read(
            "SELECT change_id, count(*) FROM approval JOIN tracked_change USING (change_id, digest) "
            "WHERE guild_id = ? AND status = 'pending' GROUP BY change_id",
            (guild_id,),
        )
        return {row[0]: row[1] for row in rows}


def _approval(row: Row) -> Approval:
    return Approval(
        guild_id=row["guild_id"],
        change_id=row["change_id"],
        digest=row["digest"],
        user_id=row["user_id"],
        horde_user_id=row["horde_user_id"],
        horde_username=row["horde_username"],
        pressed_at=from_stamp(row["pressed_at"]),
    )
