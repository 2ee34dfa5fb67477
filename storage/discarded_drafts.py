"""Repository of discarded drafts: they can be restored for a day."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.columns import from_json, from_stamp, to_stamp
from storage.database import Database, Transaction
from storage.drafts import MAX_DRAFTS, expiry_warning, require_room
from storage.notices import drop_notice

RESTORABLE_FOR = timedelta(days=1)
"""Time in which a discarded draft can be restored."""

_PRUNE = """
    DELETE FROM discarded_draft WHERE draft_id IN (
        SELECT draft_id FROM discarded_draft WHERE user_id = ?
        ORDER BY discarded_at DESC, draft_id DESC LIMIT -1 OFFSET ?
    )
"""


@dataclass(frozen=True, slots=True)
class DiscardedDraft:
    """A discarded draft; it is deleted at ``until``."""

    draft_id: int
    model_name: str
    until: datetime


class DiscardedDrafts:
    """Repository of discarded drafts; each person sees only their own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def discard(self, draft_id: int, user_id: int, now: datetime) -> DiscardedDraft | None:
        """Set an open draft aside for RESTORABLE_FOR; None without an open one of this person.

        Only the last MAX_DRAFTS are kept: each may be as large as a record.
        """

        def write(transaction: Transaction) -> DiscardedDraft | None:
            row = transaction.execute(
                "DELETE FROM draft WHERE draft_id = ? AND user_id = ? AND state = 'open' RETURNING *",
                (draft_id, user_id),
            ).fetchone()
            if row is None:
                return None
            content = json.dumps({column: row[column] for column in row.keys()})  # noqa: SIM118 - a Row is no mapping
            transaction.execute(
                "INSERT INTO discarded_draft (draft_id, user_id, model_name, discarded_at, content) "
                "VALUES (?, ?, ?, ?, ?)",
                (draft_id, user_id, row["model_name"], to_stamp(now), content),
            )
            transaction.execute(_PRUNE, (user_id, MAX_DRAFTS))
            drop_notice(transaction, expiry_warning(user_id, draft_id))
            return DiscardedDraft(draft_id, row["model_name"], now + RESTORABLE_FOR)

        return await self._database.transaction(write)

    async def restore(self, draft_id: int, user_id: int, now: datetime) -> bool:
        """Bring a discarded draft back; False if it cannot be restored any more.

        Raises TooManyDraftsError above MAX_DRAFTS per person.
        """

        def write(transaction: Transaction) -> bool:
            row = transaction.execute(
                "SELECT content FROM discarded_draft WHERE draft_id = ? AND user_id = ? AND discarded_at > ?",
                (draft_id, user_id, to_stamp(now - RESTORABLE_FOR)),
            ).fetchone()
            if row is None:
                return False
            require_room(transaction, user_id)
            values = {**from_json(row["content"]), "updated_at": to_stamp(now), "warned_at": None}
            columns = ", ".join(values)  # column names of the table itself
            inserted = transaction.execute(  # ignored if another draft revises the same change by now
                f"INSERT OR IGNORE INTO draft ({columns}) VALUES ({', '.join('?' * len(values))})",  # noqa: S608 - as above
                tuple(values.values()),
            ).rowcount
            if inserted:
                transaction.execute("DELETE FROM discarded_draft WHERE draft_id = ?", (draft_id,))
            return bool(inserted)

        return await self._database.transaction(write)

    async def last(self, user_id: int, now: datetime) -> DiscardedDraft | None:
        """Return the person's draft that was discarded last, or None."""
        row = await self._database.read_one(
            "SELECT * FROM discarded_draft WHERE user_id = ? AND discarded_at > ? ORDER BY discarded_at DESC LIMIT 1",
            (user_id, to_stamp(now - RESTORABLE_FOR)),
        )
        if row is None:
            return None
        until = from_stamp(row["discarded_at"]) + RESTORABLE_FOR
        return DiscardedDraft(row["draft_id"], row["model_name"], until)

    async def expire(self, now: datetime) -> int:
        """Delete discarded drafts that can no longer be restored; return their count."""
        before = to_stamp(now - RESTORABLE_FOR)
        return await self._database.execute("DELETE FROM discarded_draft WHERE discarded_at <= ?", (before,))
