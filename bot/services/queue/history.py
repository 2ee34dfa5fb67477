"""What was decided: batches from the service's log, and the past of one model; as far as the service remembers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.errors import BotError
from bot.reference.audit import AuditBatch, AuditBatchDetail, AuditChange, NetChange
from bot.reference.client import ReferenceClient
from bot.reference.errors import NotFoundError
from bot.reference.models import PendingChange
from bot.services.changes import state_of
from bot.services.queue.listing import PAGE_SIZE, ListedChange, ListFilter, Window, pages_of
from bot.services.queue.queue_reader import BEYOND, QueueReader
from bot.services.queue.queue_service import Viewer
from bot.services.watching.queue_monitor import OPEN_STATUSES, QueueMonitor
from storage.links import Links
from storage.list_filters import ListFilters

BATCHES_READ = 48
"""Batches read at once: the service gives at most 50, and these fill whole pages."""

LOOKED_THROUGH = 100
"""The newest changes among those whose name contains what is looked for; the service cannot look for a whole name."""


@dataclass(frozen=True, slots=True)
class PageCursor:
    """Where a page of batches stands: the batch before which reading began (0: at the newest), and the page of it."""

    older_than: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True)
class BatchPage:
    """A page of batches, newest first.

    Attributes:
        batches: of this page.
        names: Horde names of who approved them, by id, as far as the bot knows them.
        cursor: the page shown.
        newer: where the page before it stands, ``None`` for the first.
        older: where the page after it stands, ``None`` for the last.
    """

    batches: tuple[AuditBatch, ...]
    names: Mapping[str, str]
    cursor: PageCursor = PageCursor()
    newer: PageCursor | None = None
    older: PageCursor | None = None


@dataclass(frozen=True, slots=True)
class BatchDetail:
    """One batch.

    Attributes:
        batch: as the service's log has it.
        changes: those of it that are shown, all of them unless a model was asked for.
        net: what it made of the reference, ``None`` where the service does not say.
        names: Horde names by id, as far as the bot knows them.
    """

    batch: AuditBatchDetail
    changes: tuple[AuditChange, ...]
    net: tuple[NetChange, ...] | None = None
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NoSuchBatch:
    """The service's log has no such batch."""

    batch_id: int


@dataclass(frozen=True, slots=True)
class ModelHistoryPage:
    """What was proposed of one model, newest first.

    Attributes:
        model: its exact name.
        items: of this page.
        found: how many there are in all, among those looked through.
        looked_through, matching: how many were looked through, of how many whose names contain this one.
        number: of the page, 0 for the newest.
        filter_id: under which the name is kept.
    """

    model: str
    items: tuple[ListedChange, ...]
    found: int
    looked_through: int
    matching: int
    number: int
    filter_id: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return pages_of(self.found)


@dataclass(slots=True)
class HistoryService:
    """Looks back for people, with their own key; asks the log seldom, because the service reads all of it each time."""

    reader: QueueReader
    client: ReferenceClient
    watch: QueueMonitor
    links: Links
    filters: ListFilters
    clock: Callable[[], datetime]

    async def batches(self, viewer: Viewer, cursor: PageCursor = PageCursor()) -> BatchPage:
        """A page of batches. One request.

        Raises:
            NotLinkedError: the service shows its queue to approvers alone.
            ReadOnlyError: a replica, or a service that keeps no log.
            ApiError: the service did not answer.
        """
        key = await self.reader.key_of(viewer.user_id)
        async with self.reader.telling_why():
            read = await self.client.audit.batches(key, older_than=cursor.older_than or None, limit=BATCHES_READ)
        cursor = replace(cursor, number=min(cursor.number, pages_of(len(read.batches)) - 1))
        end = (cursor.number + 1) * PAGE_SIZE
        batches = read.batches[cursor.number * PAGE_SIZE : end]
        older = None if read.next_cursor is None else PageCursor(read.next_cursor)
        newer = PageCursor() if cursor.older_than else None
        return BatchPage(
            batches=batches,
            names=await self._names(batch.approved_by for batch in batches),
            cursor=cursor,
            newer=replace(cursor, number=cursor.number - 1) if cursor.number else newer,
            older=replace(cursor, number=cursor.number + 1) if end < len(read.batches) else older,
        )

    async def batch(self, viewer: Viewer, batch_id: int, model: str = "") -> BatchDetail | NoSuchBatch:
        """One batch, and what it made of the reference. Two requests.

        Args:
            viewer: who asks.
            batch_id: its number.
            model: only what concerns the model of this name; empty for everything.

        Raises:
            NotLinkedError, ReadOnlyError, ApiError: as :meth:`batches`.
        """
        key = await self.reader.key_of(viewer.user_id)
        try:
            async with self.reader.telling_why():
                batch = await self.client.audit.batch(key, batch_id)
        except NotFoundError as error:
            if error.is_route_missing:
                raise
            return NoSuchBatch(batch_id)
        try:
            net = (await self.client.audit.net_changes(key, batch_id)).model_changes
        except BotError:  # the log itself says what was done; this is what came of it
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
        """What was proposed of one model, open and closed. Two requests.

        Raises:
            NotLinkedError, ReadOnlyError, ApiError: as :meth:`batches`.
        """
        wanted = ListFilter(model=model)
        matching = (await self.reader.page(viewer.user_id, wanted, BEYOND)).total
        start = max(0, matching - LOOKED_THROUGH)
        read: Sequence[PendingChange] = ()
        if matching:
            read = (await self.reader.page(viewer.user_id, wanted, Window(start, matching - start))).items
        exact = [change for change in reversed(read) if change.model_name == model]
        number = min(number, pages_of(len(exact)) - 1)
        shown = exact[number * PAGE_SIZE : (number + 1) * PAGE_SIZE]
        return ModelHistoryPage(
            model=model,
            items=tuple(ListedChange(change, state_of(change, self.clock())) for change in shown),
            found=len(exact),
            looked_through=len(read),
            matching=matching,
            number=number,
            filter_id=await self.filters.keep(wanted.content(), self.clock()),
        )

    async def _names(self, horde_user_ids: Iterable[str | None]) -> dict[str, str]:
        """Horde names, from who has linked and from what is open; the log itself has ids alone."""
        waiting = (change for status in OPEN_STATUSES for change in self.watch.waiting(status))
        names = {change.requested_by: change.requested_username for change in waiting if change.requested_username}
        for user_id in {one for one in horde_user_ids if one} - names.keys():
            link = await self.links.by_horde_user(user_id)
            if link is not None:
                names[user_id] = link.horde_username
        return names
