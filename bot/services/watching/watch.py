"""Watches the queue: what is new, what moved, what is gone; remembers it in one transaction with its cards."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from bot.errors import BotError
from bot.reference.deployment import assert_pending_queue_write_enabled
from bot.reference.models import ChangeStatus, PendingChange
from bot.services.catalogue import Catalogue
from bot.services.changes import CardState, ChangeFacts, MessageLink, state_of
from bot.services.notifications.planner import Move, NotificationPlanner
from bot.services.reader import ReaderKeyError
from bot.services.review.facts import ChangeFactsBuilder
from bot.services.watching.looking import OPEN_STATUSES, PAGE, Looker
from bot.services.watching.missing import Fates, look_for_missing
from bot.services.watching.moves import moves_among
from bot.services.watching.queue_memory import QueueMemory, Sight
from storage.cards import Cards, TrackedChange
from storage.cursors import Cursors

__all__ = ["OPEN_STATUSES", "PAGE", "Watch"]

LIST_EVERY = timedelta(minutes=10)
"""All open changes are listed so often even if the counts say that nothing moved."""

CURSOR = "highest_change_id"
TOTAL_CURSOR, LAST_CURSOR = "queue_total", "queue_last_id"
"""How many changes the queue held, and the newest: where the next run looks for what it missed."""

type Completion = Callable[[ChangeFacts, int | None], Awaitable[ChangeFacts]]
"""Adds to the facts of a change what somebody else knows of it, in a server or (``None``) in general."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Watch:
    """The queue as last seen, and the difference that each look at it makes.

    Attributes:
        last_look_at: when the queue was last read, ``None`` before the first time.
        away_since: since when the queue cannot be read, ``None`` while it can.
        problem: why it cannot be read, ``None`` while it can.
    """

    catalogue: Catalogue
    facts: ChangeFactsBuilder
    cards: Cards
    cursors: Cursors
    planner: NotificationPlanner
    looker: Looker
    clock: Callable[[], datetime]
    last_look_at: datetime | None = None
    away_since: datetime | None = None
    problem: BotError | None = None
    highest_change_id: int = 0
    _missing: set[int] = field(default_factory=set)
    _listed_at: datetime | None = None
    _settled: set[int] = field(default_factory=set)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _draw: Callable[[int], Awaitable[None]] | None = None
    _completions: list[Completion] = field(default_factory=list)

    async def load(self) -> None:
        """Take up the cursor where the last run left it."""
        self.highest_change_id = int(await self.cursors.get(CURSOR) or 0)
        self.memory.total = int(await self.cursors.get(TOTAL_CURSOR) or 0)
        self.memory.last_id = int(await self.cursors.get(LAST_CURSOR) or 0)
        self.memory.keep_rows((await self.cards.tracked()).values())

    @property
    def memory(self) -> QueueMemory:
        """The queue as last seen."""
        return self.looker.memory

    def attach(self, draw: Callable[[int], Awaitable[None]]) -> None:
        """Have cards of a change drawn as soon as it moves, instead of at the next look.

        Args:
            draw: brings the cards of one change in line; never raises.
        """
        self._draw = draw

    async def draw(self, change_id: int) -> None:
        """Have the cards of a change brought in line now, as far as anybody draws; the next look sees to the rest."""
        if self._draw is not None:
            await self._draw(change_id)

    def complete_with(self, completion: Completion) -> None:
        """Have somebody add what they know to the facts of every change: claims, approvals of a server."""
        self._completions.append(completion)

    def open_changes(self, category: str, model_name: str, *, besides: int | None = None) -> tuple[PendingChange, ...]:
        """Open changes of one model, from memory, by id."""
        return tuple(change for change in self.memory.of_model(category, model_name) if change.change_id != besides)

    def remembered(self, change_id: int) -> PendingChange | None:
        """An open change from memory, without asking anybody."""
        return self.memory.get(change_id)

    def remembered_facts(self, change_id: int) -> ChangeFacts | None:
        """The bare facts of an open change from memory, for a form that must open at once."""
        change = self.memory.get(change_id)
        return None if change is None else ChangeFacts(change, state_of(change, self.clock()))

    def waiting(self, status: ChangeStatus) -> list[PendingChange]:
        """Open changes in one status, from memory, oldest first."""
        return self.memory.in_status(status)

    def seen_since(self, change_id: int) -> int:
        """How many changes came in after this one, as far as they are open or ended since the last look."""
        return sum(seen > change_id for seen in self.memory.tracked)

    async def sweep(self) -> None:
        """Look at the queue once and remember what is new, moved or gone.

        Raises:
            BotError: the service did not answer as it should, or is a replica; ``problem`` keeps it.
        """
        self._settled.clear()
        self.memory.forget_ended_rows()
        try:
            sight = await self._look()
            found, lost = await self._look_for_missing(sight)
        except BotError as error:
            if isinstance(error, ReaderKeyError) and not isinstance(self.problem, ReaderKeyError):
                log.warning("queue hidden", reason=str(error))
            self.problem = error
            self.away_since = self.away_since or self.clock()
            self._listed_at = None  # whatever it was, all may be otherwise after it, under the same ids too
            self.memory.forget_signs()
            raise
        self.problem = self.away_since = None
        self.last_look_at = self.clock()
        # What was settled since the list was asked for is newer than the list, a final state above all.
        listed = {change.change_id for change in sight.moved}
        lasting = [change for change in self.memory.in_status(ChangeStatus.APPLYING) if change.change_id not in listed]
        seen = [change for change in (*sight.moved, *found, *lasting) if change.change_id not in self._settled]
        gone = [row for row in lost if row.change_id not in self._settled]
        await self._remember(seen, gone, anchor=(sight.total, sight.last_id))
        self.memory.take(sight, besides=self._settled)
        for change in found:
            if change.change_id not in self._settled:
                self.memory.put(change)
        self._missing -= {change.change_id for change in found} | self._settled
        if self._missing:
            self._missing &= self.memory.open_ids()
        self._listed_at = self.last_look_at if sight.pages else self._listed_at

    async def settle(self, change: PendingChange) -> ChangeFacts:
        """Note a change, and gather its facts."""
        await self.note(change)
        return await self.facts_of(change)

    async def note(self, change: PendingChange) -> None:
        """Remember a change that the bot itself just queued, decided, applied or re-read, and have it drawn."""
        self._settled.add(change.change_id)
        self.memory.put(change)
        if change.status is ChangeStatus.APPLIED:
            self.catalogue.forget_models(change.category)
        await self._remember([change], [])
        if change.status.is_open:
            await self.cards.queue_cards(change.change_id)
        await self.draw(change.change_id)

    async def note_purged(self, change_ids: Sequence[int]) -> None:
        """Remember that changes have just left the queue for good, and have the cards of those that were open say so.

        Nobody needs to miss them in three sweeps first: the service itself said that they are gone.
        """
        self._settled.update(change_ids)
        for change_id in change_ids:
            self.memory.drop(change_id)
        known = [self.memory.tracked[change_id] for change_id in change_ids if change_id in self.memory.tracked]
        gone = [
            replace(row, status=CardState.PURGED.value, updated_at=self.clock())
            for row in known
            if not CardState(row.status).is_final
        ]
        await self._remember((), gone)
        for row in gone[:1]:  # that one at once; it has the others drawn, however many they are
            await self.draw(row.change_id)

    async def facts_of(self, change: PendingChange, guild_id: int | None = None) -> ChangeFacts:
        """Facts of a change, with the other open changes of its model.

        Args:
            change: as the service last told it.
            guild_id: the server whose cards, approvals and rules are meant, ``None`` for none in particular.
        """
        rivals = self.open_changes(change.category, change.model_name, besides=change.change_id)
        facts = await self.facts.build(change, rivals, guild_id)
        for complete in self._completions:
            facts = await complete(facts, guild_id)
        return facts

    async def read(self, change_id: int) -> PendingChange:
        """Ask the service for one change with the reader's key.

        Raises:
            NotFoundError: the service does not have it.
            ReaderKeyError: it shows the queue to approvers alone.
            ApiError: it did not answer.
        """
        return await self.looker.read(change_id)

    async def card_link(self, change_id: int, guild_id: int | None) -> MessageLink | None:
        """Where the change's card stands in this server (or in any); ``None`` while it is not posted."""
        for card in await self.cards.cards_of(change_id):
            if card.message_id is not None and guild_id in (None, card.guild_id):
                return MessageLink(card.guild_id, card.channel_id, card.message_id)
        return None

    async def _look(self) -> Sight:
        deployment = await self.catalogue.current_deployment()
        now = self.clock()
        is_list_due = self._listed_at is None or now - self._listed_at >= LIST_EVERY
        try:
            return await self.looker.look(is_list_due=is_list_due)
        except ReaderKeyError:
            # Whether it takes writes at all comes first; an old service tells that to approvers alone.
            assert_pending_queue_write_enabled(deployment)
            raise

    async def _look_for_missing(self, sight: Sight) -> Fates:
        if sight.present is not None:
            self._missing = self.memory.open_ids() - sight.present
        missing = sorted((self._missing - self._settled) & self.memory.open_ids()) if self._missing else []
        return await look_for_missing(self.looker, [self.memory.tracked[i] for i in missing], self.clock())

    async def _remember(
        self,
        changes: Iterable[PendingChange],
        missing: Sequence[TrackedChange],
        *,
        anchor: tuple[int, int] | None = None,
    ) -> None:
        async with self._lock:
            seen = await moves_among(changes, self.memory.tracked, self.clock())
            if any(move.before is not None and move.before.missing_sweeps for move in seen):
                self.memory.contradicted(self.clock())  # one that was not there comes back
            highest = max([self.highest_change_id, *(move.row.change_id for move in seen)])
            moves = [*seen, *(Move(row, self.memory.tracked.get(row.change_id), None) for row in missing)]
            if not moves:
                return
            cursors = {CURSOR: highest}
            if anchor is not None:
                cursors |= {TOTAL_CURSOR: anchor[0], LAST_CURSOR: anchor[1]}
            await self.cards.record_sweep(
                seen=[move.row for move in moves],
                cursors={name: str(value) for name, value in cursors.items()},
                notices=await self.planner.notices(moves),
                thread_posts=self.planner.thread_posts(moves),
                touched=self._rivals_of(move.row for move in seen),
                now=self.clock(),
            )
            self.highest_change_id = highest
            self.memory.keep_rows([move.row for move in moves])

    def _rivals_of(self, rows: Iterable[TrackedChange]) -> set[int]:
        """Other open changes of the models of these: their cards name all that are open."""
        moved = [row for row in rows if row.is_final or row.change_id not in self.memory.tracked]
        ids = {row.change_id for row in moved}
        models = {(row.category, row.model_name) for row in moved}
        return {change.change_id for model in models for change in self.memory.of_model(*model)} - ids
