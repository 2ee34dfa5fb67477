"""Resource use of the idle bot, and its growth under many interactions."""

import asyncio
from pathlib import Path

from tests.benchmarks.world import World, bare_world, connected, remember_people, settings_for, silent_service
from tests.fakes.bot_process import BotProcess
from tests.fakes.discord_people import settle
from tests.fakes.discord_server import LoopbackDiscord

IDLE_S = 10
WAVE = 25
"""Interactions under way at once."""


async def measure_endurance(folder: Path, *, interactions: int) -> str:
    """Rest, then answer that many interactions (none asks the silent service, where all would wait)."""
    async with bare_world(folder) as bare:
        floor = await _endure(bare, "bare", interactions)
    async with silent_service() as service, LoopbackDiscord() as discord:
        person = settle(discord)("member")
        settings = settings_for(folder, service)
        await remember_people(settings, [person], drafts=0)
        bot = BotProcess.on(discord.url, "bot", "run", folder=folder / "ours", environment=settings)
        async with connected(bot, discord):
            ours = await _endure(World(discord, bot, person), "setup show", interactions)
    return f"Endurance, {interactions} interactions\n  ours  {ours}\n  bare  {floor}\n\n"


async def _endure(world: World, command: str, interactions: int) -> str:
    before = world.bot.cpu_s()
    await asyncio.sleep(IDLE_S)
    idle = (world.bot.cpu_s() - before) / IDLE_S
    ready = world.bot.rss_mib()
    opened = world.bot.descriptors()
    await _answer(world, command, interactions // 2)
    half = world.bot.rss_mib()
    await _answer(world, command, interactions // 2)
    whole = world.bot.rss_mib()
    memory = f"{ready:.1f} MiB, {half:.1f} after half, {whole:.1f} after all"
    return f"idle {idle:.2%} of a core; {memory}; descriptors {opened}, then {world.bot.descriptors()}"


async def _answer(world: World, command: str, interactions: int) -> None:
    for _ in range(interactions // WAVE):
        wave = [world.person.type_slash(command) for _ in range(WAVE)]
        await asyncio.gather(*(world.person.answered(one) for one in wave))
        world.discord.forget()
