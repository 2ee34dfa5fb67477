"""Cost of polling the real service: a poll without news, and a list of ten thousand open changes."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import override

import httpx
from pydantic import SecretStr

from bot.build import build_bot
from bot.demo.people import ABE
from bot.demo.reference_service import ReferenceService
from bot.services.polling.queue_monitor import FULL_READ_EVERY
from bot.services.polling.queue_poller import PAGE
from bot.services.polling.queue_snapshot import QueueSnapshot
from bot.settings import Settings
from bot.tls import tls_context
from storage.keyring import generate_key
from tests.benchmarks.figures import Series
from tests.benchmarks.world import horde_process

QUEUE = "model_references/v2/pending_queue"
TICK_S = 0.001
MANY = 21


class CountingTransport(httpx.AsyncBaseTransport):
    """Real sockets; counts requests and the bytes of their answers, heads included."""

    def __init__(self) -> None:
        self.requests = self.size = 0
        self._inner = httpx.AsyncHTTPTransport(verify=tls_context(), trust_env=False)

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        self.requests += 1
        head = sum(len(name) + len(value) + 4 for name, value in response.headers.raw)
        self.size += head + int(response.headers["content-length"])
        return response

    @override
    async def aclose(self) -> None:
        await self._inner.aclose()


@dataclass(slots=True)
class Ahead:
    """The time, and how much of it a test has skipped."""

    span: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.span


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor time and duration of some rounds, the longest time for which the loop was kept from all else."""

    cpu: Series
    wall: Series
    stall: Series

    def line(self, name: str, floor: float) -> str:
        """One line; ``floor`` is what reading the same pages costs by itself."""
        ratio = f"{self.cpu.p50 / floor:6.2f}x" if floor else "       "
        return f"  {name:<44}{self.cpu.p50:9.1f}{ratio}{self.wall.p50:10.0f}{self.stall.p50:9.1f}\n"


async def measure_polls(folder: Path, *, changes: int, rounds: int) -> str:
    """Poll a queue of so many open changes in each way there is."""
    async with _service(folder, changes) as service:
        floor = await _floor(service, changes, rounds)
        settings = _settings(folder, service)
        ahead = Ahead()
        async with build_bot(settings, clock=ahead) as bot:
            monitor = bot.services.monitor
            first = await _cost(monitor.poll, 1)
            await monitor.poll()
            quiet = await _cost(monitor.poll, rounds)

            async def listed() -> None:
                ahead.span += FULL_READ_EVERY
                await monitor.poll()

            same = await _cost(listed, rounds)
            shifted = await _cost(
                monitor.poll, rounds, before=lambda: _reject_oldest(service, bot.services.snapshot, 1)
            )
            many = await _cost(
                monitor.poll, rounds, before=lambda: _reject_oldest(service, bot.services.snapshot, MANY)
            )
        counted = await _counted(settings, ahead)
    heading = f"{'ms of processor':>55}{'of floor':>7}{'ms in all':>10}{'stall':>8}"
    return (
        f"Polls of {changes:,} open changes, median of {rounds}\n{heading}\n"
        f"  {'floor: read the pages, parse the JSON':<44}{floor:9.1f}\n"
        + quiet.line("a poll without news", 0)
        + same.line("the list, nothing moved", floor)
        + shifted.line("the oldest decided: all moves up", floor)
        + many.line(f"the {MANY} oldest decided: listed again", floor)
        + first.line("the first poll ever: all are new", floor)
        + f"  a poll without news: {counted}\n\n"
    )


async def _counted(settings: Settings, ahead: Ahead) -> str:
    transport = CountingTransport()
    async with build_bot(settings, clock=ahead, transport=transport) as bot:
        await bot.services.monitor.poll()
        before = transport.requests, transport.size
        await bot.services.monitor.poll()
        return f"{transport.requests - before[0]} requests, {(transport.size - before[1]) / 1000:.1f} kB"


async def _cost(
    work: Callable[[], Awaitable[None]], rounds: int, *, before: Callable[[], Awaitable[None]] | None = None
) -> Cost:
    cpu, wall, stall = [], [], []
    for number in range(2 * rounds):
        if before is not None:
            await before()
        ticking = asyncio.create_task(_longest_gap()) if number % 2 else None
        await asyncio.sleep(10 * TICK_S)
        began, used = time.perf_counter(), time.process_time()
        await work()
        if ticking is None:
            cpu.append((time.process_time() - used) * 1000)
            wall.append((time.perf_counter() - began) * 1000)
        else:
            ticking.cancel()
            stall.append(await ticking)
    return Cost(Series(cpu), Series(wall), Series(stall))


async def _longest_gap() -> float:
    """Milliseconds by which the loop was late at worst, until cancelled."""
    worst, last = 0.0, time.perf_counter()
    try:
        while True:
            await asyncio.sleep(TICK_S)
            now = time.perf_counter()
            worst, last = max(worst, now - last - TICK_S), now
    except asyncio.CancelledError:
        return worst * 1000


async def _floor(service: ReferenceService, changes: int, rounds: int) -> float:
    """Processor time of the least that can be done: the pages over the same client library, and ``json.loads``."""
    cost = []
    async with httpx.AsyncClient(base_url=service.url, headers={"apikey": ABE.key}, trust_env=False) as client:
        for _ in range(rounds + 1):
            used = time.process_time()
            for offset in range(0, changes, PAGE):
                answer = await client.get(f"{QUEUE}/changes", params={"offset": offset, "limit": PAGE})
                json.loads(answer.content)
            cost.append((time.process_time() - used) * 1000)
    return Series(cost[1:]).p50


async def _reject_oldest(service: ReferenceService, snapshot: QueueSnapshot, count: int) -> None:
    oldest = sorted(snapshot.open_ids())[:count]
    body = {"batch_title": "benchmark", "rejected_ids": oldest, "reject_reason": "benchmark"}
    async with httpx.AsyncClient(base_url=service.url, headers={"apikey": ABE.key}, trust_env=False) as client:
        (await client.post(f"{QUEUE}/batches", json=body, timeout=60)).raise_for_status()


def _settings(folder: Path, service: ReferenceService) -> Settings:
    return Settings(
        discord_token=SecretStr("not used"),
        credential_keys=generate_key(),
        service_url=service.url,
        ask_file_hosts=False,
        ai_horde_url="http://127.0.0.1:9/api/",
        database_path=folder / "bot" / "curator.db",
    )


@asynccontextmanager
async def _service(folder: Path, changes: int) -> AsyncIterator[ReferenceService]:
    """The real service with a prefabricated queue; it and AI-Horde's stand-in in processes of their own."""
    async with horde_process() as horde_url:
        service = ReferenceService(folder / "service", ai_horde_url=horde_url)
        queue = service.data_folder / "pending_queue"
        queue.mkdir(parents=True)
        (queue / "changes.json").write_text(json.dumps([_change(number) for number in range(1, changes + 1)]))
        (queue / "index.json").write_text(json.dumps({"last_change_id": changes, "last_batch_id": 0}))
        async with service:
            yield service


def _change(change_id: int) -> dict[str, object]:
    """An entry of the size that the service's own have: about 1.4 kB."""
    name = f"Benchmark {change_id}"
    download = {
        "file_name": f"benchmark_{change_id}.safetensors",
        "file_url": f"https://huggingface.co/benchmark/{change_id}/resolve/main/benchmark_{change_id}.safetensors",
        "sha256sum": f"{change_id:064x}",
        "size_bytes": 6_938_040_682,
    }
    return {
        "change_id": change_id,
        "category": "image_generation",
        "model_name": name,
        "operation": "create",
        "payload": {
            "record_type": "image_generation",
            "name": name,
            "description": f"{name} draws what it is asked to draw, as well as it can. " * 5,
            "baseline": "stable_diffusion_xl",
            "nsfw": False,
            "tags": ["benchmark", "anime", "photo"],
            "config": {"download": [download]},
            "licensing": {
                "license_expression": "NOASSERTION",
                "commercial_use": "unknown",
                "redistribution": "unknown",
            },
            "metadata": {"schema_version": "2.1.0"},
        },
        "requested_by": "101",
        "requested_username": "alice#101",
        "requested_at": 1_772_366_400 + change_id,
        "updated_at": 1_772_366_400 + change_id,
        "status": "pending",
        "request_metadata": {"route": "create_image_generation_model"},
    }
