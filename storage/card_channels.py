"""Cards in former review channels, and cards that the database does not know."""

from collections.abc import Mapping
from typing import Final

from storage.card_queue import queue_channel_cards
from storage.columns import Value
from storage.database import Transaction

_TO_STUBS = """
UPDATE delivery SET kind = 'stub', subject = message_id, revision = revision + 1, refusals = 0, attempts = 0,
       next_at = 0
WHERE kind = 'card' AND guild_id = ? AND channel_id != ? AND message_id IS NOT NULL
      AND change_id IN (SELECT change_id FROM open_change)
"""

_TOUCH_STUBS = """
UPDATE delivery SET revision = revision + 1
WHERE kind = 'stub' AND guild_id = ? AND channel_id != ? AND change_id IN (SELECT change_id FROM open_change)
"""
"""They name the present channel, and link the card there."""

_FROM_STUBS = """
UPDATE delivery SET kind = 'card', subject = change_id, revision = revision + 1, refusals = 0, attempts = 0, next_at = 0
WHERE delivery_id IN (SELECT max(delivery_id) FROM delivery WHERE kind = 'stub' AND guild_id = ? AND channel_id = ?
                      AND change_id IN (SELECT change_id FROM open_change) GROUP BY change_id)
      AND NOT EXISTS (SELECT 1 FROM delivery AS card
                      WHERE card.kind = 'card' AND card.guild_id = delivery.guild_id
                            AND card.change_id = delivery.change_id)
"""

KNOWN: Final = "SELECT 1 FROM delivery WHERE guild_id = :guild AND message_id = :message"
"""The recorded message, of any kind; asked at each press."""
_ADOPT = """
UPDATE delivery SET message_id = :message, revision = revision + 1, refusals = 0, faults = 0
WHERE kind = 'card' AND guild_id = :guild AND channel_id = :channel AND change_id = :id AND message_id IS NULL
"""
_ADOPT_NEW = """
INSERT INTO delivery (kind, subject, guild_id, channel_id, change_id, message_id, revision, shown_revision)
SELECT 'card', :id, guild_id, review_channel_id, :id, :message, 2, 1 FROM guild
WHERE guild_id = :guild AND review_channel_id = :channel
      AND NOT EXISTS (SELECT 1 FROM delivery WHERE kind = 'card' AND guild_id = :guild AND change_id = :id)
"""
_ADD_STUB = """
INSERT INTO delivery (kind, subject, guild_id, channel_id, change_id, message_id, revision, shown_revision)
VALUES ('stub', :message, :guild, :channel, :id, :message, 2, 1) ON CONFLICT DO NOTHING
"""


def move_cards(transaction: Transaction, guild_id: int, channel_id: int | None) -> None:
    """Queue a server's cards for its new review channel; with None keep posted ones only.

    Cards of open changes in another channel become stubs; stubs in this channel become cards again.
    """
    cards = "kind = 'card' AND guild_id = ?"
    if channel_id is None:
        transaction.execute(f"DELETE FROM delivery WHERE {cards} AND message_id IS NULL", (guild_id,))  # noqa: S608 - from above
        return
    transaction.execute(_TO_STUBS, (guild_id, channel_id))
    transaction.execute(_TOUCH_STUBS, (guild_id, channel_id))
    unposted = f"DELETE FROM delivery WHERE {cards} AND channel_id != ? AND message_id IS NULL"  # noqa: S608 - from above
    transaction.execute(unposted, (guild_id, channel_id))
    transaction.execute(_FROM_STUBS, (guild_id, channel_id))
    again = "refusals = 0, thread_refusals = 0, attempts = 0, next_at = 0"
    transaction.execute(f"UPDATE delivery SET {again} WHERE {cards}", (guild_id,))  # noqa: S608 - from above
    queue_channel_cards(transaction, guild_id, channel_id)


def adopt_card(transaction: Transaction, values: Mapping[str, Value]) -> bool:
    """Record an unknown message of a change; return whether anything is due."""
    if transaction.execute(KNOWN, values).fetchone() is not None:
        return False
    seen = "SELECT 1 FROM tracked_change WHERE change_id = :id"
    if transaction.execute(seen, values).fetchone() is None:
        return False
    if transaction.execute(_ADOPT, values).rowcount or transaction.execute(_ADOPT_NEW, values).rowcount:
        return True
    return transaction.execute(_ADD_STUB, values).rowcount > 0
