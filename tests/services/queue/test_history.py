"""The timeline has every decided change once, the last decision first, in few requests."""

import pytest

from bot.reference.models import ChangeStatus
from bot.services.pages import PAGE_SIZE
from bot.services.queue.history import READ_TOGETHER
from bot.services.queue.listing import QueuePage
from bot.services.queue.queue_service import Viewer
from tests.services.conftest import APPROVER, GUILD, App

ME = Viewer(APPROVER, GUILD)
COUNT = READ_TOGETHER + 3
DAY_S = 86_400


@pytest.fixture
def decided(app: App) -> App:
    """Return a queue with more decided changes than two requests read; odd ones were rejected."""
    for number in range(1, COUNT + 1):
        is_rejected = number % 2 == 1
        when = {"rejected_at" if is_rejected else "applied_at": 1_772_366_400 + number}
        app.service.put(number, status="rejected" if is_rejected else "applied", **when)
    app.service.put(COUNT + 1)
    return app


def ids_of(page: QueuePage) -> list[int]:
    return [item.change.change_id for item in page.entries]


async def test_pressing_older_shows_every_decided_change_once_and_no_pending_one(decided: App) -> None:
    page = await decided.services.history.timeline(ME)
    shown = ids_of(page)
    while page.has_next:
        page = await decided.services.history.timeline(ME, page.number + 1)
        assert 0 < len(page.entries) <= PAGE_SIZE
        shown += ids_of(page)
    assert shown == list(range(COUNT, 0, -1))
    assert {item.change.status for item in page.entries} <= {ChangeStatus.APPLIED, ChangeStatus.REJECTED}


async def test_a_late_decision_on_an_old_change_stands_first(app: App) -> None:
    for number in (1, 2, 3):
        app.service.put(number, status="rejected", rejected_at=1_772_366_400 + number)
    app.service.put(1, rejected_at=1_772_366_400 + DAY_S)
    assert ids_of(await app.services.history.timeline(ME)) == [1, 3, 2]


async def test_a_page_of_the_timeline_costs_two_requests_and_the_next_one_none(decided: App) -> None:
    await decided.services.history.timeline(ME)
    asked = decided.service.asked("/changes")
    assert asked == 2
    await decided.services.history.timeline(ME, 1)
    assert decided.service.asked("/changes") == asked


async def test_a_page_that_no_longer_exists_shows_the_last_one(app: App) -> None:
    app.service.put(1, status="rejected", rejected_at=1_772_366_400)
    page = await app.services.history.timeline(ME, 30)
    assert (page.number, page.has_next, ids_of(page)) == (0, False, [1])


async def test_before_the_first_decision_the_timeline_is_empty(app: App) -> None:
    app.service.put(1)
    page = await app.services.history.timeline(ME)
    assert (page.entries, page.has_previous, page.has_next) == ((), False, False)
