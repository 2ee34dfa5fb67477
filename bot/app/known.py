"""What is kept in one file, and what is known of people, of the service and of its queue; joined, nothing opened."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.app.connections import Connections
from bot.app.told import telling_of
from bot.identity.accounts import Accounts
from bot.identity.roles import AllowLists, QueueRoles
from bot.reference.client import ReferenceClient
from bot.reference.transport import Transport
from bot.services.catalogue import Catalogue
from bot.services.pace import Pace
from bot.services.reviewing.facts import FactFinder
from bot.services.usage import Usages
from bot.services.watching.looking import Looker
from bot.services.watching.queue_memory import QueueMemory
from bot.services.watching.watch import Watch
from bot.settings import Settings
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
from storage.posts import Posts
from storage.sent_proposals import SentProposals


@dataclass(frozen=True, slots=True, repr=False)
class Clocks:
    """The two ways to tell the time.

    Attributes:
        now: the current time, aware.
        monotonic: seconds on a clock that nobody sets.
    """

    now: Callable[[], datetime]
    monotonic: Callable[[], float]


@dataclass(frozen=True, slots=True, repr=False)
class Kept:
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
    def of(cls, settings: Settings, connections: Connections) -> "Kept":
        """Join each repository to the open file."""
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


@dataclass(frozen=True, slots=True, repr=False)
class Known:
    """What is known of people, of the service and of its queue."""

    client: ReferenceClient
    accounts: Accounts
    catalogue: Catalogue
    usages: Usages
    watch: Watch
    pace: Pace

    @classmethod
    def of(cls, settings: Settings, connections: Connections, kept: Kept, clocks: Clocks) -> "Known":
        """Join the clients, and what is remembered of their answers."""
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
        return cls(client, accounts, catalogue, usages, watch, Pace.of(clock, clocks.monotonic))
