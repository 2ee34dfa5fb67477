"""The composition root: the only place that opens, joins and closes."""

import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.metadata import version

import httpx

from bot.client.bot import CuratorBot, SyncedCommands
from bot.client.services import Services
from bot.identity.accounts import Accounts
from bot.identity.horde import HordeClient, make_horde_client
from bot.identity.roles import AllowLists, QueueRoles
from bot.reference.client import ReferenceClient
from bot.reference.transport import Transport, make_http_client
from bot.services.beginnings import Beginnings
from bot.services.catalogue import Catalogue
from bot.services.facts import FactFinder
from bot.services.guild_setup import GuildSetup
from bot.services.live_side import LiveSide
from bot.services.notices import Notices
from bot.services.proposals import Proposals
from bot.services.reconcile import Reconciler
from bot.services.review import Review
from bot.services.status import Status
from bot.services.usage import Usages
from bot.services.watch import Watch
from bot.settings import Settings
from bot.ui.glyphs import Look
from storage.cards import Cards
from storage.cursors import Cursors
from storage.database import Database
from storage.drafts import Drafts
from storage.guild_settings import GuildSettings
from storage.intents import Intents
from storage.keyring import Keyring, parse_keys
from storage.links import Links
from storage.outbox import Outbox
from storage.unlocking import unlock

VERSION = version("horde-curator")

COMMANDS_CURSOR = "synced_commands"
PING_TIMEOUT_S = 3.0


def utc_now() -> datetime:
    """The current time, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Connections:
    """What is open while the bot lives."""

    database: Database
    keyring: Keyring
    service: httpx.AsyncClient
    horde: HordeClient


@asynccontextmanager
async def connect(
    settings: Settings,
    *,
    service_transport: httpx.AsyncBaseTransport | None = None,
    horde_transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[Connections]:
    """Open the database first, so that a wrong key or a second instance is found before any network.

    Raises:
        StartError: the file or the keys must not be used; carries the exit code and the remedy.
    """
    keys = parse_keys(settings.credential_keys)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(await Database.open(settings.database_path))
        keyring = await unlock(database, keys)
        service = await stack.enter_async_context(make_http_client(settings.service_url, transport=service_transport))
        horde = await stack.enter_async_context(make_horde_client(settings.ai_horde_url, transport=horde_transport))
        yield Connections(database, keyring, service, horde)


@asynccontextmanager
async def build(
    settings: Settings,
    *,
    service_transport: httpx.AsyncBaseTransport | None = None,
    horde_transport: httpx.AsyncBaseTransport | None = None,
    clock: Callable[[], datetime] = utc_now,
    remembers_commands: bool = True,
) -> AsyncIterator[CuratorBot]:
    """Build the bot, not yet connected to Discord; everything is closed when the block ends.

    Args:
        settings: what the operator decided.
        service_transport: another way to the service, for a simulated world.
        horde_transport: another way to AI-Horde, likewise.
        clock: the current time, aware.
        remembers_commands: whether a restart may trust that Discord still knows the commands; not so
            where Discord itself is made anew each time.

    Raises:
        StartError: the file or the keys must not be used; carries the exit code and the remedy.
    """
    async with connect(settings, service_transport=service_transport, horde_transport=horde_transport) as connections:
        bot = await _join(settings, connections, clock, remembers_commands=remembers_commands)
        try:
            yield bot
        finally:
            await bot.close()


async def _join(
    settings: Settings,
    connections: Connections,
    clock: Callable[[], datetime],
    *,
    remembers_commands: bool,
) -> CuratorBot:
    database = connections.database
    client = ReferenceClient(Transport(connections.service))
    links = Links(database, connections.keyring, settings.service_url)
    roles = QueueRoles(client, connections.horde, AllowLists(settings.requestor_ids, settings.approver_ids))
    accounts = Accounts(links, roles, clock=clock, ttl=settings.role_ttl)
    catalogue = Catalogue(client, clock)
    intents, outbox, cards, cursors = Intents(database), Outbox(database), Cards(database), Cursors(database)
    drafts, keep_for = Drafts(database), timedelta(days=settings.draft_days)
    usages = Usages(client, clock)
    watch = Watch(
        client=client,
        catalogue=catalogue,
        facts=FactFinder(client, catalogue, links, intents, usages, settings.reader_key, clock),
        cards=cards,
        cursors=cursors,
        links=links,
        reader_key=settings.reader_key,
        clock=clock,
    )
    reconciler = Reconciler(accounts, client, intents, clock, settings.reader_key)
    await intents.recover(clock())
    await outbox.recover()
    await watch.load()
    await accounts.warm()
    proposals = Proposals(
        accounts=accounts,
        client=client,
        catalogue=catalogue,
        drafts=drafts,
        intents=intents,
        watch=watch,
        reconciler=reconciler,
        clock=clock,
        keep_for=keep_for,
        outbox=outbox,
        live_side=LiveSide(catalogue, usages, drafts, clock),
    )
    services = Services(
        accounts=accounts,
        beginnings=Beginnings(proposals, catalogue),
        catalogue=catalogue,
        guild_setup=GuildSetup(GuildSettings(database)),
        notices=Notices(outbox, watch, drafts, intents, clock, keep_for),
        proposals=proposals,
        reconciler=reconciler,
        review=Review(accounts, client, intents, watch, clock),
        status=Status(
            catalogue=catalogue,
            watch=watch,
            ping_ai_horde=partial(ping, connections.horde),
            service_url=settings.service_url,
            ai_horde_url=settings.ai_horde_url,
            poll_interval_s=round(settings.poll_interval_s),
            version_of_bot=VERSION,
        ),
        watch=watch,
    )
    return CuratorBot(
        services,
        look=Look(),
        allowed_guild_ids=settings.guild_ids,
        command_memory=_CommandMemory(cursors, is_trusted=remembers_commands),
        poll_interval=settings.poll_interval,
        clock=clock,
    )


@dataclass(slots=True)
class _CommandMemory:
    cursors: Cursors
    is_trusted: bool

    async def read(self) -> SyncedCommands | None:
        text = await self.cursors.get(COMMANDS_CURSOR) if self.is_trusted else None
        return SyncedCommands(**json.loads(text)) if text else None

    async def write(self, commands: SyncedCommands) -> None:
        text = json.dumps({"digest": commands.digest, "ids": dict(commands.ids)})
        await self.cursors.set(COMMANDS_CURSOR, text)


async def ping(horde: HordeClient) -> int | None:
    """Milliseconds until AI-Horde answered something public; ``None`` when it did not."""
    started = time.monotonic()
    try:
        response = await horde.get("v2/status/heartbeat", timeout=PING_TIMEOUT_S)
    except httpx.HTTPError:
        return None
    return round((time.monotonic() - started) * 1000) if response.is_success else None
