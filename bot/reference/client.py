"""Client of the service's HTTP API; every call that needs a key takes the person's own."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import SecretStr

from bot.reference.audit import AuditBatchDetail
from bot.reference.errors import InvalidRequestError, NotFoundError, ReadOnlyError
from bot.reference.generations import Generation
from bot.reference.listing import Listing, PageSize, read_entries, read_page
from bot.reference.models import (
    ApplyResult,
    CanonicalFormat,
    ChangeStatus,
    DecisionReply,
    Diff,
    MyRoles,
    Operation,
    PendingChange,
    PurgeResult,
)
from bot.reference.names import validate_model_name
from bot.reference.published import PublishedReference
from bot.reference.queue_pages import ChangePage, MilestonePage
from bot.reference.replies import parse_apply_result, parser_for
from bot.reference.requests import COUNT_ONLY_OFFSET, PAGE_SIZE, QueueFilter, TimeLimits
from bot.reference.routes import RouteNames
from bot.reference.session import ServiceSession
from bot.reference.transport import Transport


class ReferenceClient(PublishedReference):
    """Client of one deployment; holds no key.

    Every method raises leaves of ``ApiError``. Reads, and writes that certainly were not done, are retried as
    ``session.RetryPolicy`` decides; a write whose answer was lost never is.
    """

    def __init__(
        self,
        transport: Transport,
        generation: Generation | None = None,
        *,
        time_limits: TimeLimits | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open a session; without a ``generation`` it is detected. ``monotonic`` returns seconds."""
        super().__init__(
            ServiceSession(
                transport, generation=generation, time_limits=time_limits or TimeLimits(), monotonic=monotonic
            )
        )

    async def my_roles(self, key: SecretStr) -> MyRoles:
        """Read the identity and roles of the key's owner.

        Raises:
            NotFoundError: this generation of the service has no such route (``is_route_missing``).
            UnauthorizedError: the service could not confirm the key; not retried, because AI-Horde knows more.
        """
        request = (await self._session.requests()).read(RouteNames.get_my_roles, key)
        return await self._session.send(request, parser_for(MyRoles), confirms_key=False)

    async def changes(
        self,
        key: SecretStr,
        *,
        statuses: Sequence[ChangeStatus] = (),
        categories: Sequence[str] = (),
        model_name: str | None = None,
        requested_by: Sequence[str] = (),
        offset: int = 0,
        limit: int = PAGE_SIZE,
    ) -> ChangePage:
        """Read a page of the queue, oldest first, with any valid key; filters as in ``QueueFilter``."""
        wanted = QueueFilter(
            statuses=statuses,
            categories=categories,
            model_name=model_name,
            requested_by=requested_by,
            offset=offset,
            limit=limit,
        )
        return await read_page(self._session, RouteNames.list_changes, key, wanted, ChangePage)

    async def listing(
        self,
        key: SecretStr,
        *,
        statuses: Sequence[ChangeStatus] = (),
        offset: int = 0,
        limit: int = PAGE_SIZE,
        former: bytes | None = None,
        size: PageSize | None = None,
    ) -> Listing:
        """Read a page of the queue, only deep enough to see which changes moved, with any valid key.

        A page that would be too large (8.6.2 takes proposals of any length) is shorter than ``limit``: continue after
        its last entry. A single change that is too large is a page without entries.

        ``former`` is the fingerprint of the previous reading; None to parse the page in any case. ``size`` is kept from
        page to page.
        """
        wanted = QueueFilter(statuses=statuses, offset=offset, limit=limit)
        return await read_entries(self._session, key, wanted, former, size or PageSize())

    async def count(self, key: SecretStr, statuses: Sequence[ChangeStatus]) -> int:
        """Count the changes with these statuses; the answer contains nothing else."""
        wanted = QueueFilter(statuses=statuses, offset=COUNT_ONLY_OFFSET, limit=1)
        request = (await self._session.requests()).queue(RouteNames.list_changes, key, wanted)
        return (await self._session.send(request, parser_for(ChangePage))).total

    async def milestones(self, key: SecretStr, *, offset: int = 0, limit: int = PAGE_SIZE) -> MilestonePage:
        """Read only the dates from a page of the whole queue, oldest first, with any valid key."""
        return await read_page(
            self._session, RouteNames.list_changes, key, QueueFilter(offset=offset, limit=limit), MilestonePage
        )

    async def my_changes(
        self,
        key: SecretStr,
        *,
        statuses: Sequence[ChangeStatus] = (),
        categories: Sequence[str] = (),
        offset: int = 0,
        limit: int = PAGE_SIZE,
    ) -> ChangePage:
        """Read a page of the key owner's own proposals, oldest first; for requestors."""
        wanted = QueueFilter(statuses=statuses, categories=categories, offset=offset, limit=limit)
        return await read_page(self._session, RouteNames.list_my_changes, key, wanted, ChangePage)

    async def change(self, key: SecretStr, change_id: int) -> PendingChange:
        """Read one change.

        Raises:
            NotFoundError: purged, or never there.
        """
        request = (await self._session.requests()).change(RouteNames.get_change, key, change_id)
        return await self._session.send(request, parser_for(PendingChange))

    async def diff(self, key: SecretStr, change_id: int) -> Diff:
        """Read the diff of a change and the current reference.

        Raises:
            NotFoundError: purged, or never there.
        """
        request = (await self._session.requests()).change(RouteNames.get_change_diff, key, change_id)
        return await self._session.send(request, parser_for(Diff))

    async def propose(
        self,
        key: SecretStr,
        *,
        operation: Operation,
        category: str,
        name: str,
        record: Mapping[str, Any],
        dialect: CanonicalFormat,
    ) -> PendingChange:
        """Queue a change of one model. An update replaces the whole record; a delete has none.

        Raises:
            InvalidModelNameError: the service would refuse the name; nothing was sent.
            UnaddressableNameError: no path reaches the model (a v2 update, any delete); nothing was sent.
            ReadOnlyError: a replica, or a deployment with another dialect.
            IndeterminateError: perhaps queued: look in ``my_changes``.
        """
        validate_model_name(name)
        requests = await self._session.requests()
        if category not in self._categories():
            raise InvalidRequestError(f"This service has no category '{category}'.")
        request = requests.proposal(
            key, operation=operation, category=category, name=name, record=record, dialect=dialect
        )
        try:
            return await self._session.send(request, parser_for(PendingChange))
        except NotFoundError as error:
            if error.is_route_missing:  # the meaning of a 405 for the other methods: another dialect
                raise ReadOnlyError(error.detail, kind="format", status=error.status) from error
            raise

    async def decide(
        self,
        key: SecretStr,
        *,
        approve: Sequence[int] = (),
        reject: Sequence[int] = (),
        title: str,
        reject_reason: str | None = None,
    ) -> DecisionReply:
        """Approve and reject pending changes, all or nothing.

        ``title`` has 1 to 120 characters; rejecting needs a ``reject_reason`` of at most 500.

        Raises:
            InvalidRequestError: one is no longer pending, usually because another approver was faster.
        """
        content = {
            "batch_title": title,
            "approved_ids": list(approve),
            "rejected_ids": list(reject),
            "reject_reason": reject_reason,
        }
        request = (await self._session.requests()).decision(key, content)
        return await self._session.send(request, parser_for(DecisionReply))

    async def apply(self, key: SecretStr, change_ids: Sequence[int], *, job_id: str) -> ApplyResult:
        """Publish approved changes in order, up to the first that fails and stays approved.

        ``job_id`` is a label of at most 120 characters, kept as ``applied_job_id``, not an idempotency key.
        """
        content = {"change_ids": list(change_ids), "job_id": job_id, "allow_mixed_batch": True}
        request = (await self._session.requests()).apply(key, content)
        return await self._session.send(request, parse_apply_result)

    async def purge(self, key: SecretStr, wanted: QueueFilter, *, dry_run: bool) -> PurgeResult:
        """Remove all changes that match, or list them (``dry_run``); the service does not take ids.

        Raises:
            IndeterminateError: perhaps purged: list what still matches.
        """
        request = (await self._session.requests()).purge(key, wanted.content(), dry_run=dry_run)
        return await self._session.send(request, parser_for(PurgeResult))

    async def batch(self, key: SecretStr, batch_id: int) -> AuditBatchDetail:
        """Read a batch from the audit log; the service reads all of it for that: use sparingly.

        Raises:
            NotFoundError: no such batch, or nothing of it is known.
            ReadOnlyError: the deployment keeps no such log.
        """
        request = (await self._session.requests()).batch(key, batch_id)
        return await self._session.send(request, parser_for(AuditBatchDetail))
