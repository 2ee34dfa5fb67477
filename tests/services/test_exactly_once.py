"""One draft makes at most one change, for any order of presses and lost answers."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, override

import httpx
import pytest
import stamina
from hypothesis import given
from hypothesis import strategies as st

from bot.reference.errors import ApiError
from bot.services.errors import DraftGoneError
from bot.services.proposals.outcomes import Queued, SubmissionUnknown, SubmitOutcome
from tests.harness.scripted_service import ScriptedService
from tests.services.conftest import GUILD, REQUESTOR, App, Clock, app_settings
from tests.stories.payloads import CONFIG_V2

ROUTE = "/model_references/v2/image_generation"
RECORD = {"name": "Pixel", "baseline": "stable_diffusion_xl", "nsfw": False, "config": CONFIG_V2}
STEPS = st.lists(
    st.sampled_from(
        [
            *("press", "press again", "look", "watch", "restart", "wait"),
            *("lose the request", "lose the answer", "lose the way", "lose nothing"),
        ]
    ),
    max_size=14,
)


class TakingService(ScriptedService):
    """Takes proposals; the network before it loses what a test says."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.user_id = "101"
        self.loses = "nothing"
        self._clock = clock

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return await super().handle_async_request(request)
        self.requests.append(request)
        if self.loses == "the way":
            raise httpx.ConnectError("refused", request=request)
        if self.loses == "the request":
            raise httpx.ReadError("reset", request=request)
        change_id, payload = len(self.changes) + 1, json.loads(request.content)
        made = self.put(
            change_id, model_name=payload["name"], payload=payload, requested_at=int(self._clock().timestamp())
        )
        if self.loses == "the answer":
            raise httpx.ReadError("reset", request=request)
        return httpx.Response(202, stream=httpx.ByteStream(json.dumps(made).encode()))


@given(STEPS)
def test_one_draft_makes_at_most_one_change(steps: list[str]) -> None:
    with stamina.set_testing(True, attempts=2, cap=True), tempfile.TemporaryDirectory() as folder:
        asyncio.run(live(Path(folder), steps))


async def live(folder: Path, steps: list[str]) -> TakingService:
    """Take the steps, then let everything come to rest; returns the service as it is then."""
    clock = Clock()
    service = TakingService(clock)
    settings = await app_settings(folder, clock)
    app = App(service, clock, settings, None, AsyncExitStack())  # type: ignore[arg-type] # until start
    await app.start()
    try:
        draft = await app.services.draft_sources.create_from_json(
            REQUESTOR, GUILD, "image_generation", json.dumps(RECORD).encode()
        )
        is_told_queued = False
        for step in steps:
            is_told_queued |= await take(app, service, step, draft.draft_id)
            assert len(service.changes) <= 1
            assert len(service.changes) == 1 or not is_told_queued
        service.loses = "nothing"
        for _ in range(2):
            clock.move(minutes=16)
            await take(app, service, "watch", draft.draft_id)
        drafts = await app.services.draft_service.of_user(REQUESTOR)
        assert len(drafts) + len(service.changes) == 1, "either in the queue or still a draft"
        assert not [kept for kept in drafts if kept.is_outcome_unknown]
    finally:
        await app.stop()
    return service


async def take(app: App, service: TakingService, step: str, draft_id: int) -> bool:
    """Take one step; says whether the person was told that it is queued."""
    submission = app.services.submission
    try:
        match step.split():
            case ["press"]:
                return isinstance(await submission.submit(REQUESTOR, draft_id, app.origin()), Queued)
            case ["press", "again"]:
                pressed = app.origin()
                told = await asyncio.gather(
                    *(submission.submit(REQUESTOR, draft_id, pressed) for _ in range(2)), return_exceptions=True
                )
                return any(isinstance(outcome, Queued) for outcome in told)
            case ["look"]:
                return isinstance(await submission.reconcile(REQUESTOR, draft_id), Queued)
            case ["watch"]:
                await app.services.monitor.poll()
                for _, change in await app.services.proposal_reconciler.reconcile():
                    await app.services.recorder.publish(change)
            case ["restart"]:
                await app.restart()
            case ["wait"]:
                app.clock.move(minutes=4)
            case ["lose", *what]:
                service.loses = " ".join(what)
    except (ApiError, DraftGoneError):
        return False
    return False


async def test_these_steps_queue_and_lose_for_real(tmp_path: Path) -> None:
    """Otherwise all of the above would hold of nothing."""
    for steps, queued in ((["press"], 1), (["lose the answer", "press"], 1), (["lose the request", "press"], 0)):
        service = await live(tmp_path / "-".join(steps).replace(" ", "-"), steps)
        assert len(service.changes) == queued


@pytest.fixture
async def taking(tmp_path: Path) -> AsyncIterator[tuple[App, TakingService]]:
    clock = Clock()
    service = TakingService(clock)
    app = App(service, clock, await app_settings(tmp_path / "data", clock), None, AsyncExitStack())  # type: ignore[arg-type] # until start
    await app.start()
    yield app, service
    await app.stop()


async def submitted(app: App) -> SubmitOutcome:
    """Propose what the record says."""
    record = json.dumps(RECORD).encode()
    draft = await app.services.draft_sources.create_from_json(REQUESTOR, GUILD, "image_generation", record)
    app.service.requests.clear()
    return await app.services.submission.submit(REQUESTOR, draft.draft_id, app.origin())


async def test_a_submit_asks_the_service_twice(taking: tuple[App, TakingService]) -> None:
    app, service = taking
    await app.services.monitor.poll()
    assert isinstance(await submitted(app), Queued)
    assert [request.method for request in service.requests] == ["POST", "GET"]


@pytest.mark.parametrize("answer", [(500, "Internal Server Error"), (401, "Invalid API key"), (503, "Auth service")])
async def test_where_the_queue_cannot_be_looked_at_the_service_is_believed(
    taking: tuple[App, TakingService], answer: tuple[int, str]
) -> None:
    app, service = taking
    service.refusals["/changes/1"] = answer
    assert isinstance(await submitted(app), Queued)


async def test_what_another_process_has_is_found_at_the_last_moment(taking: tuple[App, TakingService]) -> None:
    app, service = taking
    service.bodies["/changes/1"] = (404, {"detail": "Change not found"})
    assert isinstance(await submitted(app), SubmissionUnknown)
    app.clock.move(minutes=20)  # the bot was stopped meanwhile
    mine, service.changes = service.changes, {}

    async def after_a_look(_: httpx.Request) -> None:
        service.changes = mine

    service.meanwhile["/my_changes"] = after_a_look
    ((_, change),) = await app.services.proposal_reconciler.reconcile()
    assert change.change_id == 1


@pytest.mark.parametrize("shown", [None, {"payload": {"name": "Another"}, "model_name": "Another"}])
async def test_what_the_queue_does_not_show_is_not_called_queued(
    taking: tuple[App, TakingService], shown: dict[str, Any] | None
) -> None:
    app, service = taking
    other = {**service.put(1), **(shown or {})}
    service.changes.clear()
    service.bodies["/changes/1"] = (200, other) if shown else (404, {"detail": "Change not found"})
    outcome = await submitted(app)
    assert isinstance(outcome, SubmissionUnknown)
    assert outcome.change_id == 1
    assert isinstance(await app.services.submission.reconcile(REQUESTOR, outcome.draft.draft_id), Queued)
    assert len(service.writes) == 1
