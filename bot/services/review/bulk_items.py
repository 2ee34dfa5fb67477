"""Several changes at once, as a question and as an outcome: what each is, and what became of it; values only."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from bot.reference.models import ChangeStatus, PendingChange
from bot.services.errors import NumbersError
from bot.services.proposals.submission import Origin
from storage.selections import Target

__all__ = [
    "BULK_MAX",
    "ApplyProgress",
    "BulkItem",
    "BulkOutcome",
    "BulkPress",
    "BulkQuestion",
    "BulkVerb",
    "Fate",
    "Target",
    "read_numbers",
]

BULK_MAX = 25
"""Changes at once: as many as a select menu of Discord can offer, and as fit one message."""

_DIGITS_MAX = 15


def read_numbers(text: str) -> tuple[int, ...]:
    """The numbers of changes in what somebody typed, ``12, 14 15``, each once and in order.

    Raises:
        NumbersError: there are none, too many, or something else among them.
    """
    parts = [part for part in re.split(r"[\s,;#]+", text) if part]
    is_readable = all(part.isascii() and part.isdigit() and 0 < len(part) <= _DIGITS_MAX for part in parts)
    found = tuple(dict.fromkeys(int(part) for part in parts)) if is_readable else ()
    if not found or 0 in found or len(found) > BULK_MAX:
        raise NumbersError(text, BULK_MAX)
    return found


class BulkVerb(StrEnum):
    """What is done to several changes."""

    APPROVE = "approve"
    REJECT = "reject"
    APPLY = "apply"

    @property
    def target(self) -> ChangeStatus:
        """The status that it leads to."""
        return _TARGETS[self]


_TARGETS = {
    BulkVerb.APPROVE: ChangeStatus.APPROVED,
    BulkVerb.REJECT: ChangeStatus.REJECTED,
    BulkVerb.APPLY: ChangeStatus.APPLIED,
}


class Fate(StrEnum):
    """How one of several changes stands."""

    FRESH = "fresh"
    """As it was shown, and still to be decided."""
    DONE = "done"
    """The person's own press did it."""
    RUNNING = "running"
    """The service is at it."""
    COUNTED = "counted"
    """The approval counts, and the server wants more."""
    MOVED = "moved"
    """Not what was shown; left alone."""
    FASTER = "faster"
    """Somebody else was faster."""
    GONE = "gone"
    """The service no longer has it."""
    OWN = "own"
    """The person's own, and the server lets another decide."""
    FAILED = "failed"
    """The service tried and could not."""
    REFUSED = "refused"
    """The service did not take the request, after it had taken others."""
    UNSURE = "unsure"
    """It was sent, and nobody knows yet what became of it."""
    NOT_TRIED = "not_tried"
    """Left alone because an earlier one failed."""

    @property
    def is_stale(self) -> bool:
        """Whether it was left alone because it is not what was chosen any more, or not for this person."""
        return self in (Fate.MOVED, Fate.FASTER, Fate.GONE, Fate.OWN)


@dataclass(frozen=True, slots=True)
class BulkItem:
    """One of several changes.

    Attributes:
        change_id: its number.
        digest: of what was shown when it was chosen; of what it is now where nothing was.
        fate: how it stands.
        operation, name: as the service tells them; empty where it is gone.
        status: the service's word; empty where it is gone.
        requested_by: the requestor's Horde name.
        requested_at: when it was proposed, ``None`` where it is gone.
        decided_by: the Horde name of who moved it last.
        decided_at: when that was.
        words: of the service, where it failed; of approvals ``1 of 2``, where they are counted.
    """

    change_id: int
    digest: str
    fate: Fate
    operation: str = ""
    name: str = ""
    status: str = ""
    requested_by: str = ""
    requested_at: datetime | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    words: str = ""

    @classmethod
    def of(cls, change: PendingChange, fate: Fate, words: str = "") -> Self:
        """How a change stands."""
        who, when = _moved_by(change)
        return cls(
            change_id=change.change_id,
            digest=change.digest,
            fate=fate,
            operation=change.operation.value,
            name=change.model_name,
            status=change.status.value,
            requested_by=change.requested_username or f"#{change.requested_by}",
            requested_at=datetime.fromtimestamp(change.requested_at, UTC),
            decided_by=who,
            decided_at=datetime.fromtimestamp(when, UTC) if when is not None else None,
            words=words,
        )

    @property
    def target(self) -> Target:
        """What a button is bound to."""
        return Target(self.change_id, self.digest)

    def now(self, fate: Fate, words: str = "") -> Self:
        """The same with another fate."""
        return replace(self, fate=fate, words=words)

    def as_json(self) -> dict[str, Any]:
        """What a report that is written down keeps of it."""
        return {
            "id": self.change_id,
            "digest": self.digest,
            "fate": self.fate.value,
            "operation": self.operation,
            "name": self.name,
            "status": self.status,
            "by": self.decided_by,
            "words": self.words,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """The item of ``as_json``."""
        return cls(
            change_id=kept["id"],
            digest=kept["digest"],
            fate=Fate(kept["fate"]),
            operation=kept["operation"],
            name=kept["name"],
            status=kept["status"],
            decided_by=kept["by"],
            words=kept["words"],
        )


@dataclass(frozen=True, slots=True)
class BulkPress:
    """One press on a button that concerns several changes; ``drawn_at`` is the message's time by Discord's clock."""

    user_id: int
    selection_id: int
    origin: Origin
    drawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BulkQuestion:
    """What is asked before several changes are decided.

    Attributes:
        selection_id: names the choice in the ids of buttons.
        verb: what is asked.
        items: every change that was chosen, in order, as it is now.
        takes: how long it will take, ``None`` where nobody knows.
        own_name: Horde name of who is asked.
    """

    selection_id: int
    verb: BulkVerb
    items: tuple[BulkItem, ...]
    takes: timedelta | None = None
    own_name: str = ""

    @property
    def fresh(self) -> tuple[BulkItem, ...]:
        """Those that can be decided."""
        return tuple(item for item in self.items if item.fate is Fate.FRESH)

    @property
    def stale(self) -> tuple[BulkItem, ...]:
        """Those that cannot, each with its reason."""
        return tuple(item for item in self.items if item.fate.is_stale)


@dataclass(frozen=True, slots=True)
class BulkOutcome:
    """What became of several changes.

    Attributes:
        verb: what was done.
        items: every change that was chosen, in order.
        took: how long it took, of an apply.
        next_selection_id: of those that can be applied now: approved just now, or left over; ``None`` without any.
    """

    verb: BulkVerb
    items: tuple[BulkItem, ...]
    took: timedelta | None = None
    next_selection_id: int | None = None

    def those(self, *fates: Fate) -> tuple[BulkItem, ...]:
        """The items with one of these fates."""
        return tuple(item for item in self.items if item.fate in fates)


@dataclass(frozen=True, slots=True)
class ApplyProgress:
    """An apply on its way: items before it have their fate, the one that runs is RUNNING, the rest is FRESH."""

    items: tuple[BulkItem, ...]

    @property
    def number(self) -> int:
        """Which one runs, counted from 1."""
        return 1 + sum(item.fate not in (Fate.FRESH, Fate.RUNNING) for item in self.items)


def _moved_by(change: PendingChange) -> tuple[str, int | None]:
    by, name, when = {
        ChangeStatus.APPLIED: (change.applied_by, change.applied_username, change.applied_at),
        ChangeStatus.REJECTED: (change.rejected_by, change.rejected_username, change.rejected_at),
    }.get(change.status, (change.approved_by, change.approved_username, change.approved_at))
    return (name or (f"#{by}" if by else "")), when
