"""Repository of direct messages by recipient: missed ones, and editable ones."""

from collections.abc import Mapping, Sequence

from storage.database import Database
from storage.delivery import MAX_REFUSALS, MISSED, Delivery, delivery_of

_ANNOUNCED_TO = """
SELECT 1 FROM delivery JOIN membership USING (guild_id)
WHERE kind = 'announcement' AND change_id = ? AND refusals < ? AND membership.user_id = ? AND is_member LIMIT 1
"""
_UNREACHABLE = """
UPDATE delivery SET refusals = :missed
WHERE kind = 'direct_message' AND change_id = :change AND refusals = :most AND shown_revision < revision
      AND subject IN (SELECT 'change:' || :change || ':' || (post.facts ->> '$.about') FROM delivery AS post
                      WHERE post.kind = 'thread' AND post.guild_id = :guild AND post.change_id = :change
                            AND post.facts ->> '$.status' = 'told' AND post.shown_revision = 0)
"""


class PersonalMessages:
    """Direct messages of single people; rows of ``delivery``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def mark_missed(self, deliveries: Sequence[Delivery]) -> None:
        """Record that people whose direct messages are closed have not read these."""
        sql = "UPDATE delivery SET refusals = ? WHERE delivery_id = ? AND shown_revision < revision"
        await self._database.execute_many(sql, [(MISSED, each.delivery_id) for each in deliveries])

    async def mark_unreachable(self, guild_id: int, change_id: int) -> int:
        """Record as missed the messages whose post was refused for good; return the count."""
        values = {"guild": guild_id, "change": change_id, "missed": MISSED, "most": MAX_REFUSALS}
        return await self._database.execute(_UNREACHABLE, values)

    async def people_with_missed(self) -> frozenset[int]:
        """Return the people who have not read a direct message because theirs are closed."""
        sql = "SELECT DISTINCT user_id FROM delivery WHERE refusals = ? AND shown_revision < revision"
        return frozenset(row["user_id"] for row in await self._database.read(sql, (MISSED,)))

    async def missed_by(self, user_id: int) -> list[Delivery]:
        """Return the direct messages that a person has not read, oldest first."""
        sql = (
            "SELECT * FROM delivery WHERE kind = 'direct_message' AND user_id = ? AND refusals = ? "
            "AND shown_revision < revision ORDER BY delivery_id"
        )
        return [delivery_of(row) for row in await self._database.read(sql, (user_id, MISSED))]

    async def messages_about(self, user_id: int) -> Mapping[int, int]:
        """Return by change the last message to a person about that change alone."""
        sql = (
            "SELECT change_id, message_id FROM delivery WHERE kind = 'direct_message' AND user_id = ? "
            "AND change_id IS NOT NULL AND message_id IS NOT NULL ORDER BY delivery_id"
        )
        return {row["change_id"]: row["message_id"] for row in await self._database.read(sql, (user_id,))}

    async def forget_message(self, user_id: int, message_id: int) -> None:
        """Record that a message is gone: the next news about its change are a new one."""
        sql = "UPDATE delivery SET message_id = NULL WHERE kind = 'direct_message' AND user_id = ? AND message_id = ?"
        await self._database.execute(sql, (user_id, message_id))

    async def is_announced_to(self, user_id: int, change_id: int) -> bool:
        """Return whether a server of this linked person announces that the change went live."""
        return await self._database.read_one(_ANNOUNCED_TO, (change_id, MAX_REFUSALS, user_id)) is not None
