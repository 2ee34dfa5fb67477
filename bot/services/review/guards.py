"""Guards of a decision: content, status, own changes, newer apply; each in one place."""

import asyncio
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.identity.accounts import Actor
from bot.reference.client import ReferenceClient
from bot.reference.deployment import assert_pending_queue_write_enabled
from bot.reference.errors import ApiError, NotFoundError, ReadOnlyError
from bot.reference.models import ChangeStatus, PendingChange
from bot.reference.requests import PAGE_SIZE
from bot.services.card_links import CardLinks
from bot.services.errors import OwnChangeError
from bot.services.polling.change_recorder import ChangeRecorder
from bot.services.polling.queue_snapshot import QueueSnapshot
from bot.services.review.approvals import ApprovalPolicy
from bot.services.review.outcomes import DecisionResult, Outcome
from bot.services.review.presses import BATCH_MAX, ButtonPress, DecisionVerb, Target
from bot.services.review.questions import ApprovedList
from storage.cards import Cards
from storage.guild_settings import SelfApproval

CLOCK_SKEW = timedelta(seconds=2)
"""Largest lag of Discord's clock, which dates messages, behind the bot's."""

READ_SINGLY = 5
"""Changes read one by one; more are read from a list, because the service asks AI-Horde once for each request."""

NEIGHBOURS_READ = 5
"""Changes read before and behind those of a batch: the queue may have moved since the last poll."""

APPROVED_READ = 100
"""Approved changes read to choose from."""


@dataclass(slots=True)
class DecisionGuards:
    """Reads changes before a decision, with the approver's key."""

    client: ReferenceClient
    cards: Cards
    snapshot: QueueSnapshot
    recorder: ChangeRecorder
    card_links: CardLinks
    policy: ApprovalPolicy
    clock: Callable[[], datetime]

    async def read(
        self, actor: Actor, target: Target, needed: ChangeStatus, listed: PendingChange | None = None
    ) -> DecisionResult:
        """Read a change; READY if it is still what was shown, in the status that the action needs.

        Args:
            actor: the approver.
            target: the change as shown.
            needed: the status.
            listed: the change if it was just read from a list.

        Raises:
            ReadOnlyError: the service is a replica.
            ApiError: the service did not answer.
        """
        try:
            change = listed or await self.client.change(actor.key, target.change_id)
        except NotFoundError:
            newest = self.snapshot.highest_change_id
            newest_before = newest if target.change_id > newest else None
            return DecisionResult(target.change_id, target.digest, Outcome.NOT_FOUND, newest=newest_before)
        except ReadOnlyError:
            # A replica refuses a change only as "no queue"; its deployment names the mode, so that is asked instead.
            assert_pending_queue_write_enabled(await self.client.deployment())
            raise
        outcome = Outcome.READY if change.status is needed else Outcome.ALREADY_DECIDED
        if target.digest not in ("", change.digest):
            outcome = Outcome.CONTENT_CHANGED
        if outcome is not Outcome.READY:
            await self.recorder.note(change)
        return DecisionResult.of(change, outcome, self.clock())

    async def read_single(self, actor: Actor, press: ButtonPress, needed: ChangeStatus) -> DecisionResult:
        """Read the change of a press on one, with the link of its card; errors as :meth:`read`."""
        result = await self.read(actor, press.targets[0], needed)
        return replace(result, card=await self.card_links.link(result.change_id, press.origin.guild_id))

    async def approved(self, actor: Actor) -> ApprovedList:
        """Read the approved changes that are not live yet."""
        page = await self.client.changes(actor.key, statuses=(ChangeStatus.APPROVED,), limit=APPROVED_READ)
        now = self.clock()
        results = tuple(DecisionResult.of(change, Outcome.READY, now) for change in page.items[:BATCH_MAX])
        return ApprovedList(results, page.total)

    async def check_all(
        self, actor: Actor, press: ButtonPress, verb: DecisionVerb, targets: Sequence[Target]
    ) -> tuple[DecisionResult, ...]:
        """Read the changes at the same time, or from a list, and ask every guard about each.

        Raises:
            OwnChangeError: of a single change.
        """
        listed = await self._listed(actor, targets, verb.before)
        results = await asyncio.gather(
            *(self._check(actor, press, verb, target, listed.get(target.change_id)) for target in targets)
        )
        if press.is_single and results[0].outcome is Outcome.OWN_CHANGE:
            raise OwnChangeError(results[0].change_id)
        return tuple(results)

    async def _listed(self, actor: Actor, targets: Sequence[Target], status: ChangeStatus) -> dict[int, PendingChange]:
        """Read the changes of a large batch from the list; without those that it does not show."""
        if len(targets) <= READ_SINGLY:
            return {}
        known = [change.change_id for change in self.snapshot.in_status(status)]
        wanted = sorted(target.change_id for target in targets)
        start = max(0, bisect_left(known, wanted[0]) - NEIGHBOURS_READ)
        limit = min(bisect_right(known, wanted[-1]) + NEIGHBOURS_READ - start, PAGE_SIZE)
        try:
            page = await self.client.changes(actor.key, statuses=(status,), offset=start, limit=limit)
        except ApiError:
            return {}  # they are read one by one instead, and that error is reported
        return {change.change_id: change for change in page.items}

    async def _check(
        self,
        actor: Actor,
        press: ButtonPress,
        verb: DecisionVerb,
        target: Target,
        listed: PendingChange | None,
    ) -> DecisionResult:
        """Ask every guard about one change; a rejection needs only the read."""
        known, guild_id = self.snapshot.get(target.change_id), press.origin.guild_id
        is_approval = verb is DecisionVerb.APPROVE
        if (
            is_approval
            and known is not None
            and known.status is verb.before
            and target.digest in ("", known.digest)
            and await self.policy.own_change_rule(actor, known, guild_id) is SelfApproval.BLOCK
        ):
            return DecisionResult.of(known, Outcome.OWN_CHANGE, self.clock())  # without a request
        result = await self.read(actor, target, verb.before, listed)
        change = result.ready_change
        if change is None or verb is DecisionVerb.REJECT:
            return result
        if is_approval and await self.policy.own_change_rule(actor, change, guild_id) is SelfApproval.BLOCK:
            return result.with_outcome(Outcome.OWN_CHANGE)
        return await self.superseded(actor, press, change) or result

    async def superseded(
        self, actor: Actor, press: ButtonPress, change: PendingChange, *, besides: Collection[int] = ()
    ) -> DecisionResult | None:
        """Return a result if another change of the model went live since the drawing; redraw then.

        The digest covers what is proposed, not the live record it is compared with. An apply on the service's own
        page counts once a poll has seen it. ``besides`` are changes that this press applied itself.
        """
        if press.drawn_at is None:
            return None
        conflict_id = await self.cards.applied_since(
            change.category,
            change.model_name,
            press.drawn_at + CLOCK_SKEW,
            besides={change.change_id, *besides},
        )
        if conflict_id is None:
            return None
        try:
            conflict = await self.client.change(actor.key, conflict_id)
        except ApiError:
            conflict = None
        await self.cards.touch(change.change_id)
        await self.recorder.note(change)
        return replace(DecisionResult.of(change, Outcome.SUPERSEDED, self.clock()), conflict=conflict)
