"""Decides changes with the presser's own key, bound to what was shown: re-read, compare, act, read what became."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import structlog

from bot.identity.accounts import Actor
from bot.reference.errors import (
    ApiError,
    ForbiddenError,
    IndeterminateError,
    InvalidRequestError,
    MalformedReplyError,
    NotFoundError,
)
from bot.reference.models import ChangeStatus, PendingChange
from bot.services.changes import ChangeFacts, Gone
from bot.services.notifications.cards import CardKeeper
from bot.services.review.approvals import Approving
from bot.services.review.deciding import (
    BATCH_TITLE,
    PATIENCE_S,
    REASON_LENGTH_MAX,
    Desk,
    DuplicatePressError,
    Press,
    find,
    job_of,
)
from bot.services.review.outcomes import (
    ApplyFailed,
    ApplyOutcome,
    Confirm,
    Counted,
    Decided,
    DecisionOutcome,
    Faster,
    Moved,
    Undecided,
)
from storage.intents import Intent, IntentState
from storage.selections import Target

__all__ = ["DuplicatePressError", "Press", "Review"]

log = structlog.get_logger(__name__)

type Send = Callable[[], Awaitable[PendingChange | None]]


@dataclass(slots=True)
class Review:
    """Approve, reject and apply, one change at a time."""

    desk: Desk
    approving: Approving
    keeper: CardKeeper

    async def facts(self, change_id: int, guild_id: int | None = None) -> ChangeFacts | Gone:
        """Everything about a change, freshly read with the reader's key.

        Raises:
            ApiError: the service did not answer.
        """
        watch = self.desk.watch
        try:
            return await watch.facts_of(await watch.read(change_id), guild_id)
        except NotFoundError:
            return Gone(change_id)

    async def ask(self, press: Press) -> Confirm | Counted | Moved | Faster | Gone:
        """What an approver is shown before an approval; where theirs counts already, that it does.

        Raises:
            NotLinkedError, MissingRoleError: the person may not approve.
            OwnChangeError: the change is their own, and the server lets another decide.
            ApiError: the service did not answer.
        """
        actor = await self.desk.approver(press.user_id)
        await self._admit_early(actor, press)
        checked = await self.desk.check(actor, press, ChangeStatus.PENDING)
        if not isinstance(checked, PendingChange):
            return checked
        guild_id = press.origin.guild_id
        is_own = await self.approving.admit(actor, checked, guild_id)
        if moved := await self.desk.moved_live(actor, press, checked):
            return moved
        facts = await self.desk.watch.facts_of(checked, guild_id)
        if 0 < len(facts.approvals) < facts.approvals_required and await self.approving.counts(
            actor, checked, guild_id
        ):
            return Counted(facts, is_first=False, card=await self.desk.link(press))
        return Confirm(facts, is_own=is_own)

    async def approve(self, press: Press) -> DecisionOutcome:
        """Approve what was shown: the last approval that the server wants is sent, those before are counted.

        Raises:
            NotLinkedError, MissingRoleError, OwnChangeError: the person may not approve; nothing was sent.
            ApiError: the service refused; nothing was changed.
        """
        actor = await self.desk.approver(press.user_id)
        await self._admit_early(actor, press)
        change = await self.desk.check(actor, press, ChangeStatus.PENDING)
        if not isinstance(change, PendingChange):
            return change
        guild_id = press.origin.guild_id
        await self.approving.admit(actor, change, guild_id)
        if moved := await self.desk.moved_live(actor, press, change):
            return moved

        async def send() -> PendingChange | None:
            result = await self.desk.client.decide(actor.key, approve=(press.change_id,), title=BATCH_TITLE)
            return find(result.approved, press.change_id)

        async with self.desk.intend(actor, press.origin, "approve", [_target(change)], change) as intent:
            count = await self.approving.count(actor, change, guild_id)
            if not count.is_enough:
                await self.desk.close(intent, IntentState.DONE, "counted")
                await self.keeper.touch(change.change_id)
                facts = await self.desk.watch.facts_of(change, guild_id)
                # As this press found it: another that came meanwhile has an answer of its own.
                names = tuple(approval.horde_username for approval in count.approvals)
                facts = replace(facts, approvals=names, approvals_required=count.required)
                return Counted(facts, count.is_first, await self.desk.link(press))
            try:
                return await self._decide(actor, press, intent, ChangeStatus.APPROVED, send)
            except ApiError as error:
                if not isinstance(error, IndeterminateError | MalformedReplyError):
                    await self.approving.withdraw(actor, change, guild_id)
                raise

    async def reject(self, press: Press, reason: str) -> DecisionOutcome:
        """Reject what was shown, with a reason that the requestor reads.

        Raises:
            NotLinkedError, MissingRoleError: the person may not reject; nothing was sent.
            ApiError: the service refused; nothing was changed.
        """
        actor = await self.desk.approver(press.user_id)
        change = await self.desk.check(actor, press, ChangeStatus.PENDING)
        if not isinstance(change, PendingChange):
            return change

        async def send() -> PendingChange | None:
            result = await self.desk.client.decide(
                actor.key,
                reject=(press.change_id,),
                title=BATCH_TITLE,
                reject_reason=reason[:REASON_LENGTH_MAX],
            )
            return find(result.rejected, press.change_id)

        async with self.desk.intend(actor, press.origin, "reject", [_target(change)], change) as intent:
            return await self._decide(actor, press, intent, ChangeStatus.REJECTED, send)

    async def apply(self, press: Press) -> ApplyOutcome:
        """Apply an approved change, by its id alone.

        Raises:
            NotLinkedError, MissingRoleError: the person may not apply; nothing was sent.
            ApiError: the service refused; nothing was changed.
        """
        actor = await self.desk.approver(press.user_id)
        change = await self.desk.check(actor, press, ChangeStatus.APPROVED)
        if not isinstance(change, PendingChange):
            return change
        if moved := await self.desk.moved_live(actor, press, change):
            return moved
        failures: list[str] = []

        async def send() -> PendingChange | None:
            job_id = job_of(press.origin.interaction_id)
            result = await self.desk.client.apply(actor.key, (press.change_id,), job_id=job_id)
            if result.failed_change_id is not None:
                failures.append(result.failed_error or "")
            return find(result.applied, press.change_id)

        async with self.desk.intend(actor, press.origin, "apply", [_target(change)], change) as intent:
            outcome = await self._decide(actor, press, intent, ChangeStatus.APPLIED, send)
        if failures and isinstance(outcome, Undecided):
            return ApplyFailed(outcome.facts, failures[0], outcome.card)
        return outcome

    async def _decide(
        self, actor: Actor, press: Press, intent: Intent, target: ChangeStatus, send: Send
    ) -> Decided | Moved | Faster | Gone | Undecided:
        desk = self.desk
        answer: PendingChange | None = None
        unclear: ApiError | None = None
        await desk.send(intent)
        try:
            answer = await send()
        except (IndeterminateError, MalformedReplyError, InvalidRequestError, NotFoundError) as error:
            # Lost answers, lost races and stale ids have one remedy: read what became of it.
            log.info("decision unclear", change_id=press.change_id, kind=intent.kind, reason=type(error).__name__)
            unclear = error
        except ApiError as refusal:
            if isinstance(refusal, ForbiddenError):
                desk.accounts.forget(actor.user_id)
            await desk.close(intent, IntentState.REFUSED, refusal.detail)
            raise
        is_lost = isinstance(unclear, IndeterminateError | MalformedReplyError)
        waits = PATIENCE_S if is_lost and target is ChangeStatus.APPLIED else ()
        try:
            outcome = await desk.became(actor, press, target, answer, waits, is_lost=is_lost)
        except ApiError:
            await desk.close(intent, IntentState.UNKNOWN, "unread")
            if is_lost and unclear is not None:
                raise unclear from None  # it was sent and perhaps done; that reading failed says less
            raise
        is_done = isinstance(outcome, Decided) or (isinstance(outcome, Moved) and outcome.is_recorded)
        state = IntentState.DONE if is_done else IntentState.REFUSED
        if is_lost and isinstance(outcome, Undecided):
            state = IntentState.UNKNOWN  # looked for until it is certain
        await desk.close(intent, state, type(outcome).__name__)
        return outcome

    async def _admit_early(self, actor: Actor, press: Press) -> None:
        """Refuse one's own change from memory where that is certain, without a word to the queue."""
        known = self.desk.watch.remembered(press.change_id)
        if known is not None and known.status is ChangeStatus.PENDING and press.seen in (None, known.digest):
            await self.approving.admit(actor, known, press.origin.guild_id)


def _target(change: PendingChange) -> Target:
    return Target(change.change_id, change.digest)
