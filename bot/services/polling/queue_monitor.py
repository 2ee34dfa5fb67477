"""Monitor of the queue: polls it, finds what moved, and keeps how the last poll went."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.reference.deployment import assert_pending_queue_write_enabled
from bot.reference.models import ChangeStatus
from bot.services.catalogue import Catalogue
from bot.services.polling.change_recorder import ChangeRecorder
from bot.services.polling.missing_changes import MissingResult, confirm_missing, is_due
from bot.services.polling.queue_poller import QueuePoller
from bot.services.polling.queue_snapshot import PollResult, QueueSnapshot
from bot.services.reader_key import ReaderKeyCheck, ReaderKeyError, ReaderProblem, remedy_of

FULL_READ_EVERY = timedelta(minutes=10)
"""All open changes are listed this often even if the counts did not move."""

CONTRADICTED_FOR = timedelta(hours=1)
"""Time for which two answers that contradict each other are reported."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class QueueMonitor:
    """Polls of the queue, and the health that they show.

    Attributes:
        last_poll_at: time of the last successful poll, ``None`` before the list was read once.
        away_since: since when polls fail, ``None`` while they succeed.
        problem: why the last poll failed, ``None`` if it succeeded; not a ``BotError`` after a fault of the bot.
        _unread: missing changes that the last poll could not read.
        _listed_at: time of the last full read, ``None`` if the next poll must make one.
    """

    catalogue: Catalogue
    poller: QueuePoller
    snapshot: QueueSnapshot
    recorder: ChangeRecorder
    reader_key_check: ReaderKeyCheck
    clock: Callable[[], datetime]
    last_poll_at: datetime | None = None
    away_since: datetime | None = None
    problem: Exception | None = None
    _contradicted_at: datetime | None = None
    _unread: frozenset[int] = frozenset()
    _listed_at: datetime | None = None

    @property
    def reader_problem(self) -> ReaderProblem | None:
        """Reason why the reader key was refused at the last poll; None if it was not."""
        return self.problem.problem if isinstance(self.problem, ReaderKeyError) else None

    @property
    def is_contradicted(self) -> bool:
        """Return whether two answers of the service contradicted each other within the last hour."""
        return self._contradicted_at is not None and self.clock() - self._contradicted_at < CONTRADICTED_FOR

    def note_contradiction(self) -> None:
        """Note two contradicting answers of the service, as of unsynchronised workers."""
        if not self.is_contradicted:
            log.warning("service_contradicts_itself")
        self._contradicted_at = self.clock()

    async def poll(self) -> None:
        """Poll the queue once and record what is new, moved or gone.

        Raises:
            BotError: the service did not answer as expected, or is a replica; ``problem`` keeps it.
            Exception: a fault of the bot; ``problem`` keeps it too.
        """
        self.snapshot.begin_poll()
        try:
            result = await self._read_queue()
            missing = await self._confirm_missing(result)
            self._note_contradictions(result, missing)
            await self._record(result, missing)
        except Exception as error:  # noted for `/status`, then raised again
            self._note_failure(error)
            raise
        self.problem = self.away_since = None
        self.snapshot.update(result, missing.found)
        self._unread = missing.unread
        now = self.clock()
        self._listed_at = now if result.pages else self._listed_at
        if self.snapshot.is_polled:
            self.last_poll_at = now

    async def _read_queue(self) -> PollResult:
        deployment = await self.catalogue.refresh_deployment()
        now = self.clock()
        is_full_read_due = self._listed_at is None or not timedelta() <= now - self._listed_at < FULL_READ_EVERY
        try:
            return await self.poller.poll(self.snapshot, is_full_read_due=is_full_read_due)
        except ReaderKeyError as error:
            # A replica is reported as one with any key; an old service tells its mode to approvers only.
            assert_pending_queue_write_enabled(deployment)
            # The service answers the same for a revoked key and for an AI-Horde that is away (8.6.2).
            if error.problem is ReaderProblem.UNCONFIRMED and await self.reader_key_check.is_unknown():
                raise ReaderKeyError(ReaderProblem.UNKNOWN_KEY) from None
            raise

    def _note_failure(self, error: Exception) -> None:
        before, self.problem = self.reader_problem, error
        if (problem := self.reader_problem) is not None and problem is not before:
            log.warning("reader_key_refused", problem=problem.value, remedy=remedy_of(problem))
        self.away_since = self.away_since or self.clock()
        self._listed_at = None  # after an outage anything may differ, under the same ids too
        self.snapshot.forget_entries()

    async def _confirm_missing(self, result: PollResult) -> MissingResult:
        """Look up the tracked changes that no list shows, each when it is due."""
        now = self.clock()
        missing: set[int] = set(self._unread & self.snapshot.open_ids())
        if result.present is not None:
            absent = self.snapshot.open_ids() - result.present
            missing = {i for i in absent if is_due(self.snapshot.tracked[i], now)}
        rows = [self.snapshot.tracked[i] for i in sorted(missing - self.snapshot.newer)]
        with self.poller.client.key_checks.leave_out_poll():
            return await confirm_missing(self.poller, rows, now)

    def _note_contradictions(self, result: PollResult, missing: MissingResult) -> None:
        """Note an open change that was not on the list, or that had been answered with a 404."""
        # A list of several pages may move while it is read.
        is_list_whole = result.present is not None and len(result.pages) <= 1
        tracked = self.snapshot.tracked
        known = (tracked.get(change.change_id) for change in (*result.changes, *missing.found))
        was_missing = any(row is not None and row.is_missing for row in known)
        if was_missing or (is_list_whole and any(change.status.is_open for change in missing.found)):
            self.note_contradiction()

    async def _record(self, result: PollResult, missing: MissingResult) -> None:
        # A change noted since the list was requested is newer than the list, a final state above all.
        newer = self.snapshot.newer
        listed = {change.change_id for change in result.changes}
        applying = [c for c in self.snapshot.in_status(ChangeStatus.APPLYING) if c.change_id not in listed]
        seen = [c for c in (*result.changes, *missing.found, *applying) if c.change_id not in newer]
        gone = [row for row in missing.rows if row.change_id not in newer]
        await self.recorder.record_poll(seen, gone, total=result.total, last_id=result.last_id)
