"""When the changes of the queue came in and were decided, and by whom: what statistics are made of, and no more."""

from pydantic import BaseModel, ConfigDict

from bot.reference.models import ChangeStatus


class _Slim(BaseModel):
    """A message of which only what is named here is kept: the queue is never trimmed, and its records are large."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Milestones(_Slim):
    """The dates of one change, in Unix seconds; ``None`` for what has not happened to it."""

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
        """When it was approved or rejected."""
        return self.rejected_at if self.status is ChangeStatus.REJECTED else self.approved_at


class MilestonePage(_Slim):
    """A page of the queue, change ids ascending; ``total`` and ``left_out`` as in ``ChangePage``."""

    items: tuple[Milestones, ...]
    total: int
    left_out: int = 0

    @property
    def length(self) -> int:
        """Places of the list that the page covers."""
        return len(self.items) + self.left_out
