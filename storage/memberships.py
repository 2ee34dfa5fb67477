"""Repository of the servers in which linked people are members."""

import json
from collections.abc import Collection
from datetime import datetime

from storage.columns import to_stamp
from storage.database import Database, Transaction

_DUE = """
SELECT guild.value AS guild_id, link.user_id FROM link JOIN json_each(?) AS guild
LEFT JOIN membership ON membership.user_id = link.user_id AND membership.guild_id = guild.value
WHERE link.is_visible AND coalesce(checked_at, 0) < ?
ORDER BY coalesce(checked_at, 0), guild.value, link.user_id LIMIT ?
"""

_PUT = """
INSERT INTO membership (guild_id, user_id, is_member, checked_at)
SELECT ?, user_id, ?, ? FROM link WHERE user_id = ?
ON CONFLICT (guild_id, user_id) DO UPDATE SET is_member = excluded.is_member, checked_at = excluded.checked_at
"""


class Memberships:
    """Memberships of linked people, as Discord last said; deleted together with the link."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def is_member(self, guild_id: int, user_id: int) -> bool:
        """Return whether a linked person is in a server; False if that is not known."""
        row = await self._database.read_one(
            "SELECT is_member FROM membership WHERE guild_id = ? AND user_id = ?", (guild_id, user_id)
        )
        return row is not None and bool(row["is_member"])

    async def visible_member(self, guild_id: int, horde_user_id: str) -> int | None:
        """Return the Discord id of a Horde account's visible person in a server, or None."""
        row = await self._database.read_one(
            "SELECT user_id FROM link JOIN membership USING (user_id) "
            "WHERE horde_user_id = ? AND guild_id = ? AND is_visible AND is_member",
            (horde_user_id, guild_id),
        )
        return None if row is None else int(row["user_id"])

    async def put(self, guild_id: int, user_id: int, *, is_member: bool, now: datetime) -> bool:
        """Record whether a linked person is in a server; return whether that is new."""

        def write(transaction: Transaction) -> bool:
            sql = "SELECT is_member FROM membership WHERE guild_id = ? AND user_id = ?"
            known = transaction.execute(sql, (guild_id, user_id)).fetchone()
            count = transaction.execute(_PUT, (guild_id, is_member, to_stamp(now), user_id)).rowcount
            return count > 0 and (known is not None and bool(known["is_member"])) is not is_member

        return await self._database.transaction(write)

    async def due(self, guild_ids: Collection[int], before: datetime, limit: int) -> list[tuple[int, int]]:
        """Return servers and visible linked people to check, never or longest unchecked first."""
        rows = await self._database.read(_DUE, (json.dumps(sorted(guild_ids)), to_stamp(before), limit))
        return [(row["guild_id"], row["user_id"]) for row in rows]
