"""Dates of the changes in the queue, read without their records."""

from pydantic import BaseModel, ConfigDict

from bot.reference.models import ChangeStatus


class _Slim(BaseModel):
    """A message without its other fields: the queue is never trimmed, and its records are large."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Milestones(_Slim):
    """Dates of one change, in Unix seconds; None for a step that it has not reached."""

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


class MilestonePage(_Slim):
    """A page of the queue by ascending id; ``total`` and ``left_out`` as in ``ChangePage``."""

    items: tuple[Milestones, ...]
    total: int
    left_out: int = 0

    @property
    def length(self) -> int:
        """Number of changes in the list that the page covers."""
        return len(self.items) + self.left_out

    @property
    def first_id(self) -> int:
        """First change that can be read; 0 where there is none."""
        return self.items[0].change_id if self.items else 0
