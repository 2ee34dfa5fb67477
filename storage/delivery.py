"""Messages that the bot sends by itself: cards, channel posts and direct messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, StrEnum
from typing import Any

from storage.columns import from_json, from_stamp, value_of
from storage.database import Row

MAX_REFUSALS = 3
"""Refusals by Discord in a row after which a delivery is given up: going on counts towards a ban."""

MISSED = MAX_REFUSALS + 1
"""Refusals of a direct message whose person reads it after their next command instead."""

MAX_FAULTS = 3
"""Times in a row that a message cannot be drawn, after which it is given up until its content changes."""

RETRY_FIRST = timedelta(seconds=5)
"""Wait after the first failed attempt; doubled with each further one."""

RETRY_MAX = timedelta(minutes=5)
"""Longest wait between two attempts."""


class DeliveryKind(StrEnum):
    """Kind of a message; ``facts`` of a post depend on it."""

    CARD = "card"
    STUB = "stub"
    """Former card in another channel: one line with a link to the present card."""
    OUTAGE = "outage"
    BURST = "burst"
    REMINDER = "reminder"
    DIGEST = "digest"
    THREAD = "thread"
    ANNOUNCEMENT = "announcement"
    REFUSAL = "refusal"
    OUTCOME = "outcome"
    DIRECT_MESSAGE = "direct_message"


POSTS = frozenset(DeliveryKind) - {DeliveryKind.CARD, DeliveryKind.DIRECT_MESSAGE}


class DeliveryState(Enum):
    """State of a delivery."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message that is to be sent or edited, or was.

    Attributes:
        guild_id: None for a direct message.
        channel_id: a channel or a thread; None for a direct message.
        user_id: the recipient of a direct message; of a post the person it answers, None for everyone.
        facts: content of a post, as JSON.
        revision: raised when the content changes; ``shown_revision`` is the one that the message shows, 0 before it is
            sent. The delivery is due while they differ.
        message_id: None until the message is sent.
        attempts: failed attempts in a row.
        refusals: attempts in a row that Discord refused; at ``MAX_REFUSALS`` the delivery is given up.
        nonce: for Discord's ``nonce`` (at most 25 characters): a message repeated within minutes is sent once.
        thread_id: of a card's thread; None while it has none.
        faults: times in a row that the message could not be drawn; at ``MAX_FAULTS`` the delivery is given up.
    """

    delivery_id: int
    kind: DeliveryKind
    subject: str
    guild_id: int | None
    channel_id: int | None
    next_at: datetime
    nonce: str
    user_id: int | None = None
    change_id: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    revision: int = 1
    shown_revision: int = 0
    message_id: int | None = None
    attempts: int = 0
    refusals: int = 0
    thread_id: int | None = None
    faults: int = 0

    @property
    def state(self) -> DeliveryState:
        """Waiting, delivered or given up."""
        if self.shown_revision >= self.revision:
            return DeliveryState.DELIVERED
        is_given_up = self.refusals >= MAX_REFUSALS or self.faults >= MAX_FAULTS
        return DeliveryState.GIVEN_UP if is_given_up else DeliveryState.WAITING


def retry_wait(attempts: int, asked: timedelta | None = None) -> timedelta:
    """Return the wait before the next attempt.

    It is what Discord ``asked`` for, or doubles with each of the failed ``attempts`` in a row; at most RETRY_MAX.
    """
    return min(asked if asked is not None else RETRY_FIRST * 2 ** min(attempts, 10), RETRY_MAX)


def delivery_of(row: Row) -> Delivery:
    """Read a row of ``delivery``."""
    return value_of(
        Delivery,
        row,
        kind=DeliveryKind(row["kind"]),
        facts=from_json(row["facts"]),
        next_at=from_stamp(row["next_at"]),
    )
