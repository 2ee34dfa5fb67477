"""Asks for the service's log of decisions; it reads all of it for each answer, so it is asked seldom."""

from pydantic import SecretStr

from bot.reference import replies
from bot.reference.audit import AuditBatchDetail, AuditPage, NetChanges
from bot.reference.caller import Caller
from bot.reference.routes import RouteNames


class AuditLog:
    """A part of the client, with its way to the service; keeps no key."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def batches(self, key: SecretStr, *, older_than: int | None = None, limit: int) -> AuditPage:
        """Read batches of approvals, the newest first; ``limit`` is 1 to 50.

        Raises:
            ReadOnlyError: The deployment keeps no such log.
        """
        request = (await self._caller.requests()).audit(key, older_than=older_than, limit=limit)
        return await self._caller.ask(request, AuditPage.model_validate)

    async def batch(self, key: SecretStr, batch_id: int) -> AuditBatchDetail:
        """Read one batch with its changes; errors as :meth:`batches`.

        Raises:
            NotFoundError: There is no such batch, or nothing of it is known.
        """
        request = (await self._caller.requests()).batch(RouteNames.get_audit_batch, key, batch_id)
        return await self._caller.ask(request, AuditBatchDetail.model_validate)

    async def net_changes(self, key: SecretStr, batch_id: int) -> NetChanges:
        """Read what one batch made of the reference; errors as :meth:`batch`."""
        request = (await self._caller.requests()).batch(RouteNames.get_batch_net_changes, key, batch_id)
        return await self._caller.ask(request, replies.net_changes)
