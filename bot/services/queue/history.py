"""History: batches from the service's audit log, and the proposals for one model."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import override

from bot.errors import BotError
from bot.reference.audit import AuditBatch, AuditBatchDetail, AuditChange, AuditPage, NetChange
from bot.reference.client import ReferenceClient
from bot.reference.errors import NotFoundError
from bot.reference.models import PendingChange
from bot.services.changes import state_of
from bot.services.pace import Pace
from bot.services.pages import BEYOND, ListFilter, Page, Window, clamp_page, on_page, pages_of
from bot.services.polling.queue_monitor import OPEN_STATUSES, QueueMonitor
from bot.services.queue.listing import ListedChange
from bot.services.queue.page_cache import PageCache
from bot.services.queue.queue_reader import QueueReader
from bot.services.queue.queue_service import Viewer
from storage.links import Links
from storage.list_filters import ListFilters

BATCHES_READ = 48
"""Batches per request: six pages; the service returns at most 50."""

SEARCHED = 100
"""Newest changes to search for a model; the service can only filter by a part of the name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPage(Page[AuditBatch]):
    """Page of batches, newest first.

    Attributes:
        total: batches read behind ``wanted.older_than``.
        has_more: the service has older ones.
        names: known Horde names of the approvers, by id.
    """

    has_more: bool = False
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    @override
    def has_previous(self) -> bool:
        return self.number > 0 or self.wanted.older_than > 0

    @property
    @override
    def has_next(self) -> bool:
        return self.has_more or self.number + 1 < self.pages


@dataclass(frozen=True, slots=True)
class BatchDetail:
    """One batch.

    Attributes:
        changes: of the batch, or only those of the requested model.
        net: effect of the batch on the reference, ``None`` if the service did not return it.
        names: known Horde names by id.
    """

    batch: AuditBatchDetail
    changes: tuple[AuditChange, ...]
    net: tuple[NetChange, ...] | None = None
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NoSuchBatch:
    """The audit log has no such batch."""

    batch_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelHistoryPage(Page[ListedChange]):
    """Page of the proposals for the model whose exact name is ``wanted.model``, newest first.

    Attributes:
        searched: changes searched for it.
        matching: changes whose names contain it.
    """

    searched: int = 0
    matching: int = 0


@dataclass(slots=True)
class HistoryService:
    """Reads history with the person's own key; the service reads its whole log for each request of batches."""

    reader: QueueReader
    client: ReferenceClient
    watch: QueueMonitor
    links: Links
    filters: ListFilters
    pace: Pace
    clock: Callable[[], datetime]
    _pages: PageCache = field(init=False)

    def __post_init__(self) -> None:
        self._pages = PageCache(self.watch.snapshot, self.clock)

    async def batches(self, viewer: Viewer, wanted: ListFilter, number: int = 0) -> BatchPage:
        """Return a page of batches; one request, two where the page is behind the first ``BATCHES_READ``.

        Args:
            viewer: person and server.
            wanted: only ``older_than`` counts.
            number: page from there; -1 returns to the newest.

        Raises:
            ReadLimitError: the person has to wait.
            NotLinkedError: the service shows its queue to approvers only.
            ReadOnlyError: a replica, or a service without an audit log.
            ApiError: the service did not answer.
        """
        older_than = wanted.older_than if number >= 0 else 0
        read = await self._read_batches(viewer, older_than)
        if number >= pages_of(len(read.batches)) and read.next_cursor is not None:
            older_than, number = read.next_cursor, 0
            read = await self._read_batches(viewer, older_than)
        number = clamp_page(number, len(read.batches))
        batches = on_page(read.batches, number)
        wanted = ListFilter(older_than=older_than)
        return BatchPage(
            wanted=wanted,
            list_id=await self.filters.keep(wanted.content(), self.clock()),
            entries=tuple(batches),
            number=number,
            total=len(read.batches),
            has_more=read.next_cursor is not None,
            names=await self._names(batch.approved_by for batch in batches),
        )

    async def batch(self, viewer: Viewer, batch_id: int, model: str = "") -> BatchDetail | NoSuchBatch:
        """Return one batch and its effect on the reference; two requests.

        Args:
            viewer: person and server.
            batch_id: its number.
            model: exact name of the only model to include; empty for all.

        Raises:
            ReadLimitError, NotLinkedError, ReadOnlyError, ApiError: as :meth:`batches`.
        """
        self.pace.count_read(viewer.user_id)
        key = await self.reader.key_of(viewer.user_id)
        try:
            async with self.reader.explain(key):
                batch = await self.client.audit.batch(key, batch_id)
        except NotFoundError as error:
            if error.is_route_missing:
                raise
            return NoSuchBatch(batch_id)
        try:
            net = (await self.client.audit.net_changes(key, batch_id)).model_changes
        except BotError:  # the batch itself is worth showing without its effect
            net = None
        changes = tuple(one for one in batch.changes if model in ("", one.model_name))
        people = (
            who for one in changes for who in (one.requested_by, one.approved_by, one.rejected_by, one.applied_by)
        )
        return BatchDetail(
            batch=batch,
            changes=changes,
            net=None if net is None else tuple(one for one in net if model in ("", one.model_name)),
            names=await self._names((batch.approved_by, *people)),
        )

    async def model(self, viewer: Viewer, model: str, number: int = 0) -> ModelHistoryPage:
        """Return a page of the proposals for one model, open and closed; two requests.

        Raises:
            ReadLimitError, NotLinkedError, ReadOnlyError, ApiError: as :meth:`batches`.
        """
        self.pace.count_read(viewer.user_id)
        wanted = ListFilter(model=model)
        matching = (await self.reader.page(viewer.user_id, wanted, BEYOND)).total
        start = max(0, matching - SEARCHED)
        read: Sequence[PendingChange] = ()
        if matching:
            read = (await self.reader.page(viewer.user_id, wanted, Window(start, matching - start))).items
        exact = [change for change in reversed(read) if change.model_name == model]
        number = clamp_page(number, len(exact))
        return ModelHistoryPage(
            wanted=wanted,
            list_id=await self.filters.keep(wanted.content(), self.clock()),
            entries=tuple(ListedChange(change, state_of(change, self.clock())) for change in on_page(exact, number)),
            number=number,
            total=len(exact),
            searched=len(read),
            matching=matching,
        )

    async def _read_batches(self, viewer: Viewer, older_than: int) -> AuditPage:
        """Read batches, at most once in some seconds: the service reads its whole log."""
        cached: AuditPage | None = self._pages.get((viewer.user_id, older_than))
        if cached is not None:
            return cached
        self.pace.count_read(viewer.user_id)
        key = await self.reader.key_of(viewer.user_id)
        async with self.reader.explain(key):
            page = await self.client.audit.batches(key, older_than=older_than or None, limit=BATCHES_READ)
        return self._pages.put((viewer.user_id, older_than), page)

    async def _names(self, horde_user_ids: Iterable[str | None]) -> dict[str, str]:
        """Find Horde names in links and open changes; the audit log has only ids."""
        waiting = (change for status in OPEN_STATUSES for change in self.watch.waiting(status))
        names = {change.requested_by: change.requested_username for change in waiting if change.requested_username}
        for user_id in {one for one in horde_user_ids if one} - names.keys():
            link = await self.links.by_horde_user(user_id)
            if link is not None:
                names[user_id] = link.horde_username
        return names
