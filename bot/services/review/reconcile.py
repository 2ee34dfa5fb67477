"""Reconciliation of decisions with lost answers; reads, and sends nothing again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.errors import BotError
from bot.identity.accounts import Accounts
from bot.identity.errors import IdentityError
from bot.reference.errors import NotFoundError
from bot.reference.models import PendingChange
from bot.services.changes import CardState, Origin
from bot.services.polling.change_recorder import ChangeRecorder
from bot.services.polling.live_outcomes import LiveOutcomes
from bot.services.polling.queue_poller import QueuePoller
from bot.services.review.batches import TARGETS, Batches
from bot.services.review.outcomes import BatchResult, DecisionResult, Outcome
from bot.services.review.presses import DecisionVerb, Target
from bot.services.review.sending import BatchSender, resolve_outcome
from bot.services.review.stored_results import facts_to_store
from storage.deliveries import Deliveries, NewPost
from storage.delivery import DeliveryKind
from storage.intents import Intent, Intents, IntentState

ARRIVED_WITHIN = timedelta(minutes=1)
"""A request without effect after this time never reached a service that answers."""

POSTS_KEPT_FOR = timedelta(days=7)
"""Stored outcome posts are kept this long, so that none is posted twice."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class DecisionReconciler:
    """Resolves decisions of unknown outcome, and posts the outcome to the channel."""

    batches: Batches
    accounts: Accounts
    intents: Intents
    recorder: ChangeRecorder
    poller: QueuePoller
    sender: BatchSender
    live_outcomes: LiveOutcomes
    deliveries: Deliveries
    clock: Callable[[], datetime]

    async def reconcile(self) -> None:
        """Look up each lost decision once; one that cannot be read waits for the next poll."""
        for intent in await self._lost():
            try:
                result = await self._resolve(intent)
            except BotError as error:
                log.info("decision_still_unknown", intent_id=intent.intent_id, reason=type(error).__name__)
                continue
            if result is not None:
                log.info("intent_reconciled", intent_id=intent.intent_id, kind=intent.kind)
                origin = Origin(intent.interaction_id, intent.guild_id, intent.channel_id)
                await self.post(intent.user_id, origin, result)

    async def post(self, user_id: int, origin: Origin, outcome: BatchResult) -> None:
        """Post an outcome in the channel of the press, because its answer can no longer be edited."""
        if origin.guild_id is None or origin.channel_id is None:
            return
        facts, subject = facts_to_store(outcome), str(origin.interaction_id)
        post = NewPost(origin.guild_id, origin.channel_id, DeliveryKind.OUTCOME, subject, facts, user_id)
        await self.deliveries.add_posts([post], self.clock())

    async def expire(self) -> None:
        """Delete old outcome posts from storage; they stay in their channels."""
        await self.deliveries.drop_before(DeliveryKind.OUTCOME, self.clock() - POSTS_KEPT_FOR)

    async def _lost(self) -> list[Intent]:
        """Return the decisions of unknown outcome, oldest first."""
        return [
            intent
            for intent in await self.intents.unresolved()
            if intent.state is IntentState.UNKNOWN
            and intent.kind in set(DecisionVerb)
            and intent.intent_id not in self.batches.running
        ]

    async def _resolve(self, intent: Intent) -> BatchResult | None:
        """Read the changes of a lost decision, and resolve its intent; None if still unknown.

        Raises:
            ApiError: a change could not be read.
        """
        results = [await self._resolve_lost(intent, target) for target in _targets_of(intent)]
        if any(result.outcome is Outcome.UNKNOWN for result in results):
            return None
        state = IntentState.DONE if any(result.changed_something for result in results) else IntentState.NOT_QUEUED
        await self.intents.resolve(intent.intent_id, state, now=self.clock())
        return BatchResult(DecisionVerb(intent.kind), tuple(results))

    async def _resolve_lost(self, intent: Intent, target: Target) -> DecisionResult:
        """Return the result for one change; UNKNOWN while it is applied, or may still arrive."""
        before = DecisionResult(target.change_id, target.digest, Outcome.UNKNOWN)
        try:
            change = await self._read_for(intent, target.change_id)
        except NotFoundError:
            return before.with_outcome(Outcome.NOT_FOUND)
        await self.recorder.note(change)
        now = self.clock()
        result = resolve_outcome(before, change, intent, now, is_lost=True)
        result = replace(result, live_difference=await self.live_outcomes.difference_of(change))
        if result.outcome is not Outcome.UNKNOWN:
            return result
        if result.state is CardState.STUCK:
            return result.with_outcome(Outcome.ALREADY_DECIDED)
        is_open = result.state is not CardState.APPLYING
        is_over = now - (intent.sent_at or intent.created_at) > ARRIVED_WITHIN
        return result.with_outcome(Outcome.NOT_TRIED) if is_open and is_over else result

    async def _read_for(self, intent: Intent, change_id: int) -> PendingChange:
        """Read with the person's own key; with the reader's key if they have unlinked meanwhile."""
        try:
            actor = await self.accounts.actor(intent.user_id)
        except IdentityError:
            return await self.poller.read(change_id)
        return await self.sender.read(actor, change_id)


def _targets_of(intent: Intent) -> list[Target]:
    """Return the changes of an intent; version 0.1 stored the number of a single one."""
    stored = intent.payload.get(TARGETS) or [(intent.change_id, "")]
    return [Target(change_id, digest) for change_id, digest in stored]
