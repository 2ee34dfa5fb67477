"""Posts in threads of changes and in announcement channels, queued together with their cause."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.columns import to_json, to_stamp
from storage.database import Database, Row, Transaction
from storage.delivery import MAX_REFUSALS

_IN_THREADS = """
INSERT INTO delivery (kind, guild_id, channel_id, change_id, subject, facts, next_at, user_id)
SELECT 'thread', card.guild_id, card.thread_id, card.change_id, ?, ?, ?, ?
FROM delivery AS card JOIN guild USING (guild_id)
WHERE card.kind = 'card' AND card.change_id = ? AND (card.thread_id IS NOT NULL OR guild.has_threads)
ON CONFLICT DO NOTHING
"""

_ANNOUNCED = """
INSERT INTO delivery (kind, guild_id, channel_id, change_id, subject, facts, next_at)
SELECT 'announcement', guild.guild_id, announcement_channel_id, :change_id, :subject,
       json_set(:facts, '$.card', CASE WHEN card.message_id IS NULL THEN NULL
                              ELSE json_array(card.channel_id, card.message_id) END), :next_at
FROM guild LEFT JOIN delivery AS card
     ON card.kind = 'card' AND card.guild_id = guild.guild_id AND card.change_id = :change_id
WHERE announcement_channel_id IS NOT NULL
ON CONFLICT DO NOTHING
"""

_UNOPENED = """
SELECT card.delivery_id, card.guild_id, change_id, card.channel_id, card.message_id, operation, model_name, digest
FROM delivery AS card JOIN guild USING (guild_id) JOIN tracked_change USING (change_id)
WHERE kind = 'card' AND guild.has_threads AND message_id IS NOT NULL AND thread_id IS NULL AND thread_refusals < ?
      AND (EXISTS (SELECT 1 FROM open_change WHERE open_change.change_id = card.change_id)
           OR EXISTS (SELECT 1 FROM delivery AS post WHERE post.change_id = card.change_id AND post.kind = 'thread'
                      AND post.guild_id = card.guild_id AND post.channel_id IS NULL))
ORDER BY change_id, card.guild_id LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class ThreadPost:
    """A post for the threads of a change.

    Attributes:
        subject: identifies it: it is posted once in each thread.
        facts: its content, as JSON.
        is_announced: whether it is posted in announcement channels too.
        user_id: the person it names or quotes, None for no one in particular; deleted with that person's data.
    """

    change_id: int
    subject: str
    facts: Mapping[str, Any]
    is_announced: bool = False
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class UnopenedThread:
    """A posted card whose thread is still to be opened."""

    delivery_id: int
    guild_id: int
    change_id: int
    channel_id: int
    message_id: int
    operation: str
    model_name: str
    digest: str


class ThreadPosts:
    """Threads that are to be opened, and the posts in them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, thread_post: ThreadPost, now: datetime) -> None:
        """Queue a post for the threads of its change, threads that are still to be opened included."""
        await self._database.transaction(lambda transaction: add_thread_posts(transaction, [thread_post], now))

    async def unopened(self, limit: int) -> list[UnopenedThread]:
        """Return posted cards that need a thread, oldest change first: open changes, and ended ones with posts waiting.

        A card is left out after three refusals.
        """
        rows = await self._database.read(_UNOPENED, (MAX_REFUSALS, limit))
        return [_unopened(row) for row in rows]

    async def opened(self, card: UnopenedThread, thread_id: int, first: ThreadPost, now: datetime) -> None:
        """Record a thread, and queue its posts: ``first``, then those that waited for it in their order."""

        def write(transaction: Transaction) -> None:
            transaction.execute(
                "UPDATE delivery SET thread_id = ?, thread_refusals = 0 WHERE delivery_id = ?",
                (thread_id, card.delivery_id),
            )
            waiting = transaction.execute(
                "DELETE FROM delivery WHERE guild_id = ? AND kind = 'thread' AND channel_id IS NULL AND change_id = ? "
                "RETURNING delivery_id, subject, facts, user_id",
                (card.guild_id, card.change_id),
            ).fetchall()
            posts: list[tuple[Any, ...]] = [(first.subject, to_json(first.facts), first.user_id)]
            posts += [tuple(row)[1:] for row in sorted(waiting, key=lambda row: int(row["delivery_id"]))]
            transaction.executemany(
                "INSERT INTO delivery (kind, guild_id, channel_id, change_id, next_at, subject, facts, user_id) "
                "VALUES ('thread', ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [(card.guild_id, thread_id, card.change_id, to_stamp(now), *each) for each in posts],
            )

        await self._database.transaction(write)

    async def refused(self, card: UnopenedThread) -> int:
        """Record that Discord refused to open a thread; return the refusals in a row."""
        sql = (
            "UPDATE delivery SET thread_refusals = thread_refusals + 1 WHERE delivery_id = ? RETURNING thread_refusals"
        )
        row = await self._database.transaction(
            lambda transaction: transaction.execute(sql, (card.delivery_id,)).fetchone()
        )
        return 0 if row is None else int(row["thread_refusals"])


def add_thread_posts(transaction: Transaction, thread_posts: Iterable[ThreadPost], now: datetime) -> None:
    """Queue thread posts and announcements in the transaction that records their cause."""
    stamp = to_stamp(now)
    for post in thread_posts:
        facts = to_json({**post.facts, "change_id": post.change_id})
        transaction.execute(_IN_THREADS, (post.subject, facts, stamp, post.user_id, post.change_id))
        if post.is_announced:
            transaction.execute(
                _ANNOUNCED,
                {"change_id": post.change_id, "subject": post.subject, "facts": facts, "next_at": stamp},
            )


def _unopened(row: Row) -> UnopenedThread:
    return UnopenedThread(
        delivery_id=row["delivery_id"],
        guild_id=row["guild_id"],
        change_id=row["change_id"],
        channel_id=row["channel_id"],
        message_id=row["message_id"],
        operation=row["operation"],
        model_name=row["model_name"],
        digest=row["digest"],
    )
