"""Batches: the changes of one press on the way to the service, and their intent."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from bot.identity.accounts import Accounts, Actor
from bot.reference.errors import ApiError, ForbiddenError
from bot.services.polling.live_outcomes import LiveRecords
from bot.services.review.approvals import ApprovalPolicy, ApprovalRules
from bot.services.review.outcomes import DecisionResult, Outcome
from bot.services.review.presses import ButtonPress, DecisionVerb, DuplicatePressError, Target
from storage.intents import Intent, Intents, IntentState, NewIntent

TARGETS = "targets"
"""Key in an intent's payload: id and digest of each change."""


@dataclass(slots=True)
class Batch:
    """One press on its way: the changes that are READY are still to be sent."""

    actor: Actor
    press: ButtonPress
    verb: DecisionVerb
    intent: Intent
    results: dict[int, DecisionResult]
    titles: dict[int, str] = field(default_factory=dict)
    """Titles that differ from the batch's, by change: those that name several approvers."""
    live: LiveRecords = field(default_factory=dict)
    """Live records read before the batch."""

    @property
    def ready(self) -> list[int]:
        """Ids that are still to be sent."""
        return [change_id for change_id, result in self.results.items() if result.outcome is Outcome.READY]

    @property
    def changed_something(self) -> bool:
        """True if the press moved a change at the service."""
        return any(result.changed_something for result in self.results.values())

    def put(self, result: DecisionResult) -> None:
        """Replace the result of a change."""
        self.results[result.change_id] = result


@dataclass(slots=True)
class Batches:
    """Stores the intent of each batch before its first request, and its result after the last.

    Attributes:
        running: ids of the intents that are being worked on.
    """

    accounts: Accounts
    intents: Intents
    policy: ApprovalPolicy
    clock: Callable[[], datetime]
    running: set[int] = field(default_factory=set)

    @asynccontextmanager
    async def open(
        self,
        actor: Actor,
        press: ButtonPress,
        verb: DecisionVerb,
        targets: Sequence[Target],
        results: dict[int, DecisionResult],
        *,
        rules: Mapping[int, ApprovalRules],
    ) -> AsyncIterator[Batch]:
        """Store an intent, run the block, and store the result.

        Raises:
            DuplicatePressError: this interaction was seen before; nothing may be sent.
        """
        new = NewIntent(
            interaction_id=press.origin.interaction_id,
            user_id=actor.user_id,
            horde_user_id=actor.horde.user_id,
            kind=verb.value,
            guild_id=press.origin.guild_id,
            channel_id=press.origin.channel_id,
            change_id=targets[0].change_id if len(targets) == 1 else None,
            # Digests as asked, not as read: the reconciler compares with them.
            payload={TARGETS: [[one.change_id, one.digest or results[one.change_id].digest] for one in targets]},
            is_sent=all(rule.required == 1 for rule in rules.values()),  # none is only counted: the request is next
        )
        intent = await self.intents.prepare(new, self.clock())
        if intent is None:
            raise DuplicatePressError
        batch = Batch(actor, press, verb, intent, results)
        self.running.add(intent.intent_id)
        try:
            yield batch
        except ApiError as error:
            await self._undo(batch, error)
            raise
        else:
            await self._close(batch)
        finally:
            self.running.discard(intent.intent_id)

    async def _undo(self, batch: Batch, error: ApiError) -> None:
        """Withdraw counted approvals and close the intent after the service refused everything."""
        if isinstance(error, ForbiddenError):
            self.accounts.mark_stale(batch.actor.user_id)
        if batch.verb is DecisionVerb.APPROVE:
            for result in batch.results.values():
                if result.ready_change is not None:
                    await self.policy.withdraw(batch.actor, result.ready_change, batch.press.origin.guild_id)
        await self.intents.resolve(batch.intent.intent_id, IntentState.REFUSED, now=self.clock())

    async def _close(self, batch: Batch) -> None:
        outcomes = [result.outcome for result in batch.results.values()]
        state = IntentState.DONE if batch.changed_something or Outcome.COUNTED in outcomes else IntentState.REFUSED
        if Outcome.UNKNOWN in outcomes:
            state = IntentState.UNKNOWN  # the reconciler looks for it
        await self.intents.resolve(batch.intent.intent_id, state, now=self.clock())
