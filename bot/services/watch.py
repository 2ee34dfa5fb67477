"""Watches the queue: what is new, what moved, what is gone; remembers it in one transaction with its cards."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import structlog
from pydantic import SecretStr

from bot.errors import BotError
from bot.reference.client import ReferenceClient
from bot.reference.deployment import Deployment, assert_pending_queue_write_enabled
from bot.reference.errors import NotFoundError
from bot.reference.models import ChangeStatus, PendingChange
from bot.services.catalogue import Catalogue
from bot.services.changes import CardState, ChangeFacts, MessageLink
from bot.services.facts import FactFinder, state_of
from bot.services.reader import ReaderKeyError, as_reader
from storage.cards import Cards, TrackedChange
from storage.cursors import Cursors
from storage.links import Links
from storage.outbox import NoticeKey

OPEN_STATUSES = (ChangeStatus.PENDING, ChangeStatus.APPROVED, ChangeStatus.APPLYING)
PAGE = 500
"""Changes a page: the service's limit."""

SWEEPS_UNTIL_GONE = 3
"""Ids can be reused and a restarting service may list nothing: absence counts only after so many sweeps and a 404."""

CURSOR = "highest_change_id"

TOLD = frozenset({CardState.APPROVED, CardState.REJECTED, CardState.APPLIED})
"""States that a requestor is told about."""

_RANK = {
    CardState.PENDING: 0,
    CardState.APPROVED: 1,
    CardState.APPLYING: 2,
    CardState.STUCK: 2,
    CardState.REJECTED: 3,
    CardState.APPLIED: 3,
    CardState.PURGED: 4,
}

type Completion = Callable[[ChangeFacts, int | None], Awaitable[ChangeFacts]]
"""Adds to the facts of a change what somebody else knows of it, in a server or (``None``) in general."""

log = structlog.get_logger(__name__)


def is_outdated(known: TrackedChange | None, state: CardState, digest: str) -> bool:
    """Whether an answer is older than what is known: it was asked for before something moved.

    The service never moves a change backwards but from applying to approved, when an apply failed.
    """
    if known is None or known.digest != digest:
        return False
    before = CardState(known.status)
    if before in (CardState.APPLYING, CardState.STUCK) and state is CardState.APPROVED:
        return False
    return _RANK[state] < _RANK[before]


@dataclass(slots=True)
class Watch:
    """The queue as last seen, and the difference that each look at it makes.

    Attributes:
        last_look_at: when the queue was last read, ``None`` before the first time.
        away_since: since when the queue cannot be read, ``None`` while it can.
        problem: why it cannot be read, ``None`` while it can.
    """

    client: ReferenceClient
    catalogue: Catalogue
    facts: FactFinder
    cards: Cards
    cursors: Cursors
    links: Links
    reader_key: SecretStr
    clock: Callable[[], datetime]
    last_look_at: datetime | None = None
    away_since: datetime | None = None
    problem: BotError | None = None
    highest_change_id: int = 0
    _open: dict[int, PendingChange] = field(default_factory=dict)
    _settled: set[int] = field(default_factory=set)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _draw: Callable[[int], Awaitable[None]] | None = None
    _completions: list[Completion] = field(default_factory=list)

    async def load(self) -> None:
        """Take up the cursor where the last run left it."""
        self.highest_change_id = int(await self.cursors.get(CURSOR) or 0)

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
        return tuple(
            change
            for change_id, change in sorted(self._open.items())
            if change.category == category and change.model_name == model_name and change_id != besides
        )

    def remembered(self, change_id: int) -> PendingChange | None:
        """An open change from memory, without asking anybody."""
        return self._open.get(change_id)

    def remembered_facts(self, change_id: int) -> ChangeFacts | None:
        """The bare facts of an open change from memory, for a form that must open at once."""
        change = self._open.get(change_id)
        return None if change is None else ChangeFacts(change, state_of(change, self.clock()))

    def waiting(self, status: ChangeStatus) -> list[PendingChange]:
        """Open changes in one status, from memory, oldest first."""
        return [change for _, change in sorted(self._open.items()) if change.status is status]

    async def sweep(self) -> None:
        """Look at the queue once and remember what is new, moved or gone.

        Raises:
            BotError: the service did not answer as it should, or is a replica; ``problem`` keeps it.
        """
        try:
            deployment = await self.catalogue.refresh()
            self._settled.clear()
            listed = await self._list_open(deployment)
        except BotError as error:
            if isinstance(error, ReaderKeyError) and not isinstance(self.problem, ReaderKeyError):
                log.warning("queue hidden", reason=str(error))
            self.problem = error
            self.away_since = self.away_since or self.clock()
            raise
        self.problem = self.away_since = None
        self.last_look_at = self.clock()
        tracked = await self.cards.tracked()
        vanished = [known for change_id, known in tracked.items() if change_id not in listed]
        gone = [await self._missing(known) for known in vanished if not CardState(known.status).is_final]
        # What was settled since the list was asked for is newer than the list, a final state above all.
        found = [change for change in gone if isinstance(change, PendingChange)]
        seen = [change for change in (*listed.values(), *found) if change.change_id not in self._settled]
        lost = [known for known in gone if isinstance(known, TrackedChange) and known.change_id not in self._settled]
        await self._remember(seen, lost)
        newer = {change_id: self._open[change_id] for change_id in self._settled & self._open.keys()}
        is_known = self._settled.__contains__
        self._open = {c.change_id: c for c in seen if c.status.is_open and not is_known(c.change_id)} | newer

    async def settle(self, change: PendingChange) -> ChangeFacts:
        """Note a change, and gather its facts."""
        await self.note(change)
        return await self.facts_of(change)

    async def note(self, change: PendingChange) -> None:
        """Remember a change that the bot itself just queued, decided, applied or re-read, and have it drawn."""
        self._settled.add(change.change_id)
        if change.status.is_open:
            self._open[change.change_id] = change
        else:
            self._open.pop(change.change_id, None)
        if change.status is ChangeStatus.APPLIED:
            self.catalogue.forget_models(change.category)
        await self._remember([change], [])
        await self.draw(change.change_id)

    async def note_purged(self, change_ids: Sequence[int]) -> None:
        """Remember that changes have just left the queue for good, and have the cards of those that were open say so.

        Nobody needs to miss them in three sweeps first: the service itself said that they are gone.
        """
        self._settled.update(change_ids)
        for change_id in change_ids:
            self._open.pop(change_id, None)
        tracked = await self.cards.tracked()
        known = [tracked[change_id] for change_id in change_ids if change_id in tracked]
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
        facts = await self.facts.of(change, rivals, guild_id)
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
        with as_reader():
            return await self.client.change(self.reader_key, change_id)

    async def card_link(self, change_id: int, guild_id: int | None) -> MessageLink | None:
        """Where the change's card stands in this server (or in any); ``None`` while it is not posted."""
        for card in await self.cards.cards_of(change_id):
            if card.message_id is not None and guild_id in (None, card.guild_id):
                return MessageLink(card.guild_id, card.channel_id, card.message_id)
        return None

    async def _list_open(self, deployment: Deployment) -> dict[int, PendingChange]:
        try:
            with as_reader():
                return await self._listed()
        except ReaderKeyError:
            # Whether it takes writes at all comes first; an old service tells that to approvers alone.
            assert_pending_queue_write_enabled(deployment)
            raise

    async def _listed(self) -> dict[int, PendingChange]:
        listed: dict[int, PendingChange] = {}
        offset = 0
        while True:
            page = await self.client.changes(self.reader_key, statuses=OPEN_STATUSES, offset=offset, limit=PAGE)
            listed.update((change.change_id, change) for change in page.items)
            offset += len(page.items)
            if not page.items or offset >= page.total:
                return listed

    async def _missing(self, known: TrackedChange) -> PendingChange | TrackedChange | None:
        """What became of a change that is not listed any more; ``None`` while that cannot be read."""
        try:
            return await self.read(known.change_id)
        except NotFoundError:
            missing = known.missing_sweeps + 1
            is_gone = missing >= SWEEPS_UNTIL_GONE
            return replace(
                known,
                missing_sweeps=missing,
                status=CardState.PURGED.value if is_gone else known.status,
                updated_at=self.clock(),
            )
        except BotError as error:
            # One answer that makes no sense must not keep every other change from being seen.
            log.info("missing change not read", change_id=known.change_id, reason=type(error).__name__)
            return None

    async def _remember(self, changes: Iterable[PendingChange], missing: Iterable[TrackedChange]) -> None:
        async with self._lock:
            tracked = await self.cards.tracked()
            seen, notices = self._difference(changes, tracked)
            highest = max([self.highest_change_id, *(row.change_id for row in seen)])
            missing = tuple(missing)
            if not seen and not missing:
                return
            await self.cards.record_sweep(
                seen=[*seen, *missing],
                cursors={CURSOR: str(highest)},
                notices=[notice for notice in [await self._addressed(n) for n in notices] if notice],
                now=self.clock(),
            )
            self.highest_change_id = highest

    def _difference(
        self, changes: Iterable[PendingChange], tracked: Mapping[int, TrackedChange]
    ) -> tuple[list[TrackedChange], list[PendingChange]]:
        """Rows that are new or differ from what is known, and the changes a requestor is to be told about."""
        seen: list[TrackedChange] = []
        tell: list[PendingChange] = []
        now = self.clock()
        for change in changes:
            known = tracked.get(change.change_id)
            state = state_of(change, now)
            if is_outdated(known, state, change.digest):
                continue
            row = _row(change, state, now)
            if known is not None and (known.status, known.digest, known.missing_sweeps) == (
                row.status,
                row.digest,
                0,
            ):
                continue
            seen.append(row)
            if state in TOLD and (known is None or known.status != row.status):
                tell.append(change)
        return seen, tell

    async def _addressed(self, change: PendingChange) -> NoticeKey | None:
        """Whom to tell; nobody when the requestor is not linked, or decided it themselves."""
        decider = change.applied_by or change.approved_by or change.rejected_by
        link = await self.links.by_horde_user(change.requested_by)
        if link is None or decider == change.requested_by:
            return None
        return NoticeKey(link.user_id, change.change_id, change.status.value)


def _row(change: PendingChange, state: CardState, now: datetime) -> TrackedChange:
    return TrackedChange(
        change_id=change.change_id,
        category=change.category,
        model_name=change.model_name,
        operation=change.operation.value,
        requested_by=change.requested_by,
        requested_username=change.requested_username,
        requested_at=datetime.fromtimestamp(change.requested_at, UTC),
        status=state.value,
        digest=change.digest,
        missing_sweeps=0,
        updated_at=now,
    )
