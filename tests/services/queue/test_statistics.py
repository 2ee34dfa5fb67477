"""Statistics count every change once, in its week and age group."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reference.models import ChangeStatus
from bot.reference.queue_pages import Milestones
from bot.services.queue.statistics import WEEKS, IsoWeek, summarize

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
"""A Monday, in week 48."""
LAST_WEEK = IsoWeek(2026, 47)
_SECONDS_BACK = 90 * 86400


def ago(**span: float) -> int:
    return int((NOW - timedelta(**span)).timestamp())


def change(change_id: int, status: str = "pending", **fields: object) -> Milestones:
    return Milestones.model_validate(
        {"change_id": change_id, "category": "lora", "status": status, "requested_at": ago(days=20), **fields}
    )


@st.composite
def changes(draw: st.DrawFn) -> Milestones:
    status = draw(st.sampled_from(ChangeStatus))
    requested = int(NOW.timestamp()) - draw(st.integers(-60, _SECONDS_BACK))
    decided = requested + draw(st.integers(-5, _SECONDS_BACK))
    is_rejected = status is ChangeStatus.REJECTED
    is_approved = status not in (ChangeStatus.PENDING, ChangeStatus.REJECTED)
    by = draw(st.sampled_from(["202", "303", "404"]))
    return Milestones(
        change_id=draw(st.integers(1, 10**9)),
        category=draw(st.sampled_from(["lora", "clip", "image_generation"])),
        status=status,
        requested_at=requested,
        approved_at=decided if is_approved else None,
        approved_by=by if is_approved else None,
        rejected_at=decided if is_rejected else None,
        rejected_by=by if is_rejected else None,
        applied_at=decided + 60 if status is ChangeStatus.APPLIED else None,
    )


@given(st.lists(changes(), max_size=40))
def test_every_change_counts_once(queue: list[Milestones]) -> None:
    told = summarize(queue, LAST_WEEK, NOW)
    pending = [each for each in queue if each.status is ChangeStatus.PENDING]
    assert told.pending == sum(told.open_by_age) == sum(count for _, count in told.open_by_category) == len(pending)
    assert told.week.decided == sum(count for _, count in told.deciders)
    for at, week in enumerate(told.weeks):
        wanted = LAST_WEEK.back(WEEKS - 1 - at)
        decided = [each for each in queue if each.decided_at is not None and IsoWeek.of(each.decided_at) == wanted]
        assert (week.number, week.decided) == (wanted.number, len(decided))
        assert week.rejected == sum(each.status is ChangeStatus.REJECTED for each in decided)
    assert told.applied == sum(
        each.applied_at is not None and IsoWeek.of(each.applied_at) == LAST_WEEK for each in queue
    )
    assert (told.median_wait_s is None) == (told.week.decided == 0)
    assert told.median_wait_s is None or told.median_wait_s >= 0


@pytest.mark.parametrize(
    ("age", "place"),
    [
        (timedelta(minutes=-2), 0),
        (timedelta(hours=23), 0),
        (timedelta(days=1), 1),
        (timedelta(days=2.9), 1),
        (timedelta(days=3), 2),
        (timedelta(days=6.9), 2),
        (timedelta(days=7), 3),
        (timedelta(days=400), 3),
    ],
)
def test_a_pending_change_counts_in_its_age_group(age: timedelta, place: int) -> None:
    told = summarize([change(1, requested_at=int((NOW - age).timestamp()))], LAST_WEEK, NOW)
    assert told.open_by_age.index(1) == place


def test_a_week_begins_on_monday_in_utc_in_every_time_zone() -> None:
    first = datetime(2026, 11, 23, tzinfo=UTC)
    assert IsoWeek.of(first) == IsoWeek(2026, 48)
    assert IsoWeek.of(first - timedelta(seconds=1)) == IsoWeek(2026, 47)
    # Midnight of Monday in a zone ahead is still Sunday by UTC.
    assert IsoWeek.of(datetime(2026, 11, 23, tzinfo=timezone(timedelta(hours=2)))) == IsoWeek(2026, 47)


def test_years_with_53_weeks_and_the_turn_of_the_year() -> None:
    assert IsoWeek(2027, 1).back() == IsoWeek(2026, 53)
    assert IsoWeek(2026, 1).back() == IsoWeek(2025, 52)
    assert str(IsoWeek(2027, 1)) == "2027-W01"


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds
def test_weeks_follow_one_another_without_a_gap(when: datetime) -> None:
    week = IsoWeek.of(when)
    assert week.start <= when < week.start + timedelta(weeks=1)
    assert IsoWeek.of(week.start - timedelta(seconds=1)) == week.back()


def test_the_most_active_decider_comes_first_with_the_latest_name() -> None:
    decided = [
        change(1, "approved", approved_at=ago(days=2), approved_by="202", approved_username="bob#202"),
        change(2, "rejected", rejected_at=ago(days=2), rejected_by="303", rejected_username="carol#303"),
        change(3, "applied", approved_at=ago(days=2), approved_by="303", approved_username="caroline#303"),
        change(4, "approved", approved_at=ago(days=3), approved_by="404"),
    ]
    told = summarize(decided, LAST_WEEK, NOW)
    assert told.deciders == (("caroline#303", 2), ("bob#202", 1), ("#404", 1))
    assert told.approved == 2


def test_the_median_wait_is_that_of_the_week() -> None:
    waits = [timedelta(hours=2), timedelta(hours=4), timedelta(days=30)]
    decided = ago(days=3)
    queue = [
        change(at, "approved", requested_at=int(decided - wait.total_seconds()), approved_at=decided)
        for at, wait in enumerate(waits)
    ]
    assert summarize(queue, LAST_WEEK, NOW).median_wait_s == timedelta(hours=4).total_seconds()
    assert summarize(queue, IsoWeek.of(NOW), NOW).median_wait_s is None
    assert summarize(queue, IsoWeek.of(NOW), NOW).median_wait_all_s == timedelta(hours=4).total_seconds()
