"""Presses of approvers: the action, and the changes with the content that was shown."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.reference.models import ChangeStatus
from bot.services.changes import Origin
from bot.services.errors import NumbersError
from storage.selections import Target as Target  # noqa: PLC0414 - cogs and ui may not import storage

BATCH_MAX = 25
"""Changes in one batch: as many as a select menu of Discord can offer, and as fit one message."""

_DIGITS_MAX = 15


class DuplicatePressError(Exception):
    """Discord delivered one press twice; the first delivery is being worked on."""


class DecisionVerb(StrEnum):
    """Action on one or several changes."""

    APPROVE = "approve"
    REJECT = "reject"
    APPLY = "apply"

    @property
    def before(self) -> ChangeStatus:
        """Status that a change must have before the press."""
        return ChangeStatus.APPROVED if self is DecisionVerb.APPLY else ChangeStatus.PENDING

    @property
    def after(self) -> ChangeStatus:
        """Status of a change after the press."""
        return _AFTER[self]


_AFTER = {
    DecisionVerb.APPROVE: ChangeStatus.APPROVED,
    DecisionVerb.REJECT: ChangeStatus.REJECTED,
    DecisionVerb.APPLY: ChangeStatus.APPLIED,
}


@dataclass(frozen=True, slots=True)
class ButtonPress:
    """One press, or one command, about one or several changes.

    Attributes:
        user_id: Discord id of the person.
        origin: the interaction, the server and the channel.
        targets: the changes, each with the digest that was shown; the digest is empty where nothing was shown.
        selection_id: of a stored selection, which is used instead of ``targets``.
        drawn_at: when the message of the button was drawn, by Discord's clock; ``None`` for a command.
    """

    user_id: int
    origin: Origin
    targets: tuple[Target, ...] = ()
    selection_id: int | None = None
    drawn_at: datetime | None = None

    @property
    def is_single(self) -> bool:
        """True for the button of one change, whose answer has details and links the card."""
        return self.selection_id is None and len(self.targets) == 1


def read_numbers(text: str) -> tuple[int, ...]:
    """Parse change numbers as people type them (``12, 14 #15``), each once and in order.

    Raises:
        NumbersError: there are none, too many, or other words among them.
    """
    parts = [part for part in re.split(r"[\s,;#]+", text) if part]
    is_readable = all(part.isascii() and part.isdigit() and len(part) <= _DIGITS_MAX for part in parts)
    found = tuple(dict.fromkeys(int(part) for part in parts)) if is_readable else ()
    if not found or 0 in found or len(found) > BATCH_MAX:
        raise NumbersError(text, BATCH_MAX)
    return found
