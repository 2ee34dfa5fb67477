"""Posts in threads and announcement channels, queued together with their cause."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from storage.columns import to_json, to_stamp, value_of
from storage.database import Database, Row, Transaction
from storage.delivery import MAX_REFUSALS, Delivery, delivery_of

# A post that needs no thread of its own is recorded as shown where there is none: it is not posted into a later thread.
_IN_THREADS = """
INSERT INTO delivery (kind, guild_id, channel_id, change_id, subject, facts, next_at, user_id, shown_revision)
SELECT 'thread', card.guild_id, card.thread_id, card.change_id, ?, ?, ?, ?,
       card.thread_id IS NULL AND NOT (? = 'wanted' AND guild.has_threads) AND ? != 'always'
FROM delivery AS card JOIN guild USING (guild_id)
WHERE card.kind = 'card' AND card.change_id = ? AND card.guild_id = coalesce(?, card.guild_id)
ON CONFLICT DO NOTHING
"""

_TO_CHANNEL = """
UPDATE delivery SET channel_id = card.channel_id, refusals = 0, attempts = 0,
       facts = json_set(delivery.facts, '$.in_channel', json('true'), '$.card', card.message_id)
FROM delivery AS card
WHERE card.kind = 'card' AND card.guild_id = delivery.guild_id AND card.change_id = delivery.change_id
      AND delivery.kind = 'thread' AND delivery.shown_revision = 0 AND delivery.facts ->> '$.status' = 'told'
      AND delivery.facts ->> '$.in_channel' IS NULL
"""

_UNOPENABLE = f"{_TO_CHANNEL} AND delivery.channel_id IS NULL AND delivery.change_id = ? AND card.thread_refusals >= ?"
"""Of a card whose thread was refused for good before the post was queued."""

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
WHERE kind = 'card' AND message_id IS NOT NULL AND thread_id IS NULL AND thread_refusals < :most
      AND EXISTS (SELECT 1 FROM delivery AS post WHERE post.change_id = card.change_id AND post.kind = 'thread'
                  AND post.guild_id = card.guild_id AND post.channel_id IS NULL AND post.shown_revision = 0)
      AND (:guilds IS NULL OR card.guild_id IN (SELECT value FROM json_each(:guilds)))
ORDER BY change_id, card.guild_id LIMIT :limit
"""


class Opening(StrEnum):
    """Rule for opening a thread where the card of a post has none."""

    NEVER = "never"
    WANTED = "wanted"
    """In servers that want threads."""

    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class ThreadPost:
    """A post for the threads of a change.

    Attributes:
        subject: identifies it: it is posted once in each thread.
        facts: its content, as JSON.
        is_announced: whether it is posted in announcement channels too.
        user_id: the person it names or quotes, None for no one in particular; deleted with that person's data.
        opening: whether it opens a thread; without one it is not posted.
        guild_id: the only server that gets it; None for all.
    """

    change_id: int
    subject: str
    facts: Mapping[str, Any]
    is_announced: bool = False
    user_id: int | None = None
    opening: Opening = Opening.WANTED
    guild_id: int | None = None


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

    async def unopened(self, limit: int, guild_ids: Collection[int] | None = None) -> list[UnopenedThread]:
        """Return posted cards with posts that wait for a thread, oldest change first.

        A card is left out after three refusals.
        """
        guilds = None if guild_ids is None else json.dumps(sorted(guild_ids))
        rows = await self._database.read(_UNOPENED, {"most": MAX_REFUSALS, "limit": limit, "guilds": guilds})
        return [value_of(UnopenedThread, row) for row in rows]

    async def opened(self, card: UnopenedThread, thread_id: int, first: ThreadPost | None, now: datetime) -> None:
        """Record a thread, and queue ``first`` and the posts that waited for it, in order."""
        firsts = [] if first is None else [(first.subject, to_json(first.facts), first.user_id)]

        def write(transaction: Transaction) -> None:
            transaction.execute(
                "UPDATE delivery SET thread_id = ?, thread_refusals = 0 WHERE delivery_id = ?",
                (thread_id, card.delivery_id),
            )
            waiting = transaction.execute(
                "DELETE FROM delivery WHERE guild_id = ? AND kind = 'thread' AND channel_id IS NULL AND change_id = ? "
                "AND shown_revision = 0 RETURNING delivery_id, subject, facts, user_id",
                (card.guild_id, card.change_id),
            ).fetchall()
            posts: list[tuple[Any, ...]] = [*firsts]
            posts += [tuple(row)[1:] for row in sorted(waiting, key=lambda row: int(row["delivery_id"]))]
            transaction.executemany(
                "INSERT INTO delivery (kind, guild_id, channel_id, change_id, next_at, subject, facts, user_id) "
                "VALUES ('thread', ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [(card.guild_id, thread_id, card.change_id, to_stamp(now), *each) for each in posts],
            )

        await self._database.transaction(write)

    async def refused(self, card: UnopenedThread) -> int:
        """Record that Discord refused to open a thread; return the refusals in a row.

        Posts that notify a person do not wait for the next attempt: they go into the card's channel.
        """
        sql = (
            "UPDATE delivery SET thread_refusals = thread_refusals + 1 WHERE delivery_id = ? RETURNING thread_refusals"
        )
        to_channel = f"{_TO_CHANNEL} AND card.delivery_id = ? AND delivery.channel_id IS NULL"

        def write(transaction: Transaction) -> Row | None:
            transaction.execute(to_channel, (card.delivery_id,))
            row: Row | None = transaction.execute(sql, (card.delivery_id,)).fetchone()
            return row

        row = await self._database.transaction(write)
        return 0 if row is None else int(row["thread_refusals"])

    async def move_to_channel(self, delivery_id: int) -> bool:
        """Move a post that notifies a person from a thread that refused it to the channel."""
        sql = f"{_TO_CHANNEL} AND delivery.delivery_id = ?"
        return await self._database.execute(sql, (delivery_id,)) > 0

    async def adopt(self, guild_id: int, message_id: int) -> None:
        """Record a thread that a person opened under a card, and queue the posts that waited for it."""

        def write(transaction: Transaction) -> None:
            transaction.execute(
                "UPDATE delivery SET thread_id = message_id "
                "WHERE kind = 'card' AND guild_id = ? AND message_id = ? AND thread_id IS NULL",
                (guild_id, message_id),
            )
            transaction.execute(
                "UPDATE delivery SET channel_id = ? WHERE kind = 'thread' AND guild_id = ? AND channel_id IS NULL "
                "AND shown_revision = 0 "
                "AND change_id IN (SELECT change_id FROM delivery WHERE kind = 'card' AND thread_id = ?)",
                (message_id, guild_id, message_id),
            )

        await self._database.transaction(write)

    async def posts(self, subject: str) -> list[Delivery]:
        """Return a thread post in all servers, wherever it was posted."""
        rows = await self._database.read("SELECT * FROM delivery WHERE kind = 'thread' AND subject = ?", (subject,))
        return [delivery_of(row) for row in rows]


def add_thread_posts(transaction: Transaction, thread_posts: Iterable[ThreadPost], now: datetime) -> None:
    """Queue thread posts and announcements in the transaction that records their cause."""
    stamp = to_stamp(now)
    for post in thread_posts:
        facts = to_json({**post.facts, "change_id": post.change_id})
        values = (post.subject, facts, stamp, post.user_id, post.opening, post.opening, post.change_id, post.guild_id)
        transaction.execute(_IN_THREADS, values)
        if post.opening is Opening.ALWAYS:
            transaction.execute(_UNOPENABLE, (post.change_id, MAX_REFUSALS))
        if post.is_announced:
            transaction.execute(
                _ANNOUNCED,
                {"change_id": post.change_id, "subject": post.subject, "facts": facts, "next_at": stamp},
            )
