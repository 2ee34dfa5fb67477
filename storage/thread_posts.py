"""Posts in threads of changes and in announcement channels, queued together with their reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.columns import to_json, to_stamp
from storage.database import Database, Row, Transaction

NOWHERE = 0
"""Channel of a post whose thread is still to be opened; nothing is posted there."""

_IN_THREADS = """
INSERT INTO post (guild_id, channel_id, kind, subject, facts, next_at, user_id)
SELECT card.guild_id, coalesce(card.thread_id, 0), 'thread', ?, ?, ?, ?
FROM card JOIN guild USING (guild_id)
WHERE card.change_id = ? AND (card.thread_id IS NOT NULL OR guild.has_threads)
ON CONFLICT (guild_id, kind, subject) DO NOTHING
"""

_ANNOUNCED = """
INSERT INTO post (guild_id, channel_id, kind, subject, facts, next_at)
SELECT guild.guild_id, announcement_channel_id, 'announcement', ?,
       json_set(?, '$.card', CASE WHEN card.message_id IS NULL THEN NULL
                             ELSE json_array(card.channel_id, card.message_id) END), ?
FROM guild LEFT JOIN card ON card.guild_id = guild.guild_id AND card.change_id = ?
WHERE announcement_channel_id IS NOT NULL
ON CONFLICT (guild_id, kind, subject) DO NOTHING
"""

_OPENABLE = """
SELECT card.guild_id, change_id, card.channel_id, card.message_id, operation, model_name, digest
FROM card JOIN guild USING (guild_id) JOIN tracked_change USING (change_id)
WHERE guild.has_threads AND message_id IS NOT NULL AND thread_id IS NULL AND thread_failures < ?
      AND (EXISTS (SELECT 1 FROM open_change WHERE open_change.change_id = card.change_id)
           OR EXISTS (SELECT 1 FROM post WHERE post.guild_id = card.guild_id AND kind = 'thread' AND post.channel_id = 0
                      AND facts ->> '$.change_id' = card.change_id))
ORDER BY change_id, card.guild_id LIMIT ?
"""

_MAX_FAILURES = 3  # as for cards


@dataclass(frozen=True, slots=True)
class ThreadPost:
    """One thing to say of a change.

    Attributes:
        subject: what makes it the same thing: said once in each thread.
        facts: what it says, as JSON.
        is_announced: whether announcement channels say it too.
        user_id: whom it names or whose words it has, None for nobody in particular; it is forgotten with them.
    """

    change_id: int
    subject: str
    facts: Mapping[str, Any]
    is_announced: bool = False
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class UnopenedThread:
    """A card that is to have a thread and has none yet."""

    guild_id: int
    change_id: int
    channel_id: int
    message_id: int
    operation: str
    model_name: str
    digest: str


class ThreadPosts:
    """Threads to open, and what is said in them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, thread_post: ThreadPost, now: datetime) -> None:
        """Have something said in the change's threads, those that are still to be opened included."""
        await self._database.transaction(lambda transaction: add_thread_posts(transaction, [thread_post], now))

    async def unopened(self, limit: int) -> list[UnopenedThread]:
        """Posted cards that are to have a thread, oldest change first; after three refusals no more.

        Of changes that are open, or that ended before their thread was there.
        """
        rows = await self._database.read(_OPENABLE, (_MAX_FAILURES, limit))
        return [_openable(row) for row in rows]

    async def opened(self, card: UnopenedThread, thread_id: int, first: ThreadPost, now: datetime) -> None:
        """The thread is there: it begins with ``first``, and then says what has been waiting for it."""

        def write(transaction: Transaction) -> None:
            key = (card.guild_id, card.change_id)
            transaction.execute(
                "UPDATE card SET thread_id = ?, thread_failures = 0 WHERE guild_id = ? AND change_id = ?",
                (thread_id, *key),
            )
            waiting = transaction.execute(
                "DELETE FROM post WHERE guild_id = ? AND kind = 'thread' AND channel_id = ? "
                "AND facts ->> '$.change_id' = ? RETURNING post_id, subject, facts, user_id",
                (card.guild_id, NOWHERE, card.change_id),
            ).fetchall()
            said: list[tuple[Any, ...]] = [(first.subject, to_json(first.facts), first.user_id)]
            said += [tuple(row)[1:] for row in sorted(waiting, key=lambda row: int(row["post_id"]))]
            transaction.executemany(
                "INSERT INTO post (guild_id, channel_id, kind, next_at, subject, facts, user_id) "
                "VALUES (?, ?, 'thread', ?, ?, ?, ?) ON CONFLICT (guild_id, kind, subject) DO NOTHING",
                [(card.guild_id, thread_id, to_stamp(now), *each) for each in said],
            )

        await self._database.transaction(write)

    async def refused(self, card: UnopenedThread) -> int:
        """Discord refuses to open it; returns how often in a row. The card stays as it is."""
        sql = (
            "UPDATE card SET thread_failures = thread_failures + 1 WHERE guild_id = ? AND change_id = ? "
            "RETURNING thread_failures"
        )
        row = await self._database.transaction(
            lambda transaction: transaction.execute(sql, (card.guild_id, card.change_id)).fetchone()
        )
        return 0 if row is None else int(row["thread_failures"])


def add_thread_posts(transaction: Transaction, thread_posts: Iterable[ThreadPost], now: datetime) -> None:
    """Have things said within the transaction that records their reason."""
    stamp = to_stamp(now)
    for thread_post in thread_posts:
        facts = to_json({**thread_post.facts, "change_id": thread_post.change_id})
        transaction.execute(
            _IN_THREADS, (thread_post.subject, facts, stamp, thread_post.user_id, thread_post.change_id)
        )
        if thread_post.is_announced:
            transaction.execute(_ANNOUNCED, (thread_post.subject, facts, stamp, thread_post.change_id))


def _openable(row: Row) -> UnopenedThread:
    return UnopenedThread(
        guild_id=row["guild_id"],
        change_id=row["change_id"],
        channel_id=row["channel_id"],
        message_id=row["message_id"],
        operation=row["operation"],
        model_name=row["model_name"],
        digest=row["digest"],
    )
