"""Health and metrics of one bot process under each fault, and after it."""

import asyncio
import resource
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.demo.horde_stand_in import HordeStandIn, Mood
from bot.demo.reference_service import ReferenceService
from bot.tls import tls_context
from tests.fakes import fault_proxy as faults
from tests.fakes.bot_process import BotProcess
from tests.fakes.discord_calls import Fault
from tests.fakes.discord_people import Person
from tests.fakes.discord_server import LoopbackDiscord
from tests.fakes.fault_proxy import FaultProxy
from tests.harness.queue import propose_beside
from tests.process.installation import Installation, free_port
from tests.process.journeys import use_review_channel

REFUSED_KEY = faults.answer(401, b'{"detail": "Invalid API key"}', Content_Type="application/json")
WITHIN_S = 90
PAUSE_S = 3
"""More than the bot's pause between two polls, in seconds."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One bot process and everything that can fail around it."""

    bot: BotProcess
    discord: LoopbackDiscord
    proxy: FaultProxy
    horde: HordeStandIn
    service: ReferenceService
    channel_id: int
    port: int

    async def read(self, path: str) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False, timeout=10, verify=tls_context()) as client:
            return await client.get(f"http://127.0.0.1:{self.port}{path}")

    async def figures(self) -> dict[str, float]:
        families = text_string_to_metric_families((await self.read("/metrics")).text)
        return {sample.name: sample.value for family in families for sample in family.samples if not sample.labels}

    async def until(self, status: int, parts: Mapping[str, str]) -> dict[str, Any]:
        """Ask until the bot reports this status and these parts."""
        told: dict[str, Any] = {}
        try:
            async with asyncio.timeout(WITHIN_S):
                while True:
                    answer = await self.read("/healthz")
                    told = {"code": answer.status_code, **answer.json()}
                    if answer.status_code == status and parts.items() <= told["parts"].items():
                        return told
                    await self.discord.quiet(0.2)
        except TimeoutError:
            raise AssertionError(f"{status} {parts} never came: {told}") from None

    def limit_files(self, size: int) -> None:
        """Let the process write nothing behind so many bytes of a file: its disk is full."""
        _, hard = resource.prlimit(self.bot.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.bot.pid, resource.RLIMIT_FSIZE, (size or hard, hard))


type Step = Callable[[Scene], Awaitable[None]]


async def service_away(scene: Scene) -> None:
    await scene.proxy.refuse()


async def service_back(scene: Scene) -> None:
    await scene.proxy.accept()


async def key_refused(scene: Scene) -> None:
    scene.horde.play(Mood.UNKNOWN)
    scene.proxy.play(REFUSED_KEY, pattern="*pending_queue*")


async def horde_away(scene: Scene) -> None:
    scene.horde.play(Mood.FAILING)
    scene.proxy.play(REFUSED_KEY, pattern="*pending_queue*")


async def well(scene: Scene) -> None:
    scene.horde.play(Mood.WELL)
    scene.proxy.calm()


async def gateway_away(scene: Scene) -> None:
    scene.discord.gateway.refuses_connections = True
    scene.discord.gateway.drop()


async def gateway_back(scene: Scene) -> None:
    scene.discord.gateway.refuses_connections = False


async def disk_full(scene: Scene) -> None:
    scene.limit_files(1)


async def disk_free(scene: Scene) -> None:
    scene.limit_files(0)


FAULTS: tuple[tuple[str, Step, Step, int, str, Mapping[str, float]], ...] = (
    ("service away", service_away, service_back, 200, "service", {"service_reachable": 0, "polling": 1}),
    ("reader key refused", key_refused, well, 503, "reader_key", {"reader_key_accepted": 0, "service_reachable": 1}),
    ("AI-Horde away", horde_away, well, 200, "reader_key", {"reader_key_accepted": 1, "service_reachable": 1}),
    ("gateway away", gateway_away, gateway_back, 503, "gateway", {"gateway_connected": 0, "polling": 1}),
    ("disk full", disk_full, disk_free, 503, "database", {"database_readable": 0}),
)
"""Fault, its beginning and end, the status, the failing part, and metrics without their prefix."""


@pytest.mark.soak
async def test_each_fault_is_reported_while_it_lasts_and_no_longer(
    installation: Installation,
    discord: LoopbackDiscord,
    rita: Person,
    horde: HordeStandIn,
    v2_service: ReferenceService,
) -> None:
    address = urlsplit(v2_service.url)
    async with FaultProxy((address.hostname or "", address.port or 80)) as proxy:
        port = free_port()
        bot = await installation.start_ready(
            CURATOR_SERVICE_URL=proxy.url + address.path, CURATOR_HEALTH_PORT=str(port)
        )
        channel = await use_review_channel(rita)
        scene = Scene(bot, discord, proxy, horde, v2_service, channel.id, port)
        whole = dict.fromkeys(("gateway", "database", "polling", "service", "reader_key"), "ok")
        await scene.until(200, {**whole, "posting": "ok"})
        await _refuse_posts(scene)
        for name, begin, end, status, part, metrics in FAULTS:
            await scene.until(200, whole)
            await begin(scene)
            told = await scene.until(status, {part: "failing"})
            figures = await scene.figures()
            assert {key: figures[f"horde_curator_{key}"] for key in metrics} == metrics, name
            assert ("CURATOR_READER_KEY" in told.get("remedy", "")) is (part == "reader_key"), name
            await end(scene)
        await scene.until(200, {**whole, "posting": "failing"})
        assert (await scene.figures())["horde_curator_refused_channels"] == 1
        await _polls_stand_still(scene)
        bot.terminate()
        assert await bot.ended() == 0


async def _refuse_posts(scene: Scene) -> None:
    """Have Discord refuse the messages in the review channel: reported, but each server mends its own."""
    refusal = {"code": 50013, "message": "Missing Permissions"}
    pattern = f"/channels/{scene.channel_id}/messages"
    scene.discord.faults.append(Fault("POST", pattern, status=403, body=refusal, times=100))
    await asyncio.to_thread(propose_beside, scene.service, "Refused Card")


async def _polls_stand_still(scene: Scene) -> None:
    """The service takes requests and answers none: the last poll grows older."""
    scene.proxy.play(faults.black_hole)
    last = "horde_curator_last_poll_timestamp_seconds"
    async with asyncio.timeout(WITHIN_S):
        while (await scene.read("/healthz")).json()["last_poll_age_s"] <= PAUSE_S:
            await scene.discord.quiet(0.2)
    before = (await scene.figures())[last]
    await scene.discord.quiet(1)
    assert (await scene.figures())[last] == before
