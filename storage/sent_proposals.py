"""Repository of sent proposals not yet live; rejected or purged, they can be resent."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.columns import from_json, from_json_or_none, to_stamp, value_of
from storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class SentProposal:
    """A draft as it was sent; fields as in ``Draft``."""

    user_id: int
    change_id: int
    operation: str
    category: str
    model_name: str
    dialect: str
    record: dict[str, Any]
    base: dict[str, Any] | None
    why: str

    def is_for(self, operation: str, category: str, model_name: str) -> bool:
        """Return whether it proposes this operation on this model; ids can be reused."""
        return (self.operation, self.category, self.model_name) == (operation, category, model_name)


@dataclass(frozen=True, slots=True)
class Replacement:
    """The change that another one replaces; approver and reason are None after a purge.

    Attributes:
        was_open: whether it was pending when its requestor replaced it.
    """

    former_id: int
    rejected_by: str | None
    reason: str | None
    was_open: bool = False


class SentProposals:
    """Repository of sent proposals; written when an intent is queued."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_change(self, change_id: int) -> SentProposal | None:
        """Return the proposal that became this change; the latest, because ids can be reused."""
        row = await self._database.read_one(
            "SELECT * FROM sent_proposal WHERE change_id = ? ORDER BY intent_id DESC LIMIT 1", (change_id,)
        )
        if row is None:
            return None
        return value_of(SentProposal, row, record=from_json(row["record"]), base=from_json_or_none(row["base"]))

    async def replaced_by(self, change_id: int) -> Replacement | None:
        """Return the change that this one replaces, or None."""
        row = await self._database.read_one("SELECT * FROM replacement WHERE change_id = ?", (change_id,))
        return None if row is None else value_of(Replacement, row, was_open=bool(row["was_open"]))

    async def replacement_of(self, change_id: int, digest: str, sent_by: str | None = None) -> int | None:
        """Return the newest change that replaces one with this content, or None.

        ``sent_by`` is the AI-Horde id that must have sent the newer one; None for any.
        """
        rows = await self._database.read(
            "SELECT max(change_id) FROM replacement "
            "WHERE former_id = ? AND former_digest = ? AND (? IS NULL OR sent_by = ?)",
            (change_id, digest, sent_by, sent_by),
        )
        newest: int | None = rows[0][0]
        return newest

    async def expire(self, sent_before: datetime) -> int:
        """Delete proposals sent before then; return their count."""
        return await self._database.execute("DELETE FROM sent_proposal WHERE sent_at < ?", (to_stamp(sent_before),))


def keep_sent(transaction: Transaction, draft_id: int, intent_id: int, change_id: int, now: datetime) -> None:
    """Store a draft as sent, within the transaction that records its change as queued."""
    transaction.execute(
        "INSERT INTO sent_proposal (intent_id, change_id, sent_at, user_id, operation, category, model_name, dialect, "
        "record, base, why) SELECT ?, ?, ?, user_id, operation, category, model_name, dialect, record, base, why "
        "FROM draft WHERE draft_id = ?",
        (intent_id, change_id, to_stamp(now), draft_id),
    )
    transaction.execute(
        "INSERT OR REPLACE INTO replacement "
        "(change_id, former_id, former_digest, rejected_by, reason, was_open, sent_by) "
        "SELECT ?, revises_change_id, revises_digest, rejected_by, reject_reason, revises_open, "
        "(SELECT horde_user_id FROM intent WHERE intent_id = ?) "
        "FROM draft WHERE draft_id = ? AND revises_change_id IS NOT NULL",
        (change_id, intent_id, draft_id),
    )
    transaction.execute(
        "UPDATE delivery SET revision = revision + 1 WHERE kind = 'card' "
        "AND change_id = (SELECT former_id FROM replacement WHERE change_id = ?)",
        (change_id,),
    )


def drop_sent(transaction: Transaction, change_id: int) -> None:
    """Delete the sent proposal of a change that went live."""
    transaction.execute("DELETE FROM sent_proposal WHERE change_id = ?", (change_id,))
