"""Discord does not take the answer: each action still tells truly what was changed, here or by direct message."""

import io
import json
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, override

import aiohttp
import discord
import httpx
import pytest
import simcord
from simcord.results import InteractionResult

from bot.demo.people import ABE
from bot.demo.world import World
from bot.ui.error_messages.attempts import Verb
from bot.ui.error_messages.lost_answers import DONE
from tests.harness.messages import answer_of, answers_of, card_of, posted_in, text_of
from tests.harness.scripted_service import ScriptedService
from tests.stories.people import fill, link, open_draft, reject

type Act = Callable[[World, simcord.Env, "Wire"], Awaitable[InteractionResult]]
"""Does one thing; the wire is cut right before the press or submit that does it."""


def refusal(status: int, code: int) -> discord.HTTPException:
    response: Any = SimpleNamespace(status=status, reason="")
    return discord.HTTPException(response, {"code": code, "message": "as Discord words it"})


LOST = [refusal(404, 10008), refusal(404, 10062), refusal(500, 0), aiohttp.ServerDisconnectedError()]


class TakingService(ScriptedService):
    """Takes proposals too; whose they are, it tells by the only account."""

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST" and request.url.path.endswith("/image_generation"):
            payload = json.loads(request.content)
            made = self.put(43, model_name=payload["name"], payload=payload, requested_by="202")
            return httpx.Response(202, stream=httpx.ByteStream(json.dumps(made).encode()))
        return await super().handle_async_request(request)


class Wire:
    """The way of answers to Discord."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.error: Exception | None = None
        self.are_followups_lost = False
        edit, send = discord.Interaction.edit_original_response, discord.Webhook.send

        async def editing(interaction: discord.Interaction, **named: Any) -> Any:
            if self.error is not None:
                raise self.error
            return await edit(interaction, **named)

        async def sending(webhook: discord.Webhook, *positional: Any, **named: Any) -> Any:
            if self.error is not None and self.are_followups_lost:
                raise self.error
            return await send(webhook, *positional, **named)

        monkeypatch.setattr(discord.Interaction, "edit_original_response", editing)
        monkeypatch.setattr(discord.Webhook, "send", sending)
        self.loses: Exception = LOST[0]

    def cut(self) -> None:
        self.error = self.loses


@pytest.fixture
def scripted() -> ScriptedService:
    service = TakingService()
    service.put(42)
    return service


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    return Wire(monkeypatch)


async def link_again(world: World, env: simcord.Env, wire: Wire) -> InteractionResult:
    wire.cut()
    return await link(world, ABE)


async def unlink(world: World, env: simcord.Env, wire: Wire) -> InteractionResult:
    asked = await world.member(ABE).slash(world.public, "account unlink")
    wire.cut()
    return await world.member(ABE).click(answer_of(asked), label="Unlink")


async def forget(world: World, env: simcord.Env, wire: Wire) -> InteractionResult:
    asked = await world.member(ABE).slash(world.public, "account forget-me")
    wire.cut()
    return await world.member(ABE).click(answer_of(asked), label="Delete my data")


async def hide(world: World, env: simcord.Env, wire: Wire) -> InteractionResult:
    wire.cut()
    return await world.member(ABE).slash(world.public, "account visibility", visible=False)


async def save(world: World, env: simcord.Env, wire: Wire) -> InteractionResult:
    wire.cut()
    return await open_draft(world, ABE, "Pixel")


async def discard(world: World, env: simcord.Env, wire: Wire) -> InteractionResult:
    drafted = await open_draft(world, ABE, "Pixel")
    await world.member(ABE).click(answer_of(drafted), label="More")
    wire.cut()
    return await world.member(ABE).click(answer_of(drafted), label="Discard")


async def submit(world: World, env: simcord.Env, wire: Wire) -> InteractionResult:
    drafted = await open_draft(world, ABE, "Pixel")
    wire.cut()
    return await world.member(ABE).click(answer_of(drafted), label="Submit")


async def follow(world: World, env: simcord.Env, wire: Wire) -> InteractionResult:
    wire.cut()
    return await world.member(ABE).slash(world.public, "subscribe add", category="lora")


async def set_days(world: World, env: simcord.Env, wire: Wire) -> InteractionResult:
    wire.cut()
    return await world.member(ABE).slash(world.public, "setup reminder", days=5)


async def claim(world: World, env: simcord.Env, wire: Wire) -> InteractionResult:
    wire.cut()
    return await world.member(ABE).click(card_of(world.review, env, 42), label="Claim")


async def approve(world: World, env: simcord.Env, wire: Wire) -> InteractionResult:
    asked = await world.member(ABE).click(card_of(world.review, env, 42), label="Approve")
    wire.cut()
    return await world.member(ABE).click(answer_of(asked), label="Approve #42")


async def reject_it(world: World, env: simcord.Env, wire: Wire) -> InteractionResult:
    abe = world.member(ABE)
    shown = await abe.click(card_of(world.review, env, 42), label="Reject…")
    wire.cut()
    return await reject(abe, shown, "It is a copy.")


async def ask_changes(world: World, env: simcord.Env, wire: Wire) -> InteractionResult:
    abe = world.member(ABE)
    shown = await abe.click(card_of(world.review, env, 42), label="Needs changes…")
    wire.cut()
    return await fill(abe, shown, {"What should change?": "Name the licence."})


async def apply(world: World, env: simcord.Env, wire: Wire) -> InteractionResult:
    asked = await world.member(ABE).click(card_of(world.review, env, 42), label="Approve")
    await world.member(ABE).click(answer_of(asked), label="Approve #42")
    wire.cut()
    return await world.member(ABE).click(card_of(world.review, env, 42), label="Apply")


async def purge(world: World, env: simcord.Env, wire: Wire) -> InteractionResult:
    abe = world.member(ABE)
    asked = await abe.slash(world.public, "queue purge", status="pending")
    shown = await abe.click(answer_of(asked), label="Purge 1…")
    wire.cut()
    return await fill(abe, shown, {"Number of changes": "1"})


ACTS: dict[Verb, Act] = {
    Verb.LINK: link_again,
    Verb.UNLINK: unlink,
    Verb.FORGET: forget,
    Verb.SHOW_ME: hide,
    Verb.EDIT: save,
    Verb.DISCARD: discard,
    Verb.QUEUE: submit,
    Verb.FOLLOW: follow,
    Verb.SET: set_days,
    Verb.CLAIM: claim,
    Verb.ASK: ask_changes,
    Verb.APPROVE: approve,
    Verb.REJECT: reject_it,
    Verb.APPLY: apply,
    Verb.PURGE: purge,
}


def test_every_verb_is_tried() -> None:
    assert ACTS.keys() == DONE.keys() == set(Verb) - {Verb.LOOK}


@pytest.mark.parametrize("verb", ACTS)
async def test_what_was_done_is_told_as_done_though_its_answer_was_lost(
    approver: World, env: simcord.Env, wire: Wire, logs: io.StringIO, verb: Verb
) -> None:
    wire.loses = LOST[list(ACTS).index(verb) % len(LOST)]
    told = text_of(answers_of(await ACTS[verb](approver, env, wire))[-1])
    assert "Done, but the answer was lost" in told
    assert f"**Changed:** {DONE[verb][0]}." in told
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
    wire.cut()
    told = text_of(answers_of(await approver.member(ABE).slash(approver.public, "approve", change=42))[-1])
    assert "**Changed:** nothing." in told
    assert scripted.writes == []


@pytest.mark.parametrize(("verb", "is_sent"), [(Verb.UNLINK, True), (Verb.FORGET, True), (Verb.SET, False)])
async def test_without_any_answer_a_direct_message_tells_what_matters(
    approver: World, env: simcord.Env, wire: Wire, verb: Verb, *, is_sent: bool
) -> None:
    wire.are_followups_lost = True
    await ACTS[verb](approver, env, wire)
    told = "\n".join(map(text_of, posted_in(approver.direct_messages(ABE), env)))
    assert (DONE[verb][0] in told) is is_sent


async def test_an_approval_that_is_applied_with_the_same_press_is_told_as_done(
    approver: World, env: simcord.Env, wire: Wire, scripted: ScriptedService
) -> None:
    abe = approver.member(ABE)
    asked = await abe.click(card_of(approver.review, env, 42), label="Approve")
    wire.cut()
    told = text_of(answers_of(await abe.click(answer_of(asked), label="Approve and apply"))[-1])
    assert f"**Changed:** {DONE[Verb.APPROVE][0]}." in told
    assert scripted.changes[42]["status"] == "applied"


async def test_a_decision_without_a_known_result_is_not_told_as_done(
    approver: World, env: simcord.Env, wire: Wire, scripted: ScriptedService
) -> None:
    abe = approver.member(ABE)
    asked = await abe.click(card_of(approver.review, env, 42), label="Approve")
    scripted.refusals["/batches"] = (502, "Bad gateway")
    wire.cut()
    told = text_of(answers_of(await abe.click(answer_of(asked), label="Approve #42"))[-1])
    assert "**Changed:** unknown" in told


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
