"""What the service remembers of decisions, as values: batches of approvals, and what they made of the reference."""

from bot.reference.models import ChangeStatus, FieldDiff, Message, Operation


class AuditBatch(Message):
    """Changes that were approved together. Times are Unix seconds, ``approved_by`` a Horde user id.

    Applying splits a batch: what was applied one by one has a batch for each change, without an approver (8.6.2).
    Rejections have no batch at all.
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


class AuditPage(Message):
    """Batches, the newest first; ``next_cursor`` asks for the older ones, None where there are none."""

    batches: tuple[AuditBatch, ...]
    next_cursor: int | None = None


class AuditChange(Message):
    """A change as the service's log has it. People are Horde user ids; what is not known is None."""

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


class NetChange(Message):
    """What became of one model by a batch; ``net_operation`` as in ``Diff``."""

    model_name: str
    category: str
    net_operation: str
    field_diffs: tuple[FieldDiff, ...] = ()
    is_critical: bool = False


class NetChanges(Message):
    """What a batch made of the reference: the models that it changed, each once."""

    batch_id: int
    model_changes: tuple[NetChange, ...] = ()
