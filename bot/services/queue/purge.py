"""Purge of changes: a dry run, a typed number, the dry run again, and one request."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.identity.accounts import Accounts, Actor
from bot.identity.roles import Role
from bot.reference.client import ReferenceClient
from bot.reference.errors import ApiError, ForbiddenError, IndeterminateError, MalformedReplyError
from bot.reference.requests import QueueFilter
from bot.services.changes import CardState, state_of
from bot.services.errors import PurgeCountError, PurgeGoneError
from bot.services.pages import ListFilter, window
from bot.services.polling.change_recorder import ChangeRecorder
from bot.services.queue.listing import ListedChange
from bot.services.queue.queue_reader import QueueReader
from bot.services.rate_limits import RateLimits
from storage.purges import Purge, Purges, PurgeState

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PurgeQuestion:
    """Changes that a purge would remove, to be confirmed.

    Attributes:
        change_ids: all of them, ascending.
        items: the newest of them.
        has_moved: the list differs from the one that the person confirmed.
    """

    purge_id: int
    wanted: ListFilter
    change_ids: tuple[int, ...]
    items: tuple[ListedChange, ...] = ()
    has_moved: bool = False

    @property
    def is_applying(self) -> bool:
        """Return whether the service may still be applying one of the shown changes."""
        return any(item.state is CardState.APPLYING for item in self.items)


@dataclass(frozen=True, slots=True)
class NothingToPurge:
    """No change matches the filter."""

    wanted: ListFilter


@dataclass(frozen=True, slots=True)
class Purged:
    """The changes were removed.

    Attributes:
        change_ids: those that were shown.
        others: those that matched only when the request arrived.
    """

    change_ids: tuple[int, ...]
    others: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PurgeUnconfirmed:
    """The request got no answer, and the changes are still there."""

    change_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PurgeAlreadySent:
    """An earlier press sent this purge; it is not sent twice."""

    change_ids: tuple[int, ...]


type PurgeOutcome = Purged | PurgeQuestion | NothingToPurge | PurgeUnconfirmed | PurgeAlreadySent


@dataclass(slots=True)
class PurgeService:
    """Purges for approvers. The service purges by filter, so the matches are compared first."""

    accounts: Accounts
    client: ReferenceClient
    reader: QueueReader
    recorder: ChangeRecorder
    purges: Purges
    rate_limits: RateLimits
    clock: Callable[[], datetime]

    async def ask(self, user_id: int, wanted: ListFilter) -> PurgeQuestion | NothingToPurge:
        """Return the changes that a purge would remove; sends only a dry run.

        Raises:
            ReadLimitError: the person has to wait.
            NotLinkedError, MissingRoleError: the person may not purge.
            ApiError: the service did not answer, or refuses.
        """
        self.rate_limits.count_read(user_id, is_urgent=True)
        actor = await self.accounts.actor(user_id, needs=Role.APPROVER)
        return await self._offer(actor, wanted, await self._tried(actor, wanted))

    async def kept(self, user_id: int, purge_id: int) -> Purge:
        """Return the stored question of this person; no request, so that the form opens at once.

        Raises:
            PurgeGoneError: it has expired.
        """
        found = await self.purges.get(purge_id, user_id)
        if found is None:
            raise PurgeGoneError
        return found

    async def run(self, user_id: int, purge_id: int, typed: str) -> PurgeOutcome:
        """Purge the shown changes, if the number is right and exactly these still match.

        Raises:
            NotLinkedError, MissingRoleError: the person may not purge; nothing was sent.
            PurgeCountError: another number was typed; nothing was sent.
            PurgeGoneError: the question has expired.
            IndeterminateError: it was sent, and its result cannot be read now.
            ApiError: the service refused; nothing was changed.
        """
        kept = await self.kept(user_id, purge_id)
        if typed.strip().removeprefix("#") != str(len(kept.change_ids)):
            raise PurgeCountError(typed, len(kept.change_ids))
        actor = await self.accounts.actor(user_id, needs=Role.APPROVER)
        if kept.state is not PurgeState.OFFERED:
            return PurgeAlreadySent(kept.change_ids)
        wanted = ListFilter.of(kept.content)
        now_matching = await self._tried(actor, wanted)
        if now_matching != kept.change_ids:
            return await self._offer(actor, wanted, now_matching, has_moved=True)
        if not await self.purges.mark_sent(purge_id, self.clock()):
            return PurgeAlreadySent(kept.change_ids)
        return await self._send(actor, kept, wanted)

    async def _send(self, actor: Actor, kept: Purge, wanted: ListFilter) -> PurgeOutcome:
        try:
            result = await self.client.purge(actor.key, _filter(wanted), dry_run=False)
            removed = result.removed_change_ids
        except (IndeterminateError, MalformedReplyError) as error:
            log.info("purge_unconfirmed", purge_id=kept.purge_id, reason=type(error).__name__)
            removed = await self._gone(actor, kept, wanted, error)
        except ApiError as refusal:
            if isinstance(refusal, ForbiddenError):
                self.accounts.mark_stale(actor.user_id)
            await self.purges.take_back(kept.purge_id)
            raise
        if not removed:
            return PurgeUnconfirmed(kept.change_ids)
        await self.purges.mark_done(kept.purge_id)
        await self.recorder.note_purged(removed)
        log.info("changes_purged", user_id=actor.user_id, count=len(removed))
        return Purged(
            tuple(one for one in kept.change_ids if one in removed),
            tuple(sorted(set(removed) - set(kept.change_ids))),
        )

    async def _gone(self, actor: Actor, kept: Purge, wanted: ListFilter, lost: ApiError) -> tuple[int, ...]:
        """Return the removed changes after a lost answer.

        The service removes all or none: if one is left, the others that are missing have moved by themselves.
        """
        try:
            left = await self._tried(actor, wanted)
        except ApiError:
            raise IndeterminateError(lost.detail, status=lost.status) from None
        return () if set(left) & set(kept.change_ids) else kept.change_ids

    async def _tried(self, actor: Actor, wanted: ListFilter) -> tuple[int, ...]:
        result = await self.client.purge(actor.key, _filter(wanted), dry_run=True)
        return tuple(sorted(result.removed_change_ids))

    async def _offer(
        self, actor: Actor, wanted: ListFilter, change_ids: Sequence[int], *, has_moved: bool = False
    ) -> PurgeQuestion | NothingToPurge:
        if not change_ids:
            return NothingToPurge(wanted)
        shown = await self.reader.page(actor.user_id, wanted, window(len(change_ids), 0))
        items = (ListedChange(change, state_of(change, self.clock())) for change in reversed(shown.items))
        kept = await self.purges.offer(actor.user_id, wanted.content(), change_ids, self.clock())
        return PurgeQuestion(kept.purge_id, wanted, kept.change_ids, tuple(items), has_moved)


def _filter(wanted: ListFilter) -> QueueFilter:
    if not wanted.statuses:
        raise ValueError("a purge without a status would empty the queue")
    return QueueFilter(
        statuses=wanted.statuses,
        categories=wanted.categories,
        model_name=wanted.model or None,
        requested_by=(wanted.requestor,) if wanted.requestor else (),
    )
