"""Comparison of changes as just read with the rows stored for them."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.reference.models import PendingChange
from bot.services.changes import CardState, LiveDifference, state_of
from bot.services.polling.queue_poller import SLICE
from storage.cards import TrackedChange

_RANK = {
    CardState.PENDING: 0,
    CardState.APPROVED: 1,
    CardState.APPLYING: 2,
    CardState.STUCK: 2,
    CardState.REJECTED: 3,
    CardState.APPLIED: 3,
    CardState.PURGED: 4,
}


@dataclass(frozen=True, slots=True)
class Move:
    """A change that is new or moved.

    Attributes:
        row: the change as it is stored.
        before: as stored before; None if new.
        change: as read; None if the service no longer has it.
        live_difference: of an applied change whose live record is not as approved.
    """

    row: TrackedChange
    before: TrackedChange | None
    change: PendingChange | None
    live_difference: LiveDifference | None = None

    @property
    def state(self) -> CardState:
        """State after the move."""
        return CardState(self.row.status)

    @property
    def is_news(self) -> bool:
        """Return whether the state or the content differs from before."""
        before = self.before
        return before is None or (before.status, before.digest) != (self.row.status, self.row.digest)


def is_outdated(known: TrackedChange | None, state: CardState, digest: str) -> bool:
    """Return whether an answer is older than the stored row, requested before a move.

    The service never moves a change backwards, except from applying to approved when an apply failed.
    """
    if known is None or known.digest != digest:
        return False
    before = CardState(known.status)
    if before in (CardState.APPLYING, CardState.STUCK) and state is CardState.APPROVED:
        return False
    return _RANK[state] < _RANK[before]


async def find_moves(
    changes: Iterable[PendingChange], tracked: Mapping[int, TrackedChange], now: datetime
) -> list[Move]:
    """Return the changes that are new or differ from their rows; skip outdated answers."""
    seen: list[Move] = []
    for number, change in enumerate(changes, start=1):
        if number % SLICE == 0:
            await asyncio.sleep(0)  # a digest takes some time, and the first poll makes thousands
        known = tracked.get(change.change_id)
        state = state_of(change, now)
        if is_outdated(known, state, change.digest):
            continue
        row = _row(change, state, now)
        if known is not None and (known.status, known.digest, known.is_missing) == (row.status, row.digest, False):
            continue
        seen.append(Move(row, known, change))
    return seen


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
        is_missing=False,
        updated_at=now,
    )
