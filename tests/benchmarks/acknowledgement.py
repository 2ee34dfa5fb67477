"""The first answer to every command and button while the service is silent, against a bare ``defer``."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simcord.backend.models import Interaction, Message

from bot.ui import custom_ids
from tests.benchmarks.figures import HEADER, Series, row
from tests.benchmarks.world import World, bare_world, connected, remember_people, settings_for, silent_service
from tests.fakes.bot_process import BotProcess
from tests.fakes.discord_people import Person, commands_of, settle
from tests.fakes.discord_server import LoopbackDiscord

BURST, BURSTS = 50, 4
DISCORD_WAITS_S = 3
DIGEST = "0123456789"
_STRING, _INTEGER, _BOOLEAN, _USER, _CHANNEL, _ATTACHMENT = 3, 4, 5, 6, 7, 11


@dataclass(frozen=True, slots=True)
class Case:
    """One thing a person can do; ``act`` sends it and waits for nothing."""

    name: str
    person: Person
    act: Callable[[], Interaction]


async def measure_acknowledgements(folder: Path, *, rounds: int) -> str:
    """Press everything in turn with the bare handler, then in bursts."""
    async with AsyncExitStack() as stack:
        bare = await stack.enter_async_context(bare_world(folder))
        ours, cases = await stack.enter_async_context(_our_world(folder))
        floor = Case("bare defer", bare.person, lambda: bare.person.type_slash("bare"))
        await _acknowledged(floor)
        answered = [case for case in cases if await _is_answered(case)]
        silent = "".join(f"{case.name}: no answer at all\n" for case in cases if case not in answered)
        singles = await _singly(floor, answered, rounds)
        bursts = await _in_bursts(floor, answered)
        memory = f"\nRSS afterwards {ours.bot.rss_mib():.1f} MiB (bare {bare.bot.rss_mib():.1f})\n"
        gaps = "".join(f"not modelled: {gap}\n" for gap in ours.discord.gaps)
    return (
        f"First acknowledgement in ms, service silent, one at a time, {rounds} each\n{HEADER}{singles}"
        f"\n{BURSTS} bursts of {BURST} each\n{HEADER}{bursts}{memory}{silent}{gaps}"
    )


async def _singly(floor: Case, cases: list[Case], rounds: int) -> str:
    ours: dict[str, list[float]] = {case.name: [] for case in cases}
    bare: dict[str, list[float]] = {case.name: [] for case in cases}
    for _ in range(rounds):
        for case in cases:
            bare[case.name].append(await _acknowledged(floor))
            ours[case.name].append(await _acknowledged(case))
    lines = [row(name, Series(values), Series(bare[name])) for name, values in ours.items()]
    everything = [value for values in ours.values() for value in values]
    floors = [value for values in bare.values() for value in values]
    return "".join(lines) + row("all of them", Series(everything), Series(floors))


async def _in_bursts(floor: Case, cases: list[Case]) -> str:
    lines = []
    for case in cases:
        bare: list[float] = []
        ours: list[float] = []
        for _ in range(BURSTS):
            bare += await _burst(floor)
            ours += await _burst(case)
        lines.append(row(case.name, Series(ours), Series(bare)))
    return "".join(lines)


async def _acknowledged(case: Case) -> float:
    """Milliseconds between the interaction's leaving and its callback's arrival."""
    interaction = case.act()
    await case.person.answered(interaction, within_s=DISCORD_WAITS_S)
    return _milliseconds(case, interaction)


async def _is_answered(case: Case) -> bool:
    """Whether it answers at all; the first time, which warms both sides up and is not counted."""
    try:
        await _acknowledged(case)
    except TimeoutError:
        return False
    return True


async def _burst(case: Case) -> list[float]:
    interactions = [case.act() for _ in range(BURST)]
    await asyncio.gather(*(case.person.answered(one) for one in interactions))
    return [_milliseconds(case, one) for one in interactions]


def _milliseconds(case: Case, interaction: Interaction) -> float:
    path = f"/interactions/{interaction.id}/"
    callback = next(call for call in reversed(case.person.discord.calls) if call.path.startswith(path))
    return (callback.arrived - case.person.discord.gateway.sent[interaction.id]) * 1000


@asynccontextmanager
async def _our_world(folder: Path) -> AsyncIterator[tuple[World, list[Case]]]:
    async with silent_service() as service, LoopbackDiscord() as discord:
        arrive = settle(discord)
        person, leaver = arrive("requestor"), arrive("leaver")
        settings = settings_for(folder, service)
        verbs = list(custom_ids.DraftVerb)
        drafts = await remember_people(settings, [person, leaver], drafts=len(verbs))
        bot = BotProcess.on(discord.url, "bot", "run", folder=folder / "ours", environment=settings)
        async with connected(bot, discord):
            buttons = [
                *(custom_ids.change(verb, 1, DIGEST) for verb in custom_ids.ChangeVerb),
                custom_ids.confirm_approve(1, DIGEST),
                custom_ids.confirm_cancel(),
                *(custom_ids.draft(verb, draft) for verb, draft in zip(verbs, drafts, strict=True)),
                custom_ids.setup_test(),
            ]
            account = [custom_ids.account(verb) for verb in custom_ids.AccountVerb]
            cases = [_command(person, name, leaf) for name, leaf in commands_of(discord)]
            cases += _presses(person, buttons) + _presses(leaver, account)
            yield World(discord, bot, person), cases


def _command(person: Person, name: str, leaf: dict[str, Any]) -> Case:
    needed = [option for option in leaf.get("options") or [] if option.get("required")]
    options = {option["name"]: _value(person, option) for option in needed}
    return Case(f"/{name}", person, lambda: person.type_slash(name, **options))


def _value(person: Person, option: dict[str, Any]) -> Any:
    if option.get("choices"):
        return option["choices"][0]["value"]
    values = {
        _STRING: "1",
        _INTEGER: option.get("min_value", 1),
        _BOOLEAN: True,
        _USER: person.user_id,
        _CHANNEL: person.channel_id,
        _ATTACHMENT: ("record.json", b"{}"),
    }
    return values[option["type"]]


def _presses(person: Person, buttons: list[str]) -> list[Case]:
    message = _message_with(person, buttons)

    def case(custom_id: str) -> Case:
        return Case(custom_id, person, lambda: person.press_blindly(message, custom_id))

    return [case(custom_id) for custom_id in buttons]


def _message_with(person: Person, buttons: list[str]) -> Message:
    """A message of the bot that carries the buttons: discord.py drops a press of what is not shown."""
    made = [{"type": 2, "style": 2, "label": custom_id[:20], "custom_id": custom_id} for custom_id in buttons]
    rows = [{"type": 1, "components": made[first : first + 5]} for first in range(0, len(made), 5)]
    backend = person.discord.backend
    return backend.create_message(person.channel_id, backend.bot_user.id, "Buttons", components=rows)
