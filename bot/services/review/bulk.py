"""Approves or rejects several changes at once: each re-read, the fresh ones in one batch, the stale ones named."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.identity.accounts import Actor
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
from bot.services.errors import OwnChangeError, SelectionGoneError
from bot.services.notifications.cards import CardKeeper
from bot.services.review.approvals import Approving
from bot.services.review.bulk_items import BulkItem, BulkOutcome, BulkPress, BulkQuestion, BulkVerb, Fate
from bot.services.review.deciding import BATCH_TITLE, BEFORE, REASON_LENGTH_MAX, Desk, is_made_by
from storage.intents import Intent, IntentState
from storage.selections import Selection, Selections, SelectionVerb, Target

TITLE_LENGTH_MAX = 120
"""Characters of a batch's title: the service's limit."""

KEPT_FOR = timedelta(days=7)
"""A choice is kept for as long as somebody may come back to it; the service's answers grow old sooner."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Bulk:
    """Choices of several changes, and decisions about them."""

    desk: Desk
    approving: Approving
    keeper: CardKeeper
    selections: Selections
    _chosen: dict[int, Selection] = field(default_factory=dict)

    async def choose(self, user_id: int, verb: SelectionVerb, targets: Sequence[Target]) -> int:
        """Keep what somebody chose, with the digest of what was shown of each; returns the id for buttons.

        A choice made for ``approve`` may be rejected as well.
        """
        selection = await self.selections.add(user_id, verb, targets, self.desk.clock())
        self._chosen[selection.selection_id] = selection
        return selection.selection_id

    async def chosen(self, user_id: int, selection_id: int) -> Selection:
        """What somebody chose.

        Raises:
            SelectionGoneError: it is not kept any more, or somebody else chose it.
        """
        known = self._chosen.get(selection_id) or await self.selections.get(selection_id, user_id)
        if known is None or known.user_id != user_id:
            raise SelectionGoneError
        return known

    async def ask(self, press: BulkPress, verb: BulkVerb = BulkVerb.APPROVE) -> BulkQuestion:
        """What is shown before several changes are decided: each as it is now.

        Raises:
            NotLinkedError, MissingRoleError: the person may not decide.
            SelectionGoneError: the choice is gone.
            ApiError: the service did not answer.
        """
        actor = await self.desk.approver(press.user_id)
        selection = await self.chosen(press.user_id, press.selection_id)
        looked = await self.look(actor, selection.chosen, BEFORE[verb.target], press.drawn_at)
        items = tuple(item for item, _ in looked)
        shown = [item.target for item in items if item.fate is Fate.FRESH]
        # The buttons decide what this question offers, and nothing that it says cannot be decided.
        is_same = shown == list(selection.chosen)
        selection_id = press.selection_id if is_same else await self.choose(press.user_id, verb.value, shown)
        return BulkQuestion(selection_id, verb, items, own_name=actor.horde.username)

    async def approve(self, press: BulkPress, title: str = "") -> BulkOutcome:
        """Approve what was chosen, as far as it is still what was shown.

        Args:
            press: whose, and of which choice.
            title: of the service's batch, empty for the bot's own.

        Raises:
            NotLinkedError, MissingRoleError, SelectionGoneError: nothing was sent.
            ApiError: the service refused everything; nothing was changed.
        """

        async def work(run: _Run) -> None:
            await run.leave_own()
            await run.count()
            await run.send(title=title.strip()[:TITLE_LENGTH_MAX] or BATCH_TITLE)

        return await self._run(press, BulkVerb.APPROVE, work)

    async def reject(self, press: BulkPress, reason: str) -> BulkOutcome:
        """Reject what was chosen with one reason, as far as it is still what was shown; errors as :meth:`approve`."""

        async def work(run: _Run) -> None:
            await run.send(title=BATCH_TITLE, reason=reason[:REASON_LENGTH_MAX])

        return await self._run(press, BulkVerb.REJECT, work)

    async def expire(self) -> None:
        """Forget choices that nobody will come back to."""
        limit = self.desk.clock() - KEPT_FOR
        self._chosen = {number: one for number, one in self._chosen.items() if one.created_at >= limit}
        await self.selections.drop_before(limit)

    async def look(
        self,
        actor: Actor,
        targets: Sequence[Target],
        needed: ChangeStatus,
        drawn_at: datetime | None = None,
    ) -> list[tuple[BulkItem, PendingChange | None]]:
        """Read several changes at once; each is fresh, or has the reason why it cannot be decided.

        Args:
            actor: whose key reads.
            targets: the changes, with the digests that were shown.
            needed: the status from which they are decided.
            drawn_at: of the message; a change whose model changed since then is stale. ``None`` skips that check.
        """
        return list(await asyncio.gather(*(self._looked(actor, target, needed, drawn_at) for target in targets)))

    async def _looked(
        self, actor: Actor, target: Target, needed: ChangeStatus, drawn_at: datetime | None
    ) -> tuple[BulkItem, PendingChange | None]:
        try:
            change = await self.desk.client.change(actor.key, target.change_id)
        except NotFoundError:
            return BulkItem(target.change_id, target.digest, Fate.GONE), None
        except ReadOnlyError:
            assert_pending_queue_write_enabled(await self.desk.client.deployment())
            raise
        if target.digest and target.digest != change.digest:
            return BulkItem.of(change, Fate.MOVED), change
        if change.status is not needed:
            return BulkItem.of(change, Fate.FASTER), change
        if await self.desk.find_conflicting_apply(change, drawn_at) is not None:
            await self.desk.watch.cards.touch(change.change_id)
            return BulkItem.of(change, Fate.MOVED), change
        return BulkItem.of(change, Fate.FRESH), change

    async def _run(self, press: BulkPress, verb: BulkVerb, work: Callable[["_Run"], Awaitable[None]]) -> BulkOutcome:
        actor = await self.desk.approver(press.user_id)
        selection = await self.chosen(press.user_id, press.selection_id)
        async with self.desk.intend(actor, press.origin, verb.value, selection.chosen) as intent:
            run = _Run(self, actor, press, verb, intent)
            try:
                drawn_at = press.drawn_at if verb is BulkVerb.APPROVE else None  # a rejection compares nothing
                for item, change in await self.look(actor, selection.chosen, BEFORE[verb.target], drawn_at):
                    run.take(item, change)
                await work(run)
            except ApiError as error:
                await run.undo(error)
                raise
            return await self._end(run)

    async def _end(self, run: "_Run") -> BulkOutcome:
        items = tuple(run.items.values())
        for item in items:
            if item.fate in (Fate.DONE, Fate.FASTER, Fate.MOVED):
                await self.desk.watch.note(run.changes[item.change_id])
        is_open = any(item.fate is Fate.UNSURE for item in items)
        await self.desk.close(run.intent, IntentState.UNKNOWN if is_open else IntentState.DONE, run.verb.value)
        approved = [item.target for item in items if item.fate is Fate.DONE and run.verb is BulkVerb.APPROVE]
        following = await self.choose(run.press.user_id, "apply", approved) if approved else None
        return BulkOutcome(run.verb, items, next_selection_id=following)


@dataclass(slots=True)
class _Run:
    """One decision about several changes, on its way."""

    bulk: Bulk
    actor: Actor
    press: BulkPress
    verb: BulkVerb
    intent: Intent
    items: dict[int, BulkItem] = field(default_factory=dict)
    changes: dict[int, PendingChange] = field(default_factory=dict)

    @property
    def fresh(self) -> list[int]:
        """Ids that are to be sent."""
        return [change_id for change_id, item in self.items.items() if item.fate is Fate.FRESH]

    def take(self, item: BulkItem, change: PendingChange | None) -> None:
        """Note how a change stands."""
        self.items[item.change_id] = item
        if change is not None:
            self.changes[item.change_id] = change

    async def leave_own(self) -> None:
        """Leave out what the server lets others approve."""
        for change_id in self.fresh:
            try:
                await self.bulk.approving.admit(self.actor, self.changes[change_id], self.press.origin.guild_id)
            except OwnChangeError:
                self.mark(change_id, Fate.OWN)

    async def count(self) -> None:
        """Count the approvals; those that the server wants more of are not sent."""
        for change_id in self.fresh:
            guild_id = self.press.origin.guild_id
            count = await self.bulk.approving.count(self.actor, self.changes[change_id], guild_id)
            if not count.is_enough:
                self.mark(change_id, Fate.COUNTED, f"{len(count.approvals)} of {count.required}")
                await self.bulk.keeper.touch(change_id)

    async def send(self, *, title: str, reason: str | None = None) -> None:
        """Send the fresh ones in one batch.

        The service takes all or none: what turns out stale is left out, and the rest is sent again.
        """
        is_sent = False
        while ids := self.fresh:
            if not is_sent:
                await self.bulk.desk.send(self.intent)
                is_sent = True
            approve, reject = (ids, ()) if self.verb is BulkVerb.APPROVE else ((), ids)
            try:
                result = await self.bulk.desk.client.decide(
                    self.actor.key, approve=approve, reject=reject, title=title, reject_reason=reason
                )
            except (InvalidRequestError, NotFoundError):
                await self._look_again(ids)
                if self.fresh == ids:  # refused for another reason than a stale one
                    raise
            except (IndeterminateError, MalformedReplyError) as error:
                log.info("batch unclear", reason=type(error).__name__, count=len(ids))
                await self._look_again(ids, unclear=error)
            else:
                for change in (*result.approved, *result.rejected):
                    if change.change_id in ids:
                        self.take(self._decided(change), change)
                for change_id in set(self.fresh) & set(ids):  # an answer without it proves nothing
                    self.mark(change_id, Fate.UNSURE)

    async def _look_again(self, ids: Sequence[int], *, unclear: ApiError | None = None) -> None:
        """Read a batch again and set for each change: done, stale, unsure or still to be sent."""
        targets = [self.items[change_id].target for change_id in ids]
        try:
            looked = await self.bulk.look(self.actor, targets, BEFORE[self.verb.target])
        except ApiError:
            if unclear is None:
                raise
            for change_id in ids:
                self.mark(change_id, Fate.UNSURE)
            return
        for item, change in looked:
            self.take(item, change)
            if change is None or item.fate is Fate.MOVED:
                continue
            if unclear is not None and is_made_by(
                change,
                self.verb.target,
                horde_user_id=self.actor.horde.user_id,
                interaction_id=self.press.origin.interaction_id,
            ):
                self.mark(item.change_id, Fate.DONE)
            elif item.fate is Fate.FRESH and unclear is not None:
                self.mark(item.change_id, Fate.UNSURE)

    def _decided(self, change: PendingChange) -> BulkItem:
        """Compare a decided change with the one that was read before."""
        is_same = self.items[change.change_id].digest == change.digest
        return BulkItem.of(change, Fate.DONE if is_same else Fate.MOVED)

    async def undo(self, error: ApiError) -> None:
        """The service takes nothing of this from this person, or not now."""
        if isinstance(error, ForbiddenError):
            self.bulk.desk.accounts.forget(self.actor.user_id)
        if self.verb is BulkVerb.APPROVE:
            for change_id in self.fresh:
                await self.bulk.approving.withdraw(self.actor, self.changes[change_id], self.press.origin.guild_id)
        await self.bulk.desk.close(self.intent, IntentState.REFUSED, error.detail)

    def mark(self, change_id: int, fate: Fate, words: str = "") -> None:
        """Give a change another fate."""
        self.items[change_id] = self.items[change_id].now(fate, words)
