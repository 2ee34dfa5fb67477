"""Makes approved changes live, one id a request, patiently, and tells of each what became of it.

One id a request: the service answers nobody while it applies, for seconds an id where its queue is long (8.6.2), so
that one request for twenty would keep everybody out for a minute. Between two requests others get their answers, each
id has an outcome of its own, and what is lost is lost of one id only.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

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
from bot.reference.models import ChangeStatus
from bot.services.review.bulk import Bulk
from bot.services.review.bulk_items import (
    BULK_MAX,
    ApplyProgress,
    BulkItem,
    BulkOutcome,
    BulkPress,
    BulkQuestion,
    BulkVerb,
    Fate,
)
from bot.services.review.deciding import PATIENCE_S, Desk, is_made_by, job_of
from storage.intents import Intent, IntentState
from storage.selections import Target

PAGE = 100
"""Approved changes that are looked at to choose from, oldest first."""

log = structlog.get_logger(__name__)

type Tell = Callable[[ApplyProgress], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Approved changes to choose from, oldest first, and how many there are in all."""

    items: tuple[BulkItem, ...]
    total: int


@dataclass(slots=True)
class Applying:
    """Applies what somebody chose."""

    desk: Desk
    bulk: Bulk
    _took_last: timedelta | None = field(default=None)

    async def waiting(self, user_id: int) -> Waiting:
        """What is approved and not live yet, and by whom.

        Raises:
            NotLinkedError, MissingRoleError: the person may not apply.
            ApiError: the service did not answer.
        """
        actor = await self.desk.approver(user_id)
        page = await self.desk.client.changes(actor.key, statuses=(ChangeStatus.APPROVED,), limit=PAGE)
        return Waiting(tuple(BulkItem.of(change, Fate.FRESH) for change in page.items[:BULK_MAX]), page.total)

    async def choose(self, user_id: int, targets: Sequence[Target]) -> int:
        """Keep what is to be applied, in this order; returns the id for buttons."""
        return await self.bulk.choose(user_id, BulkVerb.APPLY.value, list(dict.fromkeys(targets))[:BULK_MAX])

    async def ask(self, press: BulkPress) -> BulkQuestion:
        """What is shown before an apply: each change as it is now, by whom it was approved, and how long it may take.

        Where nothing was shown beforehand (a command with numbers), what is shown now is what a press applies.

        Raises:
            NotLinkedError, MissingRoleError, SelectionGoneError: the person may not, or the choice is gone.
            ApiError: the service did not answer.
        """
        asked = await self.bulk.ask(press, BulkVerb.APPLY)
        return replace(asked, takes=self._took_last * len(asked.fresh) if self._took_last is not None else None)

    async def run(self, press: BulkPress, tell: Tell) -> BulkOutcome:
        """Apply one after the other, up to the first that fails.

        Args:
            press: whose, and of which choice.
            tell: is told before each one; what it raises is its own business and must not come here.

        Raises:
            NotLinkedError, MissingRoleError, SelectionGoneError: nothing was sent.
            ApiError: the service refused before anything was done.
        """
        actor = await self.desk.approver(press.user_id)
        selection = await self.bulk.chosen(press.user_id, press.selection_id)
        begun = self.desk.clock()
        items = [BulkItem(target.change_id, target.digest, Fate.FRESH) for target in selection.chosen]
        async with self.desk.intend(actor, press.origin, "apply", selection.chosen) as intent:
            try:
                await self._run(actor, press, intent, items, tell)
            except ApiError as error:
                if isinstance(error, ForbiddenError):
                    self.desk.accounts.forget(actor.user_id)
                await self.desk.close(intent, IntentState.REFUSED, error.detail)
                raise
            is_open = any(item.fate is Fate.UNSURE for item in items)
            await self.desk.close(intent, IntentState.UNKNOWN if is_open else IntentState.DONE, "apply")
        took = self.desk.clock() - begun
        done = sum(item.fate is Fate.DONE for item in items)
        self._took_last = took / done if done else self._took_last
        left = [item.target for item in items if item.fate in (Fate.REFUSED, Fate.NOT_TRIED)]
        following = await self.choose(press.user_id, left) if left else None
        return BulkOutcome(BulkVerb.APPLY, tuple(items), took, following)

    async def _run(self, actor: Actor, press: BulkPress, intent: Intent, items: list[BulkItem], tell: Tell) -> None:
        targets = [item.target for item in items]
        looked = await self.bulk.look(actor, targets, ChangeStatus.APPROVED, press.drawn_at)
        items[:] = [item for item, _ in looked]
        changes = {change.change_id: change for _, change in looked if change is not None}
        if any(item.fate is Fate.FRESH for item in items):
            await self.desk.send(intent)
        for place, item in enumerate(items):
            if item.fate is not Fate.FRESH:
                continue
            applied = {other.change_id for other in items if other.fate is Fate.DONE}
            change = changes[item.change_id]
            if await self.desk.find_conflicting_apply(change, press.drawn_at, besides=applied) is not None:
                items[place] = item.now(Fate.MOVED)
                continue
            items[place] = item.now(Fate.RUNNING)
            await tell(ApplyProgress(tuple(items)))
            try:
                items[place] = await self._apply(actor, intent, item)
            except ApiError as error:
                if not any(other.fate is Fate.DONE for other in items):
                    raise
                items[place] = item.now(Fate.REFUSED, error.detail)
            if items[place].fate in (Fate.FAILED, Fate.REFUSED, Fate.UNSURE):
                items[place + 1 :] = [
                    later.now(Fate.NOT_TRIED) if later.fate is Fate.FRESH else later for later in items[place + 1 :]
                ]
                return

    async def _apply(self, actor: Actor, intent: Intent, item: BulkItem) -> BulkItem:
        """One of them. What is not clear is read until it is, for some minutes."""
        job = job_of(intent.interaction_id)
        try:
            result = await self.desk.client.apply(actor.key, (item.change_id,), job_id=job)
        except (IndeterminateError, MalformedReplyError, InvalidRequestError, NotFoundError) as error:
            log.info("apply unclear", change_id=item.change_id, reason=type(error).__name__)
            is_lost = isinstance(error, IndeterminateError | MalformedReplyError)
            return await self._read(actor, intent, item, words=error.detail, waits=PATIENCE_S if is_lost else ())
        for change in result.applied:
            if change.change_id == item.change_id:
                await self.desk.watch.note(change)
                return BulkItem.of(change, Fate.DONE if change.digest == item.digest else Fate.MOVED)
        return await self._read(actor, intent, item, words=result.failed_error or "", waits=())

    async def _read(
        self, actor: Actor, intent: Intent, item: BulkItem, *, words: str, waits: Sequence[float]
    ) -> BulkItem:
        """What became of one whose answer was lost, or was a no."""
        try:
            change = await self.desk.reread(actor, item.change_id, waits)
        except NotFoundError:
            return item.now(Fate.GONE)
        except ApiError as error:
            log.info("apply not read", change_id=item.change_id, reason=type(error).__name__)
            return item.now(Fate.UNSURE)
        await self.desk.watch.note(change)
        is_same, is_lost = change.digest == item.digest, bool(waits)
        is_mine = is_lost and is_made_by(
            change,
            ChangeStatus.APPLIED,
            horde_user_id=actor.horde.user_id,
            interaction_id=intent.interaction_id,
        )
        match change.status:
            case ChangeStatus.APPLIED if is_mine and is_same:
                return BulkItem.of(change, Fate.DONE)
            case ChangeStatus.APPLYING:
                return BulkItem.of(change, Fate.UNSURE)
            case ChangeStatus.APPROVED if is_same:
                # Lost, and as before: the service was never asked, or has put it back.
                return BulkItem.of(change, Fate.UNSURE if is_lost else Fate.FAILED, words)
        return BulkItem.of(change, Fate.FASTER if is_same else Fate.MOVED)
