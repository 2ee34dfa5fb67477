"""Finds out what became of decisions whose answer never came, and has it told where they were made; sends nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.errors import BotError
from bot.identity.errors import IdentityError
from bot.reference.errors import NotFoundError
from bot.reference.models import PendingChange
from bot.services.changes import CardState, state_of
from bot.services.proposals.submission import Origin
from bot.services.review.bulk_items import BulkItem, BulkOutcome, BulkVerb, Fate
from bot.services.review.deciding import BEFORE, TARGETS, Desk, is_made_by
from storage.deliveries import Deliveries, NewPost
from storage.delivery import DeliveryKind
from storage.intents import Intent, IntentState
from storage.selections import Target

ARRIVED_WITHIN = timedelta(minutes=1)
"""What a service that answers has not done by then never reached it."""

KEPT_FOR = timedelta(days=7)
"""What was told is kept for so long, so that it is not told twice."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class LostDecisions:
    """Resolves approvals, rejections and applies that were left without an answer, by a crash or by the network."""

    desk: Desk
    deliveries: Deliveries
    clock: Callable[[], datetime]

    async def look_for_all(self) -> None:
        """Look once for each; failures wait for the next time."""
        for intent in await self.desk.intents.unresolved():
            is_decision = intent.kind in set(BulkVerb)
            if not is_decision or intent.state is not IntentState.UNKNOWN or self.desk.is_in_hand(intent):
                continue
            try:
                await self._look_for(intent)
            except BotError as error:
                log.info("decision waits", intent_id=intent.intent_id, reason=type(error).__name__)

    async def tell(self, user_id: int, origin: Origin, outcome: BulkOutcome) -> None:
        """Have an outcome told in the channel where it was asked for, because nobody reads the answer any more."""
        if origin.guild_id is None or origin.channel_id is None:
            return
        items = [item.as_json() for item in outcome.items]
        facts = {"verb": outcome.verb.value, "items": items}
        subject = str(origin.interaction_id)
        post = NewPost(origin.guild_id, origin.channel_id, DeliveryKind.OUTCOME, subject, facts, user_id)
        await self.deliveries.add_posts([post], self.clock())

    async def expire(self) -> None:
        """Forget what was told in channels long ago: it stands there."""
        await self.deliveries.drop_before(DeliveryKind.OUTCOME, self.clock() - KEPT_FOR)

    async def _look_for(self, intent: Intent) -> None:
        verb = BulkVerb(intent.kind)
        items = [await self._became(intent, verb, target) for target in _targets(intent)]
        if any(item is None for item in items):
            return
        found = tuple(item for item in items if item is not None)
        is_done = any(item.fate is Fate.DONE for item in found)
        state = IntentState.DONE if is_done else IntentState.NOT_QUEUED
        reason = ", ".join(item.fate.value for item in found)
        await self.desk.intents.resolve(intent.intent_id, state, reason=reason, now=self.clock())
        origin = Origin(intent.interaction_id, intent.guild_id, intent.channel_id)
        await self.tell(intent.user_id, origin, BulkOutcome(verb, found))

    async def _became(self, intent: Intent, verb: BulkVerb, target: Target) -> BulkItem | None:
        """What became of one change; ``None`` while that is open."""
        try:
            change = await self._read(intent, target.change_id)
        except NotFoundError:
            return BulkItem(target.change_id, target.digest, Fate.GONE)
        await self.desk.watch.note(change)
        if target.digest and change.digest != target.digest:
            return BulkItem.of(change, Fate.MOVED)
        if is_made_by(change, verb.target, horde_user_id=intent.horde_user_id, interaction_id=intent.interaction_id):
            return BulkItem.of(change, Fate.DONE)
        if state_of(change, self.clock()) is CardState.APPLYING:
            return None
        if change.status is not BEFORE[verb.target]:
            return BulkItem.of(change, Fate.FASTER)
        is_over = self.clock() - (intent.sent_at or intent.created_at) > ARRIVED_WITHIN
        return BulkItem.of(change, Fate.NOT_TRIED) if is_over else None

    async def _read(self, intent: Intent, change_id: int) -> PendingChange:
        """With the person's own key; with the reader's where they have unlinked meanwhile."""
        try:
            actor = await self.desk.accounts.actor(intent.user_id)
        except IdentityError:
            return await self.desk.watch.read(change_id)
        return await self.desk.client.change(actor.key, change_id)


def _targets(intent: Intent) -> list[Target]:
    kept = intent.payload.get(TARGETS, [])
    if kept:
        return [Target(change_id, digest) for change_id, digest in kept]
    return [Target(intent.change_id, "")] if intent.change_id is not None else []
