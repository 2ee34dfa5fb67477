"""Repository of purges between question and confirmation; each is sent at most once."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from storage.button_numbers import button_number
from storage.columns import to_stamp, value_of
from storage.database import Database, Row, Transaction

KEPT_FOR = timedelta(days=30)
"""Lifetime of a question."""


class PurgeState(StrEnum):
    """State of a purge: OFFERED waits for confirmation, SENT may be done, DONE is."""

    OFFERED = "offered"
    SENT = "sent"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Purge:
    """Purge as one person was shown it.

    Attributes:
        content: filter as JSON.
        change_ids: result of the dry run, ascending.
    """

    purge_id: int
    user_id: int
    content: str
    change_ids: tuple[int, ...]
    state: PurgeState


class Purges:
    """Purges by number."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def offer(self, user_id: int, content: str, change_ids: Sequence[int], now: datetime) -> Purge:
        """Store the result of a dry run; deletes expired ones."""
        values = (button_number(), user_id, content, json.dumps(list(change_ids)), to_stamp(now))

        def write(transaction: Transaction) -> Purge:
            transaction.execute("DELETE FROM purge WHERE offered_at < ?", (to_stamp(now - KEPT_FOR),))
            row = transaction.execute(
                "INSERT INTO purge (purge_id, user_id, content, change_ids, state, offered_at) "
                "VALUES (?, ?, ?, ?, 'offered', ?) RETURNING *",
                values,
            ).fetchone()
            return _purge(row)

        return await self._database.transaction(write)

    async def get(self, purge_id: int, user_id: int) -> Purge | None:
        """Return a purge of this person, ``None`` if it is another's or has expired."""
        row = await self._database.read_one(
            "SELECT * FROM purge WHERE purge_id = ? AND user_id = ?", (purge_id, user_id)
        )
        return None if row is None else _purge(row)

    async def mark_sent(self, purge_id: int, now: datetime) -> bool:
        """Record, before the request leaves, that it may arrive; ``False`` if it was sent before."""
        sql = "UPDATE purge SET state = 'sent', sent_at = ? WHERE purge_id = ? AND state = 'offered'"
        return await self._database.execute(sql, (to_stamp(now), purge_id)) > 0

    async def mark_done(self, purge_id: int) -> None:
        """Record that it was done."""
        await self._answered(purge_id, PurgeState.DONE)

    async def take_back(self, purge_id: int) -> None:
        """Record that it was certainly not done, so that it can be sent again."""
        await self._answered(purge_id, PurgeState.OFFERED)

    async def _answered(self, purge_id: int, state: PurgeState) -> None:
        sql = "UPDATE purge SET state = ? WHERE purge_id = ? AND state = 'sent'"
        await self._database.execute(sql, (state, purge_id))


def _purge(row: Row) -> Purge:
    change_ids = tuple(json.loads(row["change_ids"]))
    return value_of(Purge, row, change_ids=change_ids, state=PurgeState(row["state"]))
