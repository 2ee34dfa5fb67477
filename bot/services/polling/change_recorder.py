"""Recorder of changes that moved: rows, notifications and card redraws in one transaction."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Protocol

from bot.reference.models import ChangeStatus, PendingChange
from bot.services.catalogue import Catalogue
from bot.services.changes import CardState
from bot.services.checks.checked_record import RIVALS_NAMED_MAX
from bot.services.checks.record_files import file_keys
from bot.services.polling.live_outcomes import LiveOutcomes
from bot.services.polling.moves import Move, find_moves
from bot.services.polling.notification_planner import NotificationPlanner, thread_posts
from bot.services.polling.queue_snapshot import QueueSnapshot
from storage.cards import Cards, TrackedChange
from storage.cursors import Cursors

CURSOR = "highest_change_id"
TOTAL_CURSOR, LAST_CURSOR = "queue_total", "queue_last_id"
"""Length of the queue and its newest change: where the next run looks for what it missed."""


class CardDrawer(Protocol):
    """Drawer of cards; neither method raises."""

    async def draw(self, change_id: int) -> None:
        """Redraw the cards of one change."""

    def draw_soon(self, change_id: int) -> None:
        """Redraw them in a task of its own: the answer to a press does not wait for them."""


@dataclass(slots=True)
class ChangeRecorder:
    """Keeps snapshot, stored rows and cards in line with the changes that the bot reads."""

    catalogue: Catalogue
    cards: Cards
    cursors: Cursors
    planner: NotificationPlanner
    live_outcomes: LiveOutcomes
    snapshot: QueueSnapshot
    clock: Callable[[], datetime]
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _drawer: CardDrawer | None = None

    async def load(self) -> None:
        """Load the cursors and rows that the last run stored."""
        total, last_id = await self.cursors.get(TOTAL_CURSOR), int(await self.cursors.get(LAST_CURSOR) or 0)
        self.snapshot.total, self.snapshot.last_id = None if total is None else int(total), last_id
        self.snapshot.highest_change_id = max(int(await self.cursors.get(CURSOR) or 0), last_id)
        self.snapshot.keep_rows((await self.cards.tracked()).values())

    def attach(self, drawer: CardDrawer) -> None:
        """Have cards drawn as soon as their change moves, else at the next delivery.

        The drawer sends with the Discord client, which is built on the services, so the constructor cannot get it.
        """
        self._drawer = drawer

    async def note(self, change: PendingChange) -> None:
        """Record a change that was just decided, applied or read again; redraw its cards."""
        await self._note(change)
        self._draw_soon(change.change_id)

    async def publish(self, change: PendingChange) -> None:
        """Record a change and wait for its cards, which an answer links."""
        await self._note(change)
        if self._drawer is not None:
            await self._drawer.draw(change.change_id)

    async def note_purged(self, change_ids: Sequence[int]) -> None:
        """Record changes as purged, as the service said, and redraw the cards of open ones."""
        self.snapshot.note_purged(change_ids)
        known = [self.snapshot.tracked[change_id] for change_id in change_ids if change_id in self.snapshot.tracked]
        gone = [
            replace(row, status=CardState.PURGED.value, updated_at=self.clock())
            for row in known
            if not CardState(row.status).is_final
        ]
        await self._store((), gone)
        for row in gone[:1]:  # drawing the first one starts the delivery of the others
            self._draw_soon(row.change_id)

    async def redraw(self, change_id: int) -> None:
        """Redraw a change's cards in every server: something besides its state changed."""
        await self.cards.touch(change_id)
        self._draw_soon(change_id)

    async def touch_naming(self, horde_user_id: str) -> None:
        """Have the open cards that name a person redrawn by the next round."""
        for change in self.snapshot.in_status():
            if horde_user_id in (change.requested_by, change.approved_by, change.applied_by):
                await self.cards.touch(change.change_id)

    async def record_poll(
        self, changes: Sequence[PendingChange], missing: Sequence[TrackedChange], *, total: int, last_id: int
    ) -> None:
        """Record a poll: its changes, the rows of missing ones, and where the next run continues."""
        await self._compare_live(changes)
        await self._store(changes, missing, anchor={TOTAL_CURSOR: total, LAST_CURSOR: last_id})

    async def _note(self, change: PendingChange) -> None:
        self.snapshot.note(change)
        await self._compare_live([change])
        await self._store([change], [], carded=[change.change_id] if change.status.is_open else [])

    def _draw_soon(self, change_id: int) -> None:
        if self._drawer is not None:
            self._drawer.draw_soon(change_id)

    async def _store(
        self,
        changes: Iterable[PendingChange],
        missing: Sequence[TrackedChange],
        *,
        anchor: dict[str, int] | None = None,
        carded: Sequence[int] = (),
    ) -> None:
        """Store what moved; ``carded`` get their cards in any case."""
        async with self._lock:
            found = await find_moves(changes, self.snapshot.tracked, self.clock())
            seen = [await self._with_difference(move) for move in found]
            moves = [*seen, *(Move(row, self.snapshot.tracked.get(row.change_id), None) for row in missing)]
            is_first = anchor is not None and self.snapshot.total is None
            if not moves and not carded and not is_first:
                return
            highest = max([self.snapshot.highest_change_id, *(move.row.change_id for move in seen)])
            cursors = {CURSOR: highest, **(anchor or {})}
            await self.cards.record_poll(
                seen=[move.row for move in moves],
                cursors={name: str(value) for name, value in cursors.items()},
                notices=await self.planner.notices(moves),
                thread_posts=list(thread_posts(moves)),
                touched=self._rivals_of(seen),
                carded=carded,
                now=self.clock(),
            )
            self.snapshot.highest_change_id = highest
            self.snapshot.keep_rows([move.row for move in moves])

    async def _compare_live(self, changes: Sequence[PendingChange]) -> None:
        """Expire the catalogue's models of changes that just went live, and compare these."""
        live = [change for change in changes if change.status is ChangeStatus.APPLIED and self._was_open(change)]
        for change in live:
            await self.catalogue.note_applied(change)
        await self.live_outcomes.compare_all(live)

    def _was_open(self, change: PendingChange) -> bool:
        """Return whether a change was open before, or is one that no poll saw and the bot applies."""
        row = self.snapshot.tracked.get(change.change_id)
        return self.live_outcomes.is_applying(change.change_id) if row is None else not row.is_final

    async def _with_difference(self, move: Move) -> Move:
        if move.change is None:
            return move
        return replace(move, live_difference=await self.live_outcomes.difference_of(move.change))

    def _rivals_of(self, moves: Iterable[Move]) -> set[int]:
        """Return the other open changes, of these models or files, whose cards now read otherwise."""
        moved = [move for move in moves if move.row.is_final or move.row.change_id not in self.snapshot.tracked]
        moved.sort(key=lambda move: move.row.change_id)
        return (self._of_models(moved) | self._of_files(moved)) - {move.row.change_id for move in moved}

    def _of_models(self, moved: Sequence[Move]) -> set[int]:
        oldest: dict[tuple[str, str], int] = {}
        for move in moved:
            oldest.setdefault((move.row.category, move.row.model_name), move.row.change_id)
        found: set[int] = set()
        for model, moved_id in oldest.items():
            ids = [change.change_id for change in self.snapshot.of_model(*model)]
            found.update(card for card in ids if _shows(moved_id, (rival for rival in ids if rival != card)))
        return found

    def _of_files(self, moved: Sequence[Move]) -> set[int]:
        """Return the open changes whose cards name these, of other models, for a file."""
        oldest: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)  # of each model, by file
        for change in (move.change for move in moved if move.change is not None):
            for key in file_keys(change.payload):
                oldest[change.category, key].setdefault(change.model_name, change.change_id)
        moved_ids, found = {move.row.change_id for move in moved}, set()
        for file, oldest_of in oldest.items():
            sharing = self.snapshot.of_file(*file)
            for card in (change for change in sharing if change.change_id not in moved_ids):
                moved_id = next((number for name, number in oldest_of.items() if name != card.model_name), None)
                rivals = (change.change_id for change in sharing if change.model_name != card.model_name)
                if moved_id is not None and _shows(moved_id, rivals):
                    found.add(card.change_id)
        return found


def _shows(moved_id: int, rivals: Iterable[int]) -> bool:
    """Return whether a card with these open rivals, ids ascending, shows that one came or went."""
    shown = list(islice(rivals, RIVALS_NAMED_MAX + 1))  # those that it names, and whether there are newer ones
    return len(shown) <= RIVALS_NAMED_MAX or moved_id <= shown[-1]
