"""Channels in which Discord refuses the bot: what is left alone there, and its end once they are mended."""

from collections.abc import Mapping

from storage.database import Database

MAX_FAILURES = 3
"""After so many refusals in a row Discord's answer is final: going on counts towards a ban."""

_LEFT_ALONE = """
SELECT channel_id, count(*) AS waiting FROM (
    SELECT channel_id FROM card JOIN open_change USING (change_id)
    WHERE guild_id = :guild_id AND failures >= :most AND (shown_status IS NOT status OR shown_digest IS NOT digest)
    UNION ALL
    SELECT channel_id FROM post WHERE guild_id = :guild_id AND failures >= :most AND shown_revision = 0
) GROUP BY channel_id
"""


class Refused:
    """Cards and posts that Discord refused until they were given up."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def left_alone(self, guild_id: int) -> Mapping[int, int]:
        """How much waits in each channel of a server that is left alone; what is over by now does not count."""
        rows = await self._database.read(_LEFT_ALONE, {"guild_id": guild_id, "most": MAX_FAILURES})
        return {row["channel_id"]: row["waiting"] for row in rows}

    async def try_again(self, guild_id: int, channel_id: int, told: str) -> None:
        """Have everything tried again that waits in a channel, and forget the posts that told of it.

        Args:
            guild_id: the server.
            channel_id: the channel.
            told: kind of these posts; their subject is the channel.
        """
        values = {"guild_id": guild_id, "channel_id": channel_id, "told": told, "most": MAX_FAILURES}
        where = "WHERE guild_id = :guild_id AND channel_id = :channel_id AND failures >= :most"
        await self._database.transaction(
            lambda transaction: (
                transaction.execute(f"UPDATE card SET failures = 0 {where}", values),  # noqa: S608 - from above
                transaction.execute(f"UPDATE post SET failures = 0 {where} AND shown_revision = 0", values),  # noqa: S608 - from above
                transaction.execute(
                    "DELETE FROM post WHERE guild_id = :guild_id AND kind = :told AND subject = :channel_id", values
                ),
            )
        )
