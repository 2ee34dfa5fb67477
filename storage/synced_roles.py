"""Repository of Discord roles that the bot gave, so that it can remove them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class GivenRoles:
    """Roles that the bot gave one member of one server; ``is_sure`` if Discord confirmed them."""

    role_ids: frozenset[int]
    is_sure: bool


class SyncedRoles:
    """Repository of given roles by server and member."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def guilds(self) -> frozenset[int]:
        """Return the servers in which any member has a role from the bot."""
        return frozenset(row[0] for row in await self._database.read("SELECT DISTINCT guild_id FROM synced_role"))

    async def of_guild(self, guild_id: int) -> Mapping[int, GivenRoles]:
        """Return the members with roles from the bot in a server, by Discord id."""
        rows = await self._database.read(
            "SELECT user_id, role_id, is_sure FROM synced_role WHERE guild_id = ?", (guild_id,)
        )
        found: dict[int, GivenRoles] = {}
        for row in rows:
            known = found.get(row["user_id"], GivenRoles(frozenset(), is_sure=True))
            found[row["user_id"]] = GivenRoles(
                known.role_ids | {row["role_id"]}, is_sure=known.is_sure and bool(row["is_sure"])
            )
        return found

    async def of_member(self, guild_id: int, user_id: int) -> GivenRoles | None:
        """Return the roles that the bot gave a member of a server, or None."""
        rows = await self._database.read(
            "SELECT role_id, is_sure FROM synced_role WHERE guild_id = ? AND user_id = ?", (guild_id, user_id)
        )
        role_ids = frozenset(row["role_id"] for row in rows)
        return GivenRoles(role_ids, is_sure=all(row["is_sure"] for row in rows)) if rows else None

    async def put(self, guild_id: int, user_id: int, role_ids: Collection[int], *, is_sure: bool) -> None:
        """Replace a member's recorded roles; with no roles, delete the record."""

        def write(transaction: Transaction) -> None:
            transaction.execute("DELETE FROM synced_role WHERE guild_id = ? AND user_id = ?", (guild_id, user_id))
            transaction.executemany(
                "INSERT INTO synced_role (guild_id, user_id, role_id, is_sure) VALUES (?, ?, ?, ?)",
                [(guild_id, user_id, role_id, is_sure) for role_id in sorted(role_ids)],
            )

        await self._database.transaction(write)

    async def mark_unsure(self, guild_id: int) -> None:
        """Mark a server's members for rechecking, because roles may have been changed by hand."""
        await self._database.execute("UPDATE synced_role SET is_sure = 0 WHERE guild_id = ?", (guild_id,))
