"""Reconciliation of decisions whose answer was lost, by a crash or by the network; reads, and sends nothing again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.errors import BotError
from bot.services.changes import Origin
from bot.services.review.decisions import DecisionService
from bot.services.review.outcomes import BatchResult
from storage.deliveries import Deliveries, NewPost
from storage.delivery import DeliveryKind

POSTS_KEPT_FOR = timedelta(days=7)
"""Stored outcome posts are kept this long, so that none is posted twice."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class DecisionReconciler:
    """Resolves approvals, rejections and applies of unknown outcome, and posts the outcome to the channel."""

    decisions: DecisionService
    deliveries: Deliveries
    clock: Callable[[], datetime]

    async def reconcile(self) -> None:
        """Look once for each; what cannot be read waits for the next time."""
        for intent in await self.decisions.lost():
            try:
                result = await self.decisions.resolve_lost(intent)
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
        facts = {"verb": outcome.verb.value, "items": [result.as_json() for result in outcome.results]}
        subject = str(origin.interaction_id)
        post = NewPost(origin.guild_id, origin.channel_id, DeliveryKind.OUTCOME, subject, facts, user_id)
        await self.deliveries.add_posts([post], self.clock())

    async def expire(self) -> None:
        """Delete old outcome posts from storage; they stay in their channels."""
        await self.deliveries.drop_before(DeliveryKind.OUTCOME, self.clock() - POSTS_KEPT_FOR)
