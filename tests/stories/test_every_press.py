"""Wherever a press on a card breaks off: what the approver reads of it is what the service and the bot have."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from simcord.results import InteractionResult

from bot.demo.people import ABE
from bot.demo.reference_service import ReferenceService
from bot.settings import Settings
from tests.harness.failures import Ending
from tests.harness.messages import answer_of, answers_of, card_of, labels_of, text_of
from tests.harness.queue import change_of, decide_beside, propose_harmless
from tests.stories.failing_stage import FailingStage
from tests.stories.people import link

pytestmark = pytest.mark.soak

SOON = timedelta(minutes=7)
"""After this time an interrupted press was looked into."""

type Press = Callable[[], Awaitable[InteractionResult]]


@dataclass(slots=True, repr=False)
class Stage(FailingStage):
    """A bot with an approver."""

    async def begin(self, verb: str, change_id: int) -> Press:
        """Press what comes before the last press; return that."""
        abe, env = self.simulation.world.member(ABE), self.simulation.env
        card = card_of(self.simulation.world.review, env, change_id)
        match verb:
            case "approve":
                asked = answer_of(await abe.click(card, label="Approve"))
                return lambda: abe.click(asked, label=f"Approve #{change_id}")
            case "reject":
                form = await abe.click(card, label="Reject…")
                labels = labels_of(form)
                answers = {labels["Reason"]: ["Another reason"], labels["In your words"]: "No."}
                return lambda: abe.submit_modal(form, answers)
            case "ask":
                form = await abe.click(card, label="Needs changes…")
                (label,) = labels_of(form).values()
                return lambda: abe.submit_modal(form, {label: "A licence, please."})
            case "release":
                claimed = answer_of(await abe.click(card, label="Claim"))
                return lambda: abe.click(claimed, label="Release")
            case "apply":
                return lambda: abe.click(card, label="Apply")
        return lambda: abe.click(card, label="Claim")

    async def is_done(self, verb: str, change_id: int) -> bool:
        """Return whether the action has had its effect."""
        status, services = change_of(self.service, change_id)["status"], self.simulation.bot.services
        match verb:
            case "approve":
                return bool(status == "approved")
            case "reject":
                return bool(status == "rejected")
            case "apply":
                return bool(status == "applied")
            case "ask":
                return bool(await services.revision_requests.requests.of(change_id, await self._digest(change_id)))
        is_claimed = change_id in await services.claims.claims.all(self.simulation.bot.clock())
        return is_claimed is (verb == "claim")

    async def _digest(self, change_id: int) -> str:
        row = await self.simulation.bot.services.recorder.cards.change(change_id)
        assert row is not None
        return row.digest


@pytest.fixture
async def stage(settings: Settings, service: ReferenceService, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    async with Stage.opened(settings, service, monkeypatch) as stage:
        await link(stage.simulation.world, ABE)
        yield stage


@pytest.mark.parametrize("verb", ["approve", "reject", "apply", "claim", "release", "ask"])
async def test_what_is_read_after_the_nth_failure_is_true(stage: Stage, verb: str) -> None:
    for at in range(200):
        steps = await break_off(stage, verb, at)
        if at >= len(steps):
            assert at > 3, steps
            return
    pytest.fail("it never came to an end")


async def break_off(stage: Stage, verb: str, at: int) -> list[str]:
    """Press, break off at a step, and compare what was said with what is; returns the steps."""
    change_id = propose_harmless(stage.service, f"Pressed {verb} {at}")
    if verb == "apply":
        decide_beside(stage.service, approve=[change_id])
    await stage.simulation.let_pass(SOON)
    press = await stage.begin(verb, change_id)
    stage.failures.arm(at, Ending.FAILS)
    pressed = await press()
    steps = stage.failures.disarm()
    said = "\n".join(text_of(answer) for answer in answers_of(pressed))
    is_done = await stage.is_done(verb, change_id)
    truth = f"{verb} at {at} of {steps}, done: {is_done}\n{said}"
    is_denied = "Changed:** nothing." in said or "## Not " in said
    assert not (is_done and is_denied), truth
    await stage.simulation.let_pass(SOON)
    if change_of(stage.service, change_id)["status"] == "pending":
        decide_beside(stage.service, reject=[change_id])
    return steps
