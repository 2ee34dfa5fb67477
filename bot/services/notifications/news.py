"""What people are told unasked, as values."""

from dataclasses import dataclass
from datetime import datetime

from bot.reference.models import Operation
from bot.services.changes import CardState, ChangeFacts, MessageLink
from bot.services.notifications.following import Followed


@dataclass(frozen=True, slots=True)
class ChangeNews:
    """A change was queued after all, decided, or is gone; for those who follow it, it appeared or moved.

    Attributes:
        facts: the change, without difference and checks.
        card: where it stands.
        followed: why somebody is told who did not propose it; None for the requestor.
        revise: digest under which the requestor can take it up again, None where nothing is kept or to be revised.
    """

    facts: ChangeFacts
    card: MessageLink | None
    followed: Followed | None = None
    revise: str | None = None


@dataclass(frozen=True, slots=True)
class BriefNews:
    """One of several changes that are told in one message."""

    change_id: int
    state: CardState
    operation: Operation
    name: str
    card: MessageLink | None


@dataclass(frozen=True, slots=True)
class SeveralNews:
    """Many changes moved at once: some of them by name, and how many there are in all."""

    items: tuple[BriefNews, ...]
    total: int


@dataclass(frozen=True, slots=True)
class DraftExpires:
    """A draft of theirs goes ``until`` then, unless they touch it."""

    operation: Operation
    category: str
    name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class NeverQueued:
    """A proposal did not get into the queue, and nobody could be told at once.

    ``is_kept`` while its draft is there; ``reason`` is why it was not taken, ``None`` where it never arrived.
    """

    operation: Operation
    category: str
    name: str
    is_kept: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class LinkExpires:
    """Their link goes ``until`` then, with the key, unless they act."""

    horde_name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class KeyDenied:
    """AI-Horde says that nobody has their key any more: it is not used until they link again."""

    horde_name: str


type News = KeyDenied | LinkExpires | ChangeNews | SeveralNews | DraftExpires | NeverQueued
