"""Repository of subscriptions to changes in a category, of a model or of a requestor."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.columns import from_stamp, to_stamp, value_of
from storage.database import Database, Row, Transaction
from storage.errors import TooManySubscriptionsError

MAX_SUBSCRIPTIONS = 25
"""Limit per person; an autocomplete can offer no more."""


class SubscriptionKind(StrEnum):
    """Kind of topic that a subscription follows."""

    CATEGORY = "category"
    MODEL = "model"
    REQUESTOR = "requestor"


@dataclass(frozen=True, slots=True)
class Topic:
    """Topic of a subscription.

    Attributes:
        category: of a category or a model; empty for a requestor.
        subject: the model's name, or the requestor's Horde user id; empty for a category.
    """

    kind: SubscriptionKind
    category: str
    subject: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """One person's subscription.

    Attributes:
        label: the requestor's Horde name as last seen, or the model's name, or empty.
    """

    subscription_id: int
    user_id: int
    topic: Topic
    label: str
    created_at: datetime


class Subscriptions:
    """Repository of subscriptions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, user_id: int, topic: Topic, label: str, now: datetime) -> tuple[Subscription, bool]:
        """Subscribe a person to a topic; return the subscription and whether it is new.

        Raises TooManySubscriptionsError above MAX_SUBSCRIPTIONS a person.
        """
        key = (user_id, topic.kind, topic.category, topic.subject)

        def write(transaction: Transaction) -> tuple[Subscription, bool]:
            known = transaction.execute(
                "SELECT * FROM subscription WHERE user_id = ? AND kind = ? AND category = ? AND subject = ?", key
            ).fetchone()
            if known is not None:
                return _subscription(known), False
            held = transaction.execute("SELECT count(*) FROM subscription WHERE user_id = ?", (user_id,)).fetchone()[0]
            if held >= MAX_SUBSCRIPTIONS:
                raise TooManySubscriptionsError(MAX_SUBSCRIPTIONS)
            made = transaction.execute(
                "INSERT INTO subscription (user_id, kind, category, subject, label, created_at) "
                "VALUES (?, ?, ?, ?, ?, ?) RETURNING *",
                (*key, label, to_stamp(now)),
            ).fetchone()
            return _subscription(made), True

        return await self._database.transaction(write)

    async def of_user(self, user_id: int) -> list[Subscription]:
        """Return a person's subscriptions, oldest first."""
        rows = await self._database.read(
            "SELECT * FROM subscription WHERE user_id = ? ORDER BY subscription_id", (user_id,)
        )
        return [_subscription(row) for row in rows]

    async def remove(self, user_id: int, subscription_id: int) -> Subscription | None:
        """Delete a person's own subscription and return it; None if it does not exist."""
        row = await self._database.transaction(
            lambda transaction: transaction.execute(
                "DELETE FROM subscription WHERE user_id = ? AND subscription_id = ? RETURNING *",
                (user_id, subscription_id),
            ).fetchone()
        )
        return None if row is None else _subscription(row)

    async def followers(self) -> dict[Topic, list[int]]:
        """Return the Discord ids of the subscribers by topic."""
        found: dict[Topic, list[int]] = {}
        for row in await self._database.read("SELECT * FROM subscription ORDER BY subscription_id"):
            found.setdefault(_topic(row), []).append(row["user_id"])
        return found


def _topic(row: Row) -> Topic:
    return Topic(SubscriptionKind(row["kind"]), row["category"], row["subject"])


def _subscription(row: Row) -> Subscription:
    return value_of(Subscription, row, topic=_topic(row), created_at=from_stamp(row["created_at"]))
