"""The decisions, gathered for the cogs; made by the composition root and by nobody else."""

from dataclasses import dataclass

from bot.identity.accounts import Accounts
from bot.services.catalogue import Catalogue
from bot.services.community.guild_setup import GuildSetup
from bot.services.community.keeping import LinkKeeping
from bot.services.community.model_lookup import ModelLookup
from bot.services.community.privacy import Privacy
from bot.services.community.role_mirror import RoleMirror
from bot.services.lists.history import History
from bot.services.lists.own_proposals import OwnProposals
from bot.services.lists.purging import Purging
from bot.services.lists.queue import Queue
from bot.services.lists.statistics import Statistics
from bot.services.messages.following import Following
from bot.services.messages.notices import Notices
from bot.services.pace import Pace
from bot.services.proposing.beginnings import Beginnings
from bot.services.proposing.drafting import Drafting
from bot.services.proposing.proposals import Proposals
from bot.services.proposing.reconcile import Reconciler
from bot.services.proposing.revisions import Revisions
from bot.services.reviewing.applying import Applying
from bot.services.reviewing.approving import Approving
from bot.services.reviewing.bulk import Bulk
from bot.services.reviewing.claiming import Claiming
from bot.services.reviewing.lost_decisions import LostDecisions
from bot.services.reviewing.review import Review
from bot.services.status import Status
from bot.services.upkeep import Upkeep
from bot.services.watching.card_keeping import CardKeeper
from bot.services.watching.digest import Digests
from bot.services.watching.outages import Outages
from bot.services.watching.posts import PostBox
from bot.services.watching.refused_channels import RefusedChannels
from bot.services.watching.reminders import Reminders
from bot.services.watching.threads import Threads
from bot.services.watching.watch import Watch


@dataclass(frozen=True, slots=True, repr=False)  # asyncio renders a fixture's result: seconds for so large a tree
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
    refused_channels: RefusedChannels
    reminders: Reminders
    review: Review
    statistics: Statistics
    revisions: Revisions
    role_mirror: RoleMirror
    status: Status
    threads: Threads
    upkeep: Upkeep
    watch: Watch
