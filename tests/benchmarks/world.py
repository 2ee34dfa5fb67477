"""The worlds that are measured: a fake Discord each for the bare bot and for ours, and a service that is silent."""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from pydantic import SecretStr

from bot.demo.horde_stand_in import HordeStandIn
from bot.demo.people import PEOPLE
from storage.database import Database
from storage.drafts import Drafts, NewDraft
from storage.keyring import generate_key, parse_keys
from storage.keyring_check import unlock
from storage.links import Links
from tests.fakes import fault_proxy as faults
from tests.fakes.bot_process import BotProcess
from tests.fakes.discord_people import Person, settle
from tests.fakes.discord_server import TOKEN, LoopbackDiscord
from tests.fakes.fault_proxy import FaultProxy

NO_SERVER = ("127.0.0.1", 9)
"""Upstream of a proxy that lets nothing through."""
QUIET_S = 0.3
"""Seconds without a request that count as quiet."""


@dataclass(frozen=True, slots=True)
class World:
    """A bot process, its Discord and a member there."""

    discord: LoopbackDiscord
    bot: BotProcess
    person: Person


class SilentService:
    """An address that takes every request and answers none, until told to let go."""

    def __init__(self, proxy: FaultProxy) -> None:
        self.url = proxy.url
        self._proxy = proxy
        proxy.play(faults.black_hole)

    async def release(self, discord: LoopbackDiscord) -> None:
        """End what waits, answer what follows with 404 until Discord hears nothing more; then be silent again."""
        self._proxy.calm()
        self._proxy.play(faults.answer(404, b'{"detail": "not here"}', Content_Type="application/json"))
        await self._proxy.refuse()
        await self._proxy.accept()
        await discord.quiet(QUIET_S)
        self._proxy.calm()
        self._proxy.play(faults.black_hole)


@asynccontextmanager
async def silent_service() -> AsyncIterator[SilentService]:
    """A service that says nothing."""
    async with FaultProxy(NO_SERVER) as proxy:
        yield SilentService(proxy)


def settings_for(folder: Path, service: SilentService) -> dict[str, str]:
    """A complete installation whose service and AI-Horde are silent."""
    return settings_at(folder, service.url, f"{service.url}/api/")


def settings_at(folder: Path, service_url: str, ai_horde_url: str) -> dict[str, str]:
    """A complete installation before a service."""
    return {
        "CURATOR_DISCORD_TOKEN": TOKEN,
        "CURATOR_CREDENTIAL_KEYS": generate_key().get_secret_value(),
        "CURATOR_SERVICE_URL": service_url,
        "CURATOR_ASK_FILE_HOSTS": "false",
        "CURATOR_AI_HORDE_URL": ai_horde_url,
        "CURATOR_DATABASE_PATH": str(folder / "data" / "curator.db"),
        "CURATOR_LOG_LEVEL": "warning",
    }


async def remember_people(settings: dict[str, str], people: list[Person], *, drafts: int) -> list[int]:
    """Link people who hold both roles and give the first one drafts; gives the drafts' numbers."""
    now = datetime.now(UTC)
    path = Path(settings["CURATOR_DATABASE_PATH"])
    keys = parse_keys(SecretStr(settings["CURATOR_CREDENTIAL_KEYS"]))
    async with await Database.open(path) as database:
        links = Links(database, await unlock(database, keys), settings["CURATOR_SERVICE_URL"])
        for number, person in enumerate(people, start=101):
            await links.put(
                person.user_id,
                horde_user_id=str(number),
                horde_username=f"person#{number}",
                key=SecretStr(f"made-up-key-of-{number}"),
                roles=frozenset({"requestor", "approver"}),
                now=now,
            )
        kept, owner, made = Drafts(database), people[0], []
        for name in (f"Model {number}" for number in range(drafts)):
            new = NewDraft(
                operation="create", category="image_generation", model_name=name, dialect="v2", record={"name": name}
            )
            made.append(await kept.create(owner.user_id, owner.guild_id, new, now))
    return [draft.draft_id for draft in made]


@asynccontextmanager
async def bare_world(folder: Path) -> AsyncIterator[World]:
    """The minimal bot, connected."""
    async with LoopbackDiscord() as discord:
        person = settle(discord)("member")
        environment = {"CURATOR_DISCORD_TOKEN": TOKEN}
        module = "tests.fakes.minimal_bot"
        bot = BotProcess.on(discord.url, module, folder=folder / "bare", environment=environment)
        async with connected(bot, discord):
            yield World(discord, bot, person)


@asynccontextmanager
async def connected(bot: BotProcess, discord: LoopbackDiscord) -> AsyncIterator[BotProcess]:
    """A process that is started, and ended with the block, once it is connected."""
    async with bot:
        await bot.alive(discord.until(lambda: discord.gateway.is_ready, within_s=30))
        yield bot


@asynccontextmanager
async def horde_process() -> AsyncIterator[str]:
    """AI-Horde's stand-in in a process of its own; gives its address."""
    here, there = multiprocessing.Pipe()
    horde = multiprocessing.get_context("spawn").Process(target=_serve_horde, args=(there,), daemon=True)
    horde.start()
    there.close()
    try:
        yield await asyncio.to_thread(here.recv)
    finally:
        horde.terminate()
        horde.join()


def _serve_horde(ready: Connection) -> None:
    with HordeStandIn({person.key: person.horde_username for person in PEOPLE}) as horde:
        ready.send(horde.url)
        ready.recv()
