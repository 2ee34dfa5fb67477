"""The queue in memory is as last polled, and a decision made meanwhile is never undone by an older answer."""

from datetime import UTC, datetime
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.reference.listing import Entry
from bot.reference.models import ChangeStatus, PendingChange
from bot.services.polling.queue_snapshot import ListedPage, PollResult, QueueSnapshot
from storage.cards import TrackedChange
from tests.harness.scripted_service import harmless

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PENDING, APPROVED, APPLIED = ChangeStatus.PENDING, ChangeStatus.APPROVED, ChangeStatus.APPLIED


def change(change_id: int, status: ChangeStatus = PENDING, name: str = "", **others: Any) -> PendingChange:
    """Return a change of a model of its own, with files of its own."""
    plain = {
        "change_id": change_id,
        "category": "image_generation",
        "model_name": name or f"Model {change_id}",
        "operation": "create",
        "payload": harmless(name or f"Model {change_id}"),
        "requested_by": "101",
        "requested_at": 0,
        "status": status,
    }
    return PendingChange.model_validate({**plain, **others})


def entry(change_id: int, **others: Any) -> Entry:
    return {"change_id": change_id, "status": "pending", **others}  # type: ignore[typeddict-item]  # compared as a whole


def row(change_id: int, status: str = "pending") -> TrackedChange:
    return TrackedChange(
        change_id, "blip", "x", "create", "101", None, NOW, status, "d", is_missing=False, updated_at=NOW
    )


def listed(*changes: PendingChange, **others: Any) -> PollResult:
    """Return the result of a poll that read one page with these changes, all new."""
    ids = tuple(each.change_id for each in changes)
    facts: dict[str, Any] = {
        "changes": changes,
        "entries": {each: entry(each) for each in ids},
        "present": frozenset(ids),
        "total": len(ids),
        "last_id": max(ids, default=0),
        "pages": {0: ListedPage(b"fingerprint", ids, len(ids))},
    }
    return PollResult(**{**facts, **others})


def ids(changes: Any) -> list[int]:
    return [each.change_id for each in changes]


def test_open_changes_are_found_by_status_and_model() -> None:
    snapshot = QueueSnapshot()
    for each in (change(3, name="x"), change(1, name="x"), change(2, APPROVED), change(4, name="x", category="blip")):
        snapshot.put(each)
    assert ids(snapshot.in_status()) == [1, 2, 3, 4]
    assert ids(snapshot.in_status(PENDING)) == [1, 3, 4]
    assert ids(snapshot.in_status(APPROVED, PENDING)) == [1, 2, 3, 4]
    assert snapshot.in_status(ChangeStatus.APPLYING) == []
    assert (snapshot.count(PENDING), snapshot.count(APPROVED), snapshot.count(APPLIED)) == (3, 1, 0)
    assert ids(snapshot.of_model("image_generation", "x")) == [1, 3]
    assert ids(snapshot.of_model("image_generation", "x", besides=1)) == [3]
    assert snapshot.of_model("blip", "Model 2") == ()
    snapshot.drop(1)
    assert ids(snapshot.of_model("image_generation", "x")) == [3]


def test_a_change_that_moves_or_closes_leaves_its_former_place() -> None:
    snapshot = QueueSnapshot()
    snapshot.put(change(1, name="x"))
    snapshot.put(change(1, APPROVED, name="y"))
    assert (snapshot.count(PENDING), snapshot.count(APPROVED)) == (0, 1)
    assert snapshot.of_model("image_generation", "x") == ()
    assert ids(snapshot.of_model("image_generation", "y")) == [1]
    assert snapshot.of_files("image_generation", harmless("x")) == []
    snapshot.put(change(1, APPLIED, name="y"))
    assert snapshot.get(1) is None
    assert (snapshot.in_status(), snapshot.count(APPROVED)) == ([], 0)
    assert snapshot.of_model("image_generation", "y") == ()
    assert snapshot.of_files("image_generation", harmless("y")) == []


def test_other_proposals_of_the_same_files_are_found_in_the_category() -> None:
    snapshot = QueueSnapshot()
    same: dict[str, Any] = {"payload": harmless("x")}
    for each in (
        change(3, **same),
        change(1, **same),
        change(2, category="blip", **same),
        change(4, operation="delete", **same),
        change(5, resource_kind="image_baseline", **same),
        change(6),
    ):
        snapshot.put(each)
    assert ids(snapshot.of_files("image_generation", harmless("x"))) == [1, 3]
    snapshot.drop(1)
    assert ids(snapshot.of_files("image_generation", harmless("x"))) == [3]
    snapshot.drop(3)
    assert snapshot.of_files("image_generation", harmless("x")) == []
    assert ids(snapshot.of_files("blip", harmless("x"))) == [2]


def test_dropping_a_change_lets_the_next_list_be_parsed() -> None:
    snapshot = QueueSnapshot()
    snapshot.update(listed(change(1), change(2)), ())
    before = snapshot.revision
    snapshot.drop(1)
    assert snapshot.revision == before + 1, "pages of lists that were shown are read again"
    assert (set(snapshot.entries), snapshot.pages) == ({2}, {})
    snapshot.drop(1)
    assert snapshot.count(PENDING) == 1


def test_an_ended_change_is_remembered_until_the_next_poll() -> None:
    snapshot = QueueSnapshot()
    snapshot.put(change(1))
    assert snapshot.last_noted(1) == snapshot.get(1) == change(1)
    snapshot.note(change(1, APPLIED))
    assert snapshot.get(1) is None
    noted = snapshot.last_noted(1)
    assert noted is not None
    assert noted.status is APPLIED
    snapshot.begin_poll()
    assert snapshot.last_noted(1) is None
    assert snapshot.newer == set()


def test_rows_of_ended_changes_are_forgotten_at_the_next_poll() -> None:
    snapshot = QueueSnapshot()
    snapshot.keep_rows([row(1), row(2), row(3, "applied")])
    snapshot.keep_rows([row(2, "rejected"), row(3)])
    assert snapshot.open_ids() == {1, 3}, "a reused id is open again"
    assert [snapshot.seen_since(number) for number in (0, 1, 2, 3)] == [3, 2, 1, 0]
    snapshot.begin_poll()
    assert set(snapshot.tracked) == {1, 3}
    snapshot.begin_poll()
    assert snapshot.open_ids() == {1, 3}


def test_a_poll_replaces_what_was_known() -> None:
    snapshot = QueueSnapshot()
    snapshot.update(listed(change(1), change(2), change(3)), ())
    assert (snapshot.total, snapshot.last_id) == (3, 3)
    assert set(snapshot.entries) == {1, 2, 3}
    assert snapshot.pages == {0: ListedPage(b"fingerprint", (1, 2, 3), 3)}
    snapshot.begin_poll()
    snapshot.update(listed(change(2, APPROVED), present=frozenset({2, 3}), total=9, last_id=0), [change(7)])
    assert ids(snapshot.in_status()) == [2, 3, 7], "on no list, but read from its own address"
    assert snapshot.count(APPROVED) == 1
    assert (snapshot.total, snapshot.last_id) == (9, 0)
    assert set(snapshot.entries) == {2, 3}


def test_a_poll_of_the_counts_removes_nothing() -> None:
    snapshot = QueueSnapshot()
    snapshot.update(listed(change(1), unreadable_counts={PENDING: 2}), ())
    pages = dict(snapshot.pages)
    snapshot.begin_poll()
    snapshot.update(PollResult((), {}, present=None, total=1, last_id=1), ())
    assert ids(snapshot.in_status()) == [1]
    assert (snapshot.pages, snapshot.unreadable_counts) == (pages, {PENDING: 2})
    snapshot.update(PollResult((change(2),), {2: entry(2)}, present=None, total=2, last_id=2), ())
    assert ids(snapshot.in_status()) == [1, 2]
    assert set(snapshot.entries) == {1, 2}


def test_a_decision_that_was_made_during_a_poll_is_not_undone_by_it() -> None:
    snapshot = QueueSnapshot()
    snapshot.update(listed(change(1), change(2), change(3)), ())
    snapshot.begin_poll()
    snapshot.note(change(1, APPROVED))
    snapshot.note(change(9))
    snapshot.note_purged([2])
    snapshot.update(listed(change(1), change(2), change(3)), [change(2), change(1)])
    assert ids(snapshot.in_status(APPROVED)) == [1]
    assert ids(snapshot.in_status(PENDING)) == [3, 9], "one was purged, one is newer than the list"
    assert set(snapshot.entries) == {3}
    assert snapshot.pages == {}, "the next list is parsed"


def test_purged_changes_are_not_remembered() -> None:
    snapshot = QueueSnapshot()
    snapshot.note(change(1))
    snapshot.note(change(2, APPLIED))
    snapshot.note_purged([1, 2])
    assert (snapshot.last_noted(1), snapshot.last_noted(2)) == (None, None)
    assert snapshot.newer == {1, 2}
    assert snapshot.count(PENDING) == 0


def test_a_change_that_is_too_large_is_on_no_list_and_reported_once() -> None:
    snapshot = QueueSnapshot()
    snapshot.update(listed(change(1), change(2)), ())
    large = {0: ListedPage(b"other", (1,), 2, unreadable=(2,)), 500: ListedPage(b"more", (), 1, unreadable=(0,))}
    result = listed(change(1), present=frozenset({1, 2}), pages=large, unreadable_counts={PENDING: 2})
    for expected in (1, 0):
        snapshot.begin_poll()
        with capture_logs() as lines:
            snapshot.update(result, ())
        assert len(lines) == expected
    assert ids(snapshot.in_status()) == [1]
    assert (snapshot.unreadable, snapshot.unreadable_counts) == ((2, 0), {PENDING: 2})
    assert (set(snapshot.entries), snapshot.pages) == ({1}, large)
    snapshot.update(listed(change(1)), ())
    assert (snapshot.unreadable, snapshot.unreadable_counts) == ((), {})


def test_after_an_outage_every_change_is_parsed_again() -> None:
    snapshot = QueueSnapshot()
    snapshot.update(listed(change(1)), ())
    snapshot.forget_entries()
    assert (snapshot.entries, snapshot.pages) == ({}, {})
    assert ids(snapshot.in_status()) == [1], "an outage removes no change"


@pytest.mark.parametrize(
    ("page", "length", "first_id"),
    [
        (ListedPage(b"", (3, 5), 9, unreadable=(4,)), 3, 3),
        (ListedPage(b"", (), 9, unreadable=(0, 4)), 2, 0),
        (ListedPage(b"", (), 0), 0, 0),
    ],
)
def test_a_page_covers_its_changes_and_those_too_large_to_be_read(page: ListedPage, length: int, first_id: int) -> None:
    assert (page.length, page.first_id) == (length, first_id)
