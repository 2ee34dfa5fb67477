"""What people still have to be told, one row each, kept until delivered or given up; told at least once."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from storage.columns import from_stamp, to_microseconds, to_stamp
from storage.database import Database, Row, Transaction


class NoticeState(StrEnum):
    """Where a notice stands: waiting, taken by the worker, delivered, or given up."""

    READY = "ready"
    SENDING = "sending"
    DONE = "done"
    DEAD = "dead"


class About(StrEnum):
    """What a notice is about."""

    CHANGE = "change"
    DRAFT = "draft"
    PROPOSAL = "proposal"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class NoticeKey:
    """What makes a notice the same one: whom, about which change (or draft, or proposal), in which of its statuses.

    ``about_id`` is the change's id, the draft's, the intent's of a proposal, or a link's generation.
    """

    user_id: int
    about_id: int
    status: str
    about: About = About.CHANGE


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice on its way.

    Attributes:
        attempts: deliveries begun so far, this one included.
        next_at: not before this.
    """

    notice_id: int
    user_id: int
    about: About
    about_id: int
    status: str
    state: NoticeState
    attempts: int
    next_at: datetime

    @property
    def nonce(self) -> str:
        """For Discord's ``nonce``: a repeat within minutes is then dropped there (25 characters at most)."""
        return f"notice-{self.notice_id}"


WAIT_FIRST = timedelta(seconds=90)
WAIT_LONGEST = timedelta(hours=1)
"""What is due later than this, doubled with each attempt, was put off by a clock that has been set back since."""

_DUE = """
WITH due AS (SELECT * FROM notice WHERE state = 'ready'
             AND (next_at <= :now OR next_at - :now > min(:first << min(attempts, 20), :longest))),
     first AS (SELECT * FROM due ORDER BY next_at, notice_id LIMIT :limit)
UPDATE notice SET state = 'sending', attempts = attempts + 1
WHERE notice_id IN (
    SELECT notice_id FROM first
    UNION
    SELECT notice_id FROM due WHERE user_id IN (SELECT user_id FROM first) AND user_id IN (
        SELECT user_id FROM due GROUP BY user_id HAVING count(*) > :whole_above))
RETURNING *
"""


class Outbox:
    """Notices and their deliveries. One worker takes them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, notices: Iterable[NoticeKey], now: datetime) -> int:
        """Queue notices; those that were ever queued before are left alone. Returns how many are new."""
        return await self._database.transaction(lambda transaction: add_notices(transaction, notices, now))

    async def due(self, now: datetime, *, limit: int = 50, whole_above: int = sys.maxsize) -> list[Notice]:
        """Take what is due, oldest first: each is SENDING, its attempt counted, until marked below.

        Nothing waits longer than waits are ever meant to last (``WAIT_LONGEST``), whatever the clock did meanwhile.

        Whoever is among the first ``limit`` and has more than ``whole_above`` due gets all of it taken.
        """
        values = {
            "now": to_stamp(now),
            "first": to_microseconds(WAIT_FIRST),
            "longest": to_microseconds(WAIT_LONGEST),
            "limit": limit,
            "whole_above": whole_above,
        }
        rows = await self._database.transaction(lambda transaction: transaction.execute(_DUE, values).fetchall())
        return sorted(map(_notice, rows), key=lambda notice: (notice.next_at, notice.notice_id))

    async def mark_done(self, notice_id: int) -> None:
        """It was delivered."""
        await self._move(notice_id, NoticeState.DONE)

    async def mark_retry(self, notice_id: int, next_at: datetime) -> None:
        """It was not delivered; try again, not before ``next_at``."""
        await self._move(notice_id, NoticeState.READY, next_at)

    async def mark_dead(self, notice_id: int) -> None:
        """It cannot be delivered (the person takes no messages, has left, …): give up."""
        await self._move(notice_id, NoticeState.DEAD)

    async def mark_told(self, notice: NoticeKey) -> bool:
        """The person reads it in an answer to what they did; False when it is on its way, or was never to be told."""
        values = (notice.user_id, notice.about, notice.about_id, notice.status)
        return await self._database.transaction(
            lambda transaction: (
                transaction.execute(
                    "UPDATE notice SET state = 'done' WHERE user_id = ? AND about = ? AND about_id = ? "
                    "AND status = ? AND state = 'ready'",
                    values,
                ).rowcount
                > 0
            )
        )

    async def state_of(self, notice: NoticeKey) -> NoticeState | None:
        """How far a notice got; None when there is none."""
        row = await self._database.read_one(
            "SELECT state FROM notice WHERE user_id = ? AND about = ? AND about_id = ? AND status = ?",
            (notice.user_id, notice.about, notice.about_id, notice.status),
        )
        return None if row is None else NoticeState(row["state"])

    async def recover(self, next_at: datetime | None = None) -> int:
        """What was being sent when the bot stopped, or its round broke, goes out again; returns how many.

        At once, or not before ``next_at``.
        """
        stamp = None if next_at is None else to_stamp(next_at)
        sql = "UPDATE notice SET state = 'ready', next_at = coalesce(?, next_at) WHERE state = 'sending'"
        return await self._database.transaction(lambda transaction: transaction.execute(sql, (stamp,)).rowcount)

    async def count_waiting(self) -> int:
        """How many are still to be delivered."""
        rows = await self._database.read("SELECT count(*) FROM notice WHERE state IN ('ready', 'sending')")
        return int(rows[0][0])

    async def _move(self, notice_id: int, state: NoticeState, next_at: datetime | None = None) -> None:
        stamp = None if next_at is None else to_stamp(next_at)
        await self._database.transaction(
            lambda transaction: transaction.execute(
                # What is settled stays so, whatever breaks after it was.
                "UPDATE notice SET state = ?, next_at = coalesce(?, next_at) WHERE notice_id = ? AND state = 'sending'",
                (state, stamp, notice_id),
            )
        )


def add_notices(transaction: Transaction, notices: Iterable[NoticeKey], now: datetime) -> int:
    """Queue notices within the transaction that records their reason. Returns how many are new."""
    stamp = to_stamp(now)
    return transaction.executemany(
        "INSERT INTO notice (user_id, about, about_id, status, state, next_at) VALUES (?, ?, ?, ?, 'ready', ?) "
        "ON CONFLICT (user_id, about, about_id, status) DO NOTHING",
        [(notice.user_id, notice.about, notice.about_id, notice.status, stamp) for notice in notices],
    ).rowcount


def drop_notice(transaction: Transaction, notice: NoticeKey) -> None:
    """Forget a notice, so that it may be queued anew."""
    transaction.execute(
        "DELETE FROM notice WHERE user_id = ? AND about = ? AND about_id = ? AND status = ?",
        (notice.user_id, notice.about, notice.about_id, notice.status),
    )


def _notice(row: Row) -> Notice:
    return Notice(
        notice_id=row["notice_id"],
        user_id=row["user_id"],
        about=About(row["about"]),
        about_id=row["about_id"],
        status=row["status"],
        state=NoticeState(row["state"]),
        attempts=row["attempts"],
        next_at=from_stamp(row["next_at"]),
    )
