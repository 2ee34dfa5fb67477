"""One method for each thing asked of the service; every call that needs a key is handed the person's own."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from pydantic import SecretStr

from bot.reference import limits, replies
from bot.reference.audit_log import AuditLog
from bot.reference.caller import Caller
from bot.reference.deployment import CATEGORIES, V2_ONLY_CATEGORIES, Deployment
from bot.reference.errors import InvalidRequestError, NotFoundError, OversizedReplyError, ReadOnlyError
from bot.reference.generations import Generation, version_told
from bot.reference.listing import Listing, oversized
from bot.reference.milestones import MilestonePage
from bot.reference.models import (
    ApplyResult,
    BatchResult,
    CanonicalFormat,
    ChangePage,
    ChangeStatus,
    Diff,
    HeartBeat,
    Licence,
    MyRoles,
    Operation,
    PendingChange,
    PurgeResult,
    Usage,
)
from bot.reference.names import is_addressable, validate_model_name
from bot.reference.pages import read_page
from bot.reference.records import Record
from bot.reference.requests import QueueFilter
from bot.reference.routes import RouteNames
from bot.reference.transport import Transport


class ReferenceClient:
    """The service, asked in its own words; holds no key, and none is taken by default.

    Every method raises leaves of ``ApiError``. Reads, and writes that certainly were not done, are tried
    again as ``bot.reference.retry`` decides; a write whose answer was lost never is.
    """

    def __init__(
        self,
        transport: Transport,
        generation: Generation | None = None,
        *,
        time_limits: limits.TimeLimits | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Speak through a transport.

        Args:
            transport: The way to the service.
            generation: The service's, where it is known beforehand; else it is found out.
            time_limits: Other than the usual.
            monotonic: Seconds on a clock that nobody sets.
        """
        self._caller = Caller(
            transport,
            generation=generation,
            time_limits=time_limits or limits.TimeLimits(),
            monotonic=monotonic,
        )
        self.audit = AuditLog(self._caller)
        """The service's log of decisions."""

    @property
    def service_date(self) -> datetime | None:
        """The service's clock with its last answer, None while it has told none."""
        return self._caller.service_date

    async def deployment(self) -> Deployment:
        """Ask what the deployment is; its version is asked for until it is known, and None meanwhile."""
        found = await self._caller.ask(self._caller.root.probe(RouteNames.get_replicate_mode), replies.deployment)
        document = await self._caller.reconsider()
        categories = self._categories()
        if found.canonical_format is CanonicalFormat.LEGACY and not self._writes_v2_beside_legacy():
            categories = tuple(category for category in categories if category not in V2_ONLY_CATEGORIES)
        return replace(found, version=None if document is None else version_told(document), categories=categories)

    async def conceals_queue(self) -> bool:
        """Whether this generation shows its queue to approvers alone (3.0.0)."""
        return (await self._caller.generation()).conceals_roles

    async def heartbeat(self) -> HeartBeat:
        """Ask once, quickly, whether the service is up."""
        request = self._caller.root.probe(RouteNames.get_heartbeat)
        return await self._caller.ask(request, HeartBeat.model_validate, attempts=1)

    async def my_roles(self, key: SecretStr) -> MyRoles:
        """Ask who the key's owner is and what they may do.

        Raises:
            NotFoundError: This generation of the service has no such route (``is_route_missing``).
            UnauthorizedError: The service could not confirm the key; asked once, AI-Horde itself knows more.
        """
        request = (await self._caller.requests()).read(RouteNames.get_my_roles, key)
        return await self._caller.ask(request, MyRoles.model_validate, confirms_key=False)

    async def baselines(self) -> tuple[str, ...]:
        """List the published baselines of image models in v2's spelling; those it knows where none are published."""
        try:
            request = (await self._caller.requests()).read(RouteNames.get_image_baselines)
            return await self._caller.ask(request, replies.baselines)
        except NotFoundError as error:
            if not error.is_route_missing:
                raise
        return (await self._caller.document()).choices_of("KNOWN_IMAGE_GENERATION_BASELINE")

    async def licenses(self) -> tuple[Licence, ...]:
        """List the licences that a record may name; empty where records name none (before 8)."""
        try:
            request = (await self._caller.requests()).read(RouteNames.get_licenses)
            return await self._caller.ask(request, replies.licenses)
        except NotFoundError as error:
            if not error.is_route_missing:
                raise
        return ()

    async def models(self, category: str, *, dialect: CanonicalFormat = CanonicalFormat.V2) -> dict[str, Record]:
        """Read a category's records by name; empty when nothing was ever published in it.

        Legacy lists each text model once more for every backend (``koboldcpp/…``).
        """
        request = (await self._caller.requests()).category(category, dialect)
        return await self._caller.ask_or(request, replies.records, absent={})

    async def model(self, category: str, name: str, *, dialect: CanonicalFormat = CanonicalFormat.V2) -> Record | None:
        """Read one record as it is published, None when there is no such model.

        A name that no path carries is looked up in its whole category, as is every legacy record.
        """
        if dialect is CanonicalFormat.LEGACY or not is_addressable(name):
            return (await self.models(category, dialect=dialect)).get(name)
        return await self._caller.ask_or(
            (await self._caller.requests()).model(category, name), replies.record, absent=None
        )

    async def last_updated(self, dialect: CanonicalFormat) -> int:
        """Ask when the reference last changed (Unix seconds): the cheap sign that records are to be read again.

        Raises:
            ReadOnlyError: A replica, or the other format is canonical here: no such sign.
        """
        return await self._caller.ask(
            (await self._caller.requests()).last_updated(dialect), replies.last_updated, attempts=1
        )

    async def usage(self, category: str) -> dict[str, Usage]:
        """Ask how much the models of a category are used; asked once, since it is never needed."""
        return await self._caller.ask((await self._caller.requests()).usage(category), replies.usage, attempts=1)

    async def document(self) -> dict[str, Any]:
        """Read the service's own description of itself (OpenAPI), which says what it takes."""
        return await self._caller.ask(self._caller.root.document(), replies.document, attempts=1)

    async def changes(
        self,
        key: SecretStr,
        *,
        statuses: Sequence[ChangeStatus] = (),
        categories: Sequence[str] = (),
        model_name: str | None = None,
        requested_by: Sequence[str] = (),
        offset: int = 0,
        limit: int = limits.PAGE_SIZE,
    ) -> ChangePage:
        """Read a page of the queue, oldest first; any valid key may. The filters are ``QueueFilter``'s."""
        wanted = QueueFilter(
            statuses=statuses,
            categories=categories,
            model_name=model_name,
            requested_by=requested_by,
            offset=offset,
            limit=limit,
        )
        return await read_page(self._caller, RouteNames.list_changes, key, wanted, ChangePage)

    async def listing(
        self,
        key: SecretStr,
        *,
        statuses: Sequence[ChangeStatus] = (),
        offset: int = 0,
        limit: int = limits.PAGE_SIZE,
        former: bytes | None = None,
    ) -> Listing:
        """Read a page of the queue only as deep as it takes to see what moved; any valid key may.

        A page that would be too large (8.6.2 takes proposals of any length) comes shorter than ``limit``: go on
        behind its last entry. A change that is too large by itself comes as a page without entries.

        Args:
            key: the reader's.
            statuses: none for all.
            offset: of the first change, among those with these statuses.
            limit: 1 to 500.
            former: the fingerprint of this page as last read, ``None`` to read it in any case.
        """
        wanted = QueueFilter(statuses=statuses, offset=offset, limit=limit)
        request = (await self._caller.requests()).queue(RouteNames.list_changes, key, wanted)
        try:
            return await self._caller.send(request, partial(replies.listing, former=former))
        except OversizedReplyError as error:
            if limit == 1:
                return oversized(await self.count(key, statuses), error.start)
        return await self.listing(key, statuses=statuses, offset=offset, limit=limit // 2, former=former)

    async def count(self, key: SecretStr, statuses: Sequence[ChangeStatus]) -> int:
        """Count the changes with these statuses; the answer holds nothing else."""
        wanted = QueueFilter(statuses=statuses, offset=limits.PAST_THE_END, limit=1)
        request = (await self._caller.requests()).queue(RouteNames.list_changes, key, wanted)
        return (await self._caller.send(request, partial(replies.listing, former=None))).total

    async def milestones(self, key: SecretStr, *, offset: int = 0, limit: int = limits.PAGE_SIZE) -> MilestonePage:
        """Read a page of the whole queue, oldest first, of which only the dates are kept; any valid key may."""
        return await read_page(
            self._caller, RouteNames.list_changes, key, QueueFilter(offset=offset, limit=limit), MilestonePage
        )

    async def my_changes(
        self,
        key: SecretStr,
        *,
        statuses: Sequence[ChangeStatus] = (),
        categories: Sequence[str] = (),
        offset: int = 0,
        limit: int = limits.PAGE_SIZE,
    ) -> ChangePage:
        """Read a page of the key owner's own proposals, oldest first; for requestors."""
        wanted = QueueFilter(statuses=statuses, categories=categories, offset=offset, limit=limit)
        return await read_page(self._caller, RouteNames.list_my_changes, key, wanted, ChangePage)

    async def change(self, key: SecretStr, change_id: int, *, of_any: bool = False) -> PendingChange:
        """Read one entry; ``of_any`` process of the service there may be, asked once over a connection of its own.

        Raises:
            NotFoundError: Purged, or never there.
        """
        request = replace((await self._caller.requests()).change(RouteNames.get_change, key, change_id), is_last=of_any)
        return await self._caller.ask(request, PendingChange.model_validate, attempts=1 if of_any else limits.ATTEMPTS)

    async def diff(self, key: SecretStr, change_id: int) -> Diff:
        """Read a change against the reference as it is now.

        Raises:
            NotFoundError: Purged, or never there.
        """
        request = (await self._caller.requests()).change(RouteNames.get_change_diff, key, change_id)
        return await self._caller.ask(request, replies.diff)

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
        """Queue a change of one model. An update replaces the whole record; a delete ignores ``record``.

        Raises:
            InvalidModelNameError: The service would refuse the name; nothing was sent.
            UnaddressableNameError: No path reaches the model (a v2 update, any delete); nothing was sent.
            ReadOnlyError: A replica, or this dialect is not the one written here.
            IndeterminateError: Perhaps queued: look in ``my_changes``.
        """
        validate_model_name(name)
        requests = await self._caller.requests()
        if category not in self._categories():
            raise InvalidRequestError(f"This service has no category '{category}'.")
        request = requests.proposal(
            key, operation=operation, category=category, name=name, record=record, dialect=dialect
        )
        try:
            return await self._caller.ask(request, PendingChange.model_validate)
        except NotFoundError as error:
            if error.is_route_missing:  # what a 405 says of the other methods: not this dialect's deployment
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
    ) -> BatchResult:
        """Approve and reject pending changes, all or nothing.

        ``title`` has 1 to 120 characters; rejecting needs a ``reject_reason`` of at most 500.

        Raises:
            InvalidRequestError: One is not pending any more: the usual sign of a faster approver.
        """
        content = {
            "batch_title": title,
            "approved_ids": list(approve),
            "rejected_ids": list(reject),
            "reject_reason": reject_reason,
        }
        return await self._caller.ask(
            (await self._caller.requests()).decision(key, content), BatchResult.model_validate
        )

    async def apply(self, key: SecretStr, change_ids: Sequence[int], *, job_id: str) -> ApplyResult:
        """Publish approved changes one after the other, up to the first that fails: that one stays approved.

        ``job_id`` is a label of at most 120 characters, kept as ``applied_job_id``; it does not make the call
        idempotent.
        """
        content = {"change_ids": list(change_ids), "job_id": job_id, "allow_mixed_batch": True}
        return await self._caller.send((await self._caller.requests()).apply(key, content), replies.apply_result)

    def _writes_v2_beside_legacy(self) -> bool:
        generation = self._caller.known_generation
        return generation is None or generation.writes_v2_beside_legacy

    async def purge(self, key: SecretStr, wanted: QueueFilter, *, is_trial: bool) -> PurgeResult:
        """Take away for good what matches, or say (``is_trial``) what that would be; ids cannot be named.

        Raises:
            IndeterminateError: Perhaps purged: ask with a trial what still matches.
        """
        request = (await self._caller.requests()).purge(key, wanted.content(), is_trial=is_trial)
        return await self._caller.ask(request, PurgeResult.model_validate)

    def _categories(self) -> tuple[str, ...]:
        """Those that a model can be proposed in: older generations have fewer than this client knows."""
        document = self._caller.known_document
        listed = () if document is None else document.choices_of("MODEL_REFERENCE_CATEGORY")
        return tuple(category for category in CATEGORIES if not listed or category in listed)
