"""Changes chosen in a list, and the verb offered for them; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.reference.models import ChangeStatus, PendingChange
from bot.services.review.presses import DecisionVerb

_LONGEST_NUMBER = 18


@dataclass(frozen=True, slots=True)
class SelectedChange:
    """Change as a list showed it; the digest is of its content."""

    change_id: int
    digest: str
    status: ChangeStatus

    @property
    def value(self) -> str:
        """Value of its menu option."""
        return f"{self.change_id}:{self.digest}:{self.status}"

    @classmethod
    def of(cls, value: str) -> "SelectedChange":
        """Parse the value of a menu option; raises ``ValueError`` for any other text."""
        change_id, digest, status = value.split(":")
        if not change_id.isdecimal() or len(change_id) > _LONGEST_NUMBER:
            raise ValueError(value)
        return cls(int(change_id), digest, ChangeStatus(status))

    @classmethod
    def to(cls, change: PendingChange) -> "SelectedChange":
        """Create the selection of a change."""
        return cls(change.change_id, change.digest, change.status)


def verb_for(chosen: Sequence[SelectedChange]) -> DecisionVerb:
    """Return the verb for several changes: apply if all are approved, else approve."""
    is_approved = all(one.status is ChangeStatus.APPROVED for one in chosen)
    return DecisionVerb.APPLY if is_approved else DecisionVerb.APPROVE
