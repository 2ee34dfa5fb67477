"""A change of the queue as the last poll saw it, as a value."""

from dataclasses import dataclass
from datetime import datetime

from storage.columns import from_stamp
from storage.database import Row

PURGED = "purged"
"""The bot's own status for a change that the service no longer has."""

FINAL_STATUSES = frozenset({"applied", "rejected", PURGED})
"""Statuses after which nothing follows; every other status is open."""


@dataclass(frozen=True, slots=True)
class TrackedChange:
    """A change as the last poll saw it.

    Attributes:
        requested_by: the Horde user id.
        requested_username: the Horde name, kept because the service cannot be asked for a purged change.
        requested_at: when the service received it.
        status: the service's status, PURGED, or ``stuck`` for an apply that never ended.
        digest: of the content that a card shows, to notice that an id was reused.
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
        """Return whether nothing follows this status."""
        return self.status in FINAL_STATUSES


def change_of(row: Row) -> TrackedChange:
    """Read a row of ``tracked_change``, or of a join with it."""
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
