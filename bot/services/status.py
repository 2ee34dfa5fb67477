"""Status: the state of the service, AI-Horde, the polling and the queue."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from bot.errors import BotError
from bot.reference.errors import ReadOnlyError, ServiceAwayError
from bot.reference.models import ChangeStatus
from bot.services.catalogue import Catalogue
from bot.services.notifications.refused_channels import RefusedChannels
from bot.services.polling.queue_monitor import QueueMonitor
from bot.services.polling.queue_snapshot import QueueSnapshot
from bot.services.reader_key import ReaderProblem
from storage.errors import StorageError

LATE_AFTER = timedelta(minutes=5)
"""Age of the last completed poll that is reported; an apply blocks the service for up to a minute (8.6.2)."""

LATE_AFTER_POLLS = 3
"""Fewest missed polls that are reported."""

FAULT = "a fault in the bot, with its traceback in the operator's log"


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
        undrawable: messages that were given up because they cannot be drawn: kind, and change if they concern one.
        is_poll_late: no poll was completed for a long time.
        is_contradicted: two answers of the service contradicted each other within the last hour.
        left_alone: channels of the server in which Discord refused the bot three times.
        unreadable: open changes that cannot be read, by number; 0 if the number is unknown.
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
    undrawable: tuple[tuple[str, int | None], ...] = ()
    is_contradicted: bool = False
    left_alone: tuple[int, ...] = ()
    unreadable: tuple[int, ...] = ()


@dataclass(slots=True)
class Status:
    """Builds the report of ``/status``.

    Attributes:
        ping_ai_horde: returns the milliseconds until AI-Horde answered, ``None`` if it did not.
    """

    catalogue: Catalogue
    monitor: QueueMonitor
    snapshot: QueueSnapshot
    ping_ai_horde: Callable[[], Awaitable[int | None]]
    service_url: str
    ai_horde_url: str
    poll_interval_s: int
    version_of_bot: str
    refused_channels: RefusedChannels
    clock: Callable[[], datetime]

    async def report(self, guild_id: int | None = None) -> StatusReport:
        """Return the current report, with one server's channels; an outage never raises."""
        problem: str | None = None
        next_try_at: datetime | None = None
        try:
            await self.catalogue.refresh_deployment()
        except BotError as error:
            problem = str(error)
            next_try_at = error.next_try_at if isinstance(error, ServiceAwayError) else None
        deployment = self.catalogue.deployment
        pending = self.snapshot.in_status(ChangeStatus.PENDING)
        is_polled = self.monitor.last_poll_at is not None
        oldest = (pending[0].change_id, datetime.fromtimestamp(pending[0].requested_at, UTC)) if pending else None
        return StatusReport(
            service_host=urlsplit(self.service_url).netloc,
            mode=deployment.mode.value if deployment else None,
            canonical_format=str(deployment.canonical_format) if deployment else None,
            version=deployment.version if deployment else None,
            is_writable=bool(deployment and deployment.takes_writes) and not self._is_refused(),
            service_problem=problem,
            ai_horde_host=urlsplit(self.ai_horde_url).netloc,
            ai_horde_ms=await self.ping_ai_horde(),
            poll_interval_s=self.poll_interval_s,
            last_poll_at=self.monitor.last_poll_at,
            pending=len(pending) if is_polled else None,
            approved=len(self.snapshot.in_status(ChangeStatus.APPROVED)) if is_polled else None,
            oldest_pending=oldest,
            version_of_bot=self.version_of_bot,
            away_since=self.monitor.away_since if problem else None,
            next_try_at=next_try_at,
            has_queue=deployment is None or deployment.has_queue,
            reader_problem=self.monitor.reader_problem,
            poll_problem=self._poll_problem(),
            is_poll_late=self._is_poll_late(),
            undrawable=await self.refused_channels.undrawable(guild_id),
            left_alone=tuple(await self.refused_channels.left_alone(guild_id)) if guild_id is not None else (),
            is_contradicted=self.monitor.is_contradicted,
            unreadable=self.snapshot.unreadable,
        )

    def _is_refused(self) -> bool:
        """Return whether a deployment that accepts writes refused the poll: it has no queue."""
        return isinstance(self.monitor.problem, ReadOnlyError)

    def _poll_problem(self) -> str | None:
        problem = self.monitor.problem
        if problem is None or self._is_refused() or self.monitor.reader_problem is not None:
            return None
        if isinstance(problem, StorageError):
            return "the bot's database cannot be used"
        return str(problem) if isinstance(problem, BotError) else FAULT

    def _is_poll_late(self) -> bool:
        last, interval = self.monitor.last_poll_at, timedelta(seconds=self.poll_interval_s)
        return last is not None and self.clock() - last > max(LATE_AFTER, LATE_AFTER_POLLS * interval)
