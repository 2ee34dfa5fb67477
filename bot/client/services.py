"""The decisions, gathered for the cogs; made by the composition root and by nobody else."""

from dataclasses import dataclass

from bot.identity.accounts import Accounts
from bot.services.applying import Applying
from bot.services.approving import Approving
from bot.services.beginnings import Beginnings
from bot.services.bulk import Bulk
from bot.services.card_keeping import CardKeeper
from bot.services.catalogue import Catalogue
from bot.services.claiming import Claiming
from bot.services.digest import Digests
from bot.services.drafting import Drafting
from bot.services.following import Following
from bot.services.guild_setup import GuildSetup
from bot.services.history import History
from bot.services.keeping import LinkKeeping
from bot.services.lost_decisions import LostDecisions
from bot.services.model_lookup import ModelLookup
from bot.services.notices import Notices
from bot.services.outages import Outages
from bot.services.own_proposals import OwnProposals
from bot.services.pace import Pace
from bot.services.posts import PostBox
from bot.services.privacy import Privacy
from bot.services.proposals import Proposals
from bot.services.purging import Purging
from bot.services.queue import Queue
from bot.services.reconcile import Reconciler
from bot.services.reminders import Reminders
from bot.services.review import Review
from bot.services.revisions import Revisions
from bot.services.role_mirror import RoleMirror
from bot.services.statistics import Statistics
from bot.services.status import Status
from bot.services.threads import Threads
from bot.services.upkeep import Upkeep
from bot.services.watch import Watch


@dataclass(frozen=True, slots=True)
class Services:
    """One attribute a decision; a cog takes the ones it shows."""

    accounts: Accounts
    applying: Applying
    approving: Approving
    beginnings: Beginnings
    bulk: Bulk
    card_keeper: CardKeeper
    catalogue: Catalogue
    claiming: Claiming
    digests: Digests
    drafting: Drafting
    following: Following
    guild_setup: GuildSetup
    lost_decisions: LostDecisions
    history: History
    link_keeping: LinkKeeping
    model_lookup: ModelLookup
    notices: Notices
    pace: Pace
    outages: Outages
    posts: PostBox
    privacy: Privacy
    proposals: Proposals
    own_proposals: OwnProposals
    purging: Purging
    queue: Queue
    reconciler: Reconciler
    reminders: Reminders
    review: Review
    statistics: Statistics
    revisions: Revisions
    role_mirror: RoleMirror
    status: Status
    threads: Threads
    upkeep: Upkeep
    watch: Watch
