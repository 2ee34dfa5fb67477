"""Pages of the queue: its changes, or only their dates."""

from pydantic import BaseModel, ConfigDict

from bot.reference.models import ChangeStatus, Message, PendingChange


class Milestones(BaseModel):
    """Dates of one change, in Unix seconds; None for a step that it has not reached.

    Without the other fields: the queue is never trimmed, and its records are large.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    change_id: int
    category: str
    status: ChangeStatus
    requested_at: int
    approved_at: int | None = None
    approved_by: str | None = None
    approved_username: str | None = None
    rejected_at: int | None = None
    rejected_by: str | None = None
    rejected_username: str | None = None
    applied_at: int | None = None

    @property
    def decided_at(self) -> int | None:
        """Time of the approval or rejection."""
        return self.rejected_at if self.status is ChangeStatus.REJECTED else self.approved_at


class QueuePage[ChangeT: (PendingChange, Milestones)](Message):
    """A page of the queue, change ids ascending.

    ``total`` counts all changes that match the filter, ``left_out`` those of this page that cannot be read.
    """

    items: tuple[ChangeT, ...]
    total: int
    left_out: int = 0

    @property
    def length(self) -> int:
        """Places of the list that the page covers."""
        return len(self.items) + self.left_out

    @property
    def first_id(self) -> int:
        """First change that can be read; 0 where there is none."""
        return self.items[0].change_id if self.items else 0


ChangePage = QueuePage[PendingChange]
MilestonePage = QueuePage[Milestones]
