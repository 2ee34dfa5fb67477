"""A person's own proposals and their fate, drafts first; read with their own key."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pydantic import SecretStr

from bot.identity.accounts import Accounts, Actor
from bot.identity.roles import Role
from bot.reference.client import ReferenceClient
from bot.reference.errors import NotFoundError
from bot.reference.models import ChangePage
from bot.services.changes import state_of
from bot.services.proposals.draft_service import DraftService
from bot.services.proposals.outcomes import DraftFacts
from bot.services.queue.listing import PAGE_SIZE, ListedChange, ListFilter, Window, pages_of
from bot.services.queue.queue_reader import BEYOND
from bot.services.queue.queue_service import Viewer
from bot.services.reader import as_reader
from bot.services.watching.queue_monitor import OPEN_STATUSES, QueueMonitor
from storage.list_filters import ListFilters


@dataclass(frozen=True, slots=True)
class OwnPage:
    """One page of a person's drafts and proposals.

    Attributes:
        horde_username: whose.
        drafts: of this page, last touched first.
        items: of this page, newest first, after the drafts.
        draft_count: how many drafts there are.
        open_count: how many proposals are open, as far as the last look at the queue knows.
        total: drafts and proposals in the whole list.
        wanted, filter_id, number: as in ``QueuePage``.
    """

    horde_username: str
    drafts: tuple[DraftFacts, ...]
    items: tuple[ListedChange, ...]
    draft_count: int
    open_count: int
    total: int
    wanted: ListFilter
    filter_id: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are, 1 for an empty list."""
        return pages_of(self.total)


@dataclass(slots=True)
class OwnProposalsService:
    """For everybody who may propose."""

    accounts: Accounts
    client: ReferenceClient
    draft_service: DraftService
    watch: QueueMonitor
    filters: ListFilters
    reader_key: SecretStr
    clock: Callable[[], datetime]

    async def page(self, viewer: Viewer, wanted: ListFilter, number: int = 0) -> OwnPage:
        """One page: drafts where no status is asked for, then proposals, newest first. Two requests at most.

        Raises:
            NotLinkedError, MissingRoleError: the person may not propose.
            ReadOnlyError: a replica has no queue.
            ApiError: the service did not answer.
        """
        actor = await self.accounts.actor(viewer.user_id, needs=Role.REQUESTOR)
        summaries = [] if wanted.statuses else await self.draft_service.of_user(viewer.user_id)
        count = (await self._read(actor, wanted, BEYOND)).total
        total = len(summaries) + count
        number = min(number, pages_of(total) - 1)
        begin, end = number * PAGE_SIZE, min((number + 1) * PAGE_SIZE, total)
        newest, oldest = max(0, begin - len(summaries)), max(0, end - len(summaries))
        part = Window(count - oldest, oldest - newest)
        changes = (await self._read(actor, wanted, part)).items if part.limit else ()
        drafts = [await self.draft_service.show(viewer.user_id, one.draft_id) for one in summaries[begin:end]]
        return OwnPage(
            horde_username=actor.horde.username,
            drafts=tuple(drafts),
            items=tuple(ListedChange(one, state_of(one, self.clock())) for one in reversed(changes)),
            draft_count=len(summaries),
            open_count=self._open_count(actor),
            total=total,
            wanted=wanted,
            filter_id=await self.filters.keep(wanted.content(), self.clock()),
            number=number,
        )

    async def _read(self, actor: Actor, wanted: ListFilter, window: Window) -> ChangePage:
        own, offset, limit = wanted.statuses, window.offset, window.limit
        try:
            return await self.client.my_changes(actor.key, statuses=own, offset=offset, limit=limit)
        except NotFoundError as error:
            if not error.is_route_missing:
                raise
        # Such a service (3.0.0) tells requestors nothing: the bot looks for them, at what they proposed themselves.
        key = actor.key if Role.APPROVER in actor.roles else self.reader_key
        whose = (actor.horde.user_id,)
        with as_reader():
            return await self.client.changes(key, statuses=own, requested_by=whose, offset=offset, limit=limit)

    def _open_count(self, actor: Actor) -> int:
        waiting = (change for status in OPEN_STATUSES for change in self.watch.waiting(status))
        return sum(change.requested_by == actor.horde.user_id for change in waiting)
