"""Any failure gives the person an answer and the operator a log line; a known one logs nothing new."""

import asyncio
import io
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest
import simcord
from discord import app_commands
from simcord.results import InteractionResult

from bot.client.interactions import cause_of
from bot.demo.people import ABE
from bot.demo.world import World
from bot.reference.client import ReferenceClient
from bot.services.proposals.draft_service import DraftService
from bot.services.review.decisions import DecisionService
from storage.errors import DiskError
from tests.harness.messages import answer_of, answers_of, card_of, text_of
from tests.harness.races import Pressed, press_together
from tests.harness.scripted_service import ScriptedService
from tests.harness.simulation import Simulation
from tests.stories.people import fill, open_draft

UNKNOWN_INTERACTION = 10062
MODAL_SUBMIT = 5
LOCAL = "a-local-variable-of-the-code-that-broke"


def breaks(monkeypatch: pytest.MonkeyPatch, owner: type, method: str, error: Exception) -> None:
    async def broken(*_: Any, **__: Any) -> None:
        held = LOCAL
        if held:
            raise error

    monkeypatch.setattr(owner, method, broken)


def acknowledge_after(monkeypatch: pytest.MonkeyPatch, owner: type, method: str) -> None:
    """Let Discord take a press only once the method was called."""
    is_called, called, defer = asyncio.Event(), getattr(owner, method), discord.InteractionResponse.defer

    async def noted(*arguments: Any) -> Any:
        is_called.set()
        return await called(*arguments)

    async def late(*arguments: Any, **options: Any) -> Any:
        await is_called.wait()
        return await defer(*arguments, **options)

    monkeypatch.setattr(owner, method, noted)
    monkeypatch.setattr(discord.InteractionResponse, "defer", late)


def refusal(code: int) -> discord.HTTPException:
    """Return the error that discord.py raises for one of Discord's codes."""
    response: Any = SimpleNamespace(status=404 if code == UNKNOWN_INTERACTION else 400, reason="")
    return discord.HTTPException(response, {"code": code, "message": "as Discord words it"})


def assert_incident(result: InteractionResult, logs: io.StringIO) -> None:
    text = text_of(answers_of(result)[-1])
    incident = re.search(r"`([0-9a-f]{4}-[0-9a-f]{4})`", text)
    assert incident, text
    assert answers_of(result)[-1].ephemeral
    written = logs.getvalue()
    assert written.count(incident[1]) == 1
    assert "RuntimeError: boom" in written
    assert "in broken" in written, "the traceback is there"
    assert LOCAL not in written, "its variables are not"


@pytest.mark.parametrize(("label", "method"), [("Full record", "facts"), ("Approve", "ask")])
async def test_a_button_that_breaks_answers_with_an_incident(
    approver: World, env: simcord.Env, logs: io.StringIO, monkeypatch: pytest.MonkeyPatch, label: str, method: str
) -> None:
    breaks(monkeypatch, DecisionService, method, RuntimeError("boom"))
    assert_incident(await approver.member(ABE).click(card_of(approver.review, env, 42), label=label), logs)


async def test_a_command_that_breaks_answers_with_an_incident(
    approver: World, logs: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks(monkeypatch, DecisionService, "ask", RuntimeError("boom"))
    assert_incident(await approver.member(ABE).slash(approver.public, "approve", change=42), logs)


async def test_a_form_that_breaks_answers_with_an_incident(
    approver: World, env: simcord.Env, logs: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks(monkeypatch, DecisionService, "decide", RuntimeError("boom"))
    abe = approver.member(ABE)
    shown = await abe.click(card_of(approver.review, env, 42), label="Reject…")
    rejected = await fill(abe, shown, {"Reason": ["Not suitable for the Horde"]})
    assert_incident(rejected, logs)


async def test_a_failure_is_told_even_where_finding_its_words_fails_too(
    approver: World, logs: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    abe = approver.member(ABE)
    shown = await abe.slash(approver.public, "propose-model create", category="lora")
    drafted = await fill(abe, shown, {"Name": "Pixel"})
    await abe.click(answer_of(drafted), label="More")
    for method in ("show", "get"):
        breaks(monkeypatch, DraftService, method, DiskError(Path("curator.db"), is_full=True))
    pressed = await abe.click(answer_of(drafted), label="Raw JSON")
    assert "disk is full" in text_of(pressed)


@pytest.mark.parametrize("label", ["Full record", "Approve"])
async def test_an_interaction_that_discord_takes_no_answer_for_is_no_fault(
    approver: World, env: simcord.Env, logs: io.StringIO, monkeypatch: pytest.MonkeyPatch, label: str
) -> None:
    breaks(monkeypatch, discord.InteractionResponse, "defer", refusal(UNKNOWN_INTERACTION))
    pressed = await approver.member(ABE).click(card_of(approver.review, env, 42), label=label)
    assert pressed.followups == []
    written = logs.getvalue()
    assert "acknowledgement_refused" in written
    assert "Traceback" not in written
    assert "interaction_failed" not in written


@pytest.mark.parametrize("label", ["Approve", "Approve #42", "Apply"])
async def test_a_change_is_read_while_discord_takes_the_press(
    approver: World, env: simcord.Env, scripted: ScriptedService, monkeypatch: pytest.MonkeyPatch, label: str
) -> None:
    message, abe = await offering(label, approver, env, scripted), approver.member(ABE)
    acknowledge_after(monkeypatch, ReferenceClient, "change")
    answer = await abe.click(message, label=label)
    assert {"Approve": "Approve #42", "Approve #42": "is approved", "Apply": "is live"}[label] in text_of(
        answer_of(answer)
    )


@pytest.mark.parametrize("label", ["Approve #42", "Apply"])
async def test_a_press_that_discord_refuses_decides_nothing_although_the_change_is_read(
    simulation: Simulation,
    approver: World,
    env: simcord.Env,
    scripted: ScriptedService,
    monkeypatch: pytest.MonkeyPatch,
    label: str,
) -> None:
    message = await offering(label, approver, env, scripted)
    breaks(monkeypatch, discord.InteractionResponse, "defer", refusal(UNKNOWN_INTERACTION))
    pressed = await approver.member(ABE).click(message, label=label)
    assert pressed.followups == []
    assert scripted.asked("changes/42")
    assert scripted.writes == []
    assert await simulation.bot.services.submission.intents.unresolved() == []


async def test_a_draft_is_read_while_discord_takes_the_press(approver: World, monkeypatch: pytest.MonkeyPatch) -> None:
    drafted = answer_of(await open_draft(approver, ABE, "Pixel"))
    acknowledge_after(monkeypatch, DraftService, "get")
    answer = await approver.member(ABE).click(drafted, label="Submit")
    assert "The proposal was sent" in text_of(answer_of(answer))


async def test_a_submit_that_discord_refuses_sends_nothing_although_the_draft_is_read(
    simulation: Simulation, approver: World, scripted: ScriptedService, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafted = answer_of(await open_draft(approver, ABE, "Pixel"))
    breaks(monkeypatch, discord.InteractionResponse, "defer", refusal(UNKNOWN_INTERACTION))
    pressed = await approver.member(ABE).click(drafted, label="Submit")
    assert pressed.followups == []
    assert scripted.writes == []
    services = simulation.bot.services
    assert await services.submission.intents.unresolved() == []
    (draft,) = await services.draft_service.of_user(approver.member(ABE).id)
    assert not draft.is_outcome_unknown


async def test_a_press_that_discord_refuses_is_not_answered_with_what_its_reading_met(
    approver: World, env: simcord.Env, logs: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaks(monkeypatch, DecisionService, "ask", DiskError(Path("curator.db"), is_full=True))
    breaks(monkeypatch, discord.InteractionResponse, "defer", refusal(UNKNOWN_INTERACTION))
    pressed = await approver.member(ABE).click(card_of(approver.review, env, 42), label="Approve")
    assert answers_of(pressed) == []
    assert "acknowledgement_refused" in logs.getvalue()


async def offering(label: str, approver: World, env: simcord.Env, scripted: ScriptedService) -> discord.Message:
    """Return the message with a button of one change, 42."""
    if label == "Apply":
        scripted.put(42, status="approved", approved_by="303")
        await env.advance_time(61)
    card = card_of(approver.review, env, 42)
    if label != "Approve #42":
        return card
    return answer_of(await approver.member(ABE).click(card, label="Approve")).message


@pytest.mark.parametrize("unheard", [refusal(50027), aiohttp.ServerDisconnectedError(), ConnectionResetError(104, "")])
async def test_an_answer_that_does_not_arrive_is_a_line_and_no_traceback(
    approver: World, env: simcord.Env, logs: io.StringIO, monkeypatch: pytest.MonkeyPatch, unheard: Exception
) -> None:
    breaks(monkeypatch, DecisionService, "facts", RuntimeError("boom"))
    breaks(monkeypatch, discord.Webhook, "send", unheard)
    await approver.member(ABE).click(card_of(approver.review, env, 42), label="Full record")
    assert "error_report_undelivered" in logs.getvalue()
    assert logs.getvalue().count("Traceback") == 1, "the fault's own"


async def test_a_press_that_is_delivered_twice_decides_once_and_is_no_fault(
    approver: World, env: simcord.Env, logs: io.StringIO, scripted: ScriptedService
) -> None:
    abe = approver.member(ABE)
    asked = await abe.click(card_of(approver.review, env, 42), label="Approve")
    await press_together(env, Pressed(abe, answer_of(asked).message, "Approve #42", deliveries=2))
    assert "is approved" in text_of(answer_of(asked))
    assert len(scripted.writes) == 1
    assert "interaction_failed" not in logs.getvalue()


def test_what_really_happened_is_found_behind_every_wrapper() -> None:
    boom = RuntimeError("boom")
    command: Any = SimpleNamespace(name="x", _error_display_name="x")
    wrapped = app_commands.TransformerError("x", discord.AppCommandOptionType.string, command)
    assert cause_of(wrapped) is wrapped
    wrapped.__cause__ = app_commands.CommandInvokeError(command, boom)
    assert cause_of(app_commands.CommandInvokeError(command, wrapped)) is boom
    assert cause_of(boom) is boom


@pytest.mark.parametrize(
    "error", [refusal(0), discord.RateLimited(90.0), aiohttp.ServerDisconnectedError(), ConnectionResetError(104, "")]
)
async def test_cards_that_do_not_get_through_come_later(
    simulation: Simulation,
    world: World,
    env: simcord.Env,
    scripted: ScriptedService,
    logs: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    send = discord.abc.Messageable.send
    failing = [error]

    async def loses_the_first(*arguments: Any, **named: Any) -> discord.Message:
        if failing:
            raise failing.pop()
        return await send(*arguments, **named)

    monkeypatch.setattr(discord.abc.Messageable, "send", loses_the_first)
    for change_id in (43, 44):
        scripted.put(change_id)
    for _ in range(8):
        await env.advance_time(21)
    assert "Model 43" in text_of(card_of(world.review, env, 43))
    assert "Model 44" in text_of(card_of(world.review, env, 44))
    assert "Traceback" not in logs.getvalue()


async def test_a_form_that_is_delivered_twice_makes_one_draft(
    approver: World, env: simcord.Env, monkeypatch: pytest.MonkeyPatch
) -> None:
    emit = env.backend.emit

    def twice(event: str, payload: Any) -> None:
        for _ in range(2 if event == "INTERACTION_CREATE" and payload["type"] == MODAL_SUBMIT else 1):
            emit(event, payload)

    monkeypatch.setattr(env.backend, "emit", twice)
    await open_draft(approver, ABE, "Pixel")
    assert "1 draft" in text_of(await approver.member(ABE).slash(approver.public, "propose-model drafts"))
