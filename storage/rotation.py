"""Rotation of credential keys: re-encrypts API keys with the first key, in batches."""

from collections.abc import Mapping
from dataclasses import dataclass

from storage.database import Database, Row, Transaction
from storage.encryption import Binding
from storage.errors import KeyInUseError, SealBrokenError
from storage.keyring import Keyring, origin_of
from storage.keyring_check import retired_name

BATCH = 250
"""Rows per transaction; other work waits a few milliseconds."""

_BATCH_OF = (
    "SELECT user_id, horde_user_id, generation, key_id, sealed_key FROM link "
    "WHERE key_id = ? AND user_id > ? ORDER BY user_id LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Batch:
    """Result of one step.

    Attributes:
        moved: rows re-encrypted with the first key.
        unreadable: users whose row cannot be decrypted; it is left unchanged, and they must link again.
        is_last: nothing is left to re-encrypt.
    """

    moved: int
    unreadable: tuple[int, ...]
    is_last: bool


class Rotation:
    """One pass over rows encrypted with other keys than the first.

    Progress is in the rows only, so an interrupted pass simply starts again. A row that its owner replaced or
    deleted is skipped: each update compares the value that was read.
    """

    def __init__(self, database: Database, keyring: Keyring, service_url: str) -> None:
        self._database = database
        self._keyring = keyring
        self._origin = origin_of(service_url)
        self._after: dict[int, int] = {}

    async def rows(self) -> Mapping[int, int]:
        """Return the number of links by key id."""
        return await rows_by_key(self._database)

    async def step(self) -> Batch:
        """Re-encrypt the next batch."""
        return await self._database.transaction(self._move)

    async def finish(self) -> None:
        """Wipe values of former keys from the file and its log."""
        await self._database.compact()

    def _move(self, transaction: Transaction) -> Batch:
        for key_id in sorted(self._keyring.key_ids - {self._keyring.primary_id}):
            after = self._after.get(key_id, -1)
            found = transaction.execute(_BATCH_OF, (key_id, after, BATCH)).fetchall()
            if found:
                self._after[key_id] = found[-1]["user_id"]
                sealed = [(row, self._resealed(row)) for row in found]
                moved = sum(_replace(transaction, row, new, self._keyring.primary_id) for row, new in sealed if new)
                return Batch(moved, tuple(row["user_id"] for row, new in sealed if new is None), is_last=False)
        return Batch(0, (), is_last=True)

    def _resealed(self, row: Row) -> bytes | None:
        binding = Binding(row["user_id"], row["horde_user_id"], row["generation"], self._origin)
        try:
            return self._keyring.seal(self._keyring.open(row["sealed_key"], binding), binding)
        except SealBrokenError:
            return None


async def rows_by_key(database: Database) -> Mapping[int, int]:
    """Return the number of links by key id, including keys without links."""
    rows = await database.read(
        "SELECT key_id, count(user_id) AS links FROM (SELECT key_id FROM key_check UNION SELECT key_id FROM link) "
        "LEFT JOIN link USING (key_id) GROUP BY key_id ORDER BY key_id"
    )
    return {row["key_id"]: row["links"] for row in rows}


async def retire(database: Database, key_id: int) -> bool:
    """Forget a key without links, for good: a later start does not register it again.

    False if the file does not know it.

    Raises KeyInUseError, and changes nothing, while links need it.
    """

    def forget(transaction: Transaction) -> bool:
        needed = transaction.execute("SELECT count(*) FROM link WHERE key_id = ?", (key_id,)).fetchone()[0]
        if needed:
            raise KeyInUseError(key_id, needed)
        is_known = transaction.execute("DELETE FROM key_check WHERE key_id = ?", (key_id,)).rowcount > 0
        if is_known:
            transaction.execute("INSERT INTO meta (name, value) VALUES (?, x'')", (retired_name(key_id),))
        return is_known

    return await database.erase(forget)


def _replace(transaction: Transaction, row: Row, sealed: bytes, key_id: int) -> int:
    return transaction.execute(
        "UPDATE link SET sealed_key = ?, key_id = ? WHERE user_id = ? AND sealed_key = ?",
        (sealed, key_id, row["user_id"], row["sealed_key"]),
    ).rowcount
