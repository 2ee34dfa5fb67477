"""The whole queue is read once, then only its end; after a purge, everything again."""

import asyncio

import pytest

from bot.reference.errors import UnavailableError
from bot.reference.requests import PAGE_SIZE as PAGE
from bot.services.queue.milestones import FRESH_FOR, MilestoneCache, MilestoneSnapshot
from bot.services.reader_key import ReaderKeyError
from tests.services.conftest import App


def fill(app: App, count: int, *, status: str = "applied") -> None:
    for change_id in range(1, count + 1):
        app.service.put(change_id, status=status, approved_at=1_772_366_500)


def past_of(app: App) -> MilestoneCache:
    return app.services.statistics.milestones


async def read_later(app: App) -> tuple[MilestoneSnapshot, list[int]]:
    """Read after the cache has expired; return also the requested offsets."""
    app.clock.move(seconds=FRESH_FOR.total_seconds())
    app.service.requests.clear()
    past = await past_of(app).read()
    listed = [request for request in app.service.requests if request.url.path.endswith("/changes")]
    return past, [int(request.url.params["offset"]) for request in listed]


def known(past: MilestoneSnapshot) -> dict[int, str]:
    return {change.change_id: change.status.value for change in past.changes}


def in_queue(app: App) -> dict[int, str]:
    return {change_id: change["status"] for change_id, change in app.service.changes.items()}


async def test_all_pages_are_read_the_first_time_and_nothing_within_ten_minutes(app: App) -> None:
    fill(app, PAGE * 2 + 3)
    past, offsets = await read_later(app)
    assert known(past) == in_queue(app)
    assert offsets == [0, PAGE, PAGE * 2]
    app.service.requests.clear()
    app.service.put(PAGE * 2 + 4)
    assert await past_of(app).read() is past
    assert app.service.requests == []


async def test_later_only_the_changes_from_the_first_open_one_are_read(app: App) -> None:
    fill(app, PAGE * 2)
    app.service.put(PAGE * 2 - 10, status="pending")
    await read_later(app)
    app.service.put(PAGE * 2 - 10, status="rejected")
    app.service.put(PAGE * 2 + 1)
    past, offsets = await read_later(app)
    assert offsets == [PAGE * 2 - 12]
    assert known(past) == in_queue(app)


@pytest.mark.parametrize("gone", [1, 100, PAGE, PAGE + 20])
async def test_after_a_purge_everything_is_read_again(app: App, gone: int) -> None:
    fill(app, PAGE + 20)
    await read_later(app)
    del app.service.changes[gone]
    app.service.put(PAGE + 21)  # as many as before
    past, _ = await read_later(app)
    assert known(past) == in_queue(app)


async def test_an_empty_queue_costs_one_request(app: App) -> None:
    past, offsets = await read_later(app)
    assert (past.changes, offsets) == ((), [0])
    fill(app, 1)
    past, offsets = await read_later(app)
    assert (len(past.changes), offsets) == (1, [0])


async def test_an_outage_is_raised_and_the_cache_stays(app: App) -> None:
    fill(app, 3)
    await read_later(app)
    app.service.is_away = True
    with pytest.raises(UnavailableError):
        await read_later(app)
    app.service.is_away = False
    past, offsets = await read_later(app)
    assert (len(past.changes), offsets) == (3, [2])


async def test_a_queue_hidden_from_the_reader_key_raises_its_own_error(app: App) -> None:
    app.service.refusals["/changes"] = (403, "You are not on the pending queue approver list.")
    with pytest.raises(ReaderKeyError):
        await past_of(app).read()


async def test_large_fields_are_not_cached(app: App) -> None:
    app.service.put(1, payload={"description": "x" * 100_000}, notes="y" * 100_000)
    past, _ = await read_later(app)
    assert len(repr(past)) < 1_000


async def test_two_simultaneous_readers_cost_one_request(app: App) -> None:
    fill(app, 3)
    asked = past_of(app)

    app.service.requests.clear()
    first, other = await asyncio.gather(asked.read(), asked.read())
    assert first is other
    assert app.service.asked("/changes") == 1
