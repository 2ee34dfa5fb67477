"""Forms that were open while the bot restarted: each is done or its text given back; a key is neither."""

import pytest
import simcord
from simcord.results import InteractionResult

from bot.demo.people import ABE
from bot.demo.world import World
from bot.ui.forms.base import Form
from tests.client.lost_acts import ACTS
from tests.client.registered import forms
from tests.client.scene import Scene, TakingService, Wire
from tests.harness.messages import answer_of, answers_of, text_of
from tests.harness.scripted_service import ScriptedService
from tests.harness.simulation import Simulation
from tests.stories.people import fill

pytestmark = pytest.mark.story

TAKEN = {
    "RejectForm": "is rejected",
    "RevisionRequestForm": "needs changes",
    "SectionForm": "Pixel",
    "WhyForm": "Many ask",
}
"""Forms that are built again, with a part of their answers."""
GIVEN_BACK = {
    "RejectSeveralForm": "Both are copies.",
    "PurgeForm": "1",
    "DeleteForm": "Deliberate",
    "RecordFileForm": '{"description": "Soft."}',
    "RecordChoiceForm": "gfpgan",
}
"""Other forms, with what was typed."""
KEY_FORM = "LinkForm"


@pytest.fixture
def scripted() -> ScriptedService:
    service = TakingService()
    service.put(42)
    return service


@pytest.fixture
def scene(simulation: Simulation, approver: World, scripted: ScriptedService, monkeypatch: pytest.MonkeyPatch) -> Scene:
    async def restart(_: Scene) -> None:
        await simulation.restart()

    return Scene(approver, simulation.env, Wire(monkeypatch), scripted, restart, is_cut=False)


def typed_in(env: simcord.Env, result: InteractionResult) -> str:
    """Return the text file of an answer."""
    (file,) = answer_of(result).attachments
    return (env.backend.cdn.get(file.url) or b"").decode()


async def test_every_form_is_tried(simulation: Simulation) -> None:
    assert {*TAKEN, *GIVEN_BACK, KEY_FORM} == set(forms(Form))


async def test_each_form_is_taken_or_given_back(scene: Scene, scripted: ScriptedService) -> None:
    acts = {name: act for group in ACTS.values() for name, (_, act) in group.items()}
    for name, words in TAKEN.items():
        told = text_of(answers_of(await acts[name](scene))[-1])
        assert words in told, (name, told)
    writes = len(scripted.writes)
    for name, typed in GIVEN_BACK.items():
        answered = await acts[name](scene)
        told = text_of(answered)
        assert "**Changed:** nothing." in told, name
        assert "open it again" in told, name
        assert typed in typed_in(scene.env, answered), name
        assert answer_of(answered).ephemeral, name
    told = text_of(await acts[KEY_FORM](scene))
    assert "What you typed was not kept." in told
    trials = [one for one in scripted.writes[writes:] if not one.url.path.endswith("/purge")]
    assert trials == [], "only dry runs of a purge"


async def test_the_reason_of_a_deletion_is_given_back(scene: Scene) -> None:
    shown = answer_of(await scene.type("model show", model="Deliberate"))
    form = await scene.abe.click(shown, label="Propose delete…")
    await scene.cut()
    answered = await fill(scene.world.member(ABE), form, {"Why": "No worker hosts it."})
    assert "No worker hosts it." in typed_in(scene.env, answered)
