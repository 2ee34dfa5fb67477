"""Repository of deliveries: one table and one retry rule for every kind of message."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from storage.columns import Value, to_json, to_microseconds, to_stamp
from storage.cursors import move_cursors
from storage.database import Database, Transaction
from storage.delivery import (
    MAX_FAULTS,
    MAX_REFUSALS,
    RETRY_MAX,
    Delivery,
    DeliveryKind,
    DeliveryState,
    delivery_of,
    retry_wait,
)
from storage.notices import NoticeKey, add_notices

AT_ONCE = datetime.fromtimestamp(0, UTC)
"""Due time of posts that are queued without a clock."""

# A wait longer than the longest one was set before the clock was put back: it is over.
_DUE = """
SELECT * FROM delivery
WHERE shown_revision < revision AND refusals < :most AND faults < :most_faults
      AND NOT next_at - :now BETWEEN 1 AND :longest
      AND (channel_id IS NOT NULL OR guild_id IS NULL)
      AND (guild_id IS NULL OR :guilds IS NULL OR guild_id IN (SELECT value FROM json_each(:guilds)))
"""
_DUE_POSTS = f"{_DUE} AND kind NOT IN ('card', 'direct_message') ORDER BY next_at, delivery_id LIMIT :limit"
_DUE_NOTICES = f"""
WITH due AS ({_DUE} AND kind = 'direct_message')
SELECT * FROM due WHERE user_id IN (SELECT user_id FROM due ORDER BY next_at, delivery_id LIMIT :limit)
ORDER BY next_at, delivery_id
"""  # noqa: S608 - from above
_DUE_ONE = f"{_DUE} AND delivery_id = :delivery_id"
_DUE_CARDS = f"{_DUE} AND kind = 'card' AND change_id = coalesce(:change_id, change_id) ORDER BY change_id, guild_id"

_GIVEN_UP = """
SELECT channel_id, count(*) AS waiting FROM delivery
WHERE guild_id = ? AND refusals >= ? AND shown_revision < revision
      AND CASE kind WHEN 'card' THEN change_id IN (SELECT change_id FROM open_change) ELSE shown_revision = 0 END
GROUP BY channel_id
"""

_FORGET = """
DELETE FROM delivery WHERE next_at < ? AND (
       kind IN ('burst', 'reminder', 'digest') OR (kind = 'outage' AND facts ->> '$.until' IS NOT NULL)
       OR (kind = 'thread' AND channel_id IS NULL))
"""

_EMPTY = """
UPDATE delivery SET facts = '{}', user_id = NULL, shown_revision = revision
WHERE next_at < ? AND kind IN ('thread', 'announcement') AND facts != '{}'
      AND (shown_revision >= revision OR refusals >= ? OR faults >= ?)
"""


@dataclass(frozen=True, slots=True)
class NewPost:
    """A post to queue. Server, kind and subject identify it: it is posted once.

    Attributes:
        channel_id: a channel, or a thread.
        subject: a date, a change and its status, the start of an outage …
        facts: its content, as JSON.
        user_id: the person it answers, whose deletion of data deletes it; None for everyone.
    """

    guild_id: int
    channel_id: int
    kind: DeliveryKind
    subject: str
    facts: Mapping[str, Any]
    user_id: int | None = None


class Deliveries:
    """Deliveries of all kinds. One worker sends them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add_posts(
        self, posts: Iterable[NewPost], now: datetime, *, cursors: Mapping[str, str] | None = None
    ) -> int:
        """Queue posts that never were, and move cursors; return how many are new."""

        def write(transaction: Transaction) -> int:
            move_cursors(transaction, cursors or {})
            return add_posts(transaction, posts, now)

        return await self._database.transaction(write)

    async def put_post(self, post: NewPost, now: datetime, *, is_first: bool) -> bool:
        """Queue a post, or rewrite it where it was posted; return whether anything is due.

        Args:
            post: the post; a moderator's deletion of an earlier one stands.
            now: due time.
            is_first: False to rewrite only.
        """
        text, key = to_json(post.facts), (post.guild_id, post.kind, post.subject)
        sql = (
            "UPDATE delivery SET facts = ?, revision = revision + 1, next_at = ? "
            "WHERE guild_id = ? AND kind = ? AND subject = ? AND facts != ? AND refusals < ?"
        )

        def write(transaction: Transaction) -> bool:
            if is_first and add_posts(transaction, [post], now):
                return True
            return transaction.execute(sql, (text, to_stamp(now), *key, text, MAX_REFUSALS)).rowcount > 0

        return await self._database.transaction(write)

    async def add_notices(self, notices: Iterable[NoticeKey], now: datetime) -> int:
        """Queue direct messages that never were; return how many are new."""
        return await self._database.transaction(lambda transaction: add_notices(transaction, notices, now))

    async def due_posts(
        self, now: datetime, limit: int = -1, guild_ids: Collection[int] | None = None
    ) -> list[Delivery]:
        """Return due posts, the longest due first; none whose thread is not open yet."""
        rows = await self._database.read(_DUE_POSTS, {**_times(now, guild_ids), "limit": limit})
        return [delivery_of(row) for row in rows]

    async def due_notices(self, now: datetime, limit: int = -1) -> list[Delivery]:
        """Return the first due messages and all others to the same people, longest due first."""
        rows = await self._database.read(_DUE_NOTICES, {**_times(now), "limit": limit})
        return [delivery_of(row) for row in rows]

    async def due_cards(
        self, now: datetime, change_id: int | None = None, guild_ids: Collection[int] | None = None
    ) -> list[Delivery]:
        """Return due cards, of one change or of all, in some servers or in all, oldest change first."""
        rows = await self._database.read(_DUE_CARDS, {**_times(now, guild_ids), "change_id": change_id})
        return [delivery_of(row) for row in rows]

    async def still_due(self, delivery_id: int, now: datetime) -> Delivery | None:
        """Return one delivery as it is now; None if it was delivered, given up or postponed."""
        row = await self._database.read_one(_DUE_ONE, {**_times(now), "delivery_id": delivery_id})
        return None if row is None else delivery_of(row)

    async def mark_delivered(self, deliveries: Sequence[Delivery], message_id: int | None) -> None:
        """Record that the message shows these deliveries as they were read."""
        await self._database.execute_many(
            "UPDATE delivery SET message_id = ?, shown_revision = ?, attempts = 0, refusals = 0, faults = 0 "
            "WHERE delivery_id = ?",
            [(message_id, each.revision, each.delivery_id) for each in deliveries],
        )

    async def postpone(self, deliveries: Sequence[Delivery], now: datetime, wait: timedelta | None = None) -> None:
        """Record a failed attempt; the next one is made after ``wait``, or by the retry rule."""
        await self._database.execute_many(
            "UPDATE delivery SET attempts = attempts + 1, next_at = ? WHERE delivery_id = ?",
            [(to_stamp(now + retry_wait(each.attempts, wait)), each.delivery_id) for each in deliveries],
        )

    async def note_fault(self, deliveries: Sequence[Delivery], now: datetime) -> None:
        """Record that a message could not be drawn; the next attempt follows by the retry rule."""
        await self._database.execute_many(
            "UPDATE delivery SET faults = faults + 1, attempts = attempts + 1, next_at = ? WHERE delivery_id = ?",
            [(to_stamp(now + retry_wait(each.attempts)), each.delivery_id) for each in deliveries],
        )

    async def reset_faults(self) -> None:
        """Make messages due that could not be drawn: another version of the program may be able to."""
        await self._database.execute("UPDATE delivery SET faults = 0 WHERE faults > 0 AND shown_revision < revision")

    async def undrawable(self) -> list[Delivery]:
        """Return the deliveries that were given up because they cannot be drawn, oldest first."""
        sql = "SELECT * FROM delivery WHERE faults >= ? AND shown_revision < revision ORDER BY delivery_id"
        return [delivery_of(row) for row in await self._database.read(sql, (MAX_FAULTS,))]

    async def refuse(self, delivery: Delivery, now: datetime) -> int:
        """Record that Discord refused the message; return the refusals in a row.

        The last one leaves the due time as it is: the delivery is due at once when its channel is tried again.
        """
        sql = (
            "UPDATE delivery SET refusals = refusals + 1, attempts = attempts + 1, "
            "next_at = CASE WHEN refusals + 1 < ? THEN ? ELSE next_at END WHERE delivery_id = ? RETURNING refusals"
        )
        values = (MAX_REFUSALS, to_stamp(now + retry_wait(delivery.attempts)), delivery.delivery_id)
        row = await self._database.transaction(lambda transaction: transaction.execute(sql, values).fetchone())
        return 0 if row is None else int(row["refusals"])

    async def give_up(self, deliveries: Sequence[Delivery]) -> None:
        """Give up messages: outdated, deleted by a moderator, or refused by the person."""
        await self._database.execute_many(
            "UPDATE delivery SET message_id = NULL, refusals = ? WHERE delivery_id = ? AND shown_revision < revision",
            [(MAX_REFUSALS, each.delivery_id) for each in deliveries],
        )

    async def send_again(self, delivery: Delivery) -> None:
        """Queue a deleted card under a new nonce: Discord knows the old one for minutes."""
        await self._database.execute(
            "UPDATE delivery SET message_id = NULL, attempts = 0, refusals = 0, revision = revision + 1, "
            "nonce = lower(hex(randomblob(10))) WHERE delivery_id = ?",
            (delivery.delivery_id,),
        )

    async def rewrite_everywhere(
        self, kind: DeliveryKind, subject: str, facts: Mapping[str, Any], *, now: datetime, cursors: Mapping[str, str]
    ) -> int:
        """Replace a post's content in every server, move cursors; return how many differed."""
        text = to_json(facts)
        sql = (
            "UPDATE delivery SET facts = ?, revision = revision + 1, next_at = ? "
            "WHERE kind = ? AND subject = ? AND facts != ?"
        )

        def write(transaction: Transaction) -> int:
            move_cursors(transaction, cursors)
            return transaction.execute(sql, (text, to_stamp(now), kind, subject, text)).rowcount

        return await self._database.transaction(write)

    async def posted_in(self, kind: DeliveryKind, subject: str) -> list[tuple[int, int]]:
        """Return the servers and channels in which a post was posted."""
        sql = (
            "SELECT guild_id, channel_id FROM delivery "
            "WHERE kind = ? AND subject = ? AND message_id IS NOT NULL ORDER BY guild_id"
        )
        return [(row["guild_id"], row["channel_id"]) for row in await self._database.read(sql, (kind, subject))]

    async def drop_unposted(self, kind: DeliveryKind, subject: str) -> None:
        """Delete a post where it was never posted: its cause is over."""
        sql = "DELETE FROM delivery WHERE kind = ? AND subject = ? AND message_id IS NULL"
        await self._database.execute(sql, (kind, subject))

    async def mark_notified(self, notice: NoticeKey) -> None:
        """Drop a waiting direct message whose content the recipient reads in an answer of the bot."""
        await self._database.execute(
            "UPDATE delivery SET shown_revision = revision "
            "WHERE kind = 'direct_message' AND user_id = ? AND subject = ? AND refusals < ?",
            (notice.user_id, notice.subject, MAX_REFUSALS),
        )

    async def state_of(self, notice: NoticeKey) -> DeliveryState | None:
        """Return the state of a direct message; None when there is none."""
        row = await self._database.read_one(
            "SELECT * FROM delivery WHERE kind = 'direct_message' AND user_id = ? AND subject = ?",
            (notice.user_id, notice.subject),
        )
        return None if row is None else delivery_of(row).state

    async def count_waiting_notices(self) -> int:
        """Return how many direct messages are still to be sent."""
        rows = await self._database.read(
            "SELECT count(*) FROM delivery "
            "WHERE kind = 'direct_message' AND shown_revision < revision AND refusals < ? AND faults < ?",
            (MAX_REFUSALS, MAX_FAULTS),
        )
        return int(rows[0][0])

    async def count_refused_channels(self) -> int:
        """Return in how many channels deliveries were given up."""
        sql = (
            "SELECT count(DISTINCT channel_id) FROM delivery "
            "WHERE channel_id IS NOT NULL AND refusals >= ? AND shown_revision < revision"
        )
        rows = await self._database.read(sql, (MAX_REFUSALS,))
        return int(rows[0][0])

    async def given_up(self, guild_id: int) -> Mapping[int, int]:
        """Count given-up deliveries by channel of a server, without cards of ended changes."""
        rows = await self._database.read(_GIVEN_UP, (guild_id, MAX_REFUSALS))
        return {row["channel_id"]: row["waiting"] for row in rows}

    async def try_channel_again(self, guild_id: int, channel_id: int) -> None:
        """Make due what was given up in a channel, and delete the posts that reported it."""
        where = "WHERE guild_id = ? AND channel_id = ? AND refusals >= ? AND (kind = 'card' OR shown_revision = 0)"
        await self._database.transaction(
            lambda transaction: (
                transaction.execute(
                    f"UPDATE delivery SET refusals = 0, attempts = 0 {where}",  # noqa: S608 - from above
                    (guild_id, channel_id, MAX_REFUSALS),
                ),
                transaction.execute(
                    "DELETE FROM delivery WHERE guild_id = ? AND kind = 'refusal' AND subject = ?",
                    (guild_id, str(channel_id)),
                ),
            )
        )

    async def drop_before(self, kind: DeliveryKind, moment: datetime) -> None:
        """Delete posts of a kind that were due before a moment, delivered or not."""
        await self._database.execute("DELETE FROM delivery WHERE kind = ? AND next_at < ?", (kind, to_stamp(moment)))

    async def forget_before(self, moment: datetime) -> None:
        """Delete posts that were due before a moment; of posts about a change, the content only.

        The row remains: an old change that is seen again would be announced twice. An outage that still lasts is kept.
        """
        stamp = to_stamp(moment)

        def write(transaction: Transaction) -> None:
            transaction.execute(_FORGET, (stamp,))
            transaction.execute(_EMPTY, (stamp, MAX_REFUSALS, MAX_FAULTS))

        await self._database.transaction(write)


def add_posts(transaction: Transaction, posts: Iterable[NewPost], now: datetime) -> int:
    """Queue posts in the transaction that records their cause; return how many are new."""
    stamp = to_stamp(now)
    return transaction.executemany(
        "INSERT INTO delivery (guild_id, channel_id, kind, subject, facts, user_id, next_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [
            (post.guild_id, post.channel_id, post.kind, post.subject, to_json(post.facts), post.user_id, stamp)
            for post in posts
        ],
    ).rowcount


def _times(now: datetime, guild_ids: Collection[int] | None = None) -> dict[str, Value]:
    guilds = None if guild_ids is None else json.dumps(sorted(guild_ids))
    limits: dict[str, Value] = {"most": MAX_REFUSALS, "most_faults": MAX_FAULTS}
    return {"now": to_stamp(now), "longest": to_microseconds(RETRY_MAX), "guilds": guilds, **limits}
