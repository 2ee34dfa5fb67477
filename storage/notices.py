"""Direct messages to queue: keys that make each one unique, and the SQL to add or drop them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from storage.columns import to_stamp
from storage.database import Transaction
from storage.delivery import Delivery


class About(StrEnum):
    """Subject of a direct message."""

    CHANGE = "change"
    DRAFT = "draft"
    PROPOSAL = "proposal"
    LINK = "link"
    REQUEST = "request"
    OFFER = "offer"


@dataclass(frozen=True, slots=True)
class NoticeKey:
    """Identity of a direct message: each is sent once.

    Attributes:
        user_id: recipient.
        about_id: id of the change, the draft (also of an offer), the intent of a proposal or the request; generation of
            a link.
        status: of the change, draft, proposal, link or request that the message reports.
    """

    user_id: int
    about_id: int
    status: str
    about: About = About.CHANGE

    @property
    def subject(self) -> str:
        """Subject of its delivery."""
        return f"{self.about}:{self.about_id}:{self.status}"

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """Read the key back from the delivery of a direct message."""
        about, about_id, status = delivery.subject.split(":")
        return cls(delivery.user_id or 0, int(about_id), status, About(about))


def add_notices(transaction: Transaction, notices: Iterable[NoticeKey], now: datetime) -> int:
    """Queue direct messages in the transaction of their cause; return how many are new."""
    return transaction.executemany(
        "INSERT INTO delivery (kind, user_id, subject, change_id, next_at) VALUES ('direct_message', ?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING",
        [
            (key.user_id, key.subject, key.about_id if key.about is About.CHANGE else None, to_stamp(now))
            for key in notices
        ],
    ).rowcount


def drop_notice(transaction: Transaction, notice: NoticeKey) -> None:
    """Delete a direct message, so that it can be queued again."""
    transaction.execute(
        "DELETE FROM delivery WHERE kind = 'direct_message' AND user_id = ? AND subject = ?",
        (notice.user_id, notice.subject),
    )
