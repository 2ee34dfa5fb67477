"""Pages of the queue that are empty, repeated, too large or malformed: a poll ends, and everything readable is seen."""

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

import pytest

from bot.reference.errors import MalformedReplyError
from bot.reference.models import ChangeStatus
from bot.services.polling.queue_monitor import FULL_READ_EVERY
from bot.services.queue.listing import WAITING
from bot.services.queue.queue_service import Viewer
from tests.services.conftest import APPROVER, GUILD, App

HUGE = {"name": "Huge", "description": "x" * 90_000}
"""Larger than what is read at once here."""


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.reference.transport.MAX_BODY_BYTES", 80_000)


def pending(app: App) -> list[int]:
    return [change.change_id for change in app.services.snapshot.in_status(ChangeStatus.PENDING)]


async def cost(app: App) -> int:
    """Poll; return the number of pages that were asked for."""
    app.service.requests.clear()
    await app.services.monitor.poll()
    return app.service.asked("/pending_queue/changes")


@pytest.mark.parametrize("huge", [(5, 6, 7, 8), (9, 10, 11, 12), (1, 2), (1, 6, 7, 12), tuple(range(1, 13))])
async def test_changes_too_large_to_be_read_hide_no_others(app: App, huge: tuple[int, ...]) -> None:
    for change_id in range(1, 13):
        app.service.put(change_id, **({"payload": HUGE} if change_id in huge else {}))
    await app.services.monitor.poll()
    others = [change_id for change_id in range(1, 13) if change_id not in huge]
    assert pending(app) == others
    assert (await app.services.status.report()).unreadable == huge
    assert await cost(app) <= 4, "they are known"
    app.service.put(13)
    await app.services.monitor.poll()
    assert pending(app) == [*others, 13]


MALFORMED: dict[str, dict[str, Any]] = {
    "a status of a newer service": {"status": "parked"},
    "an operation of a newer service": {"operation": "rename"},
    "no time": {"requested_at": None},
    "a time in nanoseconds": {"requested_at": 1_772_366_400_000_000_000},
    "a record that is text": {"payload": "text"},
    "a time as text": {"approved_at": "yesterday"},
    "a number that is too large": {"change_id": 10**18},
}


@pytest.mark.parametrize("place", [1, 3, 5])
@pytest.mark.parametrize("malformed", MALFORMED.values(), ids=MALFORMED)
async def test_a_malformed_change_hides_no_others(
    app: App, monkeypatch: pytest.MonkeyPatch, malformed: dict[str, Any], place: int
) -> None:
    for change_id in range(1, 6):
        app.service.put(change_id)
    page = app.service._page

    def answer(listing: str, query: Mapping[str, list[str]]) -> dict[str, Any]:
        shown = page(listing, query)
        return {**shown, "items": [one | malformed if one["change_id"] == place else one for one in shown["items"]]}

    monkeypatch.setattr(app.service, "_page", answer)
    await app.services.monitor.poll()
    others = [change_id for change_id in range(1, 6) if change_id != place]
    assert pending(app) == others
    number = 0 if "change_id" in malformed else place
    assert (await app.services.status.report()).unreadable == (number,)
    assert await cost(app) <= 4
    app.service.put(6)
    app.service.put(others[0], status="rejected")
    await app.services.monitor.poll()
    assert pending(app) == [*others[1:], 6]
    shown = await app.services.queue.page(Viewer(APPROVER, GUILD), WAITING)
    assert {item.change.change_id for item in shown.entries} == {*others[1:], 6}
    monkeypatch.undo()
    app.clock.move(seconds=FULL_READ_EVERY.total_seconds())
    await app.services.monitor.poll()
    assert pending(app) == sorted([*others[1:], place, 6])
    assert (await app.services.status.report()).unreadable == ()


async def test_a_newest_change_that_is_too_large_costs_no_full_reading(app: App) -> None:
    for change_id in range(1, 4):
        app.service.put(change_id)
    await app.services.monitor.poll()
    app.service.put(4, payload=HUGE)
    await app.services.monitor.poll()
    assert await cost(app) == 3


async def test_a_change_that_grows_too_large_stays_known_and_costs_no_full_reading(app: App) -> None:
    for change_id in range(1, 4):
        app.service.put(change_id)
    await app.services.monitor.poll()
    app.service.put(2, payload=HUGE)
    app.clock.move(seconds=FULL_READ_EVERY.total_seconds())
    await app.services.monitor.poll()
    assert (await app.services.status.report()).unreadable == (2,)
    assert pending(app) == [1, 3], "named in the status, and on no list"
    assert await cost(app) == 3
    app.service.put(4)
    await app.services.monitor.poll()
    assert pending(app) == [1, 3, 4]
    app.service.put(2, payload={"name": "Model 2"})
    app.clock.move(seconds=FULL_READ_EVERY.total_seconds())
    await app.services.monitor.poll()
    assert pending(app) == [1, 2, 3, 4]
    offsets = [int(request.url.params.get("offset", 0)) for request in app.service.requests]
    assert min(offsets) == 0, "the service refuses others"
    assert (await app.services.status.report()).unreadable == ()


async def test_new_changes_do_not_wait_while_many_oversized_ones_are_read(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused_s: list[float] = []

    async def pause(seconds: float) -> None:
        paused_s.append(seconds)

    monkeypatch.setattr("bot.reference.listing.sleep", pause)
    for change_id in range(1, 101):
        app.service.put(change_id, payload=HUGE)
    for change_id in range(101, 121):
        await app.services.monitor.poll()
        assert sum(paused_s) <= 60, "the next poll goes on"
        paused_s.clear()
        assert pending(app) == list(range(101, change_id))
        app.service.put(change_id)
    assert (await app.services.status.report()).unreadable == tuple(range(1, 101))
    app.service.put(101, status="approved")
    for _ in range(20):
        await app.services.monitor.poll()
    assert pending(app) == list(range(102, 121))


@pytest.mark.parametrize("is_empty", [True, False], ids=["empty", "repeated"])
async def test_a_page_that_does_not_advance_ends_the_poll(
    app: App, monkeypatch: pytest.MonkeyPatch, *, is_empty: bool
) -> None:
    for change_id in range(1, 4):
        app.service.put(change_id)
    page = app.service._page

    def answer(listing: str, query: Mapping[str, list[str]]) -> dict[str, Any]:
        assert app.service.asked("/pending_queue/changes") < 10, "the bot reads without end"
        shown = page(listing, {**query, "offset": ["0"]})
        return {**shown, "total": 100_000, **({"items": []} if is_empty else {})}

    monkeypatch.setattr(app.service, "_page", answer)
    with nullcontext() if is_empty else pytest.raises(MalformedReplyError):
        await app.services.monitor.poll()
    monkeypatch.undo()
    await app.services.monitor.poll()
    assert pending(app) == [1, 2, 3]


@pytest.mark.parametrize("total", [0, -1])
async def test_a_total_that_counts_too_few_stops_no_later_poll(
    app: App, monkeypatch: pytest.MonkeyPatch, total: int
) -> None:
    for change_id in range(1, 4):
        app.service.put(change_id)
    page = app.service._page
    monkeypatch.setattr(app.service, "_page", lambda listing, query: {**page(listing, query), "total": total})
    await app.services.monitor.poll()
    app.service.put(4)
    monkeypatch.undo()
    await app.services.monitor.poll()
    assert pending(app) == [1, 2, 3, 4]
    offsets = [int(request.url.params.get("offset", 0)) for request in app.service.requests]
    assert min(offsets) == 0, "the service refuses others"
