"""Repository of approvals, for servers that require several; one per account and content."""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from storage.columns import Value, from_stamp, to_stamp, value_of
from storage.database import Database, Row, Transaction

_ADD = """
INSERT INTO approval (guild_id, change_id, digest, user_id, horde_user_id, horde_username, pressed_at)
VALUES (:guild_id, :change_id, :digest, :user_id, :horde_user_id, :horde_username, :pressed_at) ON CONFLICT DO NOTHING
"""

_OF = """
SELECT * FROM approval WHERE guild_id = :guild_id AND change_id = :change_id AND digest = :digest
ORDER BY pressed_at, horde_user_id
"""


@dataclass(frozen=True, slots=True)
class Approval:
    """One account's approval in one server; ``digest`` of the approved content."""

    guild_id: int
    change_id: int
    digest: str
    user_id: int
    horde_user_id: str
    horde_username: str
    pressed_at: datetime


class Approvals:
    """Repository of approvals."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, approval: Approval) -> tuple[bool, list[Approval]]:
        """Add an approval; return whether it is the account's first, and all, oldest first.

        The change must be tracked. Counting and reading share one transaction, so exactly one of two
        simultaneous presses completes the required number.
        """
        values = {**asdict(approval), "pressed_at": to_stamp(approval.pressed_at)}

        def write(transaction: Transaction) -> tuple[bool, list[Approval]]:
            added = transaction.execute(_ADD, values).rowcount
            return added > 0, [_approval(row) for row in transaction.execute(_OF, values).fetchall()]

        return await self._database.transaction(write)

    async def withdraw(self, approval: Approval) -> None:
        """Delete an approval: the service refused it, or the approver withdrew it."""
        await self._database.execute(
            "DELETE FROM approval WHERE guild_id = ? AND change_id = ? AND digest = ? AND horde_user_id = ?",
            (approval.guild_id, approval.change_id, approval.digest, approval.horde_user_id),
        )

    async def drop_ended(self) -> None:
        """Delete approvals of decided changes and of replaced content."""
        await self._database.execute(
            "DELETE FROM approval WHERE NOT EXISTS (SELECT 1 FROM open_change "
            "WHERE open_change.change_id = approval.change_id AND open_change.digest = approval.digest)"
        )

    async def touch_cards(self, horde_user_ids: Collection[str] | None) -> None:
        """Have the cards redrawn that count approvals of these accounts; None for all accounts."""
        await self._database.execute(
            "UPDATE delivery SET revision = revision + 1 WHERE kind = 'card' AND change_id IN "
            "(SELECT change_id FROM approval WHERE :ids IS NULL "
            "OR horde_user_id IN (SELECT value FROM json_each(:ids)))",
            {"ids": None if horde_user_ids is None else json.dumps(sorted(horde_user_ids))},
        )

    async def of(self, guild_id: int, change_id: int, digest: str) -> list[Approval]:
        """Return a server's approvals of a change with this content, oldest first."""
        values: dict[str, Value] = {"guild_id": guild_id, "change_id": change_id, "digest": digest}
        return [_approval(row) for row in await self._database.read(_OF, values)]

    async def counts(self, guild_id: int, horde_user_ids: Collection[str]) -> dict[int, int]:
        """Count these accounts' approvals by pending change in a server; no zeros."""
        rows = await self._database.read(
            "SELECT change_id, count(*) FROM approval JOIN tracked_change USING (change_id, digest) "
            "WHERE guild_id = ? AND status = 'pending' AND horde_user_id IN (SELECT value FROM json_each(?)) "
            "GROUP BY change_id",
            (guild_id, json.dumps(sorted(horde_user_ids))),
        )
        return {row[0]: row[1] for row in rows}


def _approval(row: Row) -> Approval:
    return value_of(Approval, row, pressed_at=from_stamp(row["pressed_at"]))
