"""Time until the process can connect and its memory then, against its imports alone."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks.world import settings_for, silent_service
from tests.fakes.bot_process import BotProcess
from tests.fakes.discord_calls import Call
from tests.fakes.discord_people import settle
from tests.fakes.discord_server import LoopbackDiscord

IMPORTS = """
import sys
import aiosqlite, discord, discord.ext.commands, httpx, pydantic, stamina, structlog, typer
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
import asyncio, urllib.request
with open("/proc/self/status") as status:
    rss = next(line.split()[1] for line in status if line.startswith("VmRSS"))
import socket
host, port = sys.argv[1].removeprefix("http://").split(":")
with socket.create_connection((host, int(port))) as wire:
    wire.sendall(f"GET /api/v10/imported?rss={rss} HTTP/1.0\\r\\n\\r\\n".encode())
    wire.recv(1)
"""
"""Imports of pyproject's dependencies alone; ends with a connection where the bot would log in."""


@dataclass(frozen=True, slots=True)
class Start:
    """One start: seconds to the first request, seconds to READY (0 where there is none), MiB then."""

    knocked_s: float
    ready_s: float
    rss_mib: float


async def measure_start(folder: Path, *, rounds: int) -> str:
    """Start both in turn and compare the medians; the first start of each is not counted."""
    async with silent_service() as service:
        settings = settings_for(folder, service)

        async def bot() -> Start:
            return await _start_bot(folder, settings)

        async def imports() -> Start:
            return await _import_only(folder)

        imported, started = await _in_turn([imports, bot], rounds)
    alone, whole = _medians(imported), _medians(started)
    return (
        f"Start, median of {rounds}\n"
        f"  imports alone      {alone.knocked_s:6.3f} s {alone.rss_mib:7.1f} MiB\n"
        f"  ready to connect   {whole.knocked_s:6.3f} s                "
        f"{whole.knocked_s / alone.knocked_s:5.2f}x of the imports\n"
        f"  READY received     {whole.ready_s:6.3f} s {whole.rss_mib:7.1f} MiB    "
        f"{whole.rss_mib / alone.rss_mib:5.2f}x of the imports\n\n"
    )


async def _in_turn(kinds: list[Callable[[], Awaitable[Start]]], rounds: int) -> list[list[Start]]:
    series: list[list[Start]] = [[] for _ in kinds]
    for number in range(rounds + 1):
        for kind, starts in zip(kinds, series, strict=True):
            start = await kind()
            if number:
                starts.append(start)
    return series


def _medians(starts: list[Start]) -> Start:
    return Start(
        median(start.knocked_s for start in starts),
        median(start.ready_s for start in starts),
        median(start.rss_mib for start in starts),
    )


async def _start_bot(folder: Path, settings: dict[str, str]) -> Start:
    async with LoopbackDiscord() as discord:
        settle(discord)
        process = BotProcess.on(discord.url, "bot", "run", folder=folder / "bot", environment=settings)
        begun = time.perf_counter()
        async with process:
            first = await process.alive(discord.until(lambda: _first(discord)))
            await process.alive(discord.until(lambda: discord.gateway.is_ready))
            ready = time.perf_counter()
            rss = process.rss_mib()
            process.terminate()
            await process.ended()
    return Start(first.arrived - begun, ready - begun, rss)


async def _import_only(folder: Path) -> Start:
    async with LoopbackDiscord() as discord:
        process = BotProcess(["-c", IMPORTS, discord.url], folder=folder / "imports", environment={})
        begun = time.perf_counter()
        async with process:
            knock = await process.alive(discord.until(lambda: _first(discord)))
    return Start(knock.arrived - begun, 0, int(knock.query["rss"]) / 1024)


def _first(discord: LoopbackDiscord) -> Call | None:
    return discord.calls[0] if discord.calls else None
