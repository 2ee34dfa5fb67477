"""AI-Horde confirms 90 keys a minute for everyone together: no reader takes what others need to propose and decide."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import override

import httpx
import pytest

from bot.errors import BotError
from bot.reference import transport
from bot.reference.models import ChangeStatus
from bot.services.errors import ReadLimitError
from bot.services.pages import ListFilter
from bot.services.polling.queue_poller import MESSAGE_READS_A_MINUTE
from bot.services.proposals.outcomes import Queued
from bot.services.queue.listing import WAITING
from bot.services.queue.queue_service import Viewer
from bot.services.rate_limits import READ_CHECKS_A_MINUTE, READS_A_MINUTE
from bot.services.review.outcomes import Outcome
from bot.services.review.presses import DecisionVerb, Target
from tests.harness.scripted_service import ScriptedService
from tests.services.conftest import APPROVER, CHANNEL, GUILD, OTHER, REQUESTOR, App, Clock, app_settings
from tests.services.deliveries import deliver_cards
from tests.stories.payloads import CONFIG_V2

CHECKS_A_MINUTE = 90
CARDS = 30
REJECTED = ListFilter((ChangeStatus.REJECTED,))


class CheckedService(ScriptedService):
    """Asks AI-Horde for each key, and answers 401 once it was asked 90 times within a minute, as the service does.

    Attributes:
        turns: turns of the event loop before a request is answered; all others go on meanwhile.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.refused = 0
        self.turns = 0
        self._clock = clock
        self._checked: deque[float] = deque()

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        for _ in range(self.turns):
            await asyncio.sleep(0)
        if "apikey" in request.headers and not self._is_confirmed():
            self.refused += 1
            return httpx.Response(401, stream=httpx.ByteStream(b'{"detail": "Invalid API key"}'))
        self.user_id = "101" if request.headers.get("apikey") == "the-key-of-ali" else "202"
        if request.url.path.endswith("/v2/image_generation") and request.method == "POST":
            payload = json.loads(request.content)
            made = self.put(1000 + len(self.changes), model_name=payload["name"], payload=payload)
            return httpx.Response(202, stream=httpx.ByteStream(json.dumps(made).encode()))
        return await super().handle_async_request(request)

    def _is_confirmed(self) -> bool:
        now = self._clock().timestamp()
        while self._checked and self._checked[0] <= now - 60:
            self._checked.popleft()
        if len(self._checked) >= CHECKS_A_MINUTE:
            return False
        self._checked.append(now)
        return True


@pytest.fixture
async def busy(tmp_path: Path) -> AsyncIterator[App]:
    """Open a queue of forty pending and forty rejected changes behind AI-Horde's limit."""
    clock = Clock()
    settings = await app_settings(tmp_path / "data", clock)
    app = App(CheckedService(clock), clock, settings, None, AsyncExitStack())  # type: ignore[arg-type] # until start
    for number in range(1, 81):
        app.service.put(number, status="pending" if number <= 40 else "rejected")
    await app.start()
    await app.services.monitor.poll()
    yield app
    await app.stop()


async def read_all(app: App, user_id: int, second: int) -> int:
    """Read as fast as fingers can: four lists, a change and the history; returns how many were refused."""
    viewer, services, refused = Viewer(user_id, GUILD), app.services, 0
    for read in (
        lambda: services.queue.page(viewer, REJECTED, second % 5),
        lambda: services.queue.page(viewer, WAITING, second % 5),
        lambda: services.queue.page(viewer, ListFilter(), second % 10),
        lambda: services.queue.page(viewer, ListFilter(model=f"Model {second}")),
        lambda: services.queue.show(viewer, second + 1),
        lambda: services.history.model(viewer, f"Model {second}"),
    ):
        try:
            await read()
        except ReadLimitError:
            refused += 1
    return refused


async def propose(app: App, number: int) -> None:
    record = {"name": f"Pixel {number}", "baseline": "stable_diffusion_xl", "nsfw": False, "config": CONFIG_V2}
    draft = await app.services.draft_sources.create_from_json(
        REQUESTOR, GUILD, "image_generation", json.dumps(record).encode()
    )
    outcome = await app.services.submission.submit(REQUESTOR, draft.draft_id, app.origin())
    assert isinstance(outcome, Queued), outcome


async def approve(app: App, change_id: int) -> None:
    question = await app.services.decisions.ask(app.press(change_id), DecisionVerb.APPROVE)
    assert question.results[0].outcome is Outcome.READY
    result = await app.decide(app.press(change_id), DecisionVerb.APPROVE)
    assert result.outcome is Outcome.DONE, result


@pytest.mark.parametrize("readers", [[OTHER], [OTHER, 4004, 5005, 6006]], ids=["one", "four"])
async def test_all_writes_of_others_succeed_while_members_read_without_a_pause(busy: App, readers: list[int]) -> None:
    refused = 0
    for second in range(30):
        for reader in readers:
            refused += await read_all(busy, reader, second)
        if second % 10 == 5:
            await propose(busy, second)
            await approve(busy, 1 + second)
        if second % 20 == 19:
            await busy.services.monitor.poll()
        busy.clock.move(seconds=1)
    assert refused > 30 * len(readers)
    assert isinstance(busy.service, CheckedService)
    assert busy.service.refused == 0, "AI-Horde confirmed every key"


async def test_writes_succeed_while_members_open_whole_records(busy: App) -> None:
    for second in range(20):
        for reader in (OTHER, 4004, 5005, 6006, 7007):
            with suppress(ReadLimitError):
                busy.services.rate_limits.count_read(reader)
                await busy.services.decisions.facts(1 + second)
        if second % 10 == 5:
            await propose(busy, second)
            await approve(busy, 1 + second)
        busy.clock.move(seconds=1)
    assert isinstance(busy.service, CheckedService)
    assert busy.service.refused == 0, "AI-Horde confirmed every key"


@pytest.mark.parametrize("readers", [[OTHER, 4004], [OTHER, 4004, 5005, 6006]], ids=["two", "four"])
async def test_writes_succeed_while_members_read_many_things_at_once(busy: App, readers: list[int]) -> None:
    assert isinstance(busy.service, CheckedService)
    busy.clock.move(minutes=2)
    busy.service.turns = 200
    reads = (read_all(busy, reader, second) for reader in readers for second in range(20))

    async def propose_and_approve() -> None:
        await propose(busy, 1)
        await approve(busy, 1)

    *refused, _ = await asyncio.gather(*reads, propose_and_approve())
    assert sum(filter(None, refused)) > 0
    assert busy.service.refused == 0, "AI-Horde confirmed every key"


async def test_writes_succeed_while_an_approver_asks_for_the_next_of_a_thousand_own_changes(busy: App) -> None:
    assert isinstance(busy.service, CheckedService)
    for number in range(100, 1100):
        busy.service.put(number, requested_by="202")
    busy.service.changes = {i: change for i, change in busy.service.changes.items() if change["requested_by"] == "202"}
    for _ in range(3):
        with pytest.raises(ReadLimitError):
            await busy.services.queue.next(Viewer(APPROVER, GUILD))
    busy.clock.move(minutes=2)
    await busy.services.monitor.poll()
    for _ in range(3):
        busy.service.requests.clear()
        assert await busy.services.queue.next(Viewer(APPROVER, GUILD)) is None
        assert len(busy.service.requests) <= 2
    await propose(busy, 1)
    assert busy.service.refused == 0, "AI-Horde confirmed every key"


@pytest.mark.parametrize("readers", [[OTHER], [OTHER, 4004, 5005, 6006]], ids=["one", "four"])
async def test_writes_succeed_while_members_read_changes_that_are_too_large(
    busy: App, monkeypatch: pytest.MonkeyPatch, readers: list[int]
) -> None:
    assert isinstance(busy.service, CheckedService)
    monkeypatch.setattr(transport, "MAX_BODY_BYTES", 50_000)
    for number in range(100, 300):
        busy.service.put(number, status="rejected", payload={"description": "x" * 60_000})
    for second in range(20):
        for reader in readers:
            for wanted in (REJECTED, replace(REJECTED, words=f"x {second}")):
                with suppress(ReadLimitError):
                    await busy.services.queue.page(Viewer(reader, GUILD), wanted, second)
        busy.clock.move(seconds=1)
    await propose(busy, 1)
    await approve(busy, 1)
    assert busy.service.refused == 0, "AI-Horde confirmed every key"


@pytest.mark.parametrize(("changes", "length"), [(60, 60_000), (300, 9_000)], ids=["too large", "large"])
async def test_a_queue_full_of_large_changes_is_watched_and_leaves_others_their_share(
    busy: App, monkeypatch: pytest.MonkeyPatch, changes: int, length: int
) -> None:
    assert isinstance(busy.service, CheckedService)

    async def pause(seconds: float) -> None:
        busy.clock.move(seconds=seconds)
        if changes == 60:
            await busy.services.queue.show(Viewer(int(busy.clock().timestamp()), GUILD), 1)

    monkeypatch.setattr(transport, "MAX_BODY_BYTES", 50_000)
    monkeypatch.setattr("bot.reference.listing.sleep", pause)
    for number in range(100, 100 + changes):
        busy.service.put(number, payload={"description": "x" * length})
    for _ in range(3):
        busy.clock.move(minutes=10)
        await busy.services.monitor.poll()
        for _ in range(20):  # each poll reads a part
            busy.clock.move(seconds=20)
            await busy.services.monitor.poll()
        assert busy.services.snapshot.count(ChangeStatus.PENDING) == 40 + (changes if length < 50_000 else 0)
    await propose(busy, 1)
    await approve(busy, 1)
    assert busy.service.refused == 0, "AI-Horde confirmed every key"


@pytest.fixture
async def carded(busy: App) -> App:
    """Six servers with five cards each, whose changes are decided elsewhere."""
    for server in range(6):
        await busy.services.guild_setup.use_review_channel(GUILD + server, CHANNEL + server)
    assert len(await deliver_cards(busy)) == CARDS
    for number in range(1, 41):
        busy.service.put(number, status="rejected", rejected_by="303")
    await busy.services.monitor.poll()
    busy.service.requests.clear()
    return busy


async def test_cards_of_changes_that_a_poll_just_read_cost_no_requests(carded: App) -> None:
    assert len(await deliver_cards(carded)) == CARDS
    assert carded.service.asked("/changes/") == 0


async def test_cards_of_changes_that_ended_earlier_are_read_a_few_a_minute(carded: App) -> None:
    await carded.restart()
    await carded.services.monitor.poll()
    drawn = 0
    for number in range(3):
        carded.clock.move(minutes=1)
        carded.service.requests.clear()
        drawn += sum((card.delivery.change_id or 0) <= 40 for card in await deliver_cards(carded))
        assert carded.service.asked("/changes/") <= MESSAGE_READS_A_MINUTE
        await propose(carded, number)
    assert drawn == CARDS


async def test_a_person_may_read_twenty_times_a_minute_and_then_again(busy: App) -> None:
    queue, viewer = busy.services.queue, Viewer(OTHER, GUILD)
    for number in range(READS_A_MINUTE):
        await queue.show(viewer, number + 1)
    with pytest.raises(ReadLimitError) as refused:
        await queue.show(viewer, 1)
    assert refused.value.limit == READS_A_MINUTE
    await queue.show(Viewer(APPROVER, GUILD), 1)
    busy.clock.now = refused.value.retry_at
    await queue.show(viewer, 1)


async def test_a_batch_of_twenty_five_costs_a_few_key_checks(busy: App) -> None:
    targets = tuple(Target(number, "") for number in range(5, 30))
    press = replace(busy.press(5), targets=targets)
    busy.service.requests.clear()
    question = await busy.services.decisions.ask(press, DecisionVerb.REJECT)
    assert len(question.results) == len(targets)
    assert all(result.outcome is Outcome.READY for result in question.results)
    assert sum("apikey" in request.headers for request in busy.service.requests) <= 2
    busy.service.put(7, status="rejected")
    batch = await busy.services.decisions.decide(
        replace(press, origin=busy.origin()), DecisionVerb.REJECT, reason="Copy."
    )
    outcomes = {result.change_id: result.outcome for result in batch.results}
    assert outcomes.pop(7) is Outcome.ALREADY_DECIDED
    assert set(outcomes.values()) == {Outcome.DONE}


async def test_a_question_before_a_decision_uses_the_share_that_lists_leave(busy: App) -> None:
    busy.clock.move(minutes=2)
    for number in range(READ_CHECKS_A_MINUTE):
        await busy.services.queue.show(Viewer(10_000 + number, GUILD), 1)
    with pytest.raises(ReadLimitError) as refused:
        await busy.services.queue.show(Viewer(OTHER, GUILD), 1)
    assert refused.value.limit is None
    await approve(busy, 1)


async def test_turning_back_to_a_page_just_read_costs_nothing_until_a_change_moves(busy: App) -> None:
    queue, service, viewer = busy.services.queue, busy.service, Viewer(OTHER, GUILD)
    first = await queue.page(viewer, WAITING)
    service.requests.clear()
    for _ in range(READS_A_MINUTE + 1):
        assert (await queue.page(viewer, WAITING)).entries == first.entries
    assert service.requests == []
    await approve(busy, 40)
    assert (await queue.page(viewer, WAITING)).total == 39


async def test_a_page_is_read_again_after_a_few_seconds(busy: App) -> None:
    queue, viewer = busy.services.queue, Viewer(OTHER, GUILD)
    await queue.page(viewer, WAITING)
    busy.service.put(40, status="rejected")  # on the service's own page
    busy.clock.move(seconds=6)
    assert (await queue.page(viewer, WAITING)).total == 39


async def test_a_key_that_ai_horde_does_not_confirm_is_not_asked_for_without_end(busy: App) -> None:
    busy.clock.move(minutes=2)
    busy.service.refusals["/model_references/v2/me/roles"] = (401, "Invalid API key")
    busy.service.requests.clear()
    for _ in range(100):
        try:
            await busy.services.own_proposals.page(Viewer(REQUESTOR, GUILD), ListFilter())
        except BotError:
            continue
    assert busy.service.asked("/me/roles") <= READS_A_MINUTE


async def test_a_bot_that_polls_every_two_seconds_still_shows_the_queue(busy: App) -> None:
    for _ in range(20):
        await busy.services.monitor.poll()
        busy.clock.move(seconds=2)
    assert sum("apikey" in request.headers for request in busy.service.requests) > READ_CHECKS_A_MINUTE
    assert (await busy.services.queue.page(Viewer(OTHER, GUILD), WAITING)).total == 40
