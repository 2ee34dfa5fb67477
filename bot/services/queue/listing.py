"""A list of the queue as values: what it is narrowed to, its pages, and what is said of each change in it; pure."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.reference.models import ChangeStatus, PendingChange
from bot.services.changes import CardState
from bot.services.checks import Check, CheckCode, Verdict

PAGE_SIZE = 8
"""Changes a page: as many as a message has room for beside its menus."""

NAME_FILTER_MAX = 200
"""Characters of a part of a name that is looked for: the service's limit."""


@dataclass(frozen=True, slots=True)
class ListFilter:
    """What a list is narrowed to; what is empty does not narrow.

    Attributes:
        statuses: the service's.
        categories: likewise.
        model: a part of the name, whatever the case.
        requestor: a Horde user id.
    """

    statuses: tuple[ChangeStatus, ...] = ()
    categories: tuple[str, ...] = ()
    model: str = ""
    requestor: str = ""

    def content(self) -> str:
        """The filter as it is kept, the same text for the same filter."""
        values = {
            "statuses": [status for status in ChangeStatus if status in self.statuses],
            "categories": sorted(self.categories),
            "model": self.model,
            "requestor": self.requestor,
        }
        return json.dumps({key: value for key, value in values.items() if value})

    @classmethod
    def of(cls, content: str) -> "ListFilter":
        """The filter of ``content``."""
        values = json.loads(content)
        return cls(
            tuple(ChangeStatus(status) for status in values.get("statuses", ())),
            tuple(values.get("categories", ())),
            values.get("model", ""),
            values.get("requestor", ""),
        )

    def matches(self, change: PendingChange) -> bool:
        """Whether a change is in the list, as the service would judge."""
        return (
            (not self.statuses or change.status in self.statuses)
            and (not self.categories or change.category in self.categories)
            and self.model.casefold() in change.model_name.casefold()
            and self.requestor in ("", change.requested_by)
        )


WAITING = ListFilter((ChangeStatus.PENDING,))
"""What is listed where nothing else is asked for."""


class RemarkKind(StrEnum):
    """What may be said of a pending change in a list, the most pressing first."""

    CONSENSUS = "consensus"
    FAILS = "fails"
    WARNINGS = "warnings"
    CLAIMED = "claimed"
    APPROVALS = "approvals"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Remark:
    """The last words of a listed change.

    Attributes:
        kind: what they say.
        count: of checks, approvals or days, by kind.
        of: how many approvals are wanted.
        who: Horde name of who claimed it.
    """

    kind: RemarkKind
    count: int = 0
    of: int = 0
    who: str = ""


@dataclass(frozen=True, slots=True)
class ListedChange:
    """A change in a list; ``remark`` is None where there is nothing to say."""

    change: PendingChange
    state: CardState
    remark: Remark | None = None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of a list, newest first.

    Attributes:
        items: of this page.
        wanted: what the list is narrowed to.
        filter_id: the number under which that is kept.
        total: changes in the whole list.
        number: of this page, 0 for the newest.
        may_decide: whether the reader is an approver, who may choose several.
        requestor_name: Horde name of the requestor that the list is narrowed to, as far as it is known.
        last_decision_at: when something was last seen to be decided; only for a list that is empty.
    """

    items: tuple[ListedChange, ...]
    wanted: ListFilter
    filter_id: int
    total: int
    number: int
    may_decide: bool = False
    requestor_name: str | None = None
    last_decision_at: datetime | None = None

    @property
    def pages(self) -> int:
        """How many pages there are, 1 for an empty list."""
        return pages_of(self.total)


def pages_of(total: int) -> int:
    """Pages of a list; an empty one has one."""
    return max(1, -(-total // PAGE_SIZE))


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a list whose oldest entry stands first, as the service lists."""

    offset: int
    limit: int


def window(total: int, number: int) -> Window:
    """Where a page that begins with the newest stands in a list that begins with the oldest."""
    end = max(0, total - number * PAGE_SIZE)
    start = max(0, end - PAGE_SIZE)
    return Window(start, end - start)


def remark_of(
    checks: Iterable[Check],
    *,
    claimed_by: str | None = None,
    approvals: int = 0,
    approvals_required: int = 1,
    days_waiting: float = 0,
    day_limit: int = 0,
) -> Remark | None:
    """The most pressing thing to say of a pending change, None where there is nothing.

    Args:
        checks: verdicts on it.
        claimed_by: Horde name of who claimed it.
        approvals: presses on *Approve* so far.
        approvals_required: as the server wants them.
        days_waiting: since it was proposed.
        day_limit: after which the server is reminded, 0 for never.
    """
    verdicts = [check.verdict for check in checks]
    fails, warnings = verdicts.count(Verdict.FAIL), verdicts.count(Verdict.WARN)
    held = (
        (any(check.code is CheckCode.CONSENSUS for check in checks), Remark(RemarkKind.CONSENSUS)),
        (fails, Remark(RemarkKind.FAILS, fails)),
        (warnings, Remark(RemarkKind.WARNINGS, warnings)),
        (claimed_by, Remark(RemarkKind.CLAIMED, who=claimed_by or "")),
        (approvals and approvals_required > 1, Remark(RemarkKind.APPROVALS, approvals, approvals_required)),
        (day_limit and days_waiting > day_limit, Remark(RemarkKind.OVERDUE, day_limit)),
    )
    return next((remark for is_so, remark in held if is_so), None)
