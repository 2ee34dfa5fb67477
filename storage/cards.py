"""What the queue looked like at the last sweep, and which message shows each change in each server."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.columns import from_stamp, to_stamp
from storage.cursors import move_cursors
from storage.database import Database, Row, Transaction
from storage.outbox import NoticeKey, add_notices

GONE = "gone"
"""The bot's own status for a change that left the queue undecided."""

FINAL_STATUSES = frozenset({"applied", "rejected", GONE})
"""Nothing follows these; every other status is open."""

_MAX_FAILURES = 3  # after three refusals Discord's answer is final: going on counts towards a ban


@dataclass(frozen=True, slots=True)
class TrackedChange:
    """A change as the last sweep saw it.

    Attributes:
        requested_by: the Horde user id.
        status: the service's word, or GONE.
        digest: of what a card shows, to notice that an id stands for something else now.
        missing_sweeps: sweeps in a row without it; absence alone proves nothing.
        updated_at: when the bot last saw it move.
    """

    change_id: int
    category: str
    model_name: str
    operation: str
    requested_by: str
    status: str
    digest: str
    missing_sweeps: int
    updated_at: datetime

    @property
    def is_final(self) -> bool:
        """Whether nothing can follow."""
        return self.status in FINAL_STATUSES


@dataclass(frozen=True, slots=True)
class Card:
    """The message that shows one change in one server.

    Attributes:
        message_id: None until it is posted.
        shown_status: the status the message shows; None until it is posted. ``shown_digest`` likewise.
        failures: refusals by Discord in a row.
        nonce: for Discord's ``nonce``, so that a post repeated within minutes stays one message.
    """

    guild_id: int
    change_id: int
    channel_id: int
    message_id: int | None
    shown_status: str | None
    shown_digest: str | None
    failures: int
    nonce: str


class Cards:
    """Tracked changes and their cards."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def tracked(self) -> dict[int, TrackedChange]:
        """By id: every open change, and every final one whose card does not say so yet."""
        rows = await self._database.read(_TRACKED)
        return {row["change_id"]: _change(row) for row in rows}

    async def record_sweep(
        self,
        *,
        seen: Sequence[TrackedChange],
        now: datetime,
        cursors: Mapping[str, str] | None = None,
        notices: Iterable[NoticeKey] = (),
    ) -> None:
        """Keep what a sweep found, lay out a card in every server for what is new, queue notices, move cursors.

        All in one transaction: a crash neither loses nor doubles a card or a notice. ``seen`` needs to hold only
        what is new or moved. A final change that comes back as something else is an id used again: it gets a new
        message, and its notices are due anew.
        """

        def write(transaction: Transaction) -> None:
            for change in seen:
                _record(transaction, change)
            add_notices(transaction, notices, now)
            move_cursors(transaction, cursors or {})

        await self._database.transaction(write)

    async def card(self, guild_id: int, change_id: int) -> Card | None:
        """The card of a change in a server, or None."""
        row = await self._database.read_one(
            "SELECT * FROM card WHERE guild_id = ? AND change_id = ?", (guild_id, change_id)
        )
        return None if row is None else _card(row)

    async def cards_of(self, change_id: int) -> list[Card]:
        """The cards of a change in all servers."""
        rows = await self._database.read(
            "SELECT * FROM card WHERE change_id = ? ORDER BY guild_id", (change_id,)
        )
        return [_card(row) for row in rows]

    async def to_draw(self) -> list[tuple[Card, TrackedChange]]:
        """What is not posted yet, or shows something else than the last sweep saw; oldest change first.

        A card that Discord refused three times in a row is left out until its channel is set again.
        """
        rows = await self._database.read(_TO_DRAW, (_MAX_FAILURES,))
        return [(_card(row), _change(row)) for row in rows]

    async def mark_posted(
        self, guild_id: int, change_id: int, *, message_id: int, status: str, digest: str
    ) -> None:
        """The card was posted as this message, showing this."""
        await self._execute(
            "UPDATE card SET message_id = ?, shown_status = ?, shown_digest = ?, failures = 0 "
            "WHERE guild_id = ? AND change_id = ?",
            (message_id, status, digest, guild_id, change_id),
        )

    async def mark_shown(self, guild_id: int, change_id: int, *, status: str, digest: str) -> None:
        """The message shows this now."""
        await self._execute(
            "UPDATE card SET shown_status = ?, shown_digest = ?, failures = 0 "
            "WHERE guild_id = ? AND change_id = ?",
            (status, digest, guild_id, change_id),
        )

    async def mark_failed(self, guild_id: int, change_id: int) -> int:
        """Discord refused to post or edit it (not: was away). Returns the refusals in a row, 0 for no such card."""
        rows = await self._database.transaction(
            lambda transaction: transaction.execute(
                "UPDATE card SET failures = failures + 1 WHERE guild_id = ? AND change_id = ? RETURNING failures",
                (guild_id, change_id),
            ).fetchall()
        )
        return int(rows[0]["failures"]) if rows else 0

    async def mark_lost(self, guild_id: int, change_id: int) -> None:
        """Somebody deleted the message: it is due to be posted anew."""
        await self._execute(
            f"UPDATE card SET {_UNPOSTED} WHERE guild_id = ? AND change_id = ?", (guild_id, change_id)
        )

    async def _execute(self, sql: str, params: Sequence[str | int]) -> None:
        await self._database.transaction(lambda transaction: transaction.execute(sql, params))


_NEW_NONCE = "lower(hex(randomblob(10)))"
_UNPOSTED = f"message_id = NULL, shown_status = NULL, shown_digest = NULL, failures = 0, nonce = {_NEW_NONCE}"
_OPEN = "status NOT IN ('applied', 'rejected', 'gone')"

_TRACKED = f"""
SELECT * FROM tracked_change WHERE {_OPEN}
UNION
SELECT tracked_change.* FROM card JOIN tracked_change USING (change_id) WHERE card.shown_status IS NOT status
ORDER BY change_id
"""

_TO_DRAW = """
SELECT * FROM card JOIN tracked_change USING (change_id)
WHERE (card.shown_status IS NOT status OR card.shown_digest IS NOT digest) AND card.failures < ?
ORDER BY change_id, guild_id
"""

_UPSERT = """
INSERT INTO tracked_change
       (change_id, category, model_name, operation, requested_by, status, digest, missing_sweeps, updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (change_id) DO UPDATE SET
       category = excluded.category, model_name = excluded.model_name, operation = excluded.operation,
       requested_by = excluded.requested_by, status = excluded.status, digest = excluded.digest,
       missing_sweeps = excluded.missing_sweeps, updated_at = excluded.updated_at
"""

_LAY_OUT = f"""
INSERT INTO card (guild_id, change_id, channel_id, nonce)
SELECT guild_id, change_id, review_channel_id, {_NEW_NONCE} FROM guild, tracked_change
WHERE review_channel_id IS NOT NULL AND {_OPEN}
"""


def move_cards(transaction: Transaction, guild_id: int, channel_id: int | None) -> None:
    """Lay out a server's cards for the channel it has just set; with None, only what is posted stays."""
    transaction.execute(
        "DELETE FROM card WHERE guild_id = ? AND (channel_id IS NOT ? AND (message_id IS NULL OR ? IS NOT NULL))",
        (guild_id, channel_id, channel_id),
    )
    transaction.execute("UPDATE card SET failures = 0 WHERE guild_id = ?", (guild_id,))
    transaction.execute(f"{_LAY_OUT} AND guild_id = ? ON CONFLICT DO NOTHING", (guild_id,))


def _record(transaction: Transaction, change: TrackedChange) -> None:
    former = transaction.execute(
        "SELECT * FROM tracked_change WHERE change_id = ?", (change.change_id,)
    ).fetchone()
    transaction.execute(
        _UPSERT,
        (
            change.change_id,
            change.category,
            change.model_name,
            change.operation,
            change.requested_by,
            change.status,
            change.digest,
            change.missing_sweeps,
            to_stamp(change.updated_at),
        ),
    )
    if former is None:
        transaction.execute(f"{_LAY_OUT} AND change_id = ?", (change.change_id,))
    elif former["status"] in FINAL_STATUSES and former["digest"] != change.digest:
        transaction.execute("DELETE FROM card WHERE change_id = ?", (change.change_id,))
        transaction.execute("DELETE FROM notice WHERE change_id = ?", (change.change_id,))
        transaction.execute(f"{_LAY_OUT} AND change_id = ?", (change.change_id,))


def _card(row: Row) -> Card:
    return Card(
        guild_id=row["guild_id"],
        change_id=row["change_id"],
        channel_id=row["channel_id"],
        message_id=row["message_id"],
        shown_status=row["shown_status"],
        shown_digest=row["shown_digest"],
        failures=row["failures"],
        nonce=row["nonce"],
    )


def _change(row: Row) -> TrackedChange:
    return TrackedChange(
        change_id=row["change_id"],
        category=row["category"],
        model_name=row["model_name"],
        operation=row["operation"],
        requested_by=row["requested_by"],
        status=row["status"],
        digest=row["digest"],
        missing_sweeps=row["missing_sweeps"],
        updated_at=from_stamp(row["updated_at"]),
    )
