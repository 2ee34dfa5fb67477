"""Presses from Discord's event to the last answer, beside the service's own time for the same request.

The bot is a process; the real service, AI-Horde's stand-in and Discord are on loopback. A bare bot, which sends the
same requests by the same libraries, is the floor. With another checkout of the project, its bot is measured in turn
with ours, by the same interpreter.
"""

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from time import perf_counter
from typing import Any, override

import aiohttp
from pydantic import SecretStr
from simcord.backend.models import Channel, Interaction, Message

from bot.demo.people import ABE, RITA
from bot.demo.reference_service import ReferenceService
from bot.reference.generations import NEWEST
from bot.reference.models import CanonicalFormat, Operation
from bot.reference.requests import Request, RequestBuilder, TimeLimits
from bot.reference.routes import RouteNames
from tests.benchmarks import bare_bot
from tests.benchmarks.figures import Series
from tests.benchmarks.records import CATEGORY, record_of
from tests.benchmarks.world import connected, horde_process, settings_at
from tests.fakes.bot_process import ROOT, BotProcess
from tests.fakes.discord_calls import Call
from tests.fakes.discord_people import Person, buttons_of, settle, text_of
from tests.fakes.discord_server import TOKEN, LoopbackDiscord
from tests.process.journeys import card_of, link, use_review_channel

KINDS = ("submit", "question", "approve", "apply")
WARM_UP = 3
"""Rounds before the measurement."""
CALM_S = 0.25
"""Seconds without a request that end a press and all deliveries after it."""


@dataclass(slots=True)
class Press:
    """One kind of press: its durations, those of the service alone, and its cost.

    Attributes:
        whole: milliseconds until the last answer.
        service: milliseconds of the service for the one request that the press is for.
        calls: requests to Discord until the last answer.
        cpu: milliseconds of the bot's processor, with all that follows the answer.
    """

    whole: list[float] = field(default_factory=list)
    service: list[float] = field(default_factory=list)
    calls: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Build:
    """One checkout: its bot, with a service, a Discord and two people of its own."""

    name: str
    discord: LoopbackDiscord
    bot: BotProcess
    service: ReferenceService
    requestor: Person
    approver: Person
    review: Channel
    presses: dict[str, Press] = field(default_factory=lambda: defaultdict(Press))

    async def round(self, number: int) -> None:
        """Propose, ask about, approve and apply one model by presses."""
        name = f"Benchmark {number}"
        content = json.dumps(record_of(name, number)).encode()
        command = await self.requestor.slash(
            "propose-model create", category=CATEGORY, name=name, record=("model.json", content)
        )
        draft = await self.requestor.reply(command, within_s=30)
        await self.discord.quiet(CALM_S)
        await self._press("submit", self.requestor, draft, "draft:submit:")
        card = await card_of(self.requestor, self.review, name)
        asked = await self._press("question", self.approver, card, "change:approve:")
        question = await self.approver.reply(asked)
        await self._press("approve", self.approver, question, "confirm:approve:")
        await self._press("apply", self.approver, card, "change:apply:")
        self.discord.forget()

    async def alone(self, number: int, http: aiohttp.ClientSession) -> None:
        """Send the service the four requests that the presses are for."""
        requests, rita, abe = RequestBuilder(NEWEST(), TimeLimits()), SecretStr(RITA.key), SecretStr(ABE.key)
        name = f"Alone {number}"
        proposal = requests.proposal(
            rita,
            operation=Operation.CREATE,
            category=CATEGORY,
            name=name,
            record=record_of(name, number),
            dialect=CanonicalFormat.V2,
        )
        change_id = (await self._send("submit", http, proposal))["change_id"]
        await self._send("question", http, requests.change(RouteNames.get_change, abe, change_id))
        decision = {"batch_title": "Discord", "approved_ids": [change_id], "rejected_ids": [], "reject_reason": None}
        await self._send("approve", http, requests.decision(abe, decision))
        apply = {"change_ids": [change_id], "job_id": f"benchmark:{number}", "allow_mixed_batch": True}
        await self._send("apply", http, requests.apply(abe, apply))

    async def _press(self, kind: str, person: Person, message: Message, beginning: str) -> Interaction:
        """Press a button once it is there; return when Discord has heard nothing more for a while."""

        def offered() -> str | None:
            return next((one for one in buttons_of(message) if one.startswith(beginning)), None)

        return await self._timed(kind, person, message, await self.discord.until(offered))

    async def _timed(self, kind: str, person: Person, message: Message, custom_id: str) -> Interaction:
        self.discord.calls.clear()
        used = self.bot.cpu_s()
        interaction = person.press_blindly(message, custom_id)
        await self.discord.until(lambda: self._answers(interaction), within_s=30)
        await self.discord.quiet(CALM_S)
        last = self._answers(interaction)[-1]
        press = self.presses[kind]
        press.cpu.append((self.bot.cpu_s() - used) * 1000)
        press.whole.append((last.arrived - self.discord.gateway.sent[interaction.id]) * 1000)
        press.calls.append(sum(call.arrived <= last.arrived for call in self.discord.calls))
        return interaction

    def _answers(self, interaction: Interaction) -> list[Call]:
        """Return the requests that show an answer, without the acknowledgement."""
        return [
            call for call in self.discord.calls if f"/{interaction.token}" in call.path and "callback" not in call.path
        ]

    async def _send(self, kind: str, http: aiohttp.ClientSession, request: Request) -> Any:
        assert request.key is not None
        began = perf_counter()
        async with http.request(
            request.method,
            f"{self.service.url}{request.path}",
            params=request.params,
            json=request.content,
            headers={"apikey": request.key.get_secret_value()},
        ) as answer:
            read = await answer.read()
        self.presses[kind].service.append((perf_counter() - began) * 1000)
        answer.raise_for_status()
        return json.loads(read)


class BareBuild(Build):
    """The bare bot, pressed without any message of its own."""

    @override
    async def round(self, number: int) -> None:
        author, channel = self.requestor, self.requestor.channel_id
        message = self.discord.backend.create_message(channel, author.user_id, content="Press here")
        sent = await self._timed("submit", author, message, f"bare:submit:{number}")
        change_id = text_of(await author.reply(sent))
        for kind in KINDS[1:]:
            await self._timed(kind, author, message, f"bare:{kind}:{change_id}")
        self.discord.forget()


async def measure_presses(folder: Path, *, rounds: int, beside: Path | None) -> str:
    """Press each button in turn with every build, and send the same to its service alone."""
    roots = {"this checkout": ROOT} | ({"the build beside": beside.resolve()} if beside else {})
    async with AsyncExitStack() as stack:
        horde = await stack.enter_async_context(horde_process())
        builds = [
            await stack.enter_async_context(_build(folder / str(number), name, root, horde))
            for number, (name, root) in enumerate(roots.items())
        ]
        builds.append(await stack.enter_async_context(_bare_build(folder / "bare", horde)))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        for number in range(WARM_UP + rounds):
            if number == WARM_UP:
                for build in builds:
                    build.presses.clear()
            for build in builds:
                await build.round(number)
                await build.alone(number, http)
    return _report(builds, rounds)


@asynccontextmanager
async def _build(folder: Path, name: str, root: Path, horde: str) -> AsyncIterator[Build]:
    async with LoopbackDiscord() as discord, ReferenceService(folder / "service", ai_horde_url=horde) as service:
        arrive = settle(discord)
        requestor, approver = arrive("requestor"), arrive("approver")
        environment = settings_at(folder, service.url, horde) | {"PYTHONPATH": str(root)}
        module = "tests.benchmarks.unhurried"
        bot = BotProcess.on(discord.url, module, "run", folder=folder / "bot", environment=environment)
        async with connected(bot, discord):
            await link(requestor, RITA.key)
            await link(approver, ABE.key)
            review = await use_review_channel(approver)
            await discord.quiet(CALM_S)
            yield Build(name, discord, bot, service, requestor, approver, review)


@asynccontextmanager
async def _bare_build(folder: Path, horde: str) -> AsyncIterator[Build]:
    async with LoopbackDiscord() as discord, ReferenceService(folder / "service", ai_horde_url=horde) as service:
        arrive = settle(discord)
        person, other = arrive("person"), arrive("other")
        review = discord.backend.channels[other.channel_id]
        environment = {
            "CURATOR_DISCORD_TOKEN": TOKEN,
            bare_bot.SERVICE: service.url,
            bare_bot.REVIEW_CHANNEL: f"{review.id}",
        }
        bot = BotProcess.on(discord.url, bare_bot.__name__, folder=folder / "bot", environment=environment)
        async with connected(bot, discord):
            yield BareBuild("bare bot", discord, bot, service, person, other, review)


def _report(builds: Sequence[Build], rounds: int) -> str:
    lines = [
        f"A press, from Discord's event to its last answer; medians of {rounds}, in ms; requests to Discord until it\n",
        f"{'':<18}{'':<10}{'press':>8}{'service':>9}{'ratio':>8}{'added':>8}{'processor':>11}{'Discord':>9}\n",
    ]
    added: dict[str, list[float]] = defaultdict(list)
    for build in builds:
        for kind in KINDS:
            press = build.presses[kind]
            whole, service, calls = (Series(one).p50 for one in (press.whole, press.service, press.calls))
            added[kind].append(whole - service)
            lines.append(
                f"{build.name:<18}{kind:<10}{whole:>8.1f}{service:>9.1f}{whole / service:>7.2f}x"
                f"{whole - service:>8.1f}{fmean(press.cpu):>11.1f}{calls:>9.0f}\n"
            )
    for number, build in enumerate(builds[1:], start=1):
        ratios = ", ".join(f"{kind} {each[0] / each[number]:.2f}x" for kind, each in added.items())
        lines.append(f"added, of what {build.name} adds: {ratios}\n")
    return "".join([*lines, "\n"])
