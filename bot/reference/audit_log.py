"""Part of the client for the service's log of decisions."""

from pydantic import SecretStr

from bot.reference.models import AuditBatchDetail, AuditPage, NetChanges
from bot.reference.replies import parser_for
from bot.reference.routes import RouteNames
from bot.reference.session import ServiceSession


class AuditLog:
    """The service's log of decisions; it reads the whole log for each answer, so use it sparingly."""

    def __init__(self, session: ServiceSession) -> None:
        self._session = session

    async def batches(self, key: SecretStr, *, older_than: int | None = None, limit: int) -> AuditPage:
        """Read batches of approvals, newest first; ``limit`` is 1 to 50.

        Raises:
            ReadOnlyError: the deployment keeps no such log.
        """
        request = (await self._session.requests()).audit(key, older_than=older_than, limit=limit)
        return await self._session.send(request, parser_for(AuditPage))

    async def batch(self, key: SecretStr, batch_id: int) -> AuditBatchDetail:
        """Read one batch with its changes; errors as :meth:`batches`.

        Raises:
            NotFoundError: no such batch, or nothing of it is known.
        """
        request = (await self._session.requests()).batch(RouteNames.get_audit_batch, key, batch_id)
        return await self._session.send(request, parser_for(AuditBatchDetail))

    async def net_changes(self, key: SecretStr, batch_id: int) -> NetChanges:
        """Read the effect of one batch on the reference; errors as :meth:`batch`."""
        request = (await self._session.requests()).batch(RouteNames.get_batch_net_changes, key, batch_id)
        return await self._session.send(request, parser_for(NetChanges))
