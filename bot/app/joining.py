"""Joins what is open to the decisions, and the decisions to the bot; opens nothing itself."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from importlib.metadata import version

from bot.app.connections import Connections, ping
from bot.app.decisions import Decisions
from bot.app.looking import Looking
from bot.app.told import ToldPeople, telling_of
from bot.client.bot import CuratorBot, SyncedCommands
from bot.client.services import Services
from bot.identity.accounts import Accounts
from bot.identity.roles import AllowLists, QueueRoles
from bot.reference.client import ReferenceClient
from bot.reference.transport import Transport
from bot.services.catalogue import Catalogue
from bot.services.community.guild_setup import GuildSetup
from bot.services.community.keeping import LinkKeeping
from bot.services.community.privacy import Privacy
from bot.services.community.role_mirror import RoleMirror
from bot.services.lists.queue_past import QueuePast
from bot.services.lists.statistics import Statistics
from bot.services.pace import Pace
from bot.services.proposing.beginnings import Beginnings
from bot.services.proposing.drafting import Drafting
from bot.services.proposing.live_side import LiveSide
from bot.services.proposing.proposals import Proposals
from bot.services.proposing.reconcile import Reconciler
from bot.services.reviewing.deciding import Desk
from bot.services.reviewing.facts import FactFinder
from bot.services.status import Status
from bot.services.upkeep import Upkeep
from bot.services.usage import Usages
from bot.services.watching.card_keeping import CardKeeper
from bot.services.watching.digest import Digests
from bot.services.watching.looking import Looker
from bot.services.watching.outages import Outages
from bot.services.watching.posts import PostBox
from bot.services.watching.queue_memory import QueueMemory
from bot.services.watching.reminders import Reminders
from bot.services.watching.watch import Watch
from bot.settings import Settings
from bot.ui.glyphs import Look
from storage.cards import Cards
from storage.cursors import Cursors
from storage.drafts import Drafts
from storage.guild_settings import GuildSettings
from storage.idle_links import IdleLinks
from storage.intents import Intents
from storage.links import Links
from storage.list_filters import ListFilters
from storage.mirrored_roles import MirroredRoles
from storage.outbox import Outbox
from storage.people import People
from storage.posts import Posts
from storage.rotation import Rotation
from storage.sent_proposals import SentProposals

VERSION = version("horde-curator")

COMMANDS_CURSOR = "synced_commands"


@dataclass(frozen=True, slots=True)
class Clocks:
    """The two ways to tell the time.

    Attributes:
        now: the current time, aware.
        monotonic: seconds on a clock that nobody sets.
    """

    now: Callable[[], datetime]
    monotonic: Callable[[], float]


@dataclass(frozen=True, slots=True)
class _Kept:
    """The repositories of one file."""

    idle_links: IdleLinks
    links: Links
    drafts: Drafts
    intents: Intents
    outbox: Outbox
    posts: Posts
    cards: Cards
    cursors: Cursors
    guild_settings: GuildSettings
    list_filters: ListFilters
    mirrored_roles: MirroredRoles

    @classmethod
    def of(cls, settings: Settings, connections: Connections) -> "_Kept":
        file = connections.database
        return cls(
            links=Links(file, connections.keyring, settings.service_url),
            drafts=Drafts(file),
            intents=Intents(file),
            outbox=Outbox(file),
            posts=Posts(file),
            cards=Cards(file),
            cursors=Cursors(file),
            guild_settings=GuildSettings(file),
            list_filters=ListFilters(file),
            mirrored_roles=MirroredRoles(file),
            idle_links=IdleLinks(file),
        )


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of people, of the service and of its queue."""

    client: ReferenceClient
    accounts: Accounts
    catalogue: Catalogue
    usages: Usages
    watch: Watch
    pace: Pace

    @classmethod
    def of(cls, settings: Settings, connections: Connections, kept: _Kept, clocks: Clocks) -> "_Known":
        clock = clocks.now
        client = ReferenceClient(Transport(connections.service, clock=clock), monotonic=clocks.monotonic)
        allow_lists = AllowLists(settings.requestor_ids, settings.approver_ids)
        roles = QueueRoles(client, connections.horde, allow_lists)
        catalogue, usages = Catalogue(client, clock), Usages(client, clock)
        watch = Watch(
            catalogue=catalogue,
            facts=FactFinder(
                client=client,
                catalogue=catalogue,
                links=kept.links,
                intents=kept.intents,
                usages=usages,
                cards=kept.cards,
                sent=SentProposals(connections.database),
                reader_key=settings.reader_key,
                clock=clock,
            ),
            cards=kept.cards,
            cursors=kept.cursors,
            looker=Looker(client, settings.reader_key, QueueMemory()),
            telling=telling_of(connections.database, kept.cards, kept.links, kept.outbox),
            clock=clock,
        )
        accounts = Accounts(
            kept.links,
            roles,
            clock=clock,
            ttl=settings.role_ttl,
            monotonic=clocks.monotonic,
            idle_links=kept.idle_links,
        )
        watch.complete_with(watch.telling.told)
        accounts = Accounts(kept.links, roles, clock=clock, ttl=settings.role_ttl, monotonic=clocks.monotonic)
        return cls(client, accounts, catalogue, usages, watch, Pace.of(clock, clocks.monotonic))


async def join(
    settings: Settings,
    connections: Connections,
    clocks: Clocks,
    *,
    remembers_commands: bool,
) -> CuratorBot:
    """Join the bot to what is open, and take up where the last run left off."""
    kept, clock = _Kept.of(settings, connections), clocks.now
    known = _Known.of(settings, connections, kept, clocks)
    await kept.intents.recover(clock())
    await kept.outbox.recover()
    await known.watch.load()
    await known.accounts.warm()
    return CuratorBot(
        _services(settings, connections, kept, known, clock),
        look=Look(),
        allowed_guild_ids=settings.guild_ids,
        command_memory=_CommandMemory(kept.cursors, is_trusted=remembers_commands),
        poll_interval=settings.poll_interval,
        clock=clock,
    )


def _services(
    settings: Settings, connections: Connections, kept: _Kept, known: _Known, clock: Callable[[], datetime]
) -> Services:
    keep_for = timedelta(days=settings.draft_days)
    live_side = LiveSide(known.catalogue, known.usages, kept.drafts, clock)
    reconciler = Reconciler(known.accounts, known.client, kept.intents, clock, settings.reader_key)
    drafting = Drafting(known.catalogue, kept.drafts, kept.intents, known.watch, live_side, clock, keep_for)
    card_keeper, posts = CardKeeper(kept.cards, kept.guild_settings, known.watch), PostBox(kept.posts, clock)
    desk = Desk(known.accounts, known.client, kept.intents, known.watch, clock)
    decisions = Decisions.of(connections.database, kept.guild_settings, desk, card_keeper, posts)
    looking = Looking.of(
        connections.database,
        known.accounts,
        known.watch,
        drafting,
        reader_key=settings.reader_key,
        clock=clock,
    )
    link_keeping = LinkKeeping(known.accounts, kept.idle_links, clock, timedelta(days=settings.link_idle_days))
    statistics = Statistics(QueuePast(known.client, settings.reader_key, clock), clock)
    told = ToldPeople.of(connections.database, known.accounts, drafting, card_keeper, link_keeping)
    return Services(
        accounts=known.accounts,
        applying=decisions.applying,
        approving=decisions.approving,
        beginnings=Beginnings(drafting, known.catalogue),
        bulk=decisions.bulk,
        card_keeper=card_keeper,
        catalogue=known.catalogue,
        claiming=decisions.claiming,
        digests=Digests(statistics, known.watch, kept.guild_settings, posts, clock),
        drafting=drafting,
        lost_decisions=decisions.lost_decisions,
        guild_setup=GuildSetup(kept.guild_settings, decisions.approving),
        link_keeping=link_keeping,
        outages=Outages(known.watch, kept.posts, kept.guild_settings, kept.cursors, clock),
        following=told.following,
        notices=told.notices,
        posts=posts,
        privacy=Privacy(known.accounts, People(connections.database), card_keeper, clock),
        pace=known.pace,
        proposals=Proposals(
            accounts=known.accounts,
            client=known.client,
            catalogue=known.catalogue,
            drafting=drafting,
            intents=kept.intents,
            outbox=kept.outbox,
            watch=known.watch,
            reconciler=reconciler,
            live_side=live_side,
            clock=clock,
        ),
        history=looking.history,
        model_lookup=looking.model_lookup,
        own_proposals=looking.own_proposals,
        purging=looking.purging,
        queue=looking.queue,
        reconciler=reconciler,
        reminders=Reminders(known.watch, kept.guild_settings, posts, clock),
        review=decisions.review,
        role_mirror=RoleMirror(kept.guild_settings, kept.mirrored_roles, kept.links, known.accounts, clock),
        statistics=statistics,
        revisions=told.revisions,
        status=Status(
            catalogue=known.catalogue,
            watch=known.watch,
            ping_ai_horde=partial(ping, connections.horde),
            service_url=settings.service_url,
            ai_horde_url=settings.ai_horde_url,
            poll_interval_s=round(settings.poll_interval_s),
            version_of_bot=VERSION,
        ),
        threads=told.threads,
        upkeep=Upkeep(
            connections.database,
            Rotation(connections.database, connections.keyring, settings.service_url),
            kept.links,
            kept.outbox,
        ),
        watch=known.watch,
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
