"""Reconciliation of decisions whose answer was lost, by a crash or by the network; reads, and sends nothing again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.errors import BotError
from bot.identity.accounts import Accounts
from bot.identity.errors import IdentityError
from bot.reference.client import ReferenceClient
from bot.reference.errors import NotFoundError
from bot.reference.models import PendingChange
from bot.services.changes import CardState, Origin
from bot.services.notifications.channel_posts import ChannelPosts, PostKind
from bot.services.review.decisions import TARGETS, DecisionService
from bot.services.review.outcomes import BatchResult, DecisionResult, DecisionVerb, Outcome
from bot.services.review.sending import resolve_outcome
from bot.services.watching.watch import Watch
from storage.intents import Intent, Intents, IntentState
from storage.selections import Target

ARRIVED_WITHIN = timedelta(minutes=1)
"""A request without effect after this time never reached a service that answers."""

POSTS_KEPT_FOR = timedelta(days=7)
"""Stored outcome posts are kept this long, so that none is posted twice."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class DecisionReconciler:
    """Resolves approvals, rejections and applies of unknown outcome, and posts the outcome to the channel."""

    accounts: Accounts
    client: ReferenceClient
    decisions: DecisionService
    intents: Intents
    posts: ChannelPosts
    watch: Watch
    clock: Callable[[], datetime]

    async def reconcile(self) -> None:
        """Look once for each; what cannot be read waits for the next time."""
        for intent in await self.intents.unresolved():
            is_decision = intent.kind in set(DecisionVerb)
            if not is_decision or intent.state is not IntentState.UNKNOWN or self.decisions.is_running(intent):
                continue
            try:
                await self._reconcile(intent)
            except BotError as error:
                log.info("decision_still_unknown", intent_id=intent.intent_id, reason=type(error).__name__)

    async def post(self, user_id: int, origin: Origin, outcome: BatchResult) -> None:
        """Post an outcome in the channel of the press, because its answer can no longer be edited."""
        if origin.guild_id is None or origin.channel_id is None:
            return
        facts = {"verb": outcome.verb.value, "items": [result.as_json() for result in outcome.results]}
        subject = str(origin.interaction_id)
        await self.posts.add(origin.guild_id, origin.channel_id, PostKind.OUTCOME, subject, facts, user_id=user_id)

    async def expire(self) -> None:
        """Delete old outcome posts from storage; they stay in their channels."""
        await self.posts.forget(PostKind.OUTCOME, self.clock() - POSTS_KEPT_FOR)

    async def _reconcile(self, intent: Intent) -> None:
        results = [await self._resolve(intent, target) for target in _targets(intent)]
        if any(result.outcome is Outcome.UNKNOWN for result in results):
            return
        state = IntentState.DONE if any(result.changed_something for result in results) else IntentState.NOT_QUEUED
        reason = ", ".join(result.outcome.value for result in results)
        await self.intents.resolve(intent.intent_id, state, reason=reason, now=self.clock())
        log.info("intent_reconciled", intent_id=intent.intent_id, kind=intent.kind, outcome=reason)
        origin = Origin(intent.interaction_id, intent.guild_id, intent.channel_id)
        await self.post(intent.user_id, origin, BatchResult(DecisionVerb(intent.kind), tuple(results)))

    async def _resolve(self, intent: Intent, target: Target) -> DecisionResult:
        """Return the result for one change; UNKNOWN while it is applied, or may still arrive."""
        before = DecisionResult(target.change_id, target.digest, Outcome.UNKNOWN)
        try:
            change = await self._read(intent, target.change_id)
        except NotFoundError:
            return before.now(Outcome.NOT_FOUND)
        await self.watch.note(change)
        now = self.clock()
        result = resolve_outcome(before, change, intent, now, is_lost=True)
        if result.outcome is not Outcome.UNKNOWN:
            return result
        if result.state is CardState.STUCK:
            return result.now(Outcome.ALREADY_DECIDED)
        is_open = result.state is not CardState.APPLYING
        is_over = now - (intent.sent_at or intent.created_at) > ARRIVED_WITHIN
        return result.now(Outcome.NOT_TRIED) if is_open and is_over else result

    async def _read(self, intent: Intent, change_id: int) -> PendingChange:
        """Read with the person's own key; with the reader's key if they have unlinked meanwhile."""
        try:
            actor = await self.accounts.actor(intent.user_id)
        except IdentityError:
            return await self.watch.read(change_id)
        return await self.client.change(actor.key, change_id)


def _targets(intent: Intent) -> list[Target]:
    stored = intent.payload.get(TARGETS, [])
    if stored:
        return [Target(change_id, digest) for change_id, digest in stored]
    return [Target(intent.change_id, "")] if intent.change_id is not None else []
