"""What a person must know of one change to decide it: facts gathered once, drawn by the card."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.reference.models import ChangeStatus, Diff, PendingChange
from bot.services.checks import Check
from bot.services.usage import UsageFacts

STUCK_AFTER = timedelta(minutes=10)
"""Age at which an apply counts as interrupted: the service never reverts ``applying`` (8.6.2)."""


class CardState(StrEnum):
    """What a card shows; the service's five states and two that only a watcher can tell."""

    PENDING = "pending"
    APPROVED = "approved"
    APPLYING = "applying"
    APPLIED = "applied"
    REJECTED = "rejected"
    PURGED = "purged"
    STUCK = "stuck"

    @property
    def is_final(self) -> bool:
        """Whether nothing more can happen to the change."""
        return self in (CardState.APPLIED, CardState.REJECTED, CardState.PURGED)

    @classmethod
    def of(cls, status: ChangeStatus) -> "CardState":
        """The state that the service reports under the same name."""
        return cls(status.value)


@dataclass(frozen=True, slots=True)
class MessageLink:
    """Where a message stands in Discord.

    ``guild_id`` is ``None`` for a direct message.
    """

    guild_id: int | None
    channel_id: int
    message_id: int

    @property
    def url(self) -> str:
        """The address under which Discord's clients jump to the message."""
        return f"https://discord.com/channels/{self.guild_id or '@me'}/{self.channel_id}/{self.message_id}"


class Told(StrEnum):
    """How a requestor learnt what became of a proposal."""

    DIRECT = "direct"
    """By direct message."""
    THREAD = "thread"
    """In the change's thread, because direct messages are closed."""
    NOBODY = "nobody"
    """Not at all: not linked, or no way to reach them."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An approver works on a change; ``until`` then, unless they release it before."""

    user_id: int
    horde_username: str
    until: datetime


@dataclass(frozen=True, slots=True)
class LiveState:
    """What the live reference said of a change whose apply never ended.

    Attributes:
        is_changed: whether the model is already as proposed (for a delete: gone).
        read_at: when that was read.
    """

    is_changed: bool
    read_at: datetime


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """One change as it is now.

    Attributes:
        change: the change as the service last told it.
        state: what its card shows.
        diff: the field diff against the live record, ``None`` where it was not asked for or not to be had.
        checks: verdicts, fails first.
        why: the requestor's own words, ``None`` unless proposed through the bot.
        requestor_id: Discord id of the requestor, ``None`` unless linked and visible.
        decider_id: Discord id of who approved or rejected, likewise.
        web_url: the change in the service's web page, ``None`` where the deployment has none.
        noticed_at: when a purge was noticed; ``None`` in every other state.
        rivals: other open changes of the same model, by id.
        rival_cards: where their cards stand in this server, by id of the change; only those that are posted.
        claim: who works on it, ``None`` while nobody does.
        approvals: Horde names of who approved so far, where a server wants more than one.
        approvals_required: how many it wants.
        told: how the requestor learnt of the decision, ``None`` while that is open.
        usage: how much the model that would change or go is used, ``None`` where nobody knows.
        live: what the live record said of it, for a stuck change only; ``None`` where it cannot be read.
        is_kept: whether what was proposed is kept for the requestor, so that it can be sent again as it was.
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
    told: Told | None = None
    usage: UsageFacts | None = None
    live: LiveState | None = None
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class Gone:
    """The service no longer has the change."""

    change_id: int


def state_of(change: PendingChange, now: datetime) -> CardState:
    """Return the state that a card shows; an apply that never ended is stuck."""
    since = change.updated_at or change.approved_at or change.requested_at
    if change.status is ChangeStatus.APPLYING and now - datetime.fromtimestamp(since, UTC) > STUCK_AFTER:
        return CardState.STUCK
    return CardState.of(change.status)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a person pressed: the interaction's id (unique, Discord's), the server and the channel."""

    interaction_id: int
    guild_id: int | None
    channel_id: int | None
