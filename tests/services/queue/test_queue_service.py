"""Reading the queue: whose key, how many requests, and the remark on each change."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from discord.ui import TextDisplay

from bot.reference import transport
from bot.reference.models import ChangeStatus, PendingChange
from bot.services.errors import ListGoneError
from bot.services.pages import ListFilter
from bot.services.queue.listing import WAITING, Remark, RemarkKind
from bot.services.queue.queue_service import Viewer
from bot.services.records.json_input import RECORD_BYTES_MAX
from bot.services.review.presses import DecisionVerb
from bot.ui.glyphs import Theme
from bot.ui.queue.queue_list import queue_list
from storage.list_filters import KEPT_FOR
from tests.harness.scripted_service import harmless
from tests.services.conftest import APPROVER, GUILD, OTHER, REQUESTOR, App
from tests.stories.payloads import CONFIG_V2

ALL = ListFilter()
ME, STRANGER = Viewer(APPROVER, GUILD), Viewer(OTHER, GUILD)


@pytest.fixture
async def full(app: App) -> App:
    """Queue of twenty pending changes, after one poll."""
    for number in range(1, 21):
        app.service.put(number)
    await app.services.monitor.poll()
    app.service.requests.clear()
    return app


def lists(app: App) -> list[str]:
    """Return the keys with which the queue was listed, in order."""
    return [one.headers["apikey"] for one in app.service.requests if one.url.path.endswith("/changes")]


async def test_a_page_costs_one_request_while_the_snapshot_is_current(full: App) -> None:
    page = await full.services.queue.page(ME, WAITING)
    assert [item.change.change_id for item in page.entries] == list(range(20, 12, -1))
    assert lists(full) == ["the-key-of-bob"]


async def test_a_page_costs_two_requests_if_the_snapshot_is_outdated_or_does_not_cover_the_filter(full: App) -> None:
    full.service.put(21)
    page = await full.services.queue.page(ME, WAITING)
    assert page.entries[0].change.change_id == 21
    assert len(lists(full)) == 2
    full.service.requests.clear()
    page = await full.services.queue.page(ME, ALL, 2)
    assert [item.change.change_id for item in page.entries] == [5, 4, 3, 2, 1]
    assert len(lists(full)) == 2
    full.service.requests.clear()
    await full.services.queue.page(ME, ListFilter((ChangeStatus.REJECTED,)))
    assert len(lists(full)) == 1, "only the count: there is none"


async def test_words_are_found_in_every_open_change_with_two_requests(app: App) -> None:
    for number in range(1, 151):
        app.service.put(number, notes="A needle." if number in (1, 2, 150) else "Hay.")
    await app.services.monitor.poll()
    app.service.put(2, status="rejected", notes="A needle.")
    app.service.put(151, notes="A needle, not polled yet.")
    app.service.requests.clear()
    page = await app.services.queue.page(ME, replace(WAITING, words="NEEDLE"))
    assert [item.change.change_id for item in page.entries if item.change.change_id != 2] == [151, 150, 1]
    assert page.searched >= page.matching
    assert len(lists(app)) == 2


async def test_a_search_lets_others_go_on_after_a_few_megabytes(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 151):
        app.service.put(number)
    await app.services.monitor.poll()
    turns: list[int] = []

    async def count_turns() -> None:
        while True:
            turns.append(0)
            await asyncio.sleep(0)

    def search(_change: PendingChange, _words: str) -> bool:
        turns[-1] += RECORD_BYTES_MAX
        return False

    monkeypatch.setattr("bot.services.queue.queue_service.has_words", search)
    others = asyncio.create_task(count_turns())
    await app.services.queue.page(ME, replace(WAITING, words="needle"))
    others.cancel()
    assert sum(turns) >= 150 * RECORD_BYTES_MAX
    assert max(turns) <= 3 * 2**20


async def test_kinds_and_baselines_are_found_by_the_names_that_cards_show(app: App) -> None:
    app.service.put(1, payload={"baseline": "stable diffusion 1"})
    app.service.put(2, payload={"baseline": "stable_diffusion_xl"})
    app.service.put(3, category="lora", payload={"baseline": "stable_diffusion_xl"})
    page = await app.services.queue.page(ME, replace(WAITING, words="sdxl image model"))
    assert [item.change.change_id for item in page.entries] == [2]


async def test_of_decided_changes_the_newest_hundred_are_searched_and_the_list_says_so(app: App) -> None:
    for number in range(1, 121):
        app.service.put(number, status="rejected", notes="A needle." if number in (1, 120) else "Hay.")
    await app.services.monitor.poll()
    page = await app.services.queue.page(ME, ListFilter((ChangeStatus.REJECTED,), words="needle"))
    assert [item.change.change_id for item in page.entries] == [120]
    drawn = [item.content for item in queue_list(page, Theme()).walk_children() if isinstance(item, TextDisplay)]
    assert "searched 100 of 120, of decided ones only the newest" in drawn[0]


async def test_a_person_without_a_link_reads_with_the_reader_key(full: App) -> None:
    await full.services.queue.page(STRANGER, WAITING)
    assert lists(full) == ["0000000000"]
    assert not (await full.services.queue.page(STRANGER, WAITING)).may_decide
    assert (await full.services.queue.page(ME, WAITING)).may_decide


async def test_a_claim_is_shown_in_the_list_and_skipped_for_others(full: App) -> None:
    for number in (1, 2):  # a kind of model without other facts
        full.service.put(number, category="blip", payload={"config": harmless(f"Blip {number}")["config"]})
    services = full.services
    await services.monitor.poll()
    await services.claims.take(full.press(1, user_id=REQUESTOR))
    page = await services.queue.page(ME, ListFilter(categories=("blip",)))
    unclaimed, claimed = (item.remark for item in page.entries)
    assert unclaimed is None
    assert claimed == Remark(RemarkKind.CLAIMED, who="alice#101")
    facts = await services.queue.next(ME)
    assert facts is not None
    assert facts.change.change_id == 2


async def test_next_continues_behind_a_page_of_oversized_changes(full: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "MAX_BODY_BYTES", 10_000)
    for number in range(1, 26):
        full.service.put(number, payload={"description": "x" * 10_000})
    full.service.put(26)
    facts = await full.services.queue.next(ME)
    assert facts is not None
    assert facts.change.change_id == 26


async def test_overdue_changes_are_marked_in_a_server_with_a_limit(full: App) -> None:
    long_ago = int(full.clock().timestamp()) - 8 * 86400
    full.service.put(1, category="blip", requested_at=long_ago, payload={"config": CONFIG_V2})
    wanted = ListFilter(categories=("blip",))
    (item,) = (await full.services.queue.page(ME, wanted)).entries
    assert item.remark == Remark(RemarkKind.OVERDUE, 7)
    (item,) = (await full.services.queue.page(Viewer(APPROVER, None), wanted)).entries
    assert item.remark is None


async def test_a_list_expires_after_half_a_year(full: App) -> None:
    queue = full.services.queue
    page = await queue.page(ME, WAITING)
    assert await queue.stored_filter(page.list_id) == WAITING
    full.clock.move(days=KEPT_FOR.days + 1)
    await queue.page(ME, ALL)
    with pytest.raises(ListGoneError):
        await queue.stored_filter(page.list_id)


async def test_an_empty_list_shows_the_time_of_the_last_decision(full: App) -> None:
    assert (await full.services.queue.page(ME, ListFilter(model="nothing"))).last_decision_at is None
    await full.decide(full.press(3), DecisionVerb.APPROVE)
    decided_at = full.clock()
    full.clock.move(hours=5)
    page = await full.services.queue.page(ME, ListFilter(model="nothing"))
    assert page.last_decision_at == decided_at
    assert full.clock() - decided_at == timedelta(hours=5)
