"""Repository of the changes that polls saw, and of the cards that show them."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import Enum

from storage.card_channels import KNOWN, adopt_card
from storage.card_queue import queue_missing_cards, queue_new_cards, queue_next_cards
from storage.columns import Value, from_stamp, from_stamp_or_none, to_stamp, value_of
from storage.cursors import move_cursors
from storage.database import Database, Row, Transaction
from storage.delivery import MAX_REFUSALS, Delivery, delivery_of
from storage.notices import NoticeKey, add_notices
from storage.sent_proposals import drop_sent
from storage.thread_posts import ThreadPost, add_thread_posts

PURGED = "purged"
"""The bot's own status for a change that the service no longer has."""

FINAL_STATUSES = frozenset({"applied", "rejected", PURGED})
"""Statuses after which nothing follows; every other status is open."""

_LIVE = "applied"
_WAITS = "pending"

_TRACKED = """
SELECT * FROM open_change
UNION
SELECT tracked_change.* FROM delivery JOIN tracked_change USING (change_id)
WHERE kind = 'card' AND shown_revision < revision AND refusals < ?
ORDER BY change_id
"""

_UPSERT = """
INSERT INTO tracked_change
       (change_id, category, model_name, operation, requested_by, requested_username, requested_at, status,
        digest, missing_sweeps, updated_at)
VALUES (:change_id, :category, :model_name, :operation, :requested_by, :requested_username, :requested_at, :status,
        :digest, :is_missing, :updated_at)
ON CONFLICT (change_id) DO UPDATE SET
       category = excluded.category, model_name = excluded.model_name, operation = excluded.operation,
       requested_by = excluded.requested_by, requested_username = excluded.requested_username,
       requested_at = excluded.requested_at, status = excluded.status, digest = excluded.digest,
       missing_sweeps = excluded.missing_sweeps, updated_at = excluded.updated_at
"""

_FORMER = "SELECT change_id, status, digest FROM tracked_change WHERE change_id IN (SELECT value FROM json_each(?))"

_TO_REVISE = """
SELECT * FROM tracked_change AS own WHERE requested_by = ? AND (
    (status = 'rejected' AND updated_at > ?)
    OR (status = 'pending' AND EXISTS (SELECT 1 FROM revision_request AS asked
        WHERE asked.change_id = own.change_id AND asked.digest = own.digest)))
AND NOT EXISTS (SELECT 1 FROM replacement WHERE former_id = own.change_id AND former_digest = own.digest)
AND NOT EXISTS (SELECT 1 FROM draft WHERE revises_change_id = own.change_id AND revises_digest = own.digest)
ORDER BY change_id DESC
"""

_TOUCH = "UPDATE delivery SET revision = revision + 1, faults = 0 WHERE kind = 'card' AND change_id = ?"


@dataclass(frozen=True, slots=True)
class TrackedChange:
    """A change as the last poll saw it.

    Attributes:
        requested_by: the Horde user id.
        requested_username: the Horde name, kept because the service cannot be asked for a purged change.
        requested_at: when the service received it.
        status: the service's status, PURGED, or ``stuck`` for an apply that never ended.
        digest: of the content that a card shows, to notice that an id was reused.
        is_missing: no list of open changes shows it, which alone proves nothing; the column keeps its old name.
        updated_at: when the bot last saw it move, or first missed it.
    """

    change_id: int
    category: str
    model_name: str
    operation: str
    requested_by: str
    requested_username: str | None
    requested_at: datetime
    status: str
    digest: str
    is_missing: bool
    updated_at: datetime

    @property
    def is_final(self) -> bool:
        """Return whether nothing follows this status."""
        return self.status in FINAL_STATUSES


class Cards:
    """Tracked changes and their cards."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def tracked(self) -> dict[int, TrackedChange]:
        """Return by id every open change, and every final one whose card is still to show that."""
        rows = await self._database.read(_TRACKED, (MAX_REFUSALS,))
        return {row["change_id"]: _change(row) for row in rows}

    async def record_poll(
        self,
        *,
        seen: Sequence[TrackedChange],
        now: datetime,
        cursors: Mapping[str, str] | None = None,
        notices: Iterable[NoticeKey] = (),
        touched: Iterable[int] = (),
        thread_posts: Iterable[ThreadPost] = (),
        carded: Iterable[int] = (),
    ) -> None:
        """Record the result of a poll, queue its cards, posts and direct messages, and move cursors.

        All in one transaction: a crash neither loses nor doubles a delivery. ``seen`` needs to hold only changes that
        are new or moved; cards of ``touched`` are to be redrawn; ``carded`` get a card in each server. A final change
        with another content is a reused id: it gets a new card, and its direct messages are sent again.
        """

        def write(transaction: Transaction) -> None:
            steps = _record(transaction, seen)
            queue_new_cards(transaction, [change_id for change_id, step in steps if step is _Step.APPEARED], now)
            queue_next_cards(transaction, [change_id for change_id, step in steps if step is _Step.DECIDED])
            transaction.executemany(_TOUCH, [(change_id,) for change_id in touched])
            for change_id in carded:
                queue_missing_cards(transaction, change_id)
            add_notices(transaction, notices, now)
            add_thread_posts(transaction, thread_posts, now)
            move_cursors(transaction, cursors or {})

        await self._database.transaction(write, is_repeatable=True)  # the next poll reads the changes again

    async def change(self, change_id: int) -> TrackedChange | None:
        """Return a change as last seen, final or not; None when it was never seen."""
        row = await self._database.read_one("SELECT * FROM tracked_change WHERE change_id = ?", (change_id,))
        return None if row is None else _change(row)

    async def changes(self, change_ids: Sequence[int]) -> dict[int, TrackedChange]:
        """Return several changes as last seen, by id; those never seen are left out."""
        rows = await self._database.read(
            "SELECT * FROM tracked_change WHERE change_id IN (SELECT value FROM json_each(?))",
            (_ids(change_ids),),
        )
        return {row["change_id"]: _change(row) for row in rows}

    async def to_revise(self, horde_user_id: str, rejected_after: datetime) -> list[TrackedChange]:
        """Return a requestor's changes that wait for them, newest first.

        These are rejected since then, or pending with a request for changes, and not replaced or in a draft.
        """
        values = (horde_user_id, to_stamp(rejected_after))
        return [_change(row) for row in await self._database.read(_TO_REVISE, values)]

    async def queue_cards(self, change_id: int) -> None:
        """Queue the cards of a change that is being decided, in servers where it has none."""
        await self._database.transaction(lambda transaction: queue_missing_cards(transaction, change_id))

    async def last_decision_at(self) -> datetime | None:
        """Return when a change was last seen to be decided or applied; None if never."""
        rows = await self._database.read(
            "SELECT max(updated_at) FROM tracked_change WHERE status IN ('approved', 'applied', 'rejected')"
        )
        return from_stamp_or_none(rows[0][0])

    async def applied_since(
        self, category: str, model_name: str, moment: datetime, *, besides: Collection[int] = ()
    ) -> int | None:
        """Return this model's change last seen to go live after a moment; None without one."""
        row = await self._database.read_one(
            "SELECT change_id FROM tracked_change WHERE category = ? AND model_name = ? AND status = 'applied' "
            "AND updated_at > ? AND change_id NOT IN (SELECT value FROM json_each(?)) ORDER BY updated_at DESC",
            (category, model_name, to_stamp(moment), json.dumps(sorted(besides))),
        )
        return None if row is None else int(row["change_id"])

    async def cards_of(self, change_id: int) -> list[Delivery]:
        """Return the cards of a change in all servers."""
        rows = await self._database.read(
            "SELECT * FROM delivery WHERE kind = 'card' AND change_id = ? ORDER BY guild_id", (change_id,)
        )
        return [delivery_of(row) for row in rows]

    async def knows(self, guild_id: int, message_id: int) -> bool:
        """Return whether a message in a server is recorded, as a card or anything else."""
        return await self._database.read_one(KNOWN, {"guild": guild_id, "message": message_id}) is not None

    async def adopt(self, guild_id: int, channel_id: int, message_id: int, change_id: int) -> bool:
        """Record an unknown message as a change's card; return whether anything is due.

        It becomes the card where the server has none in this channel yet, else a stub of the card.
        """
        values = {"guild": guild_id, "channel": channel_id, "message": message_id, "id": change_id}
        return await self._database.transaction(lambda transaction: adopt_card(transaction, values))

    async def touch(self, change_id: int) -> None:
        """Have the cards of a change redrawn in every server, after a claim or an approval."""
        await self._database.execute(_TOUCH, (change_id,))


def _ids(change_ids: Sequence[int]) -> str:
    return json.dumps(list(change_ids))


def touch_open_cards(transaction: Transaction, guild_id: int) -> None:
    """Have a server's cards of open changes redrawn: its rules changed."""
    transaction.execute(
        "UPDATE delivery SET revision = revision + 1 "
        "WHERE kind = 'card' AND guild_id = ? AND change_id IN (SELECT change_id FROM open_change)",
        (guild_id,),
    )


class _Step(Enum):
    """Transition of a change, as far as cards of other changes depend on it."""

    APPEARED = "appeared"
    DECIDED = "decided"
    OTHER = "other"


def _record(transaction: Transaction, changes: Sequence[TrackedChange]) -> list[tuple[int, _Step]]:
    """Store changes at once (a first poll has thousands); return each one's transition by id."""
    formers = {row["change_id"]: row for row in transaction.execute(_FORMER, (_ids([c.change_id for c in changes]),))}
    transaction.executemany(_UPSERT, [_values(change) for change in changes])
    return [(change.change_id, _step(transaction, change, formers.get(change.change_id))) for change in changes]


def _values(change: TrackedChange) -> dict[str, Value]:
    stamps = {"requested_at": to_stamp(change.requested_at), "updated_at": to_stamp(change.updated_at)}
    return {**asdict(change), **stamps}


def _step(transaction: Transaction, change: TrackedChange, former: Row | None) -> _Step:
    """Queue what follows from a change's transition, and return it."""
    change_id = change.change_id
    is_id_reused = former is not None and former["status"] in FINAL_STATUSES and former["digest"] != change.digest
    if is_id_reused:
        transaction.execute(
            "DELETE FROM delivery WHERE change_id = ? AND kind IN ('card', 'direct_message')", (change_id,)
        )
    if change.status == _LIVE:
        drop_sent(transaction, change_id)
    if former is None or is_id_reused:
        return _Step.OTHER if change.is_final else _Step.APPEARED
    if (former["status"], former["digest"]) != (change.status, change.digest):
        transaction.execute(_TOUCH, (change_id,))
    is_decided = former["status"] == _WAITS and change.status != _WAITS
    return _Step.DECIDED if is_decided else _Step.OTHER


def _change(row: Row) -> TrackedChange:
    """Read a row of ``tracked_change``."""
    stamps = {name: from_stamp(row[name]) for name in ("requested_at", "updated_at")}
    return value_of(TrackedChange, row, is_missing=bool(row["missing_sweeps"]), **stamps)
