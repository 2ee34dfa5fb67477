"""Monitor of the queue: finds new, moved and gone changes, and records each poll in one transaction."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.reference.deployment import assert_pending_queue_write_enabled
from bot.reference.models import ChangeStatus, PendingChange
from bot.services.catalogue import Catalogue
from bot.services.changes import CardState, ChangeFacts, MessageLink, state_of
from bot.services.polling.live_outcomes import LiveOutcomes
from bot.services.polling.missing_changes import MissingResult, confirm_missing, is_due
from bot.services.polling.moves import Move, find_moves
from bot.services.polling.notification_planner import NotificationPlanner
from bot.services.polling.queue_poller import QueuePoller
from bot.services.polling.queue_snapshot import PollResult, QueueSnapshot
from bot.services.reader_key import ReaderKeyCheck, ReaderKeyError, ReaderProblem, remedy_of
from storage.cards import Cards, TrackedChange
from storage.cursors import Cursors

FULL_READ_EVERY = timedelta(minutes=10)
"""All open changes are listed this often even if the counts did not move."""

CONTRADICTED_FOR = timedelta(hours=1)
"""Time for which two answers that contradict each other are reported."""

CURSOR = "highest_change_id"
TOTAL_CURSOR, LAST_CURSOR = "queue_total", "queue_last_id"
"""Length of the queue and its newest change: where the next run looks for what it missed."""


class CardDrawer(Protocol):
    """Drawer of cards; neither method raises."""

    async def draw(self, change_id: int) -> None:
        """Redraw the cards of one change."""

    def draw_soon(self, change_id: int) -> None:
        """Redraw them in a task of its own: the answer to a press does not wait for them."""


log = structlog.get_logger(__name__)


@dataclass(slots=True)
class QueueMonitor:
    """Polls the queue, and keeps the snapshot, the stored rows and the cards in line with it.

    Attributes:
        last_poll_at: time of the last successful poll, ``None`` before the first.
        away_since: since when polls fail, ``None`` while they succeed.
        problem: why the last poll failed, ``None`` if it succeeded; not a ``BotError`` after a fault of the bot.
        _newer: changes noted or purged since the poll began: what is known of them is newer than its answers.
        _noted: changes noted since the poll began, ended ones included.
        _unread: missing changes that the last poll could not read.
    """

    catalogue: Catalogue
    cards: Cards
    cursors: Cursors
    planner: NotificationPlanner
    live_outcomes: LiveOutcomes
    poller: QueuePoller
    reader_key_check: ReaderKeyCheck
    clock: Callable[[], datetime]
    snapshot: QueueSnapshot = field(default_factory=QueueSnapshot)
    last_poll_at: datetime | None = None
    away_since: datetime | None = None
    problem: Exception | None = None
    highest_change_id: int = 0
    _contradicted_at: datetime | None = None
    _unread: frozenset[int] = frozenset()
    _listed_at: datetime | None = None
    _newer: set[int] = field(default_factory=set)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _noted: dict[int, PendingChange] = field(default_factory=dict)
    _drawer: CardDrawer | None = None

    async def load(self) -> None:
        """Load the cursors and rows that the last run stored."""
        self.highest_change_id = int(await self.cursors.get(CURSOR) or 0)
        self.snapshot.total = int(await self.cursors.get(TOTAL_CURSOR) or 0)
        self.snapshot.last_id = int(await self.cursors.get(LAST_CURSOR) or 0)
        self.snapshot.keep_rows((await self.cards.tracked()).values())

    @property
    def oversized(self) -> tuple[int, ...]:
        """Open changes too large to be read, by number; 0 for an unknown number."""
        return self.snapshot.oversized

    @property
    def reader_problem(self) -> ReaderProblem | None:
        """Reason why the reader key was refused at the last poll; None if it was not."""
        return self.problem.problem if isinstance(self.problem, ReaderKeyError) else None

    @property
    def is_contradicted(self) -> bool:
        """Return whether two answers of the service contradicted each other within the last hour."""
        return self._contradicted_at is not None and self.clock() - self._contradicted_at < CONTRADICTED_FOR

    def note_contradiction(self) -> None:
        """Note that two answers of the service contradict each other, as those of unsynchronised workers do."""
        if not self.is_contradicted:
            log.warning("service_contradicts_itself")
        self._contradicted_at = self.clock()

    def attach(self, drawer: CardDrawer) -> None:
        """Have the cards of a change drawn as soon as it moves, not after the next poll."""
        self._drawer = drawer

    def _draw_soon(self, change_id: int) -> None:
        """Have this change's cards redrawn now if a drawer is attached; otherwise the next poll does."""
        if self._drawer is not None:
            self._drawer.draw_soon(change_id)

    def open_changes(self, category: str, model_name: str, *, besides: int | None = None) -> tuple[PendingChange, ...]:
        """Return the open changes of one model from the snapshot, by id."""
        return tuple(change for change in self.snapshot.of_model(category, model_name) if change.change_id != besides)

    def changes_with_files(self, change: PendingChange) -> tuple[PendingChange, ...]:
        """Return the open changes of other models with a file of this one, by id."""
        found = self.snapshot.of_files(change.category, change.payload)
        return tuple(one for one in found if one.model_name != change.model_name)

    def remembered(self, change_id: int) -> PendingChange | None:
        """Return an open change from the snapshot, or ``None``."""
        return self.snapshot.get(change_id)

    def last_noted(self, change_id: int) -> PendingChange | None:
        """Return a change from the snapshot, or an ended one as the service answered since the last poll."""
        return self.snapshot.get(change_id) or self._noted.get(change_id)

    def remembered_facts(self, change_id: int) -> ChangeFacts | None:
        """Return the bare facts of an open change from the snapshot, for a form that must open at once."""
        change = self.snapshot.get(change_id)
        return None if change is None else ChangeFacts(change, state_of(change, self.clock()))

    def waiting(self, *statuses: ChangeStatus) -> list[PendingChange]:
        """Return the open changes in these statuses (without any, in all) from the snapshot, oldest first."""
        return self.snapshot.in_status(*statuses)

    def seen_since(self, change_id: int) -> int:
        """Count newer changes that are open or ended since the last poll."""
        return sum(seen > change_id for seen in self.snapshot.tracked)

    async def poll(self) -> None:
        """Poll the queue once and record what is new, moved or gone.

        Raises:
            BotError: the service did not answer as expected, or is a replica; ``problem`` keeps it.
            Exception: a fault of the bot; ``problem`` keeps it too.
        """
        self._newer.clear()
        self._noted.clear()
        self.snapshot.forget_ended_rows()
        try:
            result = await self._read_queue()
            missing = await self._confirm_missing(result)
            self._note_contradictions(result, missing)
            await self._record(result, missing)
        except Exception as error:
            self._note_failure(error)
            raise
        self.problem = self.away_since = None
        self.last_poll_at = self.clock()
        self.snapshot.update(result, besides=self._newer)
        for change in missing.found:
            if change.change_id not in self._newer:
                self.snapshot.put(change)
        self._unread = missing.unread
        self._listed_at = self.last_poll_at if result.pages else self._listed_at

    async def publish(self, change: PendingChange) -> None:
        """Note a change and wait for its cards, which an answer links."""
        await self._note(change)
        if self._drawer is not None:
            await self._drawer.draw(change.change_id)

    async def note(self, change: PendingChange) -> None:
        """Record a change that the bot just decided, applied or re-read; its cards are redrawn meanwhile."""
        await self._note(change)
        self._draw_soon(change.change_id)

    async def _note(self, change: PendingChange) -> None:
        self._newer.add(change.change_id)
        self._noted[change.change_id] = change
        self.snapshot.put(change)
        await self._compare_live([change])
        await self._remember([change], [], carded=[change.change_id] if change.status.is_open else [])

    async def redraw(self, change_id: int) -> None:
        """Have the cards of a change drawn again in every server, because something besides its state changed."""
        await self.cards.touch(change_id)
        self._draw_soon(change_id)

    async def touch_naming(self, horde_user_id: str) -> None:
        """Have the open cards that name a person redrawn by the next round."""
        for change in self.waiting():
            if horde_user_id in (change.requested_by, change.approved_by, change.applied_by):
                await self.cards.touch(change.change_id)

    async def note_purged(self, change_ids: Sequence[int]) -> None:
        """Record changes as purged at once, since the service said so, and redraw the cards of those that were open."""
        self._newer.update(change_ids)
        for change_id in change_ids:
            self.snapshot.drop(change_id)
            self._noted.pop(change_id, None)
        known = [self.snapshot.tracked[change_id] for change_id in change_ids if change_id in self.snapshot.tracked]
        gone = [
            replace(row, status=CardState.PURGED.value, updated_at=self.clock())
            for row in known
            if not CardState(row.status).is_final
        ]
        await self._remember((), gone)
        for row in gone[:1]:  # drawing the first one starts the delivery of the others
            self._draw_soon(row.change_id)

    async def read(self, change_id: int) -> PendingChange:
        """Read one change with the reader key.

        Raises:
            NotFoundError: the service does not have it.
            ReaderKeyError: it shows the queue to approvers only.
            ApiError: it did not answer.
        """
        return await self.poller.read(change_id)

    async def card_link(self, change_id: int, guild_id: int | None) -> MessageLink | None:
        """Return the link of the change's card in this server (or any), ``None`` while it is not posted."""
        for card in await self.cards.cards_of(change_id):
            if card.channel_id and card.message_id and guild_id in (None, card.guild_id):
                return MessageLink(card.guild_id, card.channel_id, card.message_id)
        return None

    async def card_url(self, change_id: int, guild_id: int | None) -> str | None:
        """Return the URL of the change's card in this server, ``None`` while it is not posted."""
        link = await self.card_link(change_id, guild_id)
        return None if link is None else link.url

    async def _read_queue(self) -> PollResult:
        deployment = await self.catalogue.current_deployment()
        now = self.clock()
        is_full_read_due = self._listed_at is None or now - self._listed_at >= FULL_READ_EVERY
        try:
            return await self.poller.poll(self.snapshot, is_full_read_due=is_full_read_due)
        except ReaderKeyError as error:
            # A replica is reported as one with any key; an old service tells its mode to approvers only.
            assert_pending_queue_write_enabled(deployment)
            # The service answers the same for a revoked key and for an AI-Horde that is away (8.6.2).
            if error.problem is ReaderProblem.UNCONFIRMED and await self.reader_key_check.is_unknown():
                raise ReaderKeyError(ReaderProblem.UNKNOWN_KEY) from None
            raise

    def _note_failure(self, error: Exception) -> None:
        before, self.problem = self.reader_problem, error
        if (problem := self.reader_problem) is not None and problem is not before:
            log.warning("reader_key_refused", problem=problem.value, remedy=remedy_of(problem))
        self.away_since = self.away_since or self.clock()
        self._listed_at = None  # after an outage anything may differ, under the same ids too
        self.snapshot.forget_entries()

    async def _confirm_missing(self, result: PollResult) -> MissingResult:
        """Look up the tracked changes that no list shows, each when it is due."""
        now = self.clock()
        missing: set[int] = set(self._unread & self.snapshot.open_ids())
        if result.present is not None:
            absent = self.snapshot.open_ids() - result.present
            missing = {i for i in absent if is_due(self.snapshot.tracked[i], self._unread, now)}
        rows = [self.snapshot.tracked[i] for i in sorted(missing - self._newer)]
        return await confirm_missing(self.poller, rows, now)

    def _note_contradictions(self, result: PollResult, missing: MissingResult) -> None:
        """Note an open change that was not on the list, or that had been answered with a 404."""
        # A list of several pages may move while it is read.
        is_list_whole = result.present is not None and len(result.pages) <= 1
        tracked = self.snapshot.tracked
        known = (tracked.get(change.change_id) for change in (*result.changes, *missing.found))
        was_missing = any(row is not None and row.missing_sweeps for row in known)
        if was_missing or (is_list_whole and any(change.status.is_open for change in missing.found)):
            self.note_contradiction()

    async def _record(self, result: PollResult, missing: MissingResult) -> None:
        # A change noted since the list was requested is newer than the list, a final state above all.
        listed = {change.change_id for change in result.changes}
        applying = [c for c in self.snapshot.in_status(ChangeStatus.APPLYING) if c.change_id not in listed]
        seen = [c for c in (*result.changes, *missing.found, *applying) if c.change_id not in self._newer]
        gone = [row for row in missing.rows if row.change_id not in self._newer]
        await self._compare_live(seen)
        await self._remember(seen, gone, anchor=(result.total, result.last_id))

    async def _remember(
        self,
        changes: Iterable[PendingChange],
        missing: Sequence[TrackedChange],
        *,
        anchor: tuple[int, int] | None = None,
        carded: Sequence[int] = (),
    ) -> None:
        """Store what moved; ``carded`` get their cards in any case."""
        async with self._lock:
            found = await find_moves(changes, self.snapshot.tracked, self.clock())
            seen = [await self._with_difference(move) for move in found]
            highest = max([self.highest_change_id, *(move.row.change_id for move in seen)])
            moves = [*seen, *(Move(row, self.snapshot.tracked.get(row.change_id), None) for row in missing)]
            if not moves and not carded:
                return
            cursors = {CURSOR: highest}
            if anchor is not None:
                cursors |= {TOTAL_CURSOR: anchor[0], LAST_CURSOR: anchor[1]}
            await self.cards.record_poll(
                seen=[move.row for move in moves],
                cursors={name: str(value) for name, value in cursors.items()},
                notices=await self.planner.notices(moves),
                thread_posts=self.planner.thread_posts(moves),
                touched=self._rivals_of(move.row for move in seen),
                carded=carded,
                now=self.clock(),
            )
            self.highest_change_id = highest
            self.snapshot.keep_rows([move.row for move in moves])

    async def _compare_live(self, changes: Sequence[PendingChange]) -> None:
        """Expire what the catalogue knows of changes that just went live, and compare the live records with them."""
        tracked = self.snapshot.tracked
        rows = [(change, tracked.get(change.change_id)) for change in changes if change.status is ChangeStatus.APPLIED]
        live = [change for change, row in rows if row is not None and not row.is_final]
        for change in live:
            await self.catalogue.note_applied(change)
        await self.live_outcomes.compare_all(live)

    async def _with_difference(self, move: Move) -> Move:
        if move.state is not CardState.APPLIED or move.change is None:
            return move
        return replace(move, live_difference=await self.live_outcomes.of(move.change))

    def _rivals_of(self, rows: Iterable[TrackedChange]) -> set[int]:
        """Return the other open changes of these models; their cards name all open ones."""
        moved = [row for row in rows if row.is_final or row.change_id not in self.snapshot.tracked]
        ids = {row.change_id for row in moved}
        models = {(row.category, row.model_name) for row in moved}
        return {change.change_id for model in models for change in self.snapshot.of_model(*model)} - ids
