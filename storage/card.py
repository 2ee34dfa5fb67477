"""A change of the queue as last seen, and the message that shows it in one server; values only."""

from dataclasses import dataclass
from datetime import datetime

from storage.columns import from_stamp
from storage.database import Row

PURGED = "purged"
"""The bot's own status for a change that the service no longer has."""

FINAL_STATUSES = frozenset({"applied", "rejected", PURGED})
"""Nothing follows these; every other status is open."""


@dataclass(frozen=True, slots=True)
class TrackedChange:
    """A change as the last sweep saw it.

    Attributes:
        requested_by: the Horde user id.
        requested_username: the Horde name, kept because a purged change cannot be asked for it.
        requested_at: when the service took it.
        status: the service's word, PURGED, or ``stuck`` for an apply that never ended.
        digest: of what a card shows, to notice that an id stands for something else now.
        missing_sweeps: 1 while no list of open changes shows it, else 0; absence alone proves nothing.
        updated_at: when the bot last saw it move, or first missed it.
    """

    change_id: int
    category: str
    model_name: str
    operation: str
    requested_by: str
    requested_username: str | None
    requested_at: datetime
    status: str
    digest: str
    missing_sweeps: int
    updated_at: datetime

    @property
    def is_final(self) -> bool:
        """Whether nothing can follow."""
        return self.status in FINAL_STATUSES


@dataclass(frozen=True, slots=True)
class Card:
    """The message that shows one change in one server.

    Attributes:
        message_id: None until it is posted.
        shown_status: the status the message shows; None until it is posted. ``shown_digest`` likewise.
        failures: refusals by Discord in a row.
        revision: raised by whatever else the card shows (a claim, approvals, other open changes);
            ``shown_revision`` is the one that the message shows.
        thread_id: of the change's thread; None while it has none.
        nonce: for Discord's ``nonce``, so that a post repeated within minutes stays one message.
    """

    guild_id: int
    change_id: int
    channel_id: int
    message_id: int | None
    shown_status: str | None
    shown_digest: str | None
    failures: int
    nonce: str
    revision: int = 0
    shown_revision: int = 0
    thread_id: int | None = None


def card_of(row: Row) -> Card:
    """A row of ``card``, or of a join with it."""
    return Card(
        guild_id=row["guild_id"],
        change_id=row["change_id"],
        channel_id=row["channel_id"],
        message_id=row["message_id"],
        shown_status=row["shown_status"],
        shown_digest=row["shown_digest"],
        failures=row["failures"],
        nonce=row["nonce"],
        revision=row["revision"],
        shown_revision=row["shown_revision"],
        thread_id=row["thread_id"],
    )


def change_of(row: Row) -> TrackedChange:
    """A row of ``tracked_change``, or of a join with it."""
    return TrackedChange(
        change_id=row["change_id"],
        category=row["category"],
        model_name=row["model_name"],
        operation=row["operation"],
        requested_by=row["requested_by"],
        requested_username=row["requested_username"],
        requested_at=from_stamp(row["requested_at"]),
        status=row["status"],
        digest=row["digest"],
        missing_sweeps=row["missing_sweeps"],
        updated_at=from_stamp(row["updated_at"]),
    )
