"""Requests of a batch, sent once each; the outcome is read from answer or change."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.identity.accounts import Actor
from bot.reference.client import ReferenceClient
from bot.reference.errors import (
    ApiError,
    IndeterminateError,
    InvalidRequestError,
    MalformedReplyError,
    NotFoundError,
)
from bot.reference.models import ChangeStatus, PendingChange
from bot.services.forms.reasons import REASON_MAX
from bot.services.polling.change_recorder import ChangeRecorder
from bot.services.polling.live_outcomes import LiveOutcomes, LiveRecords
from bot.services.polling.queue_snapshot import QueueSnapshot
from bot.services.review.approvals import TITLE_LENGTH_MAX
from bot.services.review.batches import Batch
from bot.services.review.guards import DecisionGuards
from bot.services.review.outcomes import ApplyProgress, DecisionResult, Outcome
from bot.services.review.presses import DecisionVerb, Target
from storage.intents import Intent, Intents, IntentState

BATCH_TITLE = "Discord"
"""Default title of the service's batch; approved changes of all approvers share one batch."""

PATIENCE_S = (2, 5, 10, 20, 40, 60)
"""Seconds between two reads after the answer to an apply was lost: the service may block for a minute."""

log = structlog.get_logger(__name__)

type OnProgress = Callable[[ApplyProgress], Awaitable[None]]


@dataclass(slots=True)
class BatchSender:
    """Sends a batch. A request with a lost answer is never repeated: changes are read."""

    client: ReferenceClient
    snapshot: QueueSnapshot
    recorder: ChangeRecorder
    intents: Intents
    guards: DecisionGuards
    live_outcomes: LiveOutcomes
    clock: Callable[[], datetime]
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    seconds_per_apply: float | None = None

    async def send(self, batch: Batch, title: str, reason: str) -> None:
        """Send the READY ones, those with the same title in one request.

        ``title`` is empty for the default; it and ``reason`` are cut to what the service takes. The service takes all
        or none: after a refusal all are read again, and those still pending are sent once more.
        """
        title, reason = title.strip()[:TITLE_LENGTH_MAX] or BATCH_TITLE, reason[:REASON_MAX]
        if batch.ready and batch.intent.state is IntentState.PREPARED:
            await self.intents.mark_sent(batch.intent.intent_id, self.clock())
        while ready := batch.ready:
            own_title = batch.titles.get(ready[0], title)
            ids = [change_id for change_id in ready if batch.titles.get(change_id, title) == own_title]
            try:
                if batch.verb is DecisionVerb.APPROVE:
                    answer = await self.client.decide(batch.actor.key, approve=ids, title=own_title)
                else:
                    answer = await self.client.decide(batch.actor.key, reject=ids, title=title, reject_reason=reason)
            except (InvalidRequestError, NotFoundError):
                await self._reread(batch, ids, is_lost=False)
                if batch.ready == ready:  # refused, and not because one is no longer pending
                    raise
            except (IndeterminateError, MalformedReplyError) as error:
                log.info("decision_unknown", changes=ids, kind=batch.verb.value, reason=type(error).__name__)
                await self._reread(batch, ids, is_lost=True)
            else:
                await self._accept(batch, (*answer.approved, *answer.rejected))
                missing = [change_id for change_id in ids if change_id in batch.ready]
                await self._reread(batch, missing, is_lost=True)  # missing in the answer: not known

    def estimate(self, count: int) -> timedelta | None:
        """Return the expected duration of an apply; None before the first one."""
        return None if self.seconds_per_apply is None else timedelta(seconds=self.seconds_per_apply * count)

    async def read_live(self, verb: DecisionVerb, targets: Sequence[Target]) -> LiveRecords:
        """Read the live record of an apply's first change; the others follow in their turn."""
        first = self.snapshot.get(targets[0].change_id) if verb is DecisionVerb.APPLY and targets else None
        return {} if first is None else await self.live_outcomes.read(first)

    async def apply(self, batch: Batch, on_progress: OnProgress | None) -> None:
        """Apply the READY ones, one id a request, up to the first that fails.

        The service answers nothing while it applies, for seconds an id with a long queue (8.6.2). With one id a request
        others get answers in between, each id has its own outcome, and a lost answer concerns one id only.
        """
        started = self.clock()
        for position, change_id in enumerate(batch.ready):
            result = batch.results[change_id]
            if position and (stale := await self._superseded_on_the_way(batch, result)):
                batch.put(stale)
                continue
            batch.put(result.with_outcome(Outcome.RUNNING))
            if on_progress is not None:
                await on_progress(ApplyProgress(tuple(batch.results.values())))
            try:
                await self._apply_one(batch, result)
            except ApiError as error:
                if not batch.changed_something:
                    raise
                batch.put(result.with_outcome(Outcome.REFUSED, error.detail))
            if batch.results[change_id].outcome in (Outcome.FAILED, Outcome.REFUSED, Outcome.UNKNOWN):
                for left in batch.ready:
                    batch.put(batch.results[left].with_outcome(Outcome.NOT_TRIED))
                break
        if done := sum(result.outcome is Outcome.DONE for result in batch.results.values()):
            self.seconds_per_apply = (self.clock() - started).total_seconds() / done

    async def _superseded_on_the_way(self, batch: Batch, result: DecisionResult) -> DecisionResult | None:
        """Ask again before a batch's later request; its own applies, chosen together, pass."""
        assert result.change is not None  # noqa: S101 - READY has been read
        applied = [other.change_id for other in batch.results.values() if other.changed_something]
        return await self.guards.superseded(batch.actor, batch.press, result.change, besides=applied)

    async def _apply_one(self, batch: Batch, result: DecisionResult) -> None:
        assert result.change is not None  # noqa: S101 - READY has been read
        await self.live_outcomes.note_before(result.change, batch.live)
        try:
            await self._send_apply(batch, result)
            after = batch.results[result.change_id]
            if after.outcome is Outcome.FAILED and await self.live_outcomes.is_written(result.change):
                batch.put(replace(after, is_written=True))
        finally:
            self.live_outcomes.forget(result.change_id)

    async def _send_apply(self, batch: Batch, result: DecisionResult) -> None:
        ids, job_id = (result.change_id,), job_of(batch.intent.interaction_id)
        message = ""
        try:
            answer = await self.client.apply(batch.actor.key, ids, job_id=job_id)
        except (IndeterminateError, MalformedReplyError) as error:
            log.info("apply_unknown", change_id=result.change_id, reason=type(error).__name__)
            await self._reread(batch, ids, is_lost=True, waits=PATIENCE_S)
        except (InvalidRequestError, NotFoundError) as error:
            message = error.detail
            await self._reread(batch, ids, is_lost=False)
        else:
            message = answer.failed_error or ""
            await self._accept(batch, answer.applied)
            if batch.results[result.change_id].outcome is Outcome.RUNNING:
                await self._reread(batch, ids, is_lost=answer.failed_change_id is None)
        if batch.results[result.change_id].outcome is Outcome.READY:
            batch.put(batch.results[result.change_id].with_outcome(Outcome.FAILED, message))

    async def _accept(self, batch: Batch, changes: Iterable[PendingChange]) -> None:
        """Take over the answered changes; one that is not as read before is not done."""
        for change in changes:
            before = batch.results.get(change.change_id)
            if before is None or before.outcome not in (Outcome.READY, Outcome.RUNNING):
                continue
            if change.status is not batch.verb.after:
                continue
            await self.recorder.note(change)
            is_same = before.digest == change.digest
            result = DecisionResult.of(change, Outcome.DONE if is_same else Outcome.CONTENT_CHANGED, self.clock())
            difference = await self.live_outcomes.difference_of(change)
            batch.put(replace(result, is_recorded=not is_same, live_difference=difference))

    async def _reread(
        self, batch: Batch, change_ids: Sequence[int], *, is_lost: bool, waits: Sequence[float] = ()
    ) -> None:
        """Read changes after a lost answer or a refusal, and resolve the outcome of each.

        Raises:
            ApiError: they could not be read after a refusal; after a lost answer they are UNKNOWN.
        """
        for change_id in change_ids:
            before = batch.results[change_id]
            try:
                change = await self.read(batch.actor, change_id, waits)
            except NotFoundError:
                batch.put(replace(before.with_outcome(Outcome.NOT_FOUND), change=None, state=None))
                continue
            except ApiError as error:
                if not is_lost:
                    raise
                log.info("decision_not_read", change_id=change_id, reason=type(error).__name__)
                batch.put(before.with_outcome(Outcome.UNKNOWN))
                continue
            await self.recorder.note(change)
            result = resolve_outcome(before, change, batch.intent, self.clock(), is_lost=is_lost)
            batch.put(replace(result, live_difference=await self.live_outcomes.difference_of(change)))

    async def read(self, actor: Actor, change_id: int, waits: Sequence[float] = ()) -> PendingChange:
        """Read a change; while it is applying or unanswered, read again after each of ``waits``."""
        for wait in waits:
            try:
                change = await self.client.change(actor.key, change_id)
            except NotFoundError:
                raise
            except ApiError as error:
                log.info("read_retried", change_id=change_id, reason=type(error).__name__)
            else:
                if change.status is not ChangeStatus.APPLYING:
                    return change
            await self.pause(wait)
        return await self.client.change(actor.key, change_id)


def job_of(interaction_id: int) -> str:
    """Return the label that marks an apply as ours; the service keeps it with the change."""
    return f"discord:{abs(interaction_id)}"


def resolve_outcome(
    before: DecisionResult, change: PendingChange, intent: Intent, now: datetime, *, is_lost: bool
) -> DecisionResult:
    """Return the result of a sent decision from the change as read afterwards.

    Args:
        before: the result before the request was sent.
        change: the change, read after it.
        intent: of the press.
        now: the current time.
        is_lost: the answer was lost, so the request may have had its effect; otherwise it was refused.
    """
    verb = DecisionVerb(intent.kind)
    is_same = before.digest in ("", change.digest)
    if is_lost and _is_made_by(change, verb, intent):
        outcome = Outcome.DONE if is_same else Outcome.CONTENT_CHANGED
        return replace(DecisionResult.of(change, outcome, now), is_recorded=not is_same)
    if is_lost and verb is DecisionVerb.APPLY and change.status is ChangeStatus.APPLYING:
        outcome = Outcome.UNKNOWN
    elif not is_same:
        outcome = Outcome.CONTENT_CHANGED
    elif change.status is verb.before:
        outcome = Outcome.UNKNOWN if is_lost else Outcome.READY
    else:
        outcome = Outcome.ALREADY_DECIDED
    return DecisionResult.of(change, outcome, now)


def _is_made_by(change: PendingChange, verb: DecisionVerb, intent: Intent) -> bool:
    """Return whether the request of an intent moved a change; the one rule after a lost answer.

    An apply is recognised by its label: the same account may apply on the web page. An approved change may be live
    already, and keeps its approver.
    """
    match verb:
        case DecisionVerb.APPLY:
            is_label_ours = change.applied_job_id == job_of(intent.interaction_id)
            return change.status is ChangeStatus.APPLIED and is_label_ours
        case DecisionVerb.APPROVE:
            reached = (ChangeStatus.APPROVED, ChangeStatus.APPLYING, ChangeStatus.APPLIED)
            return change.status in reached and change.approved_by == intent.horde_user_id
        case DecisionVerb.REJECT:
            return change.status is ChangeStatus.REJECTED and change.rejected_by == intent.horde_user_id
