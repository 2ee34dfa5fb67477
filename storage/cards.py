"""What the queue looked like at the last sweep, and which message shows each change in each server."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum

from storage.card import FINAL_STATUSES, PURGED, Card, TrackedChange, card_of, change_of
from storage.card_queue import queue_cards_of, queue_channel_cards, queue_new_cards, queue_next_cards
from storage.columns import from_stamp_or_none, to_stamp
from storage.cursors import move_cursors
from storage.database import Database, Transaction
from storage.outbox import NoticeKey, add_notices
from storage.refused import MAX_FAILURES
from storage.sent_proposals import drop_sent
from storage.thread_posts import ThreadPost, add_thread_posts

__all__ = ["FINAL_STATUSES", "PURGED", "Card", "Cards", "TrackedChange"]

_LIVE = "applied"
_WAITS = "pending"

_TRACKED = """
SELECT * FROM open_change
UNION
SELECT tracked_change.* FROM card JOIN tracked_change USING (change_id)
WHERE card.shown_status IS NOT status AND card.failures < ?
ORDER BY change_id
"""

_TO_DRAW = """
SELECT * FROM card JOIN tracked_change USING (change_id)
WHERE (card.shown_status IS NOT status OR card.shown_digest IS NOT digest OR shown_revision < revision)
      AND card.failures < ?
      AND change_id = coalesce(?, change_id)
ORDER BY change_id, guild_id
"""

_UPSERT = """
INSERT INTO tracked_change
       (change_id, category, model_name, operation, requested_by, requested_username, requested_at, status,
        digest, missing_sweeps, updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (change_id) DO UPDATE SET
       category = excluded.category, model_name = excluded.model_name, operation = excluded.operation,
       requested_by = excluded.requested_by, requested_username = excluded.requested_username,
       requested_at = excluded.requested_at, status = excluded.status, digest = excluded.digest,
       missing_sweeps = excluded.missing_sweeps, updated_at = excluded.updated_at
"""

_TOUCH = "UPDATE card SET revision = revision + 1 WHERE change_id = ?"


class Cards:
    """Tracked changes and their cards."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def tracked(self) -> dict[int, TrackedChange]:
        """By id: every open change, and every final one whose card does not say so yet and still can."""
        rows = await self._database.read(_TRACKED, (MAX_FAILURES,))
        return {row["change_id"]: change_of(row) for row in rows}

    async def record_sweep(
        self,
        *,
        seen: Sequence[TrackedChange],
        now: datetime,
        cursors: Mapping[str, str] | None = None,
        notices: Iterable[NoticeKey] = (),
        touched: Iterable[int] = (),
        thread_posts: Iterable[ThreadPost] = (),
    ) -> None:
        """Keep what a sweep found, lay out cards for what is new, queue notices and posts, move cursors.

        All in one transaction: a crash neither loses nor doubles a card, a notice or a post. ``seen`` needs to hold
        only what is new or moved; cards of ``touched`` are due to be drawn again. A final change that comes
        back as something else is an id used again: it gets a new message, and its notices are due anew.
        """

        def write(transaction: Transaction) -> None:
            steps = [(change.change_id, _record(transaction, change)) for change in seen]
            queue_new_cards(transaction, [change_id for change_id, step in steps if step is _Step.APPEARED], now)
            queue_next_cards(transaction, [change_id for change_id, step in steps if step is _Step.DECIDED])
            transaction.executemany(_TOUCH, [(change_id,) for change_id in touched])
            add_notices(transaction, notices, now)
            add_thread_posts(transaction, thread_posts, now)
            move_cursors(transaction, cursors or {})

        await self._database.transaction(write)

    async def change(self, change_id: int) -> TrackedChange | None:
        """A change as last seen, whatever became of it; None when it was never seen."""
        row = await self._database.read_one("SELECT * FROM tracked_change WHERE change_id = ?", (change_id,))
        return None if row is None else change_of(row)

    async def queue_cards(self, change_id: int) -> None:
        """Lay out the cards of a change that somebody decides, in servers where it has none."""
        await self._database.transaction(lambda transaction: queue_cards_of(transaction, change_id))

    async def changes(self, change_ids: Sequence[int]) -> dict[int, TrackedChange]:
        """Several changes as last seen, by id; those never seen are left out."""
        rows = await self._database.read(
            "SELECT * FROM tracked_change WHERE change_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(change_ids)),),
        )
        return {row["change_id"]: change_of(row) for row in rows}

    async def last_decision_at(self) -> datetime | None:
        """When a change was last seen to be approved, applied or rejected; None where none ever was."""
        row = await self._database.read_one(
            "SELECT max(updated_at) AS latest FROM tracked_change WHERE status IN ('approved', 'applied', 'rejected')"
        )
        return None if row is None else from_stamp_or_none(row["latest"])

    async def card(self, guild_id: int, change_id: int) -> Card | None:
        """The card of a change in a server, or None."""
        row = await self._database.read_one(
            "SELECT * FROM card WHERE guild_id = ? AND change_id = ?", (guild_id, change_id)
        )
        return None if row is None else card_of(row)

    async def cards_of(self, change_id: int) -> list[Card]:
        """The cards of a change in all servers."""
        rows = await self._database.read("SELECT * FROM card WHERE change_id = ? ORDER BY guild_id", (change_id,))
        return [card_of(row) for row in rows]

    async def to_draw(self, change_id: int | None = None) -> list[tuple[Card, TrackedChange]]:
        """What is not posted yet, or shows something else than the last sweep saw; oldest change first.

        With ``change_id``, of that change only. A card that Discord refused three times in a row is left out
        until its channel is set again.
        """
        rows = await self._database.read(_TO_DRAW, (MAX_FAILURES, change_id))
        return [(card_of(row), change_of(row)) for row in rows]

    async def mark_posted(
        self, guild_id: int, change_id: int, *, message_id: int, status: str, digest: str, revision: int = 0
    ) -> None:
        """The card was posted as this message, showing this."""
        await self._execute(
            "UPDATE card SET message_id = ?, shown_status = ?, shown_digest = ?, shown_revision = ?, failures = 0 "
            "WHERE guild_id = ? AND change_id = ?",
            (message_id, status, digest, revision, guild_id, change_id),
        )

    async def mark_shown(self, guild_id: int, change_id: int, *, status: str, digest: str, revision: int = 0) -> None:
        """The message shows this now."""
        await self._execute(
            "UPDATE card SET shown_status = ?, shown_digest = ?, shown_revision = ?, failures = 0 "
            "WHERE guild_id = ? AND change_id = ?",
            (status, digest, revision, guild_id, change_id),
        )

    async def applied_since(
        self, category: str, model_name: str, moment: datetime, *, besides: Collection[int] = ()
    ) -> int | None:
        """Return the change of this model that was last seen to go live after a moment, or None."""
        row = await self._database.read_one(
            "SELECT change_id FROM tracked_change WHERE category = ? AND model_name = ? AND status = 'applied' "
            "AND updated_at > ? AND change_id NOT IN (SELECT value FROM json_each(?)) ORDER BY updated_at DESC",
            (category, model_name, to_stamp(moment), json.dumps(sorted(besides))),
        )
        return None if row is None else int(row["change_id"])

    async def touch(self, change_id: int) -> None:
        """Something else that its cards show has changed: they are due to be drawn again, in every server."""
        await self._execute(_TOUCH, (change_id,))

    async def mark_failed(self, guild_id: int, change_id: int) -> int:
        """Discord refused to post or edit it (not: was away). Returns refusals in a row, 0 without a card."""
        sql = "UPDATE card SET failures = failures + 1 WHERE guild_id = ? AND change_id = ? RETURNING failures"
        row = await self._database.transaction(
            lambda transaction: transaction.execute(sql, (guild_id, change_id)).fetchone()
        )
        return 0 if row is None else int(row["failures"])

    async def mark_lost(self, guild_id: int, change_id: int) -> None:
        """Somebody deleted the message: it is due to be posted anew, under a new nonce."""
        await self._execute(
            "UPDATE card SET message_id = NULL, shown_status = NULL, shown_digest = NULL, failures = 0, "
            "revision = revision + 1, shown_revision = revision + 1, nonce = lower(hex(randomblob(10))) "
            "WHERE guild_id = ? AND change_id = ?",
            (guild_id, change_id),
        )

    async def _execute(self, sql: str, params: Sequence[str | int | None]) -> None:
        await self._database.transaction(lambda transaction: transaction.execute(sql, params))


def touch_open_cards(transaction: Transaction, guild_id: int) -> None:
    """A server's rules have changed: its cards of open changes are due to be drawn again."""
    transaction.execute(
        "UPDATE card SET revision = revision + 1 "
        "WHERE guild_id = ? AND change_id IN (SELECT change_id FROM open_change)",
        (guild_id,),
    )


def move_cards(transaction: Transaction, guild_id: int, channel_id: int | None) -> None:
    """Lay out a server's cards for the channel it has just set; with None, only what is posted stays."""
    if channel_id is None:
        transaction.execute("DELETE FROM card WHERE guild_id = ? AND message_id IS NULL", (guild_id,))
        return
    transaction.execute("DELETE FROM card WHERE guild_id = ? AND channel_id != ?", (guild_id, channel_id))
    transaction.execute("UPDATE card SET failures = 0, thread_failures = 0 WHERE guild_id = ?", (guild_id,))
    queue_channel_cards(transaction, guild_id, channel_id)


class _Step(Enum):
    """What became of a change, as far as cards of other changes depend on it."""

    APPEARED = "appeared"
    DECIDED = "decided"
    OTHER = "other"


def _record(transaction: Transaction, change: TrackedChange) -> _Step:
    change_id = change.change_id
    former = transaction.execute(
        "SELECT status, digest FROM tracked_change WHERE change_id = ?", (change_id,)
    ).fetchone()
    transaction.execute(
        _UPSERT,
        (
            change_id,
            change.category,
            change.model_name,
            change.operation,
            change.requested_by,
            change.requested_username,
            to_stamp(change.requested_at),
            change.status,
            change.digest,
            change.missing_sweeps,
            to_stamp(change.updated_at),
        ),
    )
    is_id_reused = former is not None and former["status"] in FINAL_STATUSES and former["digest"] != change.digest
    if is_id_reused:
        transaction.execute("DELETE FROM card WHERE change_id = ?", (change_id,))
        transaction.execute("DELETE FROM notice WHERE about = 'change' AND about_id = ?", (change_id,))
    if change.status == _LIVE:
        drop_sent(transaction, change_id)
    if former is None or is_id_reused:
        return _Step.OTHER if change.is_final else _Step.APPEARED
    is_decided = former["status"] == _WAITS and change.status not in (_WAITS, PURGED)
    return _Step.DECIDED if is_decided else _Step.OTHER
