"""State of the service, AI-Horde, the polling and the queue, as a value."""

from dataclasses import dataclass
from datetime import datetime

from bot.services.reader import ReaderProblem


@dataclass(frozen=True, slots=True)
class StatusReport:
    """Report of ``/status``.

    Attributes:
        mode: ``PRIMARY`` or ``REPLICA``, ``None`` if unknown.
        canonical_format: ``v2`` or ``legacy``, ``None`` if unknown.
        version: of the service, ``None`` if it does not say.
        is_writable: the service accepts proposals.
        service_problem: short reason why the service did not answer, ``None`` if it did.
        ai_horde_ms: milliseconds until AI-Horde answered, ``None`` if it did not.
        poll_interval_s: seconds between polls.
        last_poll_at: time of the last successful poll, ``None`` before the first.
        pending: pending changes, ``None`` if unknown.
        approved: approved changes that are not live yet, ``None`` if unknown.
        oldest_pending: id and time of the oldest pending change.
        version_of_bot: version of this program.
        away_since: since when the service does not answer, ``None`` if it does.
        next_try_at: time of the next request, ``None`` if requests are not held back.
        has_queue: the service has a queue; old releases do not.
        reader_problem: why the last poll was refused with the reader key, ``None`` if it was not.
        poll_problem: why the last poll failed while the service answers; ``None`` if it did not, or for another field.
        undrawn: messages that were given up because they cannot be drawn: kind, and change if they concern one.
        is_poll_late: no poll was completed for a long time.
        is_contradicted: two answers of the service contradicted each other within the last hour.
        left_alone: channels of the server in which Discord refused the bot three times.
        oversized: open changes too large to be read, by number; 0 if the number is unknown.
    """

    service_host: str
    mode: str | None
    canonical_format: str | None
    version: str | None
    is_writable: bool
    service_problem: str | None
    ai_horde_host: str
    ai_horde_ms: int | None
    poll_interval_s: int
    last_poll_at: datetime | None
    pending: int | None
    approved: int | None
    oldest_pending: tuple[int, datetime] | None
    version_of_bot: str
    away_since: datetime | None = None
    next_try_at: datetime | None = None
    has_queue: bool = True
    reader_problem: ReaderProblem | None = None
    poll_problem: str | None = None
    is_poll_late: bool = False
    undrawn: tuple[tuple[str, int | None], ...] = ()
    is_contradicted: bool = False
    left_alone: tuple[int, ...] = ()
    oversized: tuple[int, ...] = ()
