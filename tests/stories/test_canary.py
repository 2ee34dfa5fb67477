"""A key that exists only for this run goes through everything a person can do; then it is looked for everywhere."""

import io
import logging
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import discord
import httpx
import pytest
import simcord
import stamina
from discord import app_commands
from simcord.actors import MemberActor

from bot.demo.horde_stand_in import HordeStandIn, Mood
from bot.demo.people import DAVE, RITA
from bot.demo.reference_service import ReferenceService
from bot.demo.world import World
from bot.settings import Settings
from tests.harness.canary import assert_nowhere, everything_in, everything_raised
from tests.harness.lossy import Loss, LossyTransport
from tests.harness.messages import answer_of, answers_of, card_of, labels_of, text_of
from tests.harness.simulation import Simulation, simulated
from tests.harness.written import written_logs
from tests.stories.attachments import raw_file
from tests.stories.people import link, open_draft, open_section, press_behind_more, propose, reject, sections_of

CANARY = f"canary_{secrets.token_hex(12)}"
NUMBERED = frozenset({"approve", "reject", "show"})
"""Commands whose number is a change's: one that is not there."""

EXTRA: dict[str, dict[str, object]] = {"apply": {"changes": str(2**50)}}
"""Options that need not be filled, and are."""

SLIPS = (f"{CANARY}!", f"{CANARY}\u200b", f"{CANARY}\nx", f"{CANARY} {CANARY}")
"""Text that is no key but contains one; it must not be repeated either."""


@dataclass(slots=True, repr=False)
class Scene:
    """Where the key goes round: held by Dave, who is bob#202 and an approver at the service."""

    simulation: Simulation
    env: simcord.Env
    world: World
    horde: HordeStandIn
    network: LossyTransport

    @property
    def holder(self) -> MemberActor:
        """Dave."""
        return self.world.member(DAVE)

    async def link(self, typed: str = CANARY) -> str:
        """Paste something into the form; returns the answer."""
        return text_of(await link(self.world, DAVE, typed))


@pytest.fixture
def network() -> LossyTransport:
    return LossyTransport()


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    with written_logs("debug") as stream:
        assert logging.getLogger().level == logging.DEBUG
        yield stream


@pytest.fixture
def raised() -> Iterator[list[str]]:
    with everything_raised() as said:
        yield said


@pytest.fixture
async def simulation(
    settings: Settings, network: LossyTransport, logs: io.StringIO, raised: list[str]
) -> AsyncIterator[Simulation]:
    async with simulated(settings, inner=network) as running:
        yield running


@pytest.fixture
def scene(simulation: Simulation, env: simcord.Env, horde: HordeStandIn, network: LossyTransport) -> Iterator[Scene]:
    horde.know(CANARY, "bob#202")
    with stamina.set_testing(True, attempts=2, cap=True):
        yield Scene(simulation, env, simulation.world, horde, network)


async def test_a_key_is_nowhere_but_in_the_header_that_needs_it(
    scene: Scene,
    settings: Settings,
    service: ReferenceService,
    logs: io.StringIO,
    raised: list[str],
    capfd: pytest.CaptureFixture[str],
) -> None:
    await link_in_every_way(scene)
    await type_every_command(scene)
    await propose_in_every_way(scene)
    await decide_in_every_way(scene)
    linked = everything_in(settings.database_path.parent)
    asked = await scene.holder.slash(scene.world.public, "account unlink")
    await scene.holder.click(answer_of(asked), label="Unlink")
    places: dict[str, bytes | str] = {
        "the files": linked,
        "the files after unlinking": everything_in(settings.database_path.parent),
        "the logs": logs.getvalue(),
        "the output": f"{'nothing else':60}{''.join(capfd.readouterr())}",
        "what Discord was sent": repr(scene.env.http_requests),
        "the files Discord was sent": b"\n".join(scene.env.backend.cdn._blobs.values()),
        "the exceptions": "\n".join(raised),
    }
    for place, written in places.items():
        assert_nowhere(CANARY, place, written)
    assert "interaction_failed" not in logs.getvalue(), "every branch was a foreseen one"
    origins = {urlsplit(service.url).netloc, urlsplit(scene.horde.url).netloc}
    assert sum(carries_only_in_its_header(request, origins) for request in scene.network.sent) > 20


def carries_only_in_its_header(request: httpx.Request, origins: set[str]) -> bool:
    """Return whether a request has the key; fail if it is not in ``apikey`` or goes elsewhere."""
    others = [f"{name}: {value}" for name, value in request.headers.items() if name != "apikey"]
    assert_nowhere(CANARY, "a request", repr((str(request.url), others)).encode() + request.content)
    has_key = CANARY in request.headers.get("apikey", "")
    assert not has_key or request.url.netloc.decode() in origins
    return has_key


async def link_in_every_way(scene: Scene) -> None:
    for slip in SLIPS:
        assert "cannot be an AI-Horde key" in await scene.link(slip)
    for mistyped in (f"{CANARY}_", f"_{CANARY}"):
        assert "does not know this key" in await scene.link(mistyped)
    for mood in (Mood.RATE_LIMITED, Mood.FAILING, Mood.GARBAGE):
        scene.horde.play(mood)
        assert "Not linked" in await scene.link()
    scene.horde.play(Mood.WELL)
    assert "bob\\#202" in await scene.link()
    assert "too many" in await scene.link()
    await scene.simulation.restart()  # forgets who tried how often
    assert "bob\\#202" in await scene.link()
    scene.horde.know(f"{CANARY}_shared", "alice#101 (Shared Key: x)")
    assert "shared key" in await scene.link(f"{CANARY}_shared")


def options_of(command: app_commands.Command[Any, ..., Any], world: World) -> dict[str, object]:
    """Something that fits each option that must be filled."""
    filled: dict[str, object] = {}
    for option in command.parameters:
        if not option.required:
            continue
        if option.choices:
            filled[option.name] = option.choices[0].value
        elif option.name == "category":
            filled[option.name] = "lora"
        else:
            filled[option.name] = {
                discord.AppCommandOptionType.integer: 2**50 if command.name in NUMBERED else 1,
                discord.AppCommandOptionType.boolean: True,
                discord.AppCommandOptionType.channel: world.review,
                discord.AppCommandOptionType.user: world.member(DAVE),
            }.get(option.type, "Canary")
    return filled


async def type_every_command(scene: Scene) -> None:
    commands = [each for each in scene.simulation.bot.tree.walk_commands() if isinstance(each, app_commands.Command)]
    assert len(commands) > 8
    for each in commands:
        command = each.qualified_name
        member = scene.world.members["Abe"] if command.startswith("setup") else scene.holder
        options = {**options_of(each, scene.world), **EXTRA.get(command, {})}
        for mood in (Mood.WELL, Mood.RATE_LIMITED):
            scene.horde.play(mood)
            await scene.env.advance_time(61)  # so that roles are requested again
            assert (await member.slash(scene.world.public, command, **options)).acknowledged, command
    scene.horde.play(Mood.WELL)
    await scene.env.advance_time(61)


async def propose_in_every_way(scene: Scene) -> None:
    for file in (b"[", b"[1]", b'{"name": "x", "record_type": "blip"}', b'{"name": "x"}'):
        await scene.holder.slash(scene.world.public, "propose-model create", category="lora", record=raw_file(file))
    draft = answers_of(await open_draft(scene.world, DAVE, "Canary Draft"))[0]
    for name in sections_of(draft):
        await open_section(scene.holder, draft, name)
    await press_behind_more(scene.holder, draft, "Raw JSON")
    await scene.holder.click(draft, label="Back")
    why = await open_section(scene.holder, draft, "Why")
    await scene.holder.submit_modal(why, dict.fromkeys(labels_of(why).values(), "Because."))
    for loss in (Loss.CONNECTION, Loss.ANSWER):
        scene.network.loss = loss
        await scene.holder.click(draft, label="Submit")
    scene.network.loss = Loss.NOTHING
    await scene.holder.click(draft, label="Look again")
    unsent = answers_of(await open_draft(scene.world, DAVE, "Canary Unsent"))[0]
    scene.horde.play(Mood.RATE_LIMITED)
    await scene.holder.click(unsent, label="Submit")
    scene.horde.play(Mood.WELL)
    await press_behind_more(scene.holder, unsent, "Discard")


async def decide_in_every_way(scene: Scene) -> None:
    holder, env, review = scene.holder, scene.env, scene.world.review
    await link(scene.world, RITA)
    change_id = await propose(scene.world, RITA, "Canary Decided")
    await env.advance_time(61)  # ten actions a minute are the limit
    for loss in (Loss.REQUEST, Loss.CONNECTION, Loss.ANSWER):
        asked = await holder.click(card_of(review, env, change_id), label="Approve")
        scene.network.loss = loss
        await holder.click(answer_of(asked), label=f"Approve #{change_id}")
        scene.network.loss = Loss.NOTHING
    await env.advance_time(61)
    for mood in (Mood.FAILING, Mood.GARBAGE, Mood.WELL):
        scene.horde.play(mood)
        await holder.click(card_of(review, env, change_id), label="Full record")
        await holder.click(card_of(review, env, change_id), label="Apply")
    assert "Applied" in text_of(card_of(review, env, change_id))
    rejected_id = await propose(scene.world, RITA, "Canary Rejected")
    await reject(holder, await holder.click(card_of(review, env, rejected_id), label="Reject…"), "No.")
    cancelled_id = await propose(scene.world, RITA, "Canary Cancelled")
    asked = await holder.slash(scene.world.public, "approve", change=cancelled_id)
    await holder.click(answer_of(asked), label="Cancel")
