"""Messages of the service's log of decisions."""

from bot.reference.models import ChangeStatus, Message, Operation


class AuditBatch(Message):
    """Changes that were approved together. Times are Unix seconds, people AI-Horde ids.

    An apply splits a batch: each change that was applied by itself gets a batch without an approver (8.6.2).
    Rejections have no batch.
    """

    batch_id: int
    batch_title: str | None = None
    approved_by: str | None = None
    approved_at: int | None = None
    applied_at: int | None = None
    approved_change_count: int = 0
    rejected_change_count: int = 0
    applied_change_count: int = 0
    total_change_count: int = 0


class AuditChange(Message):
    """A change in the service's audit log. People are AI-Horde ids; unknown values None."""

    change_id: int
    status: ChangeStatus
    operation: Operation | None = None
    category: str | None = None
    model_name: str | None = None
    requested_by: str | None = None
    requested_at: int | None = None
    approved_by: str | None = None
    approved_at: int | None = None
    rejected_by: str | None = None
    rejected_at: int | None = None
    applied_by: str | None = None
    applied_at: int | None = None


class AuditBatchDetail(AuditBatch):
    """A batch with its changes."""

    changes: tuple[AuditChange, ...] = ()
