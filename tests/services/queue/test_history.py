"""Batches are read from the audit log in few requests, and every page leads to the next one."""

import pytest

from bot.services.pages import PAGE_SIZE, ListFilter
from bot.services.queue.history import BATCHES_READ, BatchPage
from bot.services.queue.queue_service import Viewer
from tests.services.conftest import APPROVER, GUILD, House

ME = Viewer(APPROVER, GUILD)
COUNT = 2 * BATCHES_READ + 3


@pytest.fixture
def logged(house: House) -> House:
    """Return a service whose log has more batches than two requests return."""
    house.service.batches = [{"batch_id": number, "approved_change_count": 1} for number in range(1, COUNT + 1)]
    return house


async def turned(house: House, page: BatchPage, step: int) -> BatchPage:
    """Press a button under a page: it knows the filter and the page that it stands on."""
    wanted = await house.services.queue.stored_filter(page.list_id)
    return await house.services.history.batches(ME, wanted, page.number + step)


def ids_of(page: BatchPage) -> list[int]:
    return [batch.batch_id for batch in page.entries]


async def test_pressing_older_shows_every_batch_once(logged: House) -> None:
    page = await logged.services.history.batches(ME, ListFilter())
    assert not page.has_previous
    shown = ids_of(page)
    while page.has_next:
        page = await turned(logged, page, 1)
        assert page.has_previous
        assert 0 < len(page.entries) <= PAGE_SIZE
        shown += ids_of(page)
    assert shown == list(range(COUNT, 0, -1))


async def test_pressing_newer_behind_the_first_batches_returns_to_the_newest(logged: House) -> None:
    page = await logged.services.history.batches(ME, ListFilter(), BATCHES_READ // PAGE_SIZE)
    assert ids_of(page)[0] == COUNT - BATCHES_READ
    assert page.number == 0
    assert ids_of(await turned(logged, page, -1))[0] == COUNT


async def test_pages_of_batches_read_just_now_cost_no_request_and_the_next_section_one(logged: House) -> None:
    page = await logged.services.history.batches(ME, ListFilter())
    assert logged.service.asked("/audit/batches") == 1
    page = await turned(logged, page, BATCHES_READ // PAGE_SIZE - 1)
    assert logged.service.asked("/audit/batches") == 1
    await turned(logged, page, 1)
    assert logged.service.asked("/audit/batches") == 2


async def test_a_page_that_no_longer_exists_shows_the_last_one(logged: House) -> None:
    logged.service.batches = logged.service.batches[:PAGE_SIZE]
    page = await logged.services.history.batches(ME, ListFilter(), 3)
    assert (page.number, page.has_next, len(page.entries)) == (0, False, PAGE_SIZE)


async def test_before_the_first_batch_the_page_is_empty(house: House) -> None:
    page = await house.services.history.batches(ME, ListFilter())
    assert (page.entries, page.has_previous, page.has_next) == ((), False, False)
