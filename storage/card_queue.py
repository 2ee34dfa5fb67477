"""Creates cards. In a burst only the first five; the rest follow as those are decided.

Many messages within minutes (an import, a busy contributor, a service that was away, a channel set up late) would bury
the channel and ping a role again and again. A server gets five cards in ten minutes, and one post with the number of
changes, which is edited while more come in; whenever a change with a card is decided, the oldest without one gets its
card. A change that is decided through the bot gets its card in any case.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from storage.columns import from_json, to_json, to_stamp
from storage.database import Transaction
from storage.deliveries import AT_ONCE, NewPost, add_posts
from storage.delivery import DeliveryKind

CARDS_AT_ONCE = 5
"""Largest number of new cards of one burst in one server."""

BURST = timedelta(minutes=10)
"""Time within which new changes belong to one burst."""

_RECENT_CARDS = """
SELECT count(*) FROM delivery JOIN tracked_change USING (change_id)
WHERE kind = 'card' AND guild_id = ? AND status = 'pending' AND updated_at BETWEEN ? AND ?
"""

_RECENT_BURST = """
SELECT delivery_id, facts FROM delivery
WHERE kind = 'burst' AND guild_id = ? AND channel_id = ? AND next_at BETWEEN ? AND ? AND facts ->> '$.has_come_in'
ORDER BY next_at DESC LIMIT 1
"""

_CHANNELS = "SELECT guild_id, review_channel_id FROM guild WHERE review_channel_id IS NOT NULL"

_ADD = """
INSERT INTO delivery (kind, subject, guild_id, channel_id, change_id) VALUES ('card', :id, :guild, :channel, :id)
ON CONFLICT DO NOTHING
"""

_WITHOUT_CARD = """
SELECT change_id FROM open_change
WHERE missing_sweeps = 0 AND (? OR status = 'pending')
      AND NOT EXISTS (SELECT 1 FROM delivery AS card
                      WHERE kind = 'card' AND guild_id = ? AND card.change_id = open_change.change_id)
ORDER BY change_id LIMIT ?
"""

_COUNT_CARDS = "SELECT count(*) FROM delivery WHERE kind = 'card' AND guild_id = ? AND change_id = ?"


def queue_new_cards(transaction: Transaction, change_ids: Sequence[int], now: datetime) -> None:
    """Queue cards of new changes in every server with a review channel."""
    ids, window = sorted(change_ids), (to_stamp(now - BURST), to_stamp(now))
    for guild_id, channel_id in transaction.execute(_CHANNELS).fetchall() if ids else ():
        recent = transaction.execute(_RECENT_CARDS, (guild_id, *window)).fetchone()[0]
        room = max(CARDS_AT_ONCE - recent, 0)
        _add(transaction, guild_id, channel_id, ids[:room])
        if len(ids) <= room:
            continue
        burst = transaction.execute(_RECENT_BURST, (guild_id, channel_id, *window)).fetchone()
        if burst is None:
            facts = {"count": recent + len(ids), "carded": recent + room, "has_come_in": True}
            post = NewPost(guild_id, channel_id, DeliveryKind.BURST, f"{ids[0]}-{ids[-1]}", facts)
            add_posts(transaction, [post], now)
        else:
            facts = {**from_json(burst["facts"])}
            facts |= {"count": facts["count"] + len(ids), "carded": facts["carded"] + room}
            sql = "UPDATE delivery SET facts = ?, revision = revision + 1, next_at = ? WHERE delivery_id = ?"
            transaction.execute(sql, (to_json(facts), to_stamp(now), burst["delivery_id"]))


def queue_next_cards(transaction: Transaction, decided_ids: Sequence[int]) -> None:
    """Queue a card for each decided change that had one: those of the oldest without one."""
    for guild_id, channel_id in transaction.execute(_CHANNELS).fetchall() if decided_ids else ():
        counts = [transaction.execute(_COUNT_CARDS, (guild_id, i)).fetchone()[0] for i in decided_ids]
        if room := min(sum(counts), CARDS_AT_ONCE):
            waiting = transaction.execute(_WITHOUT_CARD, (False, guild_id, room)).fetchall()
            _add(transaction, guild_id, channel_id, [row["change_id"] for row in waiting])


def queue_channel_cards(transaction: Transaction, guild_id: int, channel_id: int) -> None:
    """Queue cards of open changes for the review channel that a server has just set."""
    ids = [row["change_id"] for row in transaction.execute(_WITHOUT_CARD, (True, guild_id, -1)).fetchall()]
    _add(transaction, guild_id, channel_id, ids[:CARDS_AT_ONCE])
    if len(ids) > CARDS_AT_ONCE:
        facts = {"count": len(ids), "carded": CARDS_AT_ONCE, "has_come_in": False}
        subject = f"{channel_id}:{ids[0]}-{ids[-1]}"
        add_posts(transaction, [NewPost(guild_id, channel_id, DeliveryKind.BURST, subject, facts)], AT_ONCE)


def queue_missing_cards(transaction: Transaction, change_id: int) -> None:
    """Queue the cards of a change that is being decided, in servers where it has none."""
    for guild_id, channel_id in transaction.execute(_CHANNELS).fetchall():
        _add(transaction, guild_id, channel_id, [change_id])


def _add(transaction: Transaction, guild_id: int, channel_id: int, change_ids: Sequence[int]) -> None:
    transaction.executemany(_ADD, [{"id": each, "guild": guild_id, "channel": channel_id} for each in change_ids])
