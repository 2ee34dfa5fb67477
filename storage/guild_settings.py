"""What a server's admins have set."""

from dataclasses import dataclass

from storage.cards import move_cards
from storage.database import Database, Row, Transaction


@dataclass(frozen=True, slots=True)
class GuildSetting:
    """One server's settings; ``review_channel_id`` is None while none is set."""

    guild_id: int
    review_channel_id: int | None


class GuildSettings:
    """Settings for each server."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, guild_id: int) -> GuildSetting:
        """This server's settings; the defaults while nothing was set."""
        row = await self._database.read_one("SELECT * FROM guild WHERE guild_id = ?", (guild_id,))
        return GuildSetting(guild_id, None) if row is None else _setting(row)

    async def all_with_review_channel(self) -> list[GuildSetting]:
        """Every server that wants cards."""
        rows = await self._database.read("SELECT * FROM guild WHERE review_channel_id IS NOT NULL ORDER BY guild_id")
        return [_setting(row) for row in rows]

    async def set_review_channel(self, guild_id: int, channel_id: int | None) -> None:
        """Set or, with None, forget the review channel, and lay out the cards of all open changes there.

        Cards posted in another channel before are left behind as they are.
        """

        def write(transaction: Transaction) -> None:
            transaction.execute(
                "INSERT INTO guild (guild_id, review_channel_id) VALUES (?, ?) "
                "ON CONFLICT (guild_id) DO UPDATE SET review_channel_id = excluded.review_channel_id",
                (guild_id, channel_id),
            )
            move_cards(transaction, guild_id, channel_id)

        await self._database.transaction(write)


def _setting(row: Row) -> GuildSetting:
    return GuildSetting(row["guild_id"], row["review_channel_id"])
