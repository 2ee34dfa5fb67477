"""Results of decisions: one for each change, and all of a press."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from bot.reference.models import ChangeStatus, PendingChange
from bot.services.changes import CardState, Claim, LiveDifference, MessageLink, RevisionRequest, state_of
from bot.services.checks import Check, CheckCode, Verdict
from bot.services.hosts.host_findings import HostFinding
from bot.services.review.presses import DecisionVerb, Target
from bot.services.usage import UsageFacts


class Outcome(StrEnum):
    """Outcome for one change."""

    READY = "ready"
    """As it was shown, and still to be decided."""
    RUNNING = "running"
    """The service is applying it."""
    DONE = "done"
    """Decided by this press."""
    COUNTED = "counted"
    """The approval counts, and the server requires more."""
    WITHDRAWN = "withdrawn"
    """The person's counted approval was withdrawn."""
    ALREADY_DECIDED = "already_decided"
    """Another approver decided it, or it is not in the status that the action needs."""
    CONTENT_CHANGED = "content_changed"
    """The proposal is not the one that was shown."""
    SUPERSEDED = "superseded"
    """Another change of the model went live since the message was drawn."""
    OWN_CHANGE = "own_change"
    """The approver's own change, and the server requires another approver."""
    NOT_FOUND = "not_found"
    """The service no longer has it."""
    FAILED = "failed"
    """The service tried to apply it and could not."""
    REFUSED = "refused"
    """The service refused the request after it had applied others."""
    UNKNOWN = "unknown"
    """A request was sent and its effect is not known yet."""
    NOT_TRIED = "not_tried"
    """Not sent because an earlier one failed, or never received by the service."""
    ALONE = "alone"
    """Left out of several: it has to be read, and decided, by itself."""
    CLAIMED = "claimed"
    """Claimed by this press."""
    CLAIMED_BY_OTHER = "claimed_by_other"
    """Another approver's claim holds."""
    RELEASED = "released"
    """The claim was given up by this press."""
    NOT_CLAIMED = "not_claimed"
    """There was no claim of this approver to give up."""
    ASKED = "asked"
    """The requestor was asked for changes by this press."""

    @property
    def is_stale(self) -> bool:
        """True if a guard excluded the change before anything was sent."""
        return self in _STALE


_STALE = (
    Outcome.ALREADY_DECIDED,
    Outcome.CONTENT_CHANGED,
    Outcome.SUPERSEDED,
    Outcome.OWN_CHANGE,
    Outcome.NOT_FOUND,
)


@dataclass(frozen=True, slots=True)
class Concerns:
    """Concerns about a change that can be decided.

    Attributes:
        checks: its fails and warnings; other open changes of the model are among them.
        claim: the claim that holds.
        usage: usage of a model to delete, ``None`` if unknown.
        is_delete: the change deletes a model.
        doubts: findings of file hosts by which workers would not get a file.
        replaced_by: the change that its requestor sent in place of this one.
        requests: what approvers asked its requestor for.
    """

    checks: tuple[Check, ...] = ()
    claim: Claim | None = None
    usage: UsageFacts | None = None
    is_delete: bool = False
    doubts: tuple[HostFinding, ...] = ()
    replaced_by: int | None = None
    requests: tuple[RevisionRequest, ...] = ()

    @property
    def is_doubted(self) -> bool:
        """Return whether a file host disagrees with the change."""
        return bool(self.doubts)

    @property
    def must_be_alone(self) -> bool:
        """True if the change has to be read, and decided, by itself."""
        is_flagged = self.is_delete or self.is_doubted or self.replaced_by is not None or bool(self.requests)
        return is_flagged or any(map(_is_grave, self.checks))


def _is_grave(check: Check) -> bool:
    return check.verdict is Verdict.FAIL or check.code in (CheckCode.CONSENSUS, CheckCode.OTHER_CHANGE)


@dataclass(frozen=True, slots=True)
class CountedApprovals:
    """Approvals of a change in a server that requires several.

    Attributes:
        names: Horde names of the approvers so far.
        required: how many the server requires.
        is_first: the approver of this press had not approved before.
    """

    names: tuple[str, ...] = ()
    required: int = 1
    is_first: bool = True

    @property
    def given(self) -> int:
        """Number of approvals so far."""
        return len(self.names)

    @property
    def missing(self) -> int:
        """Number of approvals that are still missing."""
        return self.required - self.given


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """Result for one change. The outcome tells which of the fields after ``card`` are used.

    Attributes:
        change_id: its number.
        digest: of the change as last read; as shown where it was never read.
        outcome: the outcome.
        change: as last read; ``None`` where it was never read or is gone.
        state: the state that its card shows; ``None`` without ``change``.
        card: the change's card in this server, for the button of one change.
        concerns: of READY and ALONE; ``None`` where they were not looked up.
        counted: of COUNTED and WITHDRAWN.
        claim: of CLAIMED, CLAIMED_BY_OTHER and NOT_CLAIMED: the claim that holds, ``None`` without one.
        conflict: of SUPERSEDED: the change that went live, ``None`` where it could not be read.
        is_recorded: of CONTENT_CHANGED: the decision was recorded, because the content changed just before it.
        live_difference: of an applied change whose live record is not as approved.
        service_message: of FAILED and REFUSED, and of an approval whose apply was refused: why, empty if not said.
        is_written: of FAILED: the live record is as approved all the same.
        newest: of NOT_FOUND: the newest number so far, if this one is beyond it and so never existed; else ``None``.
    """

    change_id: int
    digest: str
    outcome: Outcome
    change: PendingChange | None = None
    state: CardState | None = None
    card: MessageLink | None = None
    concerns: Concerns | None = None
    counted: CountedApprovals = CountedApprovals()
    claim: Claim | None = None
    conflict: PendingChange | None = None
    is_recorded: bool = False
    live_difference: LiveDifference | None = None
    service_message: str = ""
    is_written: bool = False
    newest: int | None = None

    @classmethod
    def of(cls, change: PendingChange, outcome: Outcome, now: datetime) -> Self:
        """Build the result of a change as just read."""
        return cls(change.change_id, change.digest, outcome, change, state_of(change, now))

    @property
    def target(self) -> Target:
        """Change and digest that a button is bound to."""
        return Target(self.change_id, self.digest)

    @property
    def ready_change(self) -> PendingChange | None:
        """The change while it is still to be decided, as it was shown; else ``None``."""
        return self.change if self.outcome is Outcome.READY else None

    @property
    def changed_something(self) -> bool:
        """True if this press moved the change at the service."""
        return self.outcome is Outcome.DONE or self.is_recorded

    def with_outcome(self, outcome: Outcome, service_message: str = "") -> Self:
        """Copy with another outcome, and what the service said of it."""
        return replace(self, outcome=outcome, service_message=service_message)


@dataclass(frozen=True, slots=True)
class BatchResult:
    """Results of one press.

    Attributes:
        verb: the action.
        results: one for each change, in the order chosen.
        took: duration of an apply.
        next_selection_id: stored selection of ``next_to_apply``, ``None`` if there are none.
    """

    verb: DecisionVerb
    results: tuple[DecisionResult, ...]
    took: timedelta | None = None
    next_selection_id: int | None = None

    @property
    def single(self) -> DecisionResult:
        """Result of a press on one change."""
        return self.results[0]

    @property
    def recorded(self) -> tuple[DecisionResult, ...]:
        """Results decided although the content had changed."""
        return tuple(result for result in self.results if result.is_recorded)

    @property
    def differing(self) -> tuple[DecisionResult, ...]:
        """Results whose live record differs from the approved one."""
        return tuple(result for result in self.results if result.live_difference is not None)

    @property
    def next_to_apply(self) -> tuple[DecisionResult, ...]:
        """Results that can be applied next: approved just now, or left over by an apply."""
        next_outcomes = {
            DecisionVerb.APPROVE: (Outcome.DONE,),
            DecisionVerb.APPLY: (Outcome.REFUSED, Outcome.NOT_TRIED),
        }
        return self.having(*next_outcomes.get(self.verb, ()))

    def having(self, *outcomes: Outcome) -> tuple[DecisionResult, ...]:
        """Return the results with one of these outcomes."""
        return tuple(result for result in self.results if result.outcome in outcomes)


@dataclass(frozen=True, slots=True)
class ApplyProgress:
    """An apply on its way: one result is RUNNING, those after it are READY."""

    results: tuple[DecisionResult, ...]

    @property
    def number(self) -> int:
        """Position of the running one, from 1."""
        return 1 + sum(result.outcome not in (Outcome.READY, Outcome.RUNNING) for result in self.results)


def decided_by(change: PendingChange) -> tuple[str, int | None]:
    """Return the last approver to move a change (empty if none), and when (Unix seconds)."""
    by, name, when = {
        ChangeStatus.APPLIED: (change.applied_by, change.applied_username, change.applied_at),
        ChangeStatus.REJECTED: (change.rejected_by, change.rejected_username, change.rejected_at),
    }.get(change.status, (change.approved_by, change.approved_username, change.approved_at))
    return (name or (f"#{by}" if by else "")), when
