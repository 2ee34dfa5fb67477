"""Which changes get a card in which server: all, but for a flood, of which the first ten do and the next as these go.

A service that was away, a web page that imports, a channel set up late: hundreds of messages at once would bury the
channel, and Discord would slow the bot down for minutes. So a server gets ten cards at a time and one post that says
how many there are; whenever a carded change is decided, the oldest that has none takes its place. A change that
somebody decides through the bot gets its card in any case.
"""

from collections.abc import Sequence
from datetime import datetime

from storage.database import Transaction
from storage.posts import AT_ONCE, PostKey, PostKind, add_posts

CARDS_AT_ONCE = 10
"""More new cards at once than this in one server are a flood."""

_CHANNELS = "SELECT guild_id, review_channel_id FROM guild WHERE review_channel_id IS NOT NULL"

_LAY_OUT = """
INSERT INTO card (guild_id, change_id, channel_id) VALUES (?, ?, ?) ON CONFLICT (guild_id, change_id) DO NOTHING
"""

_WITHOUT_CARD = """
SELECT change_id FROM open_change
WHERE missing_sweeps = 0 AND (? OR status = 'pending')
      AND NOT EXISTS (SELECT 1 FROM card WHERE card.guild_id = ? AND card.change_id = open_change.change_id)
ORDER BY change_id LIMIT ?
"""

_DECIDED_CARDS = "SELECT count(*) FROM card WHERE guild_id = ? AND change_id = ?"


def queue_new_cards(transaction: Transaction, change_ids: Sequence[int], now: datetime) -> None:
    """Lay out cards for changes that are new, in every server with a review channel."""
    ids = sorted(change_ids)
    carded = ids if len(ids) <= CARDS_AT_ONCE else ids[:CARDS_AT_ONCE]
    for guild_id, channel_id in transaction.execute(_CHANNELS).fetchall() if ids else ():
        transaction.executemany(_LAY_OUT, [(guild_id, change_id, channel_id) for change_id in carded])
        if len(carded) < len(ids):
            facts = {"count": len(ids), "carded": len(carded), "has_come_in": True}
            post = PostKey(guild_id, channel_id, PostKind.BURST, f"{ids[0]}-{ids[-1]}", facts)
            add_posts(transaction, [post], now)


def queue_next_cards(transaction: Transaction, decided_ids: Sequence[int]) -> None:
    """Lay out a card for as many changes that have none as changes with a card were just decided, oldest first."""
    for guild_id, channel_id in transaction.execute(_CHANNELS).fetchall() if decided_ids else ():
        counts = [transaction.execute(_DECIDED_CARDS, (guild_id, i)).fetchone()[0] for i in decided_ids]
        if room := min(sum(counts), CARDS_AT_ONCE):
            waiting = transaction.execute(_WITHOUT_CARD, (False, guild_id, room)).fetchall()
            transaction.executemany(_LAY_OUT, [(guild_id, row["change_id"], channel_id) for row in waiting])


def queue_channel_cards(transaction: Transaction, guild_id: int, channel_id: int) -> None:
    """Lay out cards for what is open when a server sets its review channel."""
    waiting = transaction.execute(_WITHOUT_CARD, (True, guild_id, -1)).fetchall()
    ids = [row["change_id"] for row in waiting]
    carded = ids if len(ids) <= CARDS_AT_ONCE else ids[:CARDS_AT_ONCE]
    transaction.executemany(_LAY_OUT, [(guild_id, change_id, channel_id) for change_id in carded])
    if len(carded) < len(ids):
        facts = {"count": len(ids), "carded": len(carded), "has_come_in": False}
        subject = f"{channel_id}:{ids[0]}-{ids[-1]}"
        add_posts(transaction, [PostKey(guild_id, channel_id, PostKind.BURST, subject, facts)], AT_ONCE)


def queue_cards_of(transaction: Transaction, change_id: int) -> None:
    """Lay out the cards of a change that somebody decides, where it has none."""
    channels = transaction.execute(_CHANNELS).fetchall()
    transaction.executemany(_LAY_OUT, [(guild_id, change_id, channel_id) for guild_id, channel_id in channels])
