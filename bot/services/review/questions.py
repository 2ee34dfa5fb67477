"""Questions before decisions: every change as it is now, and what stands against it."""

from dataclasses import dataclass
from datetime import timedelta

from bot.services.changes import ChangeFacts
from bot.services.review.outcomes import DecisionResult, Outcome
from bot.services.review.presses import DecisionVerb


@dataclass(frozen=True, slots=True)
class Question:
    """Question before changes are decided, with every change as it is now.

    Attributes:
        verb: the action.
        results: one for each change, in the order chosen.
        selection_id: of the changes that can be decided, for the buttons; 0 for a single change.
        estimate: expected duration of an apply, ``None`` while none was measured.
        own_name: Horde name of the approver.
        facts: of a single change that can be approved: everything its question shows.
        is_own: the single change is the approver's own, and the server wants that pointed out.
        reject_selection_id: of those that can be rejected, the ones that are approved by themselves included.
    """

    verb: DecisionVerb
    results: tuple[DecisionResult, ...]
    selection_id: int = 0
    estimate: timedelta | None = None
    own_name: str = ""
    facts: ChangeFacts | None = None
    is_own: bool = False
    reject_selection_id: int = 0

    @property
    def ready(self) -> tuple[DecisionResult, ...]:
        """Results that can be decided together."""
        return tuple(result for result in self.results if result.outcome is Outcome.READY)

    @property
    def decidable(self) -> tuple[DecisionResult, ...]:
        """Results that can be decided, together or alone."""
        return tuple(result for result in self.results if result.outcome in (Outcome.READY, Outcome.ALONE))

    @property
    def alone(self) -> tuple[DecisionResult, ...]:
        """Results that must be read and decided one by one."""
        return tuple(result for result in self.results if result.outcome is Outcome.ALONE)

    @property
    def stale(self) -> tuple[DecisionResult, ...]:
        """Results that cannot be decided; their outcomes say why."""
        return tuple(result for result in self.results if result.outcome.is_stale)


@dataclass(frozen=True, slots=True)
class ApprovedList:
    """The oldest approved changes.

    Attributes:
        results: READY to apply together, or ALONE.
        total: number of all approved changes.
        selection_id: of those that are READY, 0 if there are none.
    """

    results: tuple[DecisionResult, ...]
    total: int
    selection_id: int = 0

    @property
    def ready(self) -> tuple[DecisionResult, ...]:
        """Results that can be applied together."""
        return tuple(result for result in self.results if result.outcome is Outcome.READY)

    @property
    def alone(self) -> tuple[DecisionResult, ...]:
        """Results that must be read and applied one by one."""
        return tuple(result for result in self.results if result.outcome is Outcome.ALONE)
