"""Repository of links: one Discord user, one Horde account, one encrypted API key."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import SecretStr

from storage.columns import from_names, from_stamp, from_stamp_or_none, to_names, to_stamp, value_of
from storage.database import Database, Row, Transaction
from storage.encryption import Binding
from storage.errors import AccountTakenError, SealBrokenError, UnreadableKeyError
from storage.keyring import Keyring, origin_of
from storage.notices import About, NoticeKey, add_notices, drop_notice

_PUT = """
INSERT INTO link (user_id, horde_user_id, horde_username, generation, key_id, sealed_key, roles,
                  roles_read_at, linked_at, last_used_at)
VALUES (:user_id, :horde_user_id, :horde_username, :generation, :key_id, :sealed_key, :roles, :now, :now, :now)
ON CONFLICT (user_id) DO UPDATE SET
       horde_user_id = excluded.horde_user_id, horde_username = excluded.horde_username,
       generation = excluded.generation, key_id = excluded.key_id, sealed_key = excluded.sealed_key,
       roles = excluded.roles, roles_read_at = excluded.roles_read_at, linked_at = excluded.linked_at,
       last_used_at = excluded.last_used_at, warned_at = NULL, denials = 0, denied_at = NULL, disabled_at = NULL
"""

_DENY = """
UPDATE link SET denials = denials + 1, denied_at = min(coalesce(denied_at, :now), :now)
WHERE user_id = :user_id AND generation = :generation AND disabled_at IS NULL
RETURNING denials, denied_at
"""

DENIED = "denied"
"""Status of the notice that a key was disabled."""

_GET = "SELECT * FROM linked_user WHERE user_id = ?"


@dataclass(frozen=True, slots=True)
class Link:
    """A Discord user's Horde account, without the key.

    Attributes:
        generation: 1 for the first link of this user, one more with each relink.
        roles: queue roles as last read; the service decides.
        roles_read_at: time of that reading; None if never.
        is_visible: others may see this person's roles.
        is_disabled: the key is stored but not used, because AI-Horde does not know it.
    """

    user_id: int
    horde_user_id: str
    horde_username: str
    generation: int
    roles: frozenset[str]
    roles_read_at: datetime | None
    linked_at: datetime
    is_visible: bool
    is_disabled: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """Number of tested keys, and the users whose key could not be decrypted."""

    tried: int
    unreadable: tuple[int, ...]


class Links:
    """Repository of links to one service; keys of another origin cannot be decrypted."""

    def __init__(self, database: Database, keyring: Keyring, service_url: str) -> None:
        self._database = database
        self._keyring = keyring
        self._origin = origin_of(service_url)

    async def get(self, user_id: int) -> Link | None:
        """Return the user's link, or None."""
        row = await self._database.read_one(_GET, (user_id,))
        return None if row is None else _link(row)

    async def by_horde_user(self, horde_user_id: str) -> Link | None:
        """Return the link to this Horde account, or None."""
        row = await self._database.read_one("SELECT * FROM linked_user WHERE horde_user_id = ?", (horde_user_id,))
        return None if row is None else _link(row)

    async def users_of(self, horde_user_ids: Collection[str]) -> dict[str, int]:
        """Return the Discord ids of those of these Horde accounts that are linked."""
        rows = await self._database.read(
            "SELECT horde_user_id, user_id FROM link WHERE horde_user_id IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(horde_user_ids)),),
        )
        return {row["horde_user_id"]: row["user_id"] for row in rows}

    async def with_roles(self) -> list[Link]:
        """Return the links with any role, by Horde name."""
        rows = await self._database.read(
            "SELECT * FROM linked_user WHERE roles != '[]' ORDER BY horde_username COLLATE NOCASE"
        )
        return [_link(row) for row in rows]

    async def read_before(self, moment: datetime, limit: int) -> list[Link]:
        """Return the links whose roles were read before a time or never, oldest first."""
        rows = await self._database.read(
            "SELECT * FROM linked_user WHERE disabled_at IS NULL AND (roles_read_at IS NULL OR roles_read_at < ?) "
            "ORDER BY roles_read_at, user_id LIMIT ?",
            (to_stamp(moment), limit),
        )
        return [_link(row) for row in rows]

    async def count(self) -> int:
        """Return the number of links."""
        return int((await self._database.read("SELECT count(*) FROM link"))[0][0])

    async def put(
        self,
        user_id: int,
        *,
        horde_user_id: str,
        horde_username: str,
        key: SecretStr,
        roles: frozenset[str],
        now: datetime,
    ) -> Link:
        """Link a user; a former link is replaced and its key wiped from the file.

        Raises AccountTakenError if another user is linked to the Horde account.
        """
        values = {
            "user_id": user_id,
            "horde_user_id": horde_user_id,
            "horde_username": horde_username,
            "key_id": self._keyring.primary_id,
            "roles": to_names(roles),
            "now": to_stamp(now),
        }

        def write(transaction: Transaction) -> Link:
            _refuse_taken(transaction, user_id, horde_user_id)
            generation = _next_generation(transaction, user_id)
            sealed_key = self._keyring.seal(key, Binding(user_id, horde_user_id, generation, self._origin))
            transaction.execute(_PUT, {**values, "generation": generation, "sealed_key": sealed_key})
            return _link(transaction.execute(_GET, (user_id,)).fetchone())

        return await self._database.erase(write)

    async def key(self, user_id: int, horde_user_id: str | None = None) -> SecretStr | None:
        """Return the user's API key, or None if not linked (to this Horde account, if given).

        Raises UnreadableKeyError if it cannot be decrypted.
        """
        row = await self._database.read_one(
            "SELECT user_id, horde_user_id, generation, sealed_key FROM link "
            "WHERE user_id = ? AND horde_user_id = coalesce(?, horde_user_id)",
            (user_id, horde_user_id),
        )
        return None if row is None else self._open(row)

    async def set_roles(self, user_id: int, roles: frozenset[str], now: datetime) -> bool:
        """Store roles just read; False if the user is no longer linked."""
        sql = "UPDATE link SET roles = ?, roles_read_at = ?, denials = 0, denied_at = NULL WHERE user_id = ?"
        return await self._database.execute(sql, (to_names(roles), to_stamp(now), user_id)) > 0

    async def deny(self, user_id: int, generation: int, now: datetime, *, times: int, over: timedelta) -> bool:
        """Count an answer of AI-Horde that the key does not exist; return whether it was disabled.

        After ``times`` answers over a period of ``over`` the key is disabled, its roles are removed and a
        notice is queued. ``set_roles`` resets the count.
        """
        values = {"user_id": user_id, "generation": generation, "now": to_stamp(now)}

        def write(transaction: Transaction) -> bool:
            row = transaction.execute(_DENY, values).fetchone()
            if row is None or row["denials"] < times or now - from_stamp(row["denied_at"]) < over:
                return False
            transaction.execute("UPDATE link SET disabled_at = :now, roles = '[]' WHERE user_id = :user_id", values)
            notice = NoticeKey(user_id, generation, DENIED, About.LINK)
            drop_notice(transaction, notice)  # left from a former link with the same number
            add_notices(transaction, [notice], now)
            return True

        return await self._database.transaction(write)

    async def set_visible(self, user_id: int, *, is_visible: bool) -> bool:
        """Set whether others may see the user's roles; False if not linked."""
        sql = "UPDATE link SET is_visible = ? WHERE user_id = ?"
        return await self._database.execute(sql, (is_visible, user_id)) > 0

    async def delete(self, user_id: int) -> bool:
        """Unlink and wipe the key from file and log; False if not linked."""
        return await self._database.erase(
            lambda transaction: transaction.execute("DELETE FROM link WHERE user_id = ?", (user_id,)).rowcount > 0
        )

    async def try_sample(self, limit: int = 100) -> Sample:
        """Decrypt a random sample of keys, for the check at start."""
        rows = await self._database.read(
            "SELECT user_id, horde_user_id, generation, sealed_key FROM link "
            "WHERE user_id IN (SELECT user_id FROM link ORDER BY random() LIMIT ?)",
            (limit,),
        )
        return Sample(len(rows), tuple(sorted(row["user_id"] for row in rows if not self._is_readable(row))))

    def _open(self, row: Row) -> SecretStr:
        binding = Binding(row["user_id"], row["horde_user_id"], row["generation"], self._origin)
        try:
            return self._keyring.open(row["sealed_key"], binding)
        except SealBrokenError as error:
            raise UnreadableKeyError(binding.user_id) from error

    def _is_readable(self, row: Row) -> bool:
        try:
            self._open(row)
        except UnreadableKeyError:
            return False
        return True


def _refuse_taken(transaction: Transaction, user_id: int, horde_user_id: str) -> None:
    taken = transaction.execute(
        "SELECT 1 FROM link WHERE horde_user_id = ? AND user_id != ?", (horde_user_id, user_id)
    ).fetchone()
    if taken is not None:
        raise AccountTakenError(horde_user_id)


def _next_generation(transaction: Transaction, user_id: int) -> int:
    row = transaction.execute("SELECT generation FROM link WHERE user_id = ?", (user_id,)).fetchone()
    return 1 if row is None else int(row["generation"]) + 1


def _link(row: Row) -> Link:
    return value_of(
        Link,
        row,
        roles=from_names(row["roles"]),
        roles_read_at=from_stamp_or_none(row["roles_read_at"]),
        linked_at=from_stamp(row["linked_at"]),
        is_visible=bool(row["is_visible"]),
        is_disabled=row["disabled_at"] is not None,
    )
