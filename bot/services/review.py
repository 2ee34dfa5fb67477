"""Decides changes with the presser's own key, bound to what was shown: re-read, compare, act, read what became."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.identity.accounts import Accounts, Actor
from bot.identity.roles import Role
from bot.reference.client import ReferenceClient
from bot.reference.deployment import assert_pending_queue_write_enabled
from bot.reference.errors import (
    ApiError,
    ForbiddenError,
    IndeterminateError,
    InvalidRequestError,
    MalformedReplyError,
    NotFoundError,
    ReadOnlyError,
)
from bot.reference.models import ChangeStatus, PendingChange
from bot.services.changes import ChangeFacts
from bot.services.outcomes import (
    ApplyFailed,
    ApplyOutcome,
    Confirm,
    Decided,
    DecisionOutcome,
    Faster,
    Gone,
    Moved,
    Undecided,
)
from bot.services.proposals import Origin
from bot.services.watch import Watch
from storage.intents import Intent, IntentKind, Intents, IntentState

REASON_LENGTH_MAX = 500
"""Characters of a reject reason: the service's limit."""

BATCH_TITLE = "Discord"
"""Title of the service's batch; approved changes of everybody share one, so it says only where from."""

_BEFORE = {
    ChangeStatus.APPROVED: ChangeStatus.PENDING,
    ChangeStatus.REJECTED: ChangeStatus.PENDING,
    ChangeStatus.APPLIED: ChangeStatus.APPROVED,
}
"""From which status the service moves a change to which."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Press:
    """One press on a change's button.

    Attributes:
        user_id: Discord id of who pressed.
        change_id: of the change.
        seen: digest of what the card showed, ``None`` for a command, which shows nothing beforehand.
        origin: the interaction, the server and the channel.
    """

    user_id: int
    change_id: int
    seen: str | None
    origin: Origin


class DuplicatePressError(Exception):
    """Discord delivered one press twice; the first delivery is being worked on."""


@dataclass(slots=True)
class Review:
    """Approve, reject and apply, one change at a time."""

    accounts: Accounts
    client: ReferenceClient
    intents: Intents
    watch: Watch
    clock: Callable[[], datetime]

    async def facts(self, change_id: int) -> ChangeFacts | Gone:
        """Everything about a change, freshly read with the reader's key.

        Raises:
            ApiError: the service did not answer.
        """
        try:
            return await self.watch.facts_of(await self.watch.read(change_id))
        except NotFoundError:
            return Gone(change_id)

    async def ask(self, press: Press) -> Confirm | Moved | Faster | Gone:
        """What an approver is shown before an approval.

        Raises:
            NotLinkedError, MissingRoleError: the person may not approve.
            ApiError: the service did not answer.
        """
        actor = await self.accounts.actor(press.user_id, needs=Role.APPROVER)
        checked = await self._check(actor, press, ChangeStatus.PENDING)
        if not isinstance(checked, PendingChange):
            return checked
        is_own = checked.requested_by == actor.horde.user_id
        return Confirm(await self.watch.facts_of(checked), is_own=is_own)

    async def approve(self, press: Press) -> DecisionOutcome:
        """Approve what was shown.

        Raises:
            NotLinkedError, MissingRoleError: the person may not approve; nothing was sent.
            ApiError: the service refused; nothing was changed.
        """

        async def send(actor: Actor) -> PendingChange | None:
            result = await self.client.decide(actor.key, approve=(press.change_id,), title=BATCH_TITLE)
            return _find(result.approved, press.change_id)

        return await self._decide(press, "approve", ChangeStatus.APPROVED, send)

    async def reject(self, press: Press, reason: str) -> DecisionOutcome:
        """Reject what was shown, with a reason that the requestor reads.

        Raises:
            NotLinkedError, MissingRoleError: the person may not reject; nothing was sent.
            ApiError: the service refused; nothing was changed.
        """

        async def send(actor: Actor) -> PendingChange | None:
            result = await self.client.decide(
                actor.key,
                reject=(press.change_id,),
                title=BATCH_TITLE,
                reject_reason=reason[:REASON_LENGTH_MAX],
            )
            return _find(result.rejected, press.change_id)

        return await self._decide(press, "reject", ChangeStatus.REJECTED, send)

    async def apply(self, press: Press) -> ApplyOutcome:
        """Apply an approved change, by its id alone.

        Raises:
            NotLinkedError, MissingRoleError: the person may not apply; nothing was sent.
            ApiError: the service refused; nothing was changed.
        """
        failures: list[str] = []

        async def send(actor: Actor) -> PendingChange | None:
            job_id = f"discord:{press.origin.interaction_id}"
            result = await self.client.apply(actor.key, (press.change_id,), job_id=job_id)
            if result.failed_change_id is not None:
                failures.append(result.failed_error or "")
            return _find(result.applied, press.change_id)

        outcome = await self._decide(press, "apply", ChangeStatus.APPLIED, send)
        if failures and isinstance(outcome, Undecided):
            return ApplyFailed(outcome.facts, failures[0], outcome.card)
        return outcome

    async def _decide(
        self,
        press: Press,
        kind: IntentKind,
        target: ChangeStatus,
        send: Callable[[Actor], Awaitable[PendingChange | None]],
    ) -> DecisionOutcome:
        actor = await self.accounts.actor(press.user_id, needs=Role.APPROVER)
        change = await self._check(actor, press, _BEFORE[target])
        if not isinstance(change, PendingChange):
            return change
        intent = await self._intend(actor, press, kind, change)
        answer: PendingChange | None = None
        unclear: ApiError | None = None
        try:
            answer = await send(actor)
        except (IndeterminateError, MalformedReplyError, InvalidRequestError, NotFoundError) as error:
            # Lost answers, lost races and stale ids have one remedy: read what became of it.
            log.info("decision unclear", change_id=press.change_id, kind=kind, reason=type(error).__name__)
            unclear = error
        except ApiError as refusal:
            if isinstance(refusal, ForbiddenError):
                self.accounts.forget(actor.user_id)
            await self._close(intent, IntentState.REFUSED, refusal.detail)
            raise
        try:
            outcome = await self._became(actor, press, target, answer)
        except ApiError:
            if isinstance(unclear, IndeterminateError | MalformedReplyError):
                raise unclear from None  # it was sent and perhaps done; that reading failed says less
            raise
        state = IntentState.DONE if isinstance(outcome, Decided) else IntentState.REFUSED
        await self._close(intent, state, type(outcome).__name__)
        return outcome

    async def _check(self, actor: Actor, press: Press, needed: ChangeStatus) -> PendingChange | Moved | Faster | Gone:
        """The change as it is now, if it is still what was shown and still to be decided."""
        try:
            change = await self.client.change(actor.key, press.change_id)
        except NotFoundError:
            return Gone(press.change_id)
        except ReadOnlyError:
            # A replica says of a single change only that there is no queue; of a decision it says why.
            assert_pending_queue_write_enabled(await self.client.deployment())
            raise
        link = await self.watch.card_link(press.change_id, press.origin.guild_id)
        if press.seen not in (None, change.digest):
            return Moved(await self.watch.settle(change), link)
        if change.status is not needed:
            return Faster(await self.watch.settle(change), link)
        return change

    async def _became(
        self, actor: Actor, press: Press, target: ChangeStatus, answer: PendingChange | None
    ) -> DecisionOutcome:
        """What the service made of it, from its answer or else by reading; remembers that."""
        try:
            change = answer or await self.client.change(actor.key, press.change_id)
        except NotFoundError:
            return Gone(press.change_id)
        facts = await self.watch.settle(change)
        link = await self.watch.card_link(press.change_id, press.origin.guild_id)
        if press.seen not in (None, change.digest):
            return Moved(facts, link)
        if change.status is target and _actor_of(change, target) == actor.horde.user_id:
            return Decided(facts, link)
        return Undecided(facts, link) if change.status is _BEFORE[target] else Faster(facts, link)

    async def _intend(self, actor: Actor, press: Press, kind: IntentKind, change: PendingChange) -> Intent:
        now = self.clock()
        intent = await self.intents.prepare(
            interaction_id=press.origin.interaction_id,
            user_id=actor.user_id,
            horde_user_id=actor.horde.user_id,
            kind=kind,
            guild_id=press.origin.guild_id,
            channel_id=press.origin.channel_id,
            operation=change.operation.value,
            category=change.category,
            model_name=change.model_name,
            change_id=press.change_id,
            now=now,
        )
        if intent is None:
            raise DuplicatePressError
        await self.intents.mark_sent(intent.intent_id, now)
        return intent

    async def _close(self, intent: Intent, state: IntentState, reason: str) -> None:
        await self.intents.resolve(intent.intent_id, state, reason=reason, now=self.clock())


def _find(changes: Iterable[PendingChange], change_id: int) -> PendingChange | None:
    return next((change for change in changes if change.change_id == change_id), None)


def _actor_of(change: PendingChange, target: ChangeStatus) -> str | None:
    return {
        ChangeStatus.APPROVED: change.approved_by,
        ChangeStatus.REJECTED: change.rejected_by,
        ChangeStatus.APPLIED: change.applied_by,
    }[target]
