"""Changes as the queue's list shows them, with at most one remark each; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.reference.models import ChangeStatus, PendingChange
from bot.services.changes import CardState
from bot.services.checks import Check, CheckCode, Verdict
from bot.services.pages import ListFilter, Page
from bot.services.review.presses import DecisionVerb

WAITING = ListFilter((ChangeStatus.PENDING,))
"""Filter of a list without options."""

_LONGEST_NUMBER = 18


class RemarkKind(StrEnum):
    """Kind of remark on a pending change, the most important first."""

    CONSENSUS = "consensus"
    FAILS = "fails"
    DOUBTED = "doubted"
    WARNINGS = "warnings"
    CLAIMED = "claimed"
    APPROVALS = "approvals"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Remark:
    """Remark on a listed change.

    Attributes:
        count: checks, approvals or days, depending on ``kind``.
        of: required approvals.
        who: Horde name of the claimant.
    """

    kind: RemarkKind
    count: int = 0
    of: int = 0
    who: str = ""


@dataclass(frozen=True, slots=True)
class ListedChange:
    """Change in a list."""

    change: PendingChange
    state: CardState
    remark: Remark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage(Page[ListedChange]):
    """Page of the queue, newest first.

    Attributes:
        may_decide: the reader is an approver, who may choose several changes.
        requestor_name: Horde name of the requestor in the filter, if known.
        last_decision_at: time of the last decision seen; only for an empty list.
        searched: changes that were searched for words: open ones and the newest; 0 without words.
        matching: changes that match the rest of the filter.
    """

    may_decide: bool = False
    requestor_name: str | None = None
    last_decision_at: datetime | None = None
    searched: int = 0
    matching: int = 0


def remark_of(
    checks: Iterable[Check],
    *,
    is_doubted: bool = False,
    claimed_by: str | None = None,
    approvals: int = 0,
    approvals_required: int = 1,
    days_waiting: float = 0,
    day_limit: int = 0,
) -> Remark | None:
    """Return the most important remark on a pending change.

    Args:
        checks: results of its checks.
        is_doubted: whether a file host disagrees, as far as it was asked.
        claimed_by: Horde name of the claimant.
        approvals: approvals so far.
        approvals_required: number that the server requires.
        days_waiting: days since it was proposed.
        day_limit: days after which the server is reminded, 0 for never.
    """
    verdicts = [check.verdict for check in checks]
    fails, warnings = verdicts.count(Verdict.FAIL), verdicts.count(Verdict.WARN)
    candidates = (
        (any(check.code is CheckCode.CONSENSUS for check in checks), Remark(RemarkKind.CONSENSUS)),
        (fails, Remark(RemarkKind.FAILS, fails)),
        (is_doubted, Remark(RemarkKind.DOUBTED)),
        (warnings, Remark(RemarkKind.WARNINGS, warnings)),
        (claimed_by, Remark(RemarkKind.CLAIMED, who=claimed_by or "")),
        (approvals and approvals_required > 1, Remark(RemarkKind.APPROVALS, approvals, approvals_required)),
        (day_limit and days_waiting > day_limit, Remark(RemarkKind.OVERDUE, day_limit)),
    )
    return next((remark for applies, remark in candidates if applies), None)


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
