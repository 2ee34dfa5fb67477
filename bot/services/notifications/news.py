"""Contents of direct messages, as values."""

from dataclasses import dataclass
from datetime import datetime

from bot.reference.models import Operation
from bot.services.changes import CardState, ChangeFacts, MessageLink, RevisionRequest
from bot.services.notifications.following import Followed


@dataclass(frozen=True, slots=True)
class ChangeNews:
    """A change was queued after all, decided or purged; for a subscriber, it appeared or moved.

    Attributes:
        facts: the change, without diff and checks.
        card: link to its card; None while there is none.
        followed: the subscription that causes the message; None for the requestor.
        revise: digest for *Revise and resubmit*; None where that is not possible.
        request: what an approver asks the requestor of a pending change for.
    """

    facts: ChangeFacts
    card: MessageLink | None
    followed: Followed | None = None
    revise: str | None = None
    request: RevisionRequest | None = None


@dataclass(frozen=True, slots=True)
class BriefNews:
    """One of several changes in one message.

    Attributes:
        reason: of a rejection of the person's own proposal; None for other news.
        revise: digest for *Revise*; None where that is not possible.
    """

    change_id: int
    state: CardState
    operation: Operation
    name: str
    card: MessageLink | None
    reason: str | None = None
    revise: str | None = None


@dataclass(frozen=True, slots=True)
class SeveralNews:
    """Many changes moved at once: some by name, and the number of all."""

    items: tuple[BriefNews, ...]
    total: int


@dataclass(frozen=True, slots=True)
class DraftExpires:
    """A draft expires at ``until`` unless its owner edits it."""

    operation: Operation
    category: str
    name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class DraftWaits:
    """A draft can be sent: the service takes proposals again."""

    draft_id: int
    operation: Operation
    category: str
    name: str


@dataclass(frozen=True, slots=True)
class DraftsExpire:
    """Several drafts of one person expire, the first at its ``until``."""

    drafts: tuple[DraftExpires, ...]


@dataclass(frozen=True, slots=True)
class NeverQueued:
    """A proposal did not get into the queue, and its requestor got no answer to the press.

    ``is_kept`` while its draft exists; ``reason`` is the service's refusal, None if the proposal never arrived.
    """

    operation: Operation
    category: str
    name: str
    is_kept: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class LinkExpires:
    """A link and its key expire at ``until`` unless they are used."""

    horde_name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class KeyDenied:
    """AI-Horde rejected a key: it is not used until its owner links again."""

    horde_name: str


type News = KeyDenied | LinkExpires | ChangeNews | SeveralNews | DraftExpires | DraftsExpire | DraftWaits | NeverQueued
