"""Requests for changes: an approver asks a pending change's requestor for something."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.identity.accounts import Accounts
from bot.identity.roles import Role
from bot.reference.credentials import redacted_text
from bot.reference.models import ChangeStatus, PendingChange
from bot.services.polling.change_recorder import ChangeRecorder
from bot.services.review.guards import DecisionGuards
from bot.services.review.outcomes import DecisionResult, Outcome
from bot.services.review.presses import ButtonPress
from storage.links import Links
from storage.revision_requests import ASKED, RevisionRequest, RevisionRequests
from storage.thread_posts import ThreadPost


@dataclass(frozen=True, slots=True)
class RevisionAsked:
    """Result of a request.

    Attributes:
        result: ASKED, or why not.
        is_linked: whether the requestor is known in Discord and so gets a direct message.
        is_own: whether it is the approver's own change.
    """

    result: DecisionResult
    is_linked: bool = False
    is_own: bool = False


@dataclass(slots=True)
class RevisionRequestService:
    """Stores requests, each about the content that a card showed; the service is not told."""

    accounts: Accounts
    guards: DecisionGuards
    requests: RevisionRequests
    links: Links
    recorder: ChangeRecorder
    clock: Callable[[], datetime]

    async def ask(self, press: ButtonPress, words: str) -> RevisionAsked:
        """Ask for changes of a pending change, in place of the approver's earlier request.

        Raises:
            NotLinkedError, MissingRoleError: the person may not decide, and so not ask.
            ApiError: the service did not answer.
        """
        actor = await self.accounts.actor(press.user_id, needs=Role.APPROVER)
        result = await self.guards.read_single(actor, press, ChangeStatus.PENDING)
        change = result.ready_change
        if change is None:
            return RevisionAsked(result)
        await self.recorder.note(change)  # requests reference a tracked change
        horde, link = actor.horde, await self.links.by_horde_user(change.requested_by)
        row = RevisionRequest(
            change.change_id,
            change.digest,
            actor.user_id,
            horde.user_id,
            horde.username,
            redacted_text(words.strip()),
            self.clock(),
        )
        is_own = change.requested_by == horde.user_id
        recipient = link.user_id if link is not None and not is_own else None
        await self.requests.add(row, _post(row, change), recipient)
        await self.recorder.redraw(change.change_id)
        return RevisionAsked(result.with_outcome(Outcome.ASKED), is_linked=recipient is not None, is_own=is_own)

    async def expire(self) -> None:
        """Delete requests whose change was decided or has another content."""
        await self.requests.drop_ended()


def _post(row: RevisionRequest, change: PendingChange) -> ThreadPost:
    return ThreadPost(
        row.change_id,
        f"{row.change_id}:{row.digest}:{ASKED}:{row.horde_user_id}:{row.asked_at.timestamp()}",
        {
            "status": ASKED,
            "digest": row.digest,
            "requested_by": change.requested_by,
            "requestor": change.requested_username,
            "by": row.horde_username,
            "at": int(row.asked_at.timestamp()),
            "reason": row.words,
        },
        user_id=row.user_id,
    )
