"""What is still to be said in channels, one row each, kept until it stands there; a post may be rewritten."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from storage.columns import from_json, to_json, to_stamp
from storage.cursors import move_cursors
from storage.database import Database, Row, Transaction
from storage.refused import MAX_FAILURES

WAIT_LONGEST = timedelta(minutes=5)
"""The longest that a post waits for its next delivery."""

AT_ONCE = datetime.fromtimestamp(0, UTC)
"""For what is to be said as soon as may be, where no clock is at hand."""

_FORGET = """
DELETE FROM post WHERE next_at < ? AND (
       kind IN ('burst', 'reminder', 'digest') OR (kind = 'outage' AND facts ->> '$.until' IS NOT NULL)
       OR (kind = 'thread' AND channel_id = 0))
"""

_EMPTY = """
UPDATE post SET facts = '{}', user_id = NULL, shown_revision = revision
WHERE next_at < ? AND kind IN ('thread', 'announcement') AND facts != '{}'
      AND (shown_revision >= revision OR failures >= ?)
"""


class PostKind(StrEnum):
    """What a post is about; what its facts hold is a matter of its kind."""

    OUTAGE = "outage"
    BURST = "burst"
    REMINDER = "reminder"
    DIGEST = "digest"
    THREAD = "thread"
    ANNOUNCEMENT = "announcement"
    REFUSAL = "refusal"
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class PostKey:
    """A post to make. Server, kind and subject make it the same one: it is said once.

    Attributes:
        channel_id: a channel, or a thread.
        subject: a date, a change and its status, the beginning of an outage …
        facts: what it says, as JSON.
        user_id: whom it answers, None where it is said to everybody; it is forgotten with them.
    """

    guild_id: int
    channel_id: int
    kind: PostKind
    subject: str
    facts: Mapping[str, Any]
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """A post that does not stand as it should.

    Attributes:
        revision: of ``facts``.
        message_id: None until it is posted.
        failures: deliveries in a row that failed.
        nonce: for Discord's ``nonce``, so that a post repeated within minutes stays one message.
    """

    post_id: int
    guild_id: int
    channel_id: int
    kind: PostKind
    subject: str
    facts: Mapping[str, Any]
    revision: int
    message_id: int | None
    failures: int
    nonce: str
    user_id: int | None = None


class Posts:
    """Posts and their deliveries. One worker takes them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, posts: Iterable[PostKey], now: datetime, *, cursors: Mapping[str, str] | None = None) -> int:
        """Have these said; those that were ever added before are left as they are. Returns how many are new.

        ``cursors`` move in the same transaction.
        """

        def write(transaction: Transaction) -> int:
            move_cursors(transaction, cursors or {})
            return add_posts(transaction, posts, now)

        return await self._database.transaction(write)

    async def rewrite_everywhere(
        self,
        kind: PostKind,
        subject: str,
        facts: Mapping[str, Any],
        *,
        now: datetime,
        cursors: Mapping[str, str],
    ) -> int:
        """Have the posts of all servers say this instead, and move cursors; returns how many did not say so yet."""
        text = to_json(facts)
        sql = (
            "UPDATE post SET facts = ?, revision = revision + 1, next_at = ? "
            "WHERE kind = ? AND subject = ? AND facts != ?"
        )

        def write(transaction: Transaction) -> int:
            move_cursors(transaction, cursors)
            return transaction.execute(sql, (text, to_stamp(now), kind, subject, text)).rowcount

        return await self._database.transaction(write)

    async def drop_before(self, kind: PostKind, moment: datetime) -> None:
        """Forget posts of a kind that were to be said before a moment, whatever came of them."""
        await self._database.transaction(
            lambda transaction: transaction.execute(
                "DELETE FROM post WHERE kind = ? AND next_at < ?", (kind, to_stamp(moment))
            )
        )

    async def forget_before(self, moment: datetime) -> None:
        """Forget what was to be said before a moment; of a change's own posts, only what they said.

        That those were said is kept: an old change that the bot sees anew would be announced once more. An outage that
        lasts is kept whole, to be told the end of.
        """
        stamp = to_stamp(moment)

        def write(transaction: Transaction) -> None:
            transaction.execute(_FORGET, (stamp,))
            transaction.execute(_EMPTY, (stamp, MAX_FAILURES))

        await self._database.transaction(write)

    async def due(self, now: datetime, *, limit: int = 50) -> list[Post]:
        """What is to be posted or edited now, in the order in which it was added; not what has no channel yet.

        What would wait for longer than ``WAIT_LONGEST`` was put off by a clock that has been set back since.
        """
        rows = await self._database.read(
            "SELECT * FROM post WHERE shown_revision < revision AND failures < ? AND next_at NOT BETWEEN ? + 1 AND ? "
            "AND channel_id != 0 ORDER BY post_id LIMIT ?",
            (MAX_FAILURES, to_stamp(now), to_stamp(now + WAIT_LONGEST), limit),
        )
        return [_post(row) for row in rows]

    async def mark_posted(self, post_id: int, message_id: int, revision: int) -> None:
        """It stands as this message, saying what this revision says."""
        await self._execute(
            "UPDATE post SET message_id = ?, shown_revision = ?, failures = 0 WHERE post_id = ?",
            (message_id, revision, post_id),
        )

    async def mark_failed(self, post_id: int) -> int:
        """Discord refuses it. Returns refusals in a row; after three it is left alone."""
        sql = "UPDATE post SET failures = failures + 1 WHERE post_id = ? RETURNING failures"
        row = await self._database.transaction(lambda transaction: transaction.execute(sql, (post_id,)).fetchone())
        return 0 if row is None else int(row["failures"])

    async def mark_lost(self, post_id: int) -> None:
        """Somebody deleted the message: that was their will, and it is not said again."""
        await self._execute(
            "UPDATE post SET message_id = NULL, failures = ? WHERE post_id = ?", (MAX_FAILURES, post_id)
        )

    async def postpone(self, post_id: int, now: datetime, wait: timedelta) -> None:
        """It did not go out; not again for a while, of at most ``WAIT_LONGEST``."""
        next_at = now + min(wait, WAIT_LONGEST)
        await self._execute("UPDATE post SET next_at = ? WHERE post_id = ?", (to_stamp(next_at), post_id))

    async def _execute(self, sql: str, params: tuple[int, ...]) -> None:
        await self._database.transaction(lambda transaction: transaction.execute(sql, params))


def add_posts(transaction: Transaction, posts: Iterable[PostKey], now: datetime) -> int:
    """Have something said within the transaction that records its reason. Returns how many are new."""
    stamp = to_stamp(now)
    return transaction.executemany(
        "INSERT INTO post (guild_id, channel_id, kind, subject, facts, user_id, next_at) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (guild_id, kind, subject) DO NOTHING",
        [
            (post.guild_id, post.channel_id, post.kind, post.subject, to_json(post.facts), post.user_id, stamp)
            for post in posts
        ],
    ).rowcount


def _post(row: Row) -> Post:
    return Post(
        post_id=row["post_id"],
        guild_id=row["guild_id"],
        channel_id=row["channel_id"],
        kind=PostKind(row["kind"]),
        subject=row["subject"],
        facts=from_json(row["facts"]),
        revision=row["revision"],
        message_id=row["message_id"],
        failures=row["failures"],
        nonce=row["nonce"],
        user_id=row["user_id"],
    )
