"""The first answer to every command and button while the service is silent, against a bare ``defer``."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

from simcord.backend.models import Interaction

from tests.benchmarks.cases import Case, our_world
from tests.benchmarks.figures import HEADER, Series, row
from tests.benchmarks.world import bare_world, silent_service

BURST, BURSTS = 50, 4
DISCORD_WAITS_S = 3

type Rest = Callable[[], Awaitable[None]]
"""Lets everything that still waits for the service end, so that one measurement does not weigh on the next."""


async def measure_acknowledgements(folder: Path, *, rounds: int) -> str:
    """Press everything in turn with the bare handler, then in bursts."""
    async with AsyncExitStack() as stack:
        bare = await stack.enter_async_context(bare_world(folder))
        service = await stack.enter_async_context(silent_service())
        ours, cases = await stack.enter_async_context(our_world(folder, service))

        async def rest() -> None:
            await service.release(ours.discord)
            for world in (ours, bare):
                world.discord.forget()

        floor = Case("bare defer", bare.person, lambda: bare.person.type_slash("bare"))
        await _acknowledged(floor)
        answered = [case for case in cases if await _is_answered(case)]
        silent = "".join(f"{case.name}: no answer at all\n" for case in cases if case not in answered)
        await rest()
        singles = await _singly(floor, answered, rounds, rest)
        bursts = await _in_bursts(floor, answered, rest)
        memory = f"\nRSS afterwards {ours.bot.rss_mib():.1f} MiB (bare {bare.bot.rss_mib():.1f})\n"
        gaps = "".join(f"not modelled: {gap}\n" for gap in ours.discord.gaps)
    return (
        f"First acknowledgement in ms, service silent, one at a time, {rounds} each\n{HEADER}{singles}"
        f"\n{BURSTS} bursts of {BURST} each\n{HEADER}{bursts}{memory}{silent}{gaps}"
    )


async def _singly(floor: Case, cases: list[Case], rounds: int, rest: Rest) -> str:
    ours: dict[str, list[float]] = {case.name: [] for case in cases}
    bare: dict[str, list[float]] = {case.name: [] for case in cases}
    for _ in range(rounds):
        for case in cases:
            bare[case.name].append(await _acknowledged(floor))
            ours[case.name].append(await _acknowledged(case))
        await rest()
    lines = [row(name, Series(values), Series(bare[name])) for name, values in ours.items()]
    everything = [value for values in ours.values() for value in values]
    floors = [value for values in bare.values() for value in values]
    return "".join(lines) + row("all of them", Series(everything), Series(floors))


async def _in_bursts(floor: Case, cases: list[Case], rest: Rest) -> str:
    lines = []
    for case in cases:
        bare: list[float] = []
        ours: list[float] = []
        for _ in range(BURSTS):
            bare += await _burst(floor)
            ours += await _burst(case)
            await rest()
        lines.append(row(case.name, Series(ours), Series(bare)))
    return "".join(lines)


async def _acknowledged(case: Case) -> float:
    """Milliseconds between the interaction's leaving and its callback's arrival."""
    interaction = case.act()
    await case.person.answered(interaction, within_s=DISCORD_WAITS_S)
    return _milliseconds(case, interaction)


async def _is_answered(case: Case) -> bool:
    """Check that it answers at all; this warm-up of both sides is not counted."""
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
