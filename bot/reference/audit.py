"""The service's log of decisions: its messages, and the client's calls for them."""

from pydantic import SecretStr

from bot.reference.models import ChangeStatus, Message, Operation
from bot.reference.replies import parser_for
from bot.reference.session import ServiceSession


class AuditBatch(Message):
    """Changes that were approved together. Times are Unix seconds, ``approved_by`` is an AI-Horde user id.

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
    """A change in the service's audit log. People are AI-Horde user ids; unknown values are None."""

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


class AuditLog:
    """The service's log of decisions; it reads the whole log for each answer, so use it sparingly."""

    def __init__(self, session: ServiceSession) -> None:
        self._session = session

    async def batch(self, key: SecretStr, batch_id: int) -> AuditBatchDetail:
        """Read one batch with its changes.

        Raises:
            NotFoundError: no such batch, or nothing of it is known.
            ReadOnlyError: the deployment keeps no such log.
        """
        request = (await self._session.requests()).batch(key, batch_id)
        return await self._session.send(request, parser_for(AuditBatchDetail))
