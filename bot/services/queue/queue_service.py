"""The queue as people look at it: in pages, one change, the next one to decide; repairs nothing and decides nothing."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.identity.accounts import Accounts
from bot.identity.roles import Role
from bot.reference.models import ChangePage, ChangeStatus, PendingChange
from bot.reference.paging import read_pages
from bot.services.changes import ChangeFacts, Gone, state_of
from bot.services.errors import ListGoneError
from bot.services.queue.listing import (
    WAITING,
    ListedChange,
    ListFilter,
    QueuePage,
    Window,
    pages_of,
    remark_of,
    window,
)
from bot.services.queue.queue_reader import BEYOND, QueueReader
from bot.services.watching.queue_monitor import OPEN_STATUSES, QueueMonitor
from storage.approvals import Approvals
from storage.claims import ClaimRow, Claims
from storage.guild_settings import GuildSetting, GuildSettings
from storage.list_filters import ListFilters

LOOKED_THROUGH = 25
"""Changes read at once to find the next one to decide."""

_DAY_S = 86400


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, and from which server; None for a direct message."""

    user_id: int
    guild_id: int | None


@dataclass(slots=True)
class QueueService:
    """Looks at the queue for people, with as few requests as possible: each costs AI-Horde a question."""

    accounts: Accounts
    reader: QueueReader
    watch: QueueMonitor
    filters: ListFilters
    guild_settings: GuildSettings
    claims: Claims
    approvals: Approvals
    clock: Callable[[], datetime]

    async def page(self, viewer: Viewer, wanted: ListFilter, number: int = 0) -> QueuePage:
        """One page of the queue, newest first; the last one where there are not so many. Two requests at most.

        Raises:
            NotLinkedError: the service shows its queue to approvers alone.
            ReadOnlyError: a replica has no queue.
            ApiError: the service did not answer.
        """
        page, number = await self._read(viewer, wanted, number)
        standing = await self.accounts.standing(viewer.user_id)
        known = await self._known_here(viewer)
        items = [await self._listed(change, known) for change in reversed(page.items)]
        last = None if page.total else await self.watch.cards.last_decision_at()
        names = [change.requested_username for change in page.items] if wanted.requestor else []
        return QueuePage(
            items=tuple(items),
            wanted=wanted,
            filter_id=await self.filters.keep(wanted.content(), self.clock()),
            total=page.total,
            number=number,
            may_decide=standing is not None and standing.may(Role.APPROVER),
            requestor_name=next((name for name in names if name), None),
            last_decision_at=last,
        )

    def suggested(self, user_id: int, statuses: Collection[ChangeStatus] = OPEN_STATUSES) -> list[PendingChange]:
        """Return the open changes to offer for autocompletion, oldest first; from memory, without a request.

        Where the service hides its queue, people who are not approvers get only their own proposals.
        """
        found = [change for status in statuses for change in self.watch.waiting(status)]
        if not self.reader.sees_all(user_id):
            standing = self.accounts.peek(user_id)
            found = [change for change in found if standing and change.requested_by == standing.horde.user_id]
        return sorted(found, key=lambda change: change.change_id)

    async def filter(self, filter_id: int) -> ListFilter:
        """What a list that was drawn before is narrowed to.

        Raises:
            ListGoneError: nobody used it for half a year.
        """
        content = await self.filters.get(filter_id)
        if content is None:
            raise ListGoneError
        return ListFilter.of(content)

    async def show(self, viewer: Viewer, change_id: int) -> ChangeFacts | Gone:
        """One change, open or closed, as its card shows it.

        Raises:
            NotLinkedError, ReadOnlyError, ApiError: as :meth:`page`.
        """
        change = await self.reader.change(viewer.user_id, change_id)
        return Gone(change_id) if change is None else await self.watch.facts_of(change, viewer.guild_id)

    async def next(self, viewer: Viewer) -> ChangeFacts | None:
        """The change that waits longest, is not the approver's own and not claimed by another; None when there is none.

        Raises:
            NotLinkedError, MissingRoleError: the person may not decide.
            ReadOnlyError, ApiError: as :meth:`page`.
        """
        actor = await self.accounts.actor(viewer.user_id, needs=Role.APPROVER)
        claims = await self.claims.all(self.clock())

        async def read(offset: int) -> ChangePage:
            return await self.reader.page(viewer.user_id, WAITING, Window(offset, LOOKED_THROUGH))

        async for page in read_pages(read):
            for change in page.items:
                claim = claims.get(change.change_id)
                is_taken = claim is not None and claim.digest == change.digest and claim.user_id != viewer.user_id
                if change.requested_by != actor.horde.user_id and not is_taken:
                    return await self.watch.facts_of(change, viewer.guild_id)
        return None

    async def _read(self, viewer: Viewer, wanted: ListFilter, number: int) -> tuple[ChangePage, int]:
        # The service lists the oldest first, so how many there are decides where a page stands.
        expected = self._expected(wanted)
        first = BEYOND if expected is None else window(expected, number)
        page = await self.reader.page(viewer.user_id, wanted, first if first.limit else BEYOND)
        last = pages_of(page.total) - 1
        if page.total and (page.total != expected or number > last):
            number = min(number, last)
            page = await self.reader.page(viewer.user_id, wanted, window(page.total, number))
        return page, number

    def _expected(self, wanted: ListFilter) -> int | None:
        """How many there are, as far as the last look at the queue knows; None for what it does not look at."""
        if self.watch.last_look_at is None or not wanted.statuses or not set(wanted.statuses) <= set(OPEN_STATUSES):
            return None
        return sum(wanted.matches(change) for status in wanted.statuses for change in self.watch.waiting(status))

    async def _listed(self, change: PendingChange, known: "_KnownHere") -> ListedChange:
        state = state_of(change, self.clock())
        if change.status is not ChangeStatus.PENDING:
            return ListedChange(change, state)
        rivals = self.watch.open_changes(change.category, change.model_name, besides=change.change_id)
        claim = known.claims.get(change.change_id)
        remark = remark_of(
            await self.watch.facts.verdicts(change, rivals),
            claimed_by=claim.horde_username if claim is not None and claim.digest == change.digest else None,
            approvals=known.approvals.get(change.change_id, 0),
            approvals_required=known.setting.approvals_required,
            days_waiting=(self.clock().timestamp() - change.requested_at) / _DAY_S,
            day_limit=known.setting.reminder_days,
        )
        return ListedChange(change, state, remark)

    async def _known_here(self, viewer: Viewer) -> "_KnownHere":
        claims = await self.claims.all(self.clock())
        if viewer.guild_id is None:
            return _KnownHere(claims, {}, GuildSetting(0, None, reminder_days=0))
        setting = await self.guild_settings.get(viewer.guild_id)
        counts = await self.approvals.counts(viewer.guild_id) if setting.approvals_required > 1 else {}
        return _KnownHere(claims, counts, setting)


@dataclass(frozen=True, slots=True)
class _KnownHere:
    """What one server, and the bot, know of changes beside the service: read once a page."""

    claims: Mapping[int, ClaimRow]
    approvals: Mapping[int, int]
    setting: GuildSetting


def requestors_of(changes: Iterable[PendingChange]) -> dict[str, str]:
    """Horde names of who proposed these, by their ids; a name that the service did not tell is ``#102``."""
    return {change.requested_by: change.requested_username or f"#{change.requested_by}" for change in changes}


def requestor_id(typed: str, known: dict[str, str]) -> str | None:
    """The Horde user id behind what was typed: ``102``, ``erin#102``, or ``erin`` where only one is known so."""
    text = typed.strip()
    digits = text.rpartition("#")[2]
    if digits.isascii() and digits.isdigit():
        return digits
    alike = [user_id for user_id, name in known.items() if name.rpartition("#")[0].casefold() == text.casefold()]
    return alike[0] if len(alike) == 1 else None
