"""Changes that are decided by themselves, and the approver who is named for a decision."""

import pytest

from bot.reference.models import ChangeStatus, Operation, PendingChange
from bot.services.checks import Check, CheckCode, Verdict
from bot.services.review.outcomes import Concerns, decided_by


@pytest.mark.parametrize(
    ("check", "is_alone"),
    [
        (Check(CheckCode.NAME_TAKEN, Verdict.FAIL), True),
        (Check(CheckCode.CONSENSUS, Verdict.WARN), True),
        (Check(CheckCode.OTHER_CHANGE, Verdict.WARN), True),
        (Check(CheckCode.FILE_PROPOSED, Verdict.WARN), False),
    ],
)
def test_a_change_with_a_failed_check_or_a_grave_warning_is_decided_by_itself(check: Check, *, is_alone: bool) -> None:
    assert Concerns(checks=(check,)).must_be_alone is is_alone


@pytest.mark.parametrize(
    ("by", "name", "expected"), [("303", "carol#303", "carol#303"), ("303", None, "#303"), (None, None, "")]
)
def test_an_approver_without_a_name_is_named_by_number(by: str | None, name: str | None, expected: str) -> None:
    change = PendingChange(
        change_id=42,
        category="lora",
        model_name="Pixel",
        operation=Operation.CREATE,
        requested_by="101",
        requested_at=0,
        status=ChangeStatus.REJECTED,
        rejected_by=by,
        rejected_username=name,
        rejected_at=7,
    )
    assert decided_by(change) == (expected, 7)
