"""Every repository of one open database."""

from dataclasses import dataclass
from typing import Self

from storage.approvals import Approvals
from storage.cards import Cards
from storage.claims import Claims
from storage.cursors import Cursors
from storage.database import Database
from storage.deliveries import Deliveries
from storage.discarded_drafts import DiscardedDrafts
from storage.drafts import Drafts
from storage.guild_settings import GuildSettings
from storage.idle_links import IdleLinks
from storage.intents import Intents
from storage.keyring import Keyring
from storage.links import Links
from storage.list_filters import ListFilters
from storage.live_differences import LiveDifferences
from storage.memberships import Memberships
from storage.mirrored_roles import MirroredRoles
from storage.people import People
from storage.personal_messages import PersonalMessages
from storage.purges import Purges
from storage.revision_requests import RevisionRequests
from storage.rotation import Rotation
from storage.selections import Selections
from storage.sent_proposals import SentProposals
from storage.subscriptions import Subscriptions
from storage.thread_posts import ThreadPosts


@dataclass(frozen=True, slots=True)
class Repositories:
    """One repository per table, all on the same open database."""

    approvals: Approvals
    cards: Cards
    claims: Claims
    cursors: Cursors
    deliveries: Deliveries
    discarded_drafts: DiscardedDrafts
    drafts: Drafts
    guild_settings: GuildSettings
    idle_links: IdleLinks
    intents: Intents
    links: Links
    list_filters: ListFilters
    live_differences: LiveDifferences
    memberships: Memberships
    mirrored_roles: MirroredRoles
    people: People
    personal_messages: PersonalMessages
    purges: Purges
    revision_requests: RevisionRequests
    rotation: Rotation
    thread_posts: ThreadPosts
    selections: Selections
    sent_proposals: SentProposals
    subscriptions: Subscriptions

    @classmethod
    def on(cls, database: Database, keyring: Keyring, service_url: str) -> Self:
        """Create every repository; keys of people are sealed for one service address."""
        return cls(
            approvals=Approvals(database),
            cards=Cards(database),
            claims=Claims(database),
            cursors=Cursors(database),
            deliveries=Deliveries(database),
            discarded_drafts=DiscardedDrafts(database),
            drafts=Drafts(database),
            guild_settings=GuildSettings(database),
            idle_links=IdleLinks(database),
            intents=Intents(database),
            links=Links(database, keyring, service_url),
            list_filters=ListFilters(database),
            live_differences=LiveDifferences(database),
            memberships=Memberships(database),
            mirrored_roles=MirroredRoles(database),
            people=People(database),
            personal_messages=PersonalMessages(database),
            purges=Purges(database),
            revision_requests=RevisionRequests(database),
            rotation=Rotation(database, keyring, service_url),
            thread_posts=ThreadPosts(database),
            selections=Selections(database),
            sent_proposals=SentProposals(database),
            subscriptions=Subscriptions(database),
        )
