"""Discord does not take the answer: each action still tells truly what was changed, here or by direct message."""

import io
from itertools import cycle
from typing import Any

import aiohttp
import discord
import pytest
import simcord

from bot.client.components import Acknowledgement, PersistentItem
from bot.client.tree import VERB
from bot.demo.people import ABE
from bot.demo.world import World
from bot.settings import Settings
from bot.ui.error_messages.attempts import Verb
from bot.ui.error_messages.lost_answers import DONE
from bot.ui.forms.base import Form
from tests.client.lost_acts import ACTS, ASKING, POSTED
from tests.client.registered import forms, served
from tests.client.scene import HOSTS_URL, LOST, Act, Scene, TakingService, Wire, refusal
from tests.harness.messages import answer_of, answers_of, card_of, posted_in, text_of
from tests.harness.scripted_service import ScriptedService
from tests.harness.simulation import Simulation
from tests.stories.people import reject

pytestmark = pytest.mark.story

ALL_ACTS = {name: act for group in ACTS.values() for name, act in group.items()}


@pytest.fixture
def scripted() -> ScriptedService:
    service = TakingService()
    service.put(42)
    return service


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings with file hosts that answer."""
    hosts = {"ask_file_hosts": True, "hugging_face_url": HOSTS_URL, "civitai_url": HOSTS_URL}
    return settings.model_copy(update=hosts)


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    return Wire(monkeypatch)


@pytest.fixture
def scene(approver: World, env: simcord.Env, wire: Wire, scripted: ScriptedService) -> Scene:
    return Scene(approver, env, wire, scripted)


async def told_after(scene: Scene, act: Act) -> str:
    """Return what Abe reads after an action whose answer was lost; the next action is answered again."""
    told = text_of(answers_of(await act(scene))[-1])
    scene.wire.error, scene.before_cut = None, None
    await scene.env.advance_time(61)
    return told


def test_every_verb_has_words() -> None:
    assert DONE.keys() == set(Verb) - {Verb.LOOK} == {verb for verb, _ in ALL_ACTS.values()}


async def test_every_command_button_menu_and_form_that_changes_something_is_tried(simulation: Simulation) -> None:
    commands = {
        command.qualified_name
        for command in (*simulation.bot.tree.walk_commands(), *simulation.bot.tree.get_commands())
        if getattr(command, "extras", {}).get(VERB, Verb.LOOK) is not Verb.LOOK
    }
    items = {
        f"{kind.__module__.split('.')[1]}.{kind.__qualname__}": kind
        for kind in served(simulation).values()
        if issubclass(kind, PersistentItem)
        and not (kind.verb is Verb.LOOK or kind.only_asks or kind.acknowledgement is Acknowledgement.BY_PRESS)
    }
    # the first opens a form, or makes a draft at once; the others acknowledge while they read
    extra = {
        *("propose.ResubmitButton", "propose.SubmitButton"),
        *("review.ConfirmApproveButton", "review.ApplyButton"),
    }
    written = commands - ASKING | items.keys() - POSTED | set(forms(Form)) | extra
    assert {name.partition(",")[0] for name in ALL_ACTS} == written, "give each other one an act in lost_acts.py"
    assert len(ALL_ACTS) >= 48


@pytest.mark.parametrize("group", ACTS)
async def test_what_was_done_is_told_as_done_though_its_answer_was_lost(
    scene: Scene, logs: io.StringIO, group: str
) -> None:
    losses = cycle(LOST)
    untrue = {}
    for name, (verb, act) in ACTS[group].items():
        scene.wire.loses = next(losses)
        told = await told_after(scene, act)
        if "Done, but the answer was lost" not in told or f"**Changed:** {DONE[verb][0]}." not in told:
            untrue[name] = told
    assert untrue == {}
    assert "Traceback" not in logs.getvalue()


@pytest.mark.parametrize("lost", LOST, ids=["10008", "10062", "500", "cut"])
async def test_a_read_whose_answer_was_lost_changed_nothing_and_is_no_fault(
    approver: World, wire: Wire, logs: io.StringIO, lost: Exception
) -> None:
    wire.error = lost
    told = text_of(answers_of(await approver.member(ABE).slash(approver.public, "queue list"))[-1])
    assert "The answer was lost" in told
    assert "**Changed:** nothing." in told
    assert "Traceback" not in logs.getvalue()


async def test_a_question_whose_answer_was_lost_changed_nothing(
    approver: World, wire: Wire, scripted: ScriptedService
) -> None:
    wire.error = LOST[0]
    told = text_of(answers_of(await approver.member(ABE).slash(approver.public, "approve", change=42))[-1])
    assert "**Changed:** nothing." in told
    assert scripted.writes == []


@pytest.mark.parametrize(
    ("name", "is_sent"), [("account.UnlinkButton", True), ("account.ForgetButton", True), ("setup reminder", False)]
)
async def test_without_any_answer_a_direct_message_tells_what_matters(
    scene: Scene, name: str, *, is_sent: bool
) -> None:
    verb, act = ALL_ACTS[name]
    scene.wire.are_followups_lost = True
    await act(scene)
    told = "\n".join(map(text_of, posted_in(scene.world.direct_messages(ABE), scene.env)))
    assert (DONE[verb][0] in told) is is_sent


async def test_several_that_were_applied_are_told_in_the_channel(scene: Scene) -> None:
    ids = [scene.new_change(status="approved", approved_by="303") for _ in range(2)]
    question = answer_of(await scene.type("apply", changes=" ".join(map(str, ids))))
    await scene.click(question, "Apply 2")
    told = text_of(posted_in(scene.world.public, scene.env)[-1])
    assert all(f"#{one}" in told for one in ids), told
    assert "applied" in told


async def test_an_approval_that_is_applied_with_the_same_press_is_told_as_done(
    approver: World, env: simcord.Env, wire: Wire, scripted: ScriptedService
) -> None:
    abe = approver.member(ABE)
    asked = await abe.click(card_of(approver.review, env, 42), label="Approve")
    wire.error = LOST[0]
    told = text_of(answers_of(await abe.click(answer_of(asked), label="Approve and apply"))[-1])
    assert f"**Changed:** {DONE[Verb.APPROVE][0]}." in told
    assert scripted.changes[42]["status"] == "applied"


BROKEN = ("/batches", "/apply", "/purge", *(f"/model_references/v2/image_generation{x}" for x in ("", "/Deliberate")))
SENT = ("ConfirmApproveButton", "ApproveBatchButton", "PublishButton", "RejectReplacedButton", "ApplyButton")
WRITES = (*(f"review.{name}" for name in SENT), "RejectForm", "RejectSeveralForm", "PurgeForm")
PROPOSALS = ("propose.SubmitButton", "DeleteForm")


@pytest.mark.parametrize("names", [WRITES, PROPOSALS], ids=["decisions", "proposals"])
async def test_what_has_no_known_result_is_told_as_unknown(scene: Scene, names: tuple[str, ...]) -> None:
    async def break_down(scene: Scene) -> None:
        scene.scripted.refusals.update(dict.fromkeys(BROKEN, (502, "Bad gateway")))

    untrue = {}
    for name in names:
        scene.before_cut = break_down
        told = await told_after(scene, ALL_ACTS[name][1])
        scene.scripted.refusals.clear()
        if "**Changed:** unknown" not in told:
            untrue[name] = told
    assert untrue == {}


async def test_what_was_not_done_is_told_as_nothing_changed(scene: Scene) -> None:
    async def decide(scene: Scene) -> None:
        for change in scene.scripted.changes.values():
            change["status"] = "rejected"

    names = (*WRITES, "review.ClaimButton", "RevisionRequestForm", "review.WithdrawButton")
    untrue = {}
    for name in names:
        scene.before_cut = decide
        told = await told_after(scene, ALL_ACTS[name][1])
        if "**Changed:** nothing." not in told or "Done" in told:
            untrue[name] = told
    assert untrue == {}


async def test_a_setting_whose_command_was_not_acknowledged_stays(
    scene: Scene, simulation: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: Any, **__: Any) -> None:
        raise refusal(404, 10062)

    settings = simulation.bot.services.guild_setup
    before = await settings.show(scene.world.guild.id)
    monkeypatch.setattr(discord.InteractionResponse, "defer", refuse)
    for name, (_, act) in ACTS["setup"].items():
        if name.startswith("setup "):
            await act(scene)
    assert await settings.show(scene.world.guild.id) == before


@pytest.mark.parametrize("label", ["Full record", "Claim", "Reject…"])
async def test_an_acknowledgement_that_discord_took_before_the_connection_broke_counts(
    approver: World, env: simcord.Env, logs: io.StringIO, monkeypatch: pytest.MonkeyPatch, label: str
) -> None:
    cut: list[str] = []
    for name in ("defer", "send_modal"):
        answer = getattr(discord.InteractionResponse, name)

        async def breaking(response: Any, *given: Any, answer: Any = answer, **named: Any) -> None:
            if not cut:
                cut.append(label)
                await answer(response, *given, **named)
                response._response_type = None  # as after an answer that never came
                raise aiohttp.ServerDisconnectedError
            if not response.is_done():
                raise refusal(400, 40060)

        monkeypatch.setattr(discord.InteractionResponse, name, breaking)
    pressed = await approver.member(ABE).click(card_of(approver.review, env, 42), label=label)
    assert cut
    if label == "Reject…":
        monkeypatch.undo()
        assert "rejected" in text_of(await reject(approver.member(ABE), pressed, "It is a copy."))
    else:
        assert "Model 42" in text_of(answer_of(pressed)) or "claimed" in text_of(answer_of(pressed))
    assert "Traceback" not in logs.getvalue()
    assert "interaction_failed" not in logs.getvalue()
