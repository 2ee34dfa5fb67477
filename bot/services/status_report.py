"""How things stand, as a value."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What ``/status`` tells.

    Attributes:
        service_host: host of the service.
        mode: ``PRIMARY`` or ``REPLICA``, ``None`` while unknown.
        canonical_format: ``v2`` or ``legacy``, ``None`` while unknown.
        version: of the service, ``None`` where it does not say.
        is_writable: whether it takes proposals.
        service_problem: why it could not be asked (a short phrase), ``None`` when it answered.
        ai_horde_host: host of AI-Horde.
        ai_horde_ms: milliseconds until AI-Horde answered, ``None`` when it did not.
        poll_interval_s: seconds between looks at the queue.
        last_look_at: when the queue was last read, ``None`` before the first time.
        pending: open proposals, ``None`` while unknown.
        approved: decided and not yet live, ``None`` while unknown.
        oldest_pending: id and time of the proposal that waits longest.
        version_of_bot: this program's version.
        away_since: since when the service does not answer, ``None`` when it does.
        next_try_at: when it is asked again, ``None`` where the next question goes out at once.
        has_queue: whether the service keeps a queue at all; older ones do not.
        is_queue_hidden: whether the service shows its queue to approvers alone, and not to the bot.
        is_contradicted: whether the service contradicted itself, as several processes without a common queue do.
        left_alone: channels of the server in which Discord refused the bot three times.
        oversized: open proposals too large to be read here, by number; 0 for a number that is not known.
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
    last_look_at: datetime | None
    pending: int | None
    approved: int | None
    oldest_pending: tuple[int, datetime] | None
    version_of_bot: str
    away_since: datetime | None = None
    next_try_at: datetime | None = None
    has_queue: bool = True
    is_queue_hidden: bool = False
    is_contradicted: bool = False
    left_alone: tuple[int, ...] = ()
    oversized: tuple[int, ...] = ()
