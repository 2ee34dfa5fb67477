"""Values of one change that several services fill: state, facts of a card, places."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.reference.models import ChangeStatus, Diff, PendingChange
from bot.services.checks import Check
from bot.services.hosts.host_findings import HostFinding
from bot.services.usage import UsageFacts
from storage.live_differences import LiveDifference as LiveDifference  # noqa: PLC0414 - ui may not import storage
from storage.revision_requests import RevisionRequest as RevisionRequest  # noqa: PLC0414 - as above

STUCK_AFTER = timedelta(minutes=10)
"""Age at which an apply counts as interrupted: the service never reverts ``applying`` (8.6.2)."""


class CardState(StrEnum):
    """State that a card shows: the service's five, and two that only polling can detect."""

    PENDING = "pending"
    APPROVED = "approved"
    APPLYING = "applying"
    APPLIED = "applied"
    REJECTED = "rejected"
    PURGED = "purged"
    STUCK = "stuck"

    @property
    def is_final(self) -> bool:
        """Return whether no further transition is possible."""
        return self in (CardState.APPLIED, CardState.REJECTED, CardState.PURGED)

    @classmethod
    def of(cls, status: ChangeStatus) -> "CardState":
        """Return the state of the same name."""
        return cls(status.value)


@dataclass(frozen=True, slots=True)
class MessageLink:
    """Address of a Discord message.

    ``guild_id`` is ``None`` for a direct message.
    """

    guild_id: int | None
    channel_id: int
    message_id: int

    @property
    def url(self) -> str:
        """Return the URL that opens the message in Discord's clients."""
        return f"https://discord.com/channels/{self.guild_id or '@me'}/{self.channel_id}/{self.message_id}"


class NotifiedBy(StrEnum):
    """Notification of a requestor about a decision."""

    DIRECT_MESSAGE = "direct"
    THREAD = "thread"
    """Post in the change's thread, because direct messages are closed."""
    CHANNEL = "channel"
    """Message in the card's channel, because no thread took the post."""
    ELSEWHERE = "elsewhere"
    """Post in another server."""
    NONE = "none"
    """The requestor is not linked or cannot be reached."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An approver's claim on a change; ends at ``until`` unless released before."""

    user_id: int
    horde_username: str
    until: datetime


@dataclass(frozen=True, slots=True)
class LiveState:
    """Live state of a change whose apply never finished.

    Attributes:
        is_changed: the model is already as proposed (for a delete: gone).
        read_at: time of that reading.
    """

    is_changed: bool
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Replaced:
    """The change that another one replaces.

    Attributes:
        former_id: its number.
        rejected_by: the approver's Horde name, ``None`` after a purge; of an open one: who asked for changes.
        reason: of the rejection, or what was asked for, likewise.
        fields: paths that differ from it, ``None`` if unknown.
        was_open: whether it was pending when its requestor replaced it; the service cannot withdraw it.
    """

    former_id: int
    rejected_by: str | None = None
    reason: str | None = None
    fields: tuple[str, ...] | None = None
    was_open: bool = False


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """A change and everything that its card shows.

    Attributes:
        change: the change as last read.
        state: the card's state.
        diff: the field diff against the live record, ``None`` if not requested or not available.
        checks: check results, fails first.
        why: the requestor's reason, ``None`` unless proposed through the bot.
        requestor_id: Discord id of the requestor, ``None`` unless linked, visible and in the server that reads this.
        decider_id: Discord id of the person who approved or rejected, likewise.
        web_url: URL of the change in the service's web page, or ``None``.
        noticed_at: time at which a purge was noticed; ``None`` in every other state.
        rivals: other open changes of the same model, by id; one more than a card names, at most.
        rival_cards: links to their posted cards in this server, by change id.
        claim: the claim on it, or ``None``.
        approvals: Horde names of the approvers so far, if the server requires several.
        approvals_required: number of approvals that the server requires.
        notified_by: how the requestor was notified of the decision, ``None`` if not yet.
        usage: usage of the model that would change or be deleted, ``None`` if unknown.
        live: live state of a stuck change; ``None`` in other states or if unreadable.
        is_kept: the proposal is stored, so the requestor can send it again.
        replaces: the change that it replaces, ``None`` if it replaces none.
        resubmitted_as: the change that its requestor sent in place of this one.
        live_difference: of an applied change whose live record is not as approved.
        requests: what approvers asked the requestor of a pending change for, newest first.
        host_findings: what the hosts of a pending change's files said so far.
    """

    change: PendingChange
    state: CardState
    diff: Diff | None = None
    checks: tuple[Check, ...] = ()
    why: str | None = None
    requestor_id: int | None = None
    decider_id: int | None = None
    web_url: str | None = None
    noticed_at: datetime | None = None
    rivals: tuple[PendingChange, ...] = ()
    rival_cards: Mapping[int, MessageLink] = field(default_factory=dict)
    claim: Claim | None = None
    approvals: tuple[str, ...] = ()
    approvals_required: int = 1
    notified_by: NotifiedBy | None = None
    usage: UsageFacts | None = None
    live: LiveState | None = None
    is_kept: bool = False
    live_difference: LiveDifference | None = None
    replaces: Replaced | None = None
    resubmitted_as: int | None = None
    host_findings: tuple[HostFinding, ...] = ()
    requests: tuple[RevisionRequest, ...] = ()


@dataclass(frozen=True, slots=True)
class Gone:
    """The service does not have the change.

    Attributes:
        change_id: its number.
        newest: the newest number so far, if this one is beyond it and so never existed; else ``None``.
    """

    change_id: int
    newest: int | None = None


def state_of(change: PendingChange, now: datetime) -> CardState:
    """Return the state that a card shows; an apply that never ended is stuck."""
    since = change.updated_at or change.approved_at or change.requested_at
    if change.status is ChangeStatus.APPLYING and now - datetime.fromtimestamp(since, UTC) > STUCK_AFTER:
        return CardState.STUCK
    return CardState.of(change.status)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a person pressed: interaction id (unique, Discord's), server and channel."""

    interaction_id: int
    guild_id: int | None
    channel_id: int | None
