"""Tracked changes missing from the open ones: decided elsewhere, purged, or hidden."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.errors import BotError
from bot.reference.errors import NotFoundError
from bot.reference.models import PendingChange
from bot.services.changes import CardState
from bot.services.polling.queue_poller import QueuePoller
from storage.cards import TrackedChange

GONE_AFTER = timedelta(minutes=10)
"""A change counts as gone when no list showed it for so long and its own address answers 404.

Ids can be reused, and a service that restarts may list nothing for a while.
"""

ASKED_AT_ONCE = 20
"""Missing changes read one by one per poll; each costs the service one AI-Horde request (of 90 a minute)."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class MissingResult:
    """Result of looking up missing changes.

    Attributes:
        found: changes that exist, as they are now.
        rows: rows to keep of those that do not: marked as missing, or as purged.
        unread: ids without an answer, to be read at the next poll.
    """

    found: Sequence[PendingChange] = ()
    rows: Sequence[TrackedChange] = ()
    unread: frozenset[int] = frozenset()


async def confirm_missing(poller: QueuePoller, missing: Sequence[TrackedChange], now: datetime) -> MissingResult:
    """Look up changes that are on no list of open ones.

    A few are read one by one. Many are looked up in the list of all changes first; those that are not on it either
    are read only once they have been missing for ``GONE_AFTER``, ``ASKED_AT_ONCE`` per poll.

    Raises:
        ApiError: the list of all changes could not be read.
    """
    if len(missing) <= ASKED_AT_ONCE:
        return await _read_each(poller, missing, now)
    found = await poller.find({row.change_id for row in missing})
    present = {change.change_id for change in found}
    absent = [row for row in missing if row.change_id not in present]
    expired = [row for row in absent if _is_expired(row, now)]
    read = await _read_each(poller, expired[:ASKED_AT_ONCE], now)
    marked = [_marked(row, now) for row in absent if not _is_expired(row, now)]
    later = {row.change_id for row in expired[ASKED_AT_ONCE:]}
    return MissingResult([*found, *read.found], [*read.rows, *marked], read.unread | later)


def is_due(row: TrackedChange, now: datetime) -> bool:
    """Return whether to look a change up: newly missing, or missing for long."""
    return not row.is_missing or _is_expired(row, now)


async def _read_each(poller: QueuePoller, rows: Sequence[TrackedChange], now: datetime) -> MissingResult:
    found: list[PendingChange] = []
    absent: list[TrackedChange] = []
    unread: set[int] = set()
    for row in rows:
        try:
            found.append(await poller.read(row.change_id))
        except NotFoundError:
            is_gone = _is_expired(row, now)
            purged = replace(row, status=CardState.PURGED.value, updated_at=now)
            absent.append(purged if is_gone else _marked(row, now))
        except BotError as error:
            # One malformed answer must not keep the other changes from being processed.
            unread.add(row.change_id)
            log.info("missing_change_not_read", change_id=row.change_id, reason=type(error).__name__)
    return MissingResult(found, absent, frozenset(unread))


def _marked(row: TrackedChange, now: datetime) -> TrackedChange:
    """Mark a row as missing; ``updated_at`` is then the time since when."""
    return replace(row, is_missing=True, updated_at=now)


def _is_expired(row: TrackedChange, now: datetime) -> bool:
    return row.is_missing and now - row.updated_at >= GONE_AFTER
