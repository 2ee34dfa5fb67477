"""What was chosen in a list, and what can be done with it; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.reference.models import ChangeStatus, PendingChange
from bot.services.review.outcomes import DecisionVerb


@dataclass(frozen=True, slots=True)
class SelectedChange:
    """A change as a list showed it: its number, the digest of its content, and where it stood."""

    change_id: int
    digest: str
    status: ChangeStatus

    @property
    def value(self) -> str:
        """The choice as the value of a menu's option."""
        return f"{self.change_id}:{self.digest}:{self.status}"

    @classmethod
    def of(cls, value: str) -> "SelectedChange":
        """The choice behind a value."""
        change_id, digest, status = value.split(":")
        return cls(int(change_id), digest, ChangeStatus(status))

    @classmethod
    def to(cls, change: PendingChange) -> "SelectedChange":
        """The choice of a change as it is now."""
        return cls(change.change_id, change.digest, change.status)


def verb_for(chosen: Sequence[SelectedChange]) -> DecisionVerb:
    """What is offered for several: to apply what is approved, and to decide everything else."""
    is_approved = all(one.status is ChangeStatus.APPROVED for one in chosen)
    return DecisionVerb.APPLY if is_approved else DecisionVerb.APPROVE
