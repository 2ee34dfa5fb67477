"""A person's own drafts and proposals, read with their own key."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import SecretStr

from bot.identity.accounts import Accounts, Actor
from bot.identity.roles import Role
from bot.reference.client import ReferenceClient
from bot.reference.queue_pages import ChangePage
from bot.services.changes import state_of
from bot.services.pages import BEYOND, PAGE_SIZE, ListFilter, Page, Window, clamp_page
from bot.services.polling.queue_snapshot import QueueSnapshot
from bot.services.proposals.draft_service import DraftService
from bot.services.proposals.outcomes import DraftFacts
from bot.services.queue.listing import ListedChange
from bot.services.queue.page_cache import PageCache
from bot.services.queue.queue_service import Viewer
from bot.services.rate_limits import RateLimits
from bot.services.reader_key import read_own_changes
from storage.list_filters import ListFilters


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPage(Page[DraftFacts | ListedChange]):
    """Page of a person's drafts and, after them, proposals; newest first.

    Attributes:
        horde_username: of the person.
        draft_count: drafts in the whole list.
        open_count: open proposals in the snapshot.
    """

    horde_username: str
    draft_count: int = 0
    open_count: int = 0


@dataclass(slots=True)
class OwnProposalsService:
    """Reads what a requestor has drafted and proposed."""

    accounts: Accounts
    client: ReferenceClient
    draft_service: DraftService
    snapshot: QueueSnapshot
    filters: ListFilters
    reader_key: SecretStr
    rate_limits: RateLimits
    clock: Callable[[], datetime]
    _pages: PageCache = field(init=False)

    def __post_init__(self) -> None:
        self._pages = PageCache(self.snapshot, self.clock)

    async def page(self, viewer: Viewer, wanted: ListFilter, number: int = 0) -> OwnPage:
        """Return a page: drafts unless a status is given, then proposals, newest first.

        At most two requests.

        Raises:
            ReadLimitError: the person has to wait.
            NotLinkedError, MissingRoleError: the person may not propose.
            ReadOnlyError: a replica has no queue.
            ApiError: the service did not answer.
        """
        self.rate_limits.count_read(viewer.user_id)
        actor = await self.accounts.actor(viewer.user_id, needs=Role.REQUESTOR)
        summaries = [] if wanted.statuses else await self.draft_service.of_user(viewer.user_id)
        count = (await self._read(actor, wanted, BEYOND)).total
        total = len(summaries) + count
        number = clamp_page(number, total)
        begin, end = number * PAGE_SIZE, min((number + 1) * PAGE_SIZE, total)
        newest, oldest = max(0, begin - len(summaries)), max(0, end - len(summaries))
        part = Window(count - oldest, oldest - newest)
        changes = (await self._read(actor, wanted, part)).items if part.limit else ()
        drafts = [await self.draft_service.show(viewer.user_id, one.draft_id) for one in summaries[begin:end]]
        return OwnPage(
            wanted=wanted,
            entries=(*drafts, *(ListedChange(one, state_of(one, self.clock())) for one in reversed(changes))),
            list_id=await self.filters.keep(wanted.content(), self.clock()),
            number=number,
            total=total,
            horde_username=actor.horde.username,
            draft_count=len(summaries),
            open_count=sum(one.requested_by == actor.horde.user_id for one in self.snapshot.in_status()),
        )

    async def _read(self, actor: Actor, wanted: ListFilter, window: Window) -> ChangePage:
        key = (actor.user_id, actor.horde.user_id, wanted, window)
        cached: ChangePage | None = self._pages.get(key)
        return cached or self._pages.put(
            key,
            await read_own_changes(
                self.client,
                actor,
                self.reader_key,
                statuses=wanted.statuses,
                offset=window.offset,
                limit=window.limit,
            ),
        )
