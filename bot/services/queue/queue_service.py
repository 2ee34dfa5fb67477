"""The queue as people read it: in pages, one change, the next one to decide."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.identity.accounts import Accounts
from bot.identity.roles import Role
from bot.reference.models import ChangeStatus, PendingChange
from bot.reference.paging import read_pages
from bot.reference.queue_pages import ChangePage
from bot.services.changes import ChangeFacts, Gone, state_of
from bot.services.checks import CheckCode
from bot.services.errors import ListGoneError
from bot.services.pages import BEYOND, ListFilter, Window, clamp_page, has_words, window
from bot.services.polling.queue_monitor import QueueMonitor
from bot.services.polling.queue_poller import OPEN_STATUSES
from bot.services.polling.queue_snapshot import QueueSnapshot
from bot.services.queue.listing import WAITING, ListedChange, QueuePage, remark_of
from bot.services.queue.page_cache import PageCache
from bot.services.queue.queue_reader import QueueReader
from bot.services.rate_limits import RateLimits
from bot.services.review.approvals import ApprovalPolicy
from bot.services.review.card_checks import CardHostChecks
from bot.services.review.change_checks import ChangeChecks
from bot.services.review.facts import ChangeFactsBuilder
from storage.cards import Cards
from storage.claims import ClaimRow, Claims
from storage.guild_settings import GuildRow, GuildSettings
from storage.list_filters import ListFilters

SEARCHED_AT_ONCE = 10
"""Changes searched before other tasks get a turn; one of 256 KB takes some milliseconds."""

READ_AT_ONCE = 25
"""Changes per request while searching for the next one to decide."""

_DAY_S = 86400

_ABOUT_OTHERS = frozenset({CheckCode.OTHER_CHANGE, CheckCode.NO_OTHER_CHANGE, CheckCode.FILE_PROPOSED})
"""Checks that compare a change with the rest of the queue."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Person who reads, and their server; ``None`` in direct messages."""

    user_id: int
    guild_id: int | None


@dataclass(slots=True)
class QueueService:
    """Reads the queue for people in few requests: the service asks AI-Horde once for each."""

    accounts: Accounts
    reader: QueueReader
    checks: ChangeChecks
    card_checks: CardHostChecks
    facts_builder: ChangeFactsBuilder
    monitor: QueueMonitor
    snapshot: QueueSnapshot
    cards: Cards
    filters: ListFilters
    guild_settings: GuildSettings
    claims: Claims
    policy: ApprovalPolicy
    rate_limits: RateLimits
    clock: Callable[[], datetime]
    _pages: PageCache = field(init=False)
    _found: PageCache = field(init=False)

    def __post_init__(self) -> None:
        self._pages = PageCache(self.snapshot, self.clock)
        self._found = PageCache(self.snapshot, self.clock)

    async def page(self, viewer: Viewer, wanted: ListFilter, number: int = 0) -> QueuePage:
        """Return a page of the queue, newest first; the last one if there are fewer.

        At most two requests.

        Raises:
            ReadLimitError: the person has to wait.
            NotLinkedError: the service shows its queue to approvers only.
            ReadOnlyError: a replica has no queue.
            ApiError: the service did not answer.
        """
        page = await (self._search if wanted.words else self._read_page)(viewer, wanted, number)
        standing = await self.accounts.standing(viewer.user_id)
        context = await self._server_context(viewer)
        entries = [await self._listed(change, context) for change in reversed(page.items)]
        last = None if page.total else await self.cards.last_decision_at()
        names = [change.requested_username for change in page.items] if wanted.requestor else []
        return QueuePage(
            wanted=wanted,
            entries=tuple(entries),
            list_id=await self.filters.keep(wanted.content(), self.clock()),
            number=page.number,
            total=page.total,
            may_decide=standing is not None and standing.may(Role.APPROVER),
            requestor_name=next((name for name in names if name), None),
            last_decision_at=last,
            searched=page.searched,
            matching=page.matching,
        )

    def suggested(self, user_id: int, statuses: Collection[ChangeStatus] = OPEN_STATUSES) -> list[PendingChange]:
        """Return the open changes for autocompletion, oldest first; no request.

        Where the service hides its queue, people who are not approvers get only their own proposals.
        """
        found = self.snapshot.in_status(*statuses)
        if self.reader.sees_all(user_id):
            return found
        standing = self.accounts.peek(user_id)
        return [change for change in found if standing and change.requested_by == standing.horde.user_id]

    async def stored_filter(self, list_id: int) -> ListFilter:
        """Return the filter of a list that was shown before.

        Raises:
            ListGoneError: it was not used for 180 days.
        """
        content = await self.filters.get(list_id)
        if content is None:
            raise ListGoneError
        return ListFilter.of(content)

    async def show(self, viewer: Viewer, change_id: int) -> ChangeFacts | Gone:
        """Return the facts of one change, open or closed.

        Raises:
            ReadLimitError, NotLinkedError, ReadOnlyError, ApiError: as :meth:`page`.
        """
        self.rate_limits.count_read(viewer.user_id)
        change = await self.reader.change(viewer.user_id, change_id)
        if change is not None:
            facts = await self.facts_builder.build(change, viewer.guild_id)
            return facts if await self.reader.may_read_all(viewer.user_id) else _without_others(facts)
        newest = self.snapshot.highest_change_id
        return Gone(change_id, newest if change_id > newest else None)

    async def next(self, viewer: Viewer) -> ChangeFacts | None:
        """Return the oldest pending change that is not the approver's, nor another's claim.

        Reading begins shortly before the one of the last poll; each further page counts as a read.

        Raises:
            NotLinkedError, MissingRoleError: the person may not decide.
            ReadLimitError, ReadOnlyError, ApiError: as :meth:`page`.
        """
        self.rate_limits.count_read(viewer.user_id)
        actor = await self.accounts.actor(viewer.user_id, needs=Role.APPROVER)
        claims = await self.claims.all(self.clock())
        waiting = self.snapshot.in_status(ChangeStatus.PENDING)
        free = (
            place
            for place, change in enumerate(waiting)
            if _is_free(change, viewer.user_id, actor.horde.user_id, claims)
        )
        first = max(next(free, len(waiting)) - READ_AT_ONCE // 2, 0)

        async def read(offset: int) -> ChangePage:
            if offset > first:
                self.rate_limits.count_read(viewer.user_id)
            return await self.reader.page(viewer.user_id, WAITING, Window(offset, READ_AT_ONCE))

        async for page in read_pages(read, offset=first):
            for change in page.items:
                if _is_free(change, viewer.user_id, actor.horde.user_id, claims):
                    return await self.facts_builder.build(change, viewer.guild_id)
        return None

    async def oldest_known(self, user_id: int, horde_user_id: str) -> PendingChange | None:
        """Return the change that :meth:`next` would show, from memory, without a request."""
        claims = await self.claims.all(self.clock())
        waiting = self.snapshot.in_status(ChangeStatus.PENDING)
        return next((change for change in waiting if _is_free(change, user_id, horde_user_id, claims)), None)

    async def require_access(self, user_id: int) -> None:
        """Require that this person may see what the reader key read; errors as its reader's."""
        await self.reader.require_access(user_id)

    async def _search(self, viewer: Viewer, wanted: ListFilter, number: int) -> "_ReadPage":
        """Find words in the polled open changes, and in the newest changes, read now."""
        found: _SearchResult | None = self._found.get((viewer.user_id, wanted))
        if found is None:
            self.rate_limits.count_read(viewer.user_id)
            read, matching = await self.reader.newest(viewer.user_id, wanted)
            changes = [*self._open_before(read, wanted), *read]
            items: list[PendingChange] = []
            for start in range(0, len(changes), SEARCHED_AT_ONCE):
                part_searched = changes[start : start + SEARCHED_AT_ONCE]
                items += (change for change in part_searched if has_words(change, wanted.words))
                await asyncio.sleep(0)
            found = self._found.put((viewer.user_id, wanted), _SearchResult(tuple(items), len(changes), matching))
        number = clamp_page(number, len(found.items))
        part = window(len(found.items), number)
        shown = found.items[part.offset : part.offset + part.limit]
        return _ReadPage(shown, number, len(found.items), found.searched, found.matching)

    def _open_before(self, read: Sequence[PendingChange], wanted: ListFilter) -> list[PendingChange]:
        """Return matching open changes older than all changes of a read, oldest first."""
        if not read:
            return []
        return [one for one in self.snapshot.in_status() if one.change_id < read[0].change_id and wanted.matches(one)]

    async def _read_page(self, viewer: Viewer, wanted: ListFilter, number: int) -> "_ReadPage":
        cached: _ReadPage | None = self._pages.get((viewer.user_id, wanted, number))
        if cached is not None:
            return cached
        self.rate_limits.count_read(viewer.user_id)
        asked = number
        # The service lists the oldest first, so the offset of a page depends on the total.
        expected = self._expected(wanted)
        first = BEYOND if expected is None else window(expected, number)
        page = await self.reader.page(viewer.user_id, wanted, first if first.limit else BEYOND)
        last = clamp_page(number, page.total)
        if page.total and (page.total != expected or number != last):
            number = last
            page = await self.reader.page(viewer.user_id, wanted, window(page.total, number))
        return self._pages.put((viewer.user_id, wanted, asked), _ReadPage(page.items, number, page.total))

    def _expected(self, wanted: ListFilter) -> int | None:
        """Count matching changes in the snapshot; None for a filter beyond open changes."""
        if self.monitor.last_poll_at is None or not wanted.statuses or not set(wanted.statuses) <= set(OPEN_STATUSES):
            return None
        return sum(map(wanted.matches, self.snapshot.in_status()))

    async def _listed(self, change: PendingChange, context: "_ServerContext") -> ListedChange:
        state = state_of(change, self.clock())
        if change.status is not ChangeStatus.PENDING:
            return ListedChange(change, state)
        claim = context.claims.get(change.change_id)
        remark = remark_of(
            await self.checks.from_memory(change),
            is_doubted=bool(self.card_checks.doubts(change)),
            claimed_by=claim.horde_username if claim is not None and claim.digest == change.digest else None,
            approvals=context.approvals.get(change.change_id, 0),
            approvals_required=context.setting.approvals_required,
            days_waiting=(self.clock().timestamp() - change.requested_at) / _DAY_S,
            day_limit=context.setting.reminder_days,
        )
        return ListedChange(change, state, remark)

    async def _server_context(self, viewer: Viewer) -> "_ServerContext":
        claims = await self.claims.all(self.clock())
        if viewer.guild_id is None:
            return _ServerContext(claims, {}, GuildRow(0, None, reminder_days=0))
        setting = await self.guild_settings.get(viewer.guild_id)
        counts = await self.policy.counts(viewer.guild_id) if setting.approvals_required > 1 else {}
        return _ServerContext(claims, counts, setting)


@dataclass(frozen=True, slots=True)
class _ReadPage:
    """Changes of one page, oldest first; the last two as in ``QueuePage``."""

    items: tuple[PendingChange, ...]
    number: int
    total: int
    searched: int = 0
    matching: int = 0


@dataclass(frozen=True, slots=True)
class _SearchResult:
    """All changes with the words, oldest first; the last two as in ``QueuePage``."""

    items: tuple[PendingChange, ...]
    searched: int
    matching: int


@dataclass(frozen=True, slots=True)
class _ServerContext:
    """Claims, approvals and settings of one server, read once per page."""

    claims: Mapping[int, ClaimRow]
    approvals: Mapping[int, int]
    setting: GuildRow


def _is_free(change: PendingChange, user_id: int, horde_user_id: str, claims: Mapping[int, ClaimRow]) -> bool:
    """Return whether a change is neither the person's own nor claimed by another."""
    claim = claims.get(change.change_id)
    is_taken = claim is not None and claim.digest == change.digest and claim.user_id != user_id
    return change.requested_by != horde_user_id and not is_taken


def _without_others(facts: ChangeFacts) -> ChangeFacts:
    """Leave out what the facts of an own change say of other open changes."""
    checks = tuple(check for check in facts.checks if check.code not in _ABOUT_OTHERS)
    return replace(facts, rivals=(), rival_cards={}, checks=checks)


def requestors_of(changes: Iterable[PendingChange]) -> dict[str, str]:
    """Return the Horde names of the requestors by id; an unknown name is ``#102``."""
    return {change.requested_by: change.requested_username or f"#{change.requested_by}" for change in changes}


def requestor_id(typed: str, known: dict[str, str]) -> str | None:
    """Find a Horde id by ``102``, ``erin#102``, or ``erin`` if one requestor has that name."""
    text = typed.strip()
    digits = text.rpartition("#")[2]
    if digits.isascii() and digits.isdigit():
        return digits
    alike = [user_id for user_id, name in known.items() if name.rpartition("#")[0].casefold() == text.casefold()]
    return alike[0] if len(alike) == 1 else None
