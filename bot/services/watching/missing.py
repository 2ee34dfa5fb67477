"""What became of changes that are not listed any more: decided elsewhere, purged, or only out of sight."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from bot.errors import BotError
from bot.reference.errors import NotFoundError
from bot.reference.models import PendingChange
from bot.services.changes import CardState
from bot.services.watching.looking import Looker
from storage.cards import TrackedChange

SWEEPS_UNTIL_GONE = 3
"""Ids can be reused and a restarting service may list nothing: absence counts only after so many looks and a 404."""

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
    for_long = [row for row in absent if row.missing_sweeps + 1 >= SWEEPS_UNTIL_GONE]
    again, gone = await _asked_for(looker, for_long[:ASKED_AT_ONCE], now)
    counted = [row for row in absent if row.missing_sweeps + 1 < SWEEPS_UNTIL_GONE]
    return [*found, *again], [*gone, *(replace(row, missing_sweeps=row.missing_sweeps + 1) for row in counted)]


async def _asked_for(looker: Looker, rows: Iterable[TrackedChange], now: datetime) -> Fates:
    found: list[PendingChange] = []
    gone: list[TrackedChange] = []
    for known in rows:
        try:
            found.append(await looker.read(known.change_id))
        except NotFoundError:
            missing = known.missing_sweeps + 1
            status = CardState.PURGED.value if missing >= SWEEPS_UNTIL_GONE else known.status
            gone.append(replace(known, missing_sweeps=missing, status=status, updated_at=now))
        except BotError as error:
            # One answer that makes no sense must not keep every other change from being seen.
            log.info("missing change not read", change_id=known.change_id, reason=type(error).__name__)
    return found, gone
