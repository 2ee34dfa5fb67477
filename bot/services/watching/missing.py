"""What became of changes that are not listed any more: decided elsewhere, purged, or only out of sight."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from bot.errors import BotError
from bot.reference.errors import NotFoundError
from bot.reference.models import PendingChange
from bot.services.changes import CardState
from bot.services.watching.looking import PAGE, Looker
from bot.services.watching.queue_memory import QueueMemory
from storage.cards import TrackedChange

SWEEPS_UNTIL_GONE = 3
"""Ids can be reused and a restarting service may list nothing: absence counts only after so many looks and a 404."""

SWEEPS_WHERE_DIVIDED = 30
"""As many where several processes of the service answer in turn, of which each has a queue of its own: with two of
them a change is missed three times in a row every few minutes, and so often never."""

ASKED_BEFORE_GONE = 10
"""The last questions before changes count as gone, shared among them: of two processes each answers some of so many."""

ASKED_AT_ONCE = 20
"""Missing changes asked for one by one at a look; each question costs the service one to AI-Horde (90 a minute)."""

log = structlog.get_logger(__name__)

type Fates = tuple[list[PendingChange], list[TrackedChange]]
"""Changes that there are after all, as they are now; and rows of those that there are not."""


async def look_for_missing(looker: Looker, missing: Sequence[TrackedChange], now: datetime) -> Fates:
    """Look for changes that the list does not name.

    Few are asked for one by one, at every look. Many are looked up in the list of all changes; those that are not
    in it either are asked for a few at a time, once they have been missing for long enough.

    Raises:
        ApiError: the list of all changes was not to be had.
    """
    if len(missing) <= ASKED_AT_ONCE:
        return await _asked_for(looker, missing, now)
    found = await looker.find({row.change_id for row in missing})
    there = {change.change_id for change in found}
    absent = [row for row in missing if row.change_id not in there]
    enough = sweeps_until_gone(looker.memory, now)
    for_long = [row for row in absent if row.missing_sweeps + 1 >= enough]
    again, gone = await _asked_for(looker, for_long[:ASKED_AT_ONCE], now)
    counted = [row for row in absent if row.missing_sweeps + 1 < enough]
    return [*found, *again], [*gone, *(replace(row, missing_sweeps=row.missing_sweeps + 1) for row in counted)]


def sweeps_until_gone(memory: QueueMemory, now: datetime) -> int:
    """In how many looks in a row a change has to be missing until that is believed."""
    return SWEEPS_WHERE_DIVIDED if memory.is_divided(now) else SWEEPS_UNTIL_GONE


async def _asked_for(looker: Looker, rows: Sequence[TrackedChange], now: datetime) -> Fates:
    found: list[PendingChange] = []
    gone: list[TrackedChange] = []
    enough = sweeps_until_gone(looker.memory, now)
    for known in rows:
        missing = known.missing_sweeps + 1
        times = -(-ASKED_BEFORE_GONE // len(rows)) if missing >= enough else 1
        try:
            change = await _shown(looker, known, times, now)
        except BotError as error:
            # One answer that makes no sense must not keep every other change from being seen.
            log.info("missing change not read", change_id=known.change_id, reason=type(error).__name__)
            continue
        if change is None:
            gone.append(replace(known, missing_sweeps=missing, updated_at=now))
        else:
            found.append(change)
    enough = sweeps_until_gone(looker.memory, now)  # the answers may just have shown that it is divided
    purged = CardState.PURGED.value
    return found, [replace(row, status=purged) if row.missing_sweeps >= enough else row for row in gone]


async def _shown(looker: Looker, known: TrackedChange, times: int, now: datetime) -> PendingChange | None:
    """The change as soon as one answer has it; ``None`` when none of so many does."""
    for time in range(times):
        try:
            change = await looker.read(known.change_id, of_any=True)
        except NotFoundError:
            continue
        # It was not there, or not listed; but a list of several pages may move while it is read.
        if time or known.missing_sweeps or (change.status.is_open and len(looker.memory.open_ids()) <= PAGE):
            looker.memory.contradicted(now)
        return change
    return None
