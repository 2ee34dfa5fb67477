"""Approving, rejecting, applying: read, check, send with the presser's key, read again."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.identity.accounts import Accounts, Actor
from bot.identity.roles import Role
from bot.reference.errors import ApiError, NotFoundError
from bot.services.card_links import CardLinks
from bot.services.changes import CardState, ChangeFacts, Gone, MessageLink
from bot.services.errors import SelectionGoneError
from bot.services.polling.change_recorder import ChangeRecorder
from bot.services.polling.queue_poller import QueuePoller
from bot.services.polling.queue_snapshot import QueueSnapshot
from bot.services.rate_limits import RateLimits
from bot.services.review.approvals import ApprovalPolicy, ApprovalRules, approval_title
from bot.services.review.batches import Batch, Batches
from bot.services.review.concerns import ConcernsBuilder
from bot.services.review.facts import ChangeFactsBuilder
from bot.services.review.guards import READ_SINGLY, DecisionGuards
from bot.services.review.outcomes import BatchResult, CountedApprovals, DecisionResult, Outcome
from bot.services.review.presses import BATCH_MAX, ButtonPress, DecisionVerb, Target
from bot.services.review.questions import ApprovedList, Question
from bot.services.review.sending import BatchSender, OnProgress
from storage.guild_settings import SelfApproval
from storage.selections import Selections

SELECTION_LIFETIME = timedelta(days=7)
"""The buttons of a selection work for this long."""

CONCERNS_WITHIN_S = 1.0
"""Seconds to look up the concerns that a form repeats; a form must be the first answer."""


@dataclass(slots=True)
class DecisionService:
    """Decides one or several changes; the button of one change is a batch of one.

    An intent is on disk before each request. A request whose answer was lost is never repeated: the change is read
    instead, and the reconciler looks for what stays unknown.
    """

    accounts: Accounts
    batches: Batches
    snapshot: QueueSnapshot
    recorder: ChangeRecorder
    poller: QueuePoller
    card_links: CardLinks
    policy: ApprovalPolicy
    guards: DecisionGuards
    concerns: ConcernsBuilder
    facts_builder: ChangeFactsBuilder
    sender: BatchSender
    selections: Selections
    rate_limits: RateLimits
    clock: Callable[[], datetime]

    async def facts(self, change_id: int, guild_id: int | None = None) -> ChangeFacts | Gone:
        """Read everything about a change with the reader's key.

        Raises:
            ApiError: the service did not answer.
        """
        try:
            return await self.facts_builder.build(await self.poller.read(change_id), guild_id)
        except NotFoundError:
            return Gone(change_id)

    async def approved(self, user_id: int) -> ApprovedList:
        """Read the approved changes that are not live yet, with the approver's key.

        Raises:
            ReadLimitError: the person has to wait.
            NotLinkedError, MissingRoleError: the person may not apply.
            ApiError: the service did not answer.
        """
        self.rate_limits.count_read(user_id, is_urgent=True)
        actor = await self.accounts.actor(user_id, needs=Role.APPROVER)
        found = await self.guards.approved(actor)
        results = await self.concerns.add(found.results, DecisionVerb.APPLY, is_bulk=len(found.results) > 1)
        approved = replace(found, results=results)
        if not approved.ready:
            return approved
        targets = [result.target for result in approved.ready]
        return replace(approved, selection_id=await self.select(user_id, DecisionVerb.APPLY, targets))

    async def select(self, user_id: int, verb: DecisionVerb, targets: Sequence[Target]) -> int:
        """Store a selection and return its id; each change once, at most as many as one batch takes."""
        chosen = list(dict.fromkeys(targets))[:BATCH_MAX]
        return (await self.selections.add(user_id, verb.value, chosen, self.clock())).selection_id

    async def targets_of(self, press: ButtonPress) -> tuple[Target, ...]:
        """Return the changes that a press is about, in order.

        Raises:
            SelectionGoneError: the selection has expired, or is another person's.
        """
        if press.selection_id is None:
            return tuple(dict.fromkeys(press.targets))[:BATCH_MAX]
        selection = await self.selections.get(press.selection_id, press.user_id)
        if selection is None:
            raise SelectionGoneError
        return selection.chosen

    async def remembered(self, press: ButtonPress) -> tuple[DecisionResult, ...]:
        """Return the chosen changes from memory with their concerns; a form must open at once.

        Raises:
            SelectionGoneError: the selection has expired, or is another person's.
        """
        results = []
        for target in await self.targets_of(press):
            known = self.snapshot.get(target.change_id)
            is_shown = known is not None and target.digest in ("", known.digest)
            result = DecisionResult(target.change_id, target.digest, Outcome.READY)
            results.append(DecisionResult.of(known, Outcome.READY, self.clock()) if known and is_shown else result)
        try:
            async with asyncio.timeout(CONCERNS_WITHIN_S):
                return await self.concerns.add(results, DecisionVerb.REJECT, is_bulk=False)
        except TimeoutError:
            return tuple(results)

    async def ask(self, press: ButtonPress, verb: DecisionVerb) -> Question:
        """Return the question before a decision; its buttons are bound to what it shows.

        Raises:
            ReadLimitError: the person has to wait.
            NotLinkedError, MissingRoleError, SelectionGoneError, OwnChangeError: the person may not decide.
            ApiError: the service did not answer.
        """
        actor = await self.accounts.actor(press.user_id, needs=Role.APPROVER)
        targets = await self.targets_of(press)
        self.rate_limits.count_read(press.user_id, is_urgent=True, reads=min(len(targets), READ_SINGLY))
        results = await self.guards.check_all(actor, press, verb, targets)
        if press.is_single and verb is DecisionVerb.APPROVE:
            return await self._ask_single(actor, press, results[0])
        results = await self.concerns.add(results, verb, is_bulk=len(targets) > 1)
        ready = [result.target for result in results if result.outcome is Outcome.READY]
        selection_id = press.selection_id
        if selection_id is None or ready != list(targets):
            selection_id = await self.select(press.user_id, verb, ready) if ready else 0
        both = [result.target for result in results if result.outcome in (Outcome.READY, Outcome.ALONE)]
        is_rejectable = verb is not DecisionVerb.APPLY and both != ready
        reject_id = await self.select(press.user_id, DecisionVerb.REJECT, both) if is_rejectable else selection_id
        estimate = self.sender.estimate(len(ready)) if verb is DecisionVerb.APPLY else None
        return Question(verb, results, selection_id, estimate, actor.horde.username, reject_selection_id=reject_id)

    async def decide(
        self,
        press: ButtonPress,
        verb: DecisionVerb,
        *,
        title: str = "",
        reason: str = "",
        on_progress: OnProgress | None = None,
        acknowledged: Awaitable[None] | None = None,
    ) -> BatchResult:
        """Approve, reject or apply the changes that are still what was shown.

        Args:
            press: who pressed, and about which changes.
            verb: the action.
            title: of the service's batch, empty for the default.
            reason: of a rejection; its requestors read it.
            on_progress: called before each apply; must not raise.
            acknowledged: awaited before the first write; its error ends the press with nothing written.

        Raises:
            NotLinkedError, MissingRoleError, SelectionGoneError, OwnChangeError: nothing was sent.
            DuplicatePressError: this interaction was seen before; nothing was sent.
            ApiError: the service refused before anything was changed.
        """
        started = self.clock()
        actor = await self.accounts.actor(press.user_id, needs=Role.APPROVER)
        targets = await self.targets_of(press)
        checked, card, live = await asyncio.gather(
            self.guards.check_all(actor, press, verb, targets),
            self._card_of(press),
            self.sender.read_live(verb, targets),
        )
        if len(targets) > 1:
            checked = await self.concerns.add(checked, verb, is_bulk=True)
        results = {result.change_id: result for result in checked}
        if any(result.outcome is Outcome.READY for result in checked):
            rules = await self.policy.rules_of(press.origin.guild_id, checked) if verb is DecisionVerb.APPROVE else {}
            if acknowledged is not None:
                await acknowledged
            async with self.batches.open(actor, press, verb, targets, results, rules=rules) as batch:
                batch.live = live
                await self._count(batch, rules)
                if verb is DecisionVerb.APPLY:
                    await self.sender.apply(batch, on_progress)
                else:
                    await self.sender.send(batch, title, reason)
        if press.is_single:
            return BatchResult(verb, tuple(replace(result, card=card) for result in results.values()))
        return await self._summarise(press.user_id, verb, tuple(results.values()), self.clock() - started)

    async def approve_and_apply(self, press: ButtonPress) -> BatchResult:
        """Approve one change, and apply it where that was the last approval needed.

        A refused apply leaves the change approved; the result then has the service's message. Raises as :meth:`decide`.
        """
        approved = await self.decide(press, DecisionVerb.APPROVE)
        result = approved.single
        if result.outcome is not Outcome.DONE or result.state is not CardState.APPROVED:
            return approved
        # One press, two requests: the second intent needs an interaction id of its own, and Discord's are positive.
        origin = replace(press.origin, interaction_id=-press.origin.interaction_id)
        try:
            return await self.decide(replace(press, origin=origin), DecisionVerb.APPLY)
        except ApiError as error:
            return BatchResult(DecisionVerb.APPROVE, (replace(result, service_message=error.detail),))

    async def withdraw_approval(self, press: ButtonPress) -> DecisionResult:
        """Delete the person's counted approval of a pending change.

        Raises:
            NotLinkedError: the person has none.
            ApiError: the service did not answer.
        """
        actor, guild_id = await self.accounts.actor(press.user_id), press.origin.guild_id
        result = await self.guards.read_single(actor, press, DecisionVerb.APPROVE.before)
        change = result.ready_change
        if change is None:
            return result
        await self.policy.withdraw(actor, change, guild_id)
        await self.recorder.redraw(change.change_id)
        names, required = await self.policy.progress(change, CardState.PENDING, guild_id)
        return replace(result.with_outcome(Outcome.WITHDRAWN), counted=CountedApprovals(names, required))

    async def expire(self) -> None:
        """Delete old selections, and approvals of changes that are decided or have another content."""
        await self.selections.drop_before(self.clock() - SELECTION_LIFETIME)
        await self.policy.expire()

    async def _ask_single(self, actor: Actor, press: ButtonPress, result: DecisionResult) -> Question:
        """Return the question for one change, or its result if the approval counts already."""
        guild_id, change = press.origin.guild_id, result.ready_change
        if change is not None:
            facts = await self.facts_builder.build(change, guild_id)
            is_counting = 0 < len(facts.approvals) < facts.approvals_required
            if not is_counting or not await self.policy.has_approved(actor, change, guild_id):
                is_own = await self.policy.own_change_rule(actor, change, guild_id) is SelfApproval.WARN
                return Question(DecisionVerb.APPROVE, (result,), facts=facts, is_own=is_own)
            counted = CountedApprovals(facts.approvals, facts.approvals_required, is_first=False)
            result = replace(result.with_outcome(Outcome.COUNTED), counted=counted)
        card = await self.card_links.link(result.change_id, guild_id)
        return Question(DecisionVerb.APPROVE, (replace(result, card=card),))

    async def _card_of(self, press: ButtonPress) -> MessageLink | None:
        """Return the card that the answer to a press on one change links."""
        if not press.is_single:
            return None
        return await self.card_links.link(press.targets[0].change_id, press.origin.guild_id)

    async def _count(self, batch: Batch, rules: Mapping[int, ApprovalRules]) -> None:
        """Count the approvals; a change that needs more is not sent."""
        guild_id = batch.press.origin.guild_id
        for change_id, rule in rules.items():
            result = batch.results[change_id]
            assert result.change is not None  # noqa: S101 - READY has been read
            count = await self.policy.count(batch.actor, result.change, guild_id, rule)
            names = tuple(approval.horde_username for approval in count.approvals)
            if count.is_enough:
                if len(names) > 1:
                    batch.titles[change_id] = approval_title(names)
                continue
            counted = CountedApprovals(names, count.required, count.is_first)
            batch.put(replace(result.with_outcome(Outcome.COUNTED), counted=counted))
            await self.recorder.redraw(change_id)

    async def _summarise(
        self, user_id: int, verb: DecisionVerb, results: tuple[DecisionResult, ...], took: timedelta
    ) -> BatchResult:
        """Return the results of a selection, with a selection of those that can be applied next."""
        batch = BatchResult(verb, results, took if verb is DecisionVerb.APPLY else None)
        left = [result.target for result in batch.next_to_apply]
        return replace(batch, next_selection_id=await self.select(user_id, DecisionVerb.APPLY, left)) if left else batch
