"""Wherever a proposal breaks off, or the program dies: queued at most once, told truly, and never lost."""

from collections.abc import AsyncIterator

import pytest

from bot.demo.people import RITA
from bot.demo.reference_service import ReferenceService
from bot.services.proposals.reconcile import GIVE_UP_AFTER
from bot.settings import Settings
from storage.drafts import DraftState
from tests.harness.failures import Ending
from tests.harness.messages import answer_of, answers_of, buttons_of, text_of
from tests.harness.queue import changes_in
from tests.stories.failing_stage import FailingStage
from tests.stories.people import open_draft

pytestmark = pytest.mark.soak


@pytest.fixture
async def stage(
    settings: Settings, service: ReferenceService, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[FailingStage]:
    async with FailingStage.opened(settings, service, monkeypatch) as stage:
        yield stage


@pytest.mark.parametrize("ending", Ending)
async def test_the_nth_failure_neither_loses_nor_doubles_a_proposal(stage: FailingStage, ending: Ending) -> None:
    for at in range(200):
        name = f"Story {ending.value} at {at}"
        steps = await break_off(stage, name, at, ending)
        if at >= len(steps):
            assert at > 10
            assert any(step.startswith("GET") for step in steps), steps
            return
    pytest.fail("it never came to an end")


@pytest.mark.parametrize("ending", Ending)
async def test_after_any_failure_a_refusal_is_told_and_the_draft_stays(stage: FailingStage, ending: Ending) -> None:
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


async def break_off(stage: FailingStage, name: str, at: int, ending: Ending) -> list[str]:
    """Send a proposal whose step of this number goes wrong, and see what came of it; returns its steps."""
    rita = stage.simulation.world.member(RITA)
    drafted = await open_draft(stage.simulation.world, RITA, name)
    before = len(stage.told())
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
    if queued := [change["change_id"] for change in changes_in(stage.service) if change["model_name"] == name]:
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
