"""Every repository of one open database."""

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
from storage.people import People
from storage.personal_messages import PersonalMessages
from storage.purges import Purges
from storage.revision_requests import RevisionRequests
from storage.rotation import Rotation
from storage.selections import Selections
from storage.sent_proposals import SentProposals
from storage.subscriptions import Subscriptions
from storage.synced_roles import SyncedRoles
from storage.thread_posts import ThreadPosts


class Repositories:
    """All repositories, on the same open database."""

    def __init__(self, database: Database, keyring: Keyring, service_url: str) -> None:
        """Create every repository; keys of people are encrypted for one service address."""
        self.approvals = Approvals(database)
        self.cards = Cards(database)
        self.claims = Claims(database)
        self.cursors = Cursors(database)
        self.deliveries = Deliveries(database)
        self.discarded_drafts = DiscardedDrafts(database)
        self.drafts = Drafts(database)
        self.guild_settings = GuildSettings(database)
        self.idle_links = IdleLinks(database)
        self.intents = Intents(database)
        self.links = Links(database, keyring, service_url)
        self.list_filters = ListFilters(database)
        self.live_differences = LiveDifferences(database)
        self.memberships = Memberships(database)
        self.people = People(database)
        self.personal_messages = PersonalMessages(database)
        self.purges = Purges(database)
        self.revision_requests = RevisionRequests(database)
        self.rotation = Rotation(database, keyring, service_url)
        self.selections = Selections(database)
        self.sent_proposals = SentProposals(database)
        self.subscriptions = Subscriptions(database)
        self.synced_roles = SyncedRoles(database)
        self.thread_posts = ThreadPosts(database)
