"""Wherever a proposal breaks off, or the program dies: queued at most once, told truly, and never lost."""

import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import stamina
import structlog

from bot.demo.people import RITA
from bot.demo.reference_service import ReferenceService
from bot.services.proposals.reconcile import GIVE_UP_AFTER
from bot.settings import Settings
from storage.drafts import DraftState
from tests.harness.failures import Ending, FailingTransport, Failures
from tests.harness.messages import answer_of, answers_of, buttons_of, posted_in, text_of
from tests.harness.queue import changes_in
from tests.harness.simulation import Simulation, simulated
from tests.stories.people import link, open_draft

pytestmark = pytest.mark.soak


@dataclass(slots=True, repr=False)
class Stage:
    """A bot whose every step may fail."""

    simulation: Simulation
    failures: Failures
    network: FailingTransport
    service: ReferenceService
    monkeypatch: pytest.MonkeyPatch

    def watch(self) -> None:
        """Count the steps of the bot that runs now; it looks only when the story says so."""
        self.failures.watch_storage(self.simulation.bot, self.monkeypatch)
        self.simulation.bot.poll_interval = timedelta(days=1)

    async def restart(self) -> None:
        self.failures.bury()
        await self.simulation.env.settle()
        self.failures.revive()
        await self.simulation.restart()
        self.watch()

    def queued(self, name: str) -> list[int]:
        return [change["change_id"] for change in changes_in(self.service) if change["model_name"] == name]

    def told(self, since: int) -> list[str]:
        """Return Rita's direct messages after so many messages."""
        direct = posted_in(self.simulation.world.direct_messages(RITA), self.simulation.env)
        return [text_of(message) for message in direct[since:]]


@pytest.fixture
def _retries_without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=1):  # a second attempt would hide what becomes of a read that fails
        yield


@pytest.fixture
async def stage(
    settings: Settings,
    service: ReferenceService,
    monkeypatch: pytest.MonkeyPatch,
    _retries_without_waiting: None,
) -> AsyncIterator[Stage]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))  # tracebacks take long
    failures = Failures()
    network = FailingTransport(failures)
    async with simulated(settings, inner=network) as simulation:
        failures.watch_discord(monkeypatch)
        stage = Stage(simulation, failures, network, service, monkeypatch)
        stage.watch()
        await link(simulation.world, RITA)
        yield stage


@pytest.mark.parametrize("ending", Ending)
async def test_the_nth_failure_neither_loses_nor_doubles_a_proposal(stage: Stage, ending: Ending) -> None:
    for at in range(200):
        name = f"Story {ending.value} at {at}"
        steps = await break_off(stage, name, at, ending)
        if at >= len(steps):
            assert at > 10
            assert any(step.startswith("GET") for step in steps), steps
            return
    pytest.fail("it never came to an end")


@pytest.mark.parametrize("ending", Ending)
async def test_after_any_failure_a_refusal_is_told_and_the_draft_stays(stage: Stage, ending: Ending) -> None:
    stage.network.refusal = (422, "Unknown baseline 'sd99'.")
    for at in range(200):
        steps = await break_off(stage, f"Refused {ending.value} at {at}", at, ending)
        if at >= len(steps):
            assert at > 10
            return
    pytest.fail("it never came to an end")


def was_sent(steps: list[str]) -> bool:
    """Return whether the request was posted, so that its requestor must be told."""
    return any(step.startswith("POST") for step in steps)


async def break_off(stage: Stage, name: str, at: int, ending: Ending) -> list[str]:
    """Send a proposal whose step of this number goes wrong, and see what came of it; returns its steps."""
    rita = stage.simulation.world.member(RITA)
    drafted = await open_draft(stage.simulation.world, RITA, name)
    before = len(stage.told(0))
    stage.failures.arm(at, ending)
    pressed = await rita.click(answer_of(drafted), label="Submit")
    steps = stage.failures.disarm()
    said = [text_of(answer) for answer in (*answers_of(drafted), *answers_of(pressed))]
    if stage.failures.is_dead:
        await stage.restart()
    for _ in range(3):
        await stage.simulation.let_pass(GIVE_UP_AFTER / 2)
    told = [*said, *stage.told(before)]
    drafts = await stage.simulation.bot.services.draft_service.drafts.of_user(rita.id)
    truth = f"{name}: {steps}\n{told}"
    if queued := stage.queued(name):
        (change_id,) = queued
        assert drafts == [], truth
        assert any(f"Queued as #{change_id}" in text for text in told), truth
        assert not any("Not queued" in text for text in told), truth
    else:
        (draft,) = drafts
        assert draft.state is DraftState.OPEN, truth
        assert any("Not queued" in text for text in told) or not was_sent(steps), truth
        assert not any("Queued as #" in text for text in told), truth
        assert {"Submit", "Look again"} & set(buttons_of(answer_of(drafted))), truth
        await stage.simulation.bot.services.draft_service.discard(rita.id, draft.draft_id)
    return steps
