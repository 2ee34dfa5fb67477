"""History: timeline of decided changes, proposals of one model, a batch of the audit log."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.reference.audit import AuditBatchDetail, AuditChange
from bot.reference.client import ReferenceClient
from bot.reference.errors import NotFoundError
from bot.reference.models import ChangeStatus, PendingChange
from bot.services.changes import state_of
from bot.services.pages import BEYOND, PAGE_SIZE, ListFilter, Page, Window, clamp_page, on_page
from bot.services.polling.queue_snapshot import QueueSnapshot
from bot.services.queue.listing import ListedChange, QueuePage
from bot.services.queue.page_cache import PageCache
from bot.services.queue.queue_reader import QueueReader
from bot.services.queue.queue_service import Viewer
from bot.services.rate_limits import RateLimits
from storage.links import Links
from storage.list_filters import ListFilters

DECIDED = ListFilter((ChangeStatus.APPROVED, ChangeStatus.APPLYING, ChangeStatus.APPLIED, ChangeStatus.REJECTED))
"""Filter of the timeline: all that was decided."""

READ_TOGETHER = 12 * PAGE_SIZE
"""Changes that are read and sorted by time together; the service lists by number only."""


@dataclass(frozen=True, slots=True)
class BatchDetail:
    """One batch.

    Attributes:
        changes: of the batch, or only those of the requested model.
        names: known Horde names by id.
    """

    batch: AuditBatchDetail
    changes: tuple[AuditChange, ...]
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
    """History with the person's key; the service reads its whole log for each batch request."""

    reader: QueueReader
    client: ReferenceClient
    snapshot: QueueSnapshot
    links: Links
    filters: ListFilters
    rate_limits: RateLimits
    clock: Callable[[], datetime]
    _pages: PageCache = field(init=False)

    def __post_init__(self) -> None:
        self._pages = PageCache(self.snapshot, self.clock)

    async def timeline(self, viewer: Viewer, number: int = 0) -> QueuePage:
        """Return a page of all decided changes, the last decision first; two requests.

        Raises:
            ReadLimitError: the person has to wait.
            NotLinkedError: the service shows its queue to approvers only.
            ReadOnlyError: a replica, which has no queue.
            ApiError: the service did not answer.
        """
        total, decided = await self._read_decided(viewer, max(number, 0) * PAGE_SIZE // READ_TOGETHER)
        number = clamp_page(number, total)
        first = number * PAGE_SIZE % READ_TOGETHER
        entries = sorted(decided, key=lambda change: (-_decided_at(change), -change.change_id))[
            first : first + PAGE_SIZE
        ]
        return QueuePage(
            wanted=DECIDED,
            list_id=await self.filters.keep(DECIDED.content(), self.clock()),
            entries=tuple(ListedChange(change, state_of(change, self.clock())) for change in entries),
            number=number,
            total=total,
        )

    async def batch(self, viewer: Viewer, batch_id: int, model: str = "") -> BatchDetail | NoSuchBatch:
        """Return one batch.

        Args:
            viewer: person and server.
            batch_id: its number.
            model: exact name of the only model to include; empty for all.

        Raises:
            ReadLimitError, NotLinkedError, ReadOnlyError, ApiError: as :meth:`timeline`.
        """
        self.rate_limits.count_read(viewer.user_id)
        key = await self.reader.key_of(viewer.user_id)
        try:
            async with self.reader.explain(key):
                batch = await self.client.batch(key, batch_id)
        except NotFoundError as error:
            if error.is_route_missing:
                raise
            return NoSuchBatch(batch_id)
        changes = tuple(one for one in batch.changes if model in ("", one.model_name))
        people = (
            who for one in changes for who in (one.requested_by, one.approved_by, one.rejected_by, one.applied_by)
        )
        return BatchDetail(
            batch=batch,
            changes=changes,
            names=await self._names((batch.approved_by, *people)),
        )

    async def model(self, viewer: Viewer, model: str, number: int = 0) -> ModelHistoryPage:
        """Return a page of the proposals for one model, open and closed; two requests.

        Raises:
            ReadLimitError, NotLinkedError, ReadOnlyError, ApiError: as :meth:`timeline`.
        """
        self.rate_limits.count_read(viewer.user_id)
        wanted = ListFilter(model=model)
        read, matching = await self.reader.newest(viewer.user_id, wanted)
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

    async def _read_decided(self, viewer: Viewer, part: int) -> tuple[int, tuple[PendingChange, ...]]:
        """Return the number of decided changes, and one part of them; part 0 is the newest."""
        cached: tuple[int, tuple[PendingChange, ...]] | None = self._pages.get((viewer.user_id, part))
        if cached is not None:
            return cached
        self.rate_limits.count_read(viewer.user_id)
        total = (await self.reader.page(viewer.user_id, DECIDED, BEYOND)).total
        part = min(part, max(0, total - 1) // READ_TOGETHER)
        start, end = max(0, total - (part + 1) * READ_TOGETHER), total - part * READ_TOGETHER
        read: tuple[PendingChange, ...] = ()
        if end > start:
            read = (await self.reader.page(viewer.user_id, DECIDED, Window(start, end - start))).items
        return self._pages.put((viewer.user_id, part), (total, read))

    async def _names(self, horde_user_ids: Iterable[str | None]) -> dict[str, str]:
        """Find Horde names in links and open changes; the audit log has only ids."""
        waiting = self.snapshot.in_status()
        names = {change.requested_by: change.requested_username for change in waiting if change.requested_username}
        for user_id in {one for one in horde_user_ids if one} - names.keys():
            link = await self.links.by_horde_user(user_id)
            if link is not None:
                names[user_id] = link.horde_username
        return names


def _decided_at(change: PendingChange) -> int:
    """Return when the last step of a decided change happened, in Unix seconds."""
    return change.applied_at or change.rejected_at or change.approved_at or change.requested_at
