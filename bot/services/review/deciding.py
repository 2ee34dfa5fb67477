"""What every decision shares: the change re-read and compared, an intent on disk first, and what became of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.identity.accounts import Accounts, Actor
from bot.identity.roles import Role
from bot.reference.client import ReferenceClient
from bot.reference.deployment import assert_pending_queue_write_enabled
from bot.reference.errors import ApiError, NotFoundError, ReadOnlyError
from bot.reference.models import ChangeStatus, PendingChange
from bot.services.changes import Gone, MessageLink
from bot.services.proposals.submission import Origin
from bot.services.review.outcomes import Decided, Faster, Moved, Undecided
from bot.services.watching.queue_monitor import QueueMonitor
from storage.intents import Intent, IntentKind, Intents, IntentState
from storage.selections import Target

BATCH_TITLE = "Discord"
"""Title of the service's batch; approved changes of everybody share one, so it says only where from."""

REASON_LENGTH_MAX = 500
"""Characters of a reject reason: the service's limit."""

BEFORE = {
    ChangeStatus.APPROVED: ChangeStatus.PENDING,
    ChangeStatus.REJECTED: ChangeStatus.PENDING,
    ChangeStatus.APPLIED: ChangeStatus.APPROVED,
}
"""From which status the service moves a change to which."""

_UNDER_WAY = (ChangeStatus.APPLIED, ChangeStatus.APPLYING)

PATIENCE_S = (2, 5, 10, 20, 40, 60)
"""Seconds between two looks after the answer to an apply was lost: the service may be at it, deaf for a minute."""

CLOCKS_DIFFER = timedelta(seconds=2)
"""How far Discord's clock, which dates messages, may be behind the bot's."""

TARGETS = "targets"
"""Under this name an intent for several changes keeps them: id and digest of each."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Press:
    """One press on a change's button.

    Attributes:
        user_id: Discord id of who pressed.
        change_id: of the change.
        seen: digest of what the card showed, ``None`` for a command, which shows nothing beforehand.
        origin: the interaction, the server and the channel.
        drawn_at: when what was pressed on was drawn, by Discord's clock; ``None`` for a command.
    """

    user_id: int
    change_id: int
    seen: str | None
    origin: Origin
    drawn_at: datetime | None = None


class DuplicatePressError(Exception):
    """Discord delivered one press twice; the first delivery is being worked on."""


def job_of(interaction_id: int) -> str:
    """The label under which the service keeps who applied; of 120 characters at most."""
    return f"discord:{interaction_id}"


def decided_by(change: PendingChange, target: ChangeStatus) -> str | None:
    """The Horde user id of who moved a change there."""
    return {
        ChangeStatus.APPROVED: change.approved_by,
        ChangeStatus.REJECTED: change.rejected_by,
        ChangeStatus.APPLIED: change.applied_by,
    }[target]


def is_made_by(change: PendingChange, target: ChangeStatus, *, horde_user_id: str, interaction_id: int) -> bool:
    """Return whether this interaction of this account moved a change to ``target``; the one rule after a lost answer.

    An apply is recognised by the label that its request carried: the account may apply on the web page as well. An
    approved change may be live already, and keeps who approved it.
    """
    if target is ChangeStatus.APPLIED:
        return change.status is target and change.applied_job_id == job_of(interaction_id)
    reached = (target, *_UNDER_WAY) if target is ChangeStatus.APPROVED else (target,)
    return change.status in reached and decided_by(change, target) == horde_user_id


def find(changes: Iterable[PendingChange], change_id: int) -> PendingChange | None:
    """The change of this id among those that the service answered with."""
    return next((change for change in changes if change.change_id == change_id), None)


@dataclass(slots=True)
class Desk:
    """Where decisions are prepared, and where it is read what became of them."""

    accounts: Accounts
    client: ReferenceClient
    intents: Intents
    watch: QueueMonitor
    clock: Callable[[], datetime]
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    _in_hand: set[int] = field(default_factory=set)

    def is_in_hand(self, intent: Intent) -> bool:
        """Whether this process works on it now, so that nobody else need find out what became of it."""
        return intent.intent_id in self._in_hand

    async def approver(self, user_id: int) -> Actor:
        """Who decides, with their own key.

        Raises:
            NotLinkedError, MissingRoleError: the person may not decide; nothing was asked of the queue.
        """
        return await self.accounts.actor(user_id, needs=Role.APPROVER)

    async def check(self, actor: Actor, press: Press, needed: ChangeStatus) -> PendingChange | Moved | Faster | Gone:
        """The change as it is now, if it is still what was shown and still to be decided."""
        try:
            change = await self.client.change(actor.key, press.change_id)
        except NotFoundError:
            return Gone(press.change_id)
        except ReadOnlyError:
            # A replica says of a single change only that there is no queue; of a decision it says why.
            assert_pending_queue_write_enabled(await self.client.deployment())
            raise
        if press.seen not in (None, change.digest):
            return Moved(await self.watch.settle(change), await self.link(press))
        if change.status is not needed:
            return Faster(await self.watch.settle(change), await self.link(press))
        return change

    async def reread(self, actor: Actor, change_id: int, waits: Sequence[float] = ()) -> PendingChange:
        """A change whose answer was lost, read until the service answers again and is not at it any more.

        Args:
            actor: whose key reads.
            change_id: which.
            waits: seconds between two looks; after the last one it is as it is.

        Raises:
            NotFoundError: it is gone.
            ApiError: the service did not answer in all that time.
        """
        for wait in waits:
            try:
                change = await self.client.change(actor.key, change_id)
            except NotFoundError:
                raise
            except ApiError as error:
                log.info("not read yet", change_id=change_id, reason=type(error).__name__)
            else:
                if change.status is not ChangeStatus.APPLYING:
                    return change
            await self.pause(wait)
        return await self.client.change(actor.key, change_id)

    async def became(
        self,
        actor: Actor,
        press: Press,
        target: ChangeStatus,
        answer: PendingChange | None,
        waits: Sequence[float] = (),
        *,
        is_lost: bool = False,
    ) -> Decided | Moved | Faster | Gone | Undecided:
        """What the service made of it, from its answer or else by reading, patiently; remembers that."""
        try:
            change = answer or await self.reread(actor, press.change_id, waits)
        except NotFoundError:
            return Gone(press.change_id)
        facts, link = await self.watch.settle(change), await self.link(press)
        is_done = (answer is not None and change.status is target) or (
            is_lost
            and is_made_by(
                change, target, horde_user_id=actor.horde.user_id, interaction_id=press.origin.interaction_id
            )
        )
        if press.seen not in (None, change.digest):
            return Moved(facts, link, is_recorded=is_done)
        if is_done:
            return Decided(facts, link)
        is_open = change.status is BEFORE[target] or (target, change.status) == _UNDER_WAY
        return Undecided(facts, link) if is_open else Faster(facts, link)

    async def moved_live(self, actor: Actor, press: Press, change: PendingChange) -> Moved | None:
        """Return a result if another change of the model went live since the message was drawn, and update the card."""
        rival = await self.find_conflicting_apply(change, press.drawn_at)
        if rival is None:
            return None
        try:
            by = await self.client.change(actor.key, rival)
        except ApiError:
            by = None
        await self.watch.cards.touch(change.change_id)
        return Moved(await self.watch.settle(change), await self.link(press), by)

    async def find_conflicting_apply(
        self, change: PendingChange, drawn_at: datetime | None, *, besides: Collection[int] = ()
    ) -> int | None:
        """Return the id of another change of the model that went live after a message was drawn, or ``None``.

        The digest covers what is proposed, not the live record it is compared with. An apply on the service's own
        page counts once a poll has seen it.

        Args:
            change: the change to decide.
            drawn_at: by Discord's clock; ``None`` where nothing was shown beforehand.
            besides: ids that this press applied itself.
        """
        if drawn_at is None:
            return None
        since = drawn_at + CLOCKS_DIFFER
        others = {change.change_id, *besides}
        return await self.watch.cards.applied_since(change.category, change.model_name, since, besides=others)

    async def link(self, press: Press) -> MessageLink | None:
        """Where the change's card stands in the server of the press."""
        return await self.watch.card_link(press.change_id, press.origin.guild_id)

    @asynccontextmanager
    async def intend(
        self,
        actor: Actor,
        origin: Origin,
        kind: IntentKind,
        targets: Sequence[Target],
        change: PendingChange | None = None,
    ) -> AsyncIterator[Intent]:
        """Write down what is about to be asked, of one change or of several, for as long as the block lasts in hand.

        Raises:
            DuplicatePressError: this interaction was seen before; nothing may be sent.
        """
        intent = await self.intents.prepare(
            interaction_id=origin.interaction_id,
            user_id=actor.user_id,
            horde_user_id=actor.horde.user_id,
            kind=kind,
            guild_id=origin.guild_id,
            channel_id=origin.channel_id,
            operation=change.operation.value if change else "",
            category=change.category if change else "",
            model_name=change.model_name if change else "",
            change_id=change.change_id if change else None,
            payload={TARGETS: [[one.change_id, one.digest] for one in targets]},
            now=self.clock(),
        )
        if intent is None:
            raise DuplicatePressError
        self._in_hand.add(intent.intent_id)
        try:
            yield intent
        finally:
            self._in_hand.discard(intent.intent_id)

    async def send(self, intent: Intent) -> None:
        """Write down that a request is about to leave."""
        await self.intents.mark_sent(intent.intent_id, self.clock())

    async def close(self, intent: Intent, state: IntentState, reason: str) -> None:
        """Write down what came of it."""
        await self.intents.resolve(intent.intent_id, state, reason=reason, now=self.clock())
