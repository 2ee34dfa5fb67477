"""The services that the container builds for the bot and its cogs."""

from dataclasses import dataclass

from bot.identity.accounts import Accounts
from bot.services.catalogue import Catalogue
from bot.services.guilds.guild_setup import GuildSetup
from bot.services.guilds.role_sync import RoleSync
from bot.services.links.card_checks import CardHostChecks
from bot.services.links.host_checks import HostChecks
from bot.services.models.lookup import ModelLookup
from bot.services.notifications.cards import CardKeeper
from bot.services.notifications.deliveries import DeliveryService
from bot.services.notifications.digest import Digests
from bot.services.notifications.following import Following
from bot.services.notifications.outages import Outages
from bot.services.notifications.reminders import Reminders
from bot.services.notifications.threads import Threads
from bot.services.pace import Pace
from bot.services.polling.queue_monitor import QueueMonitor
from bot.services.privacy import Privacy
from bot.services.proposals.draft_service import DraftService
from bot.services.proposals.draft_sources import DraftSources
from bot.services.proposals.link_drafts import LinkDrafts
from bot.services.proposals.reconcile import Reconciler
from bot.services.proposals.resubmission import Resubmission
from bot.services.proposals.submission import SubmissionService
from bot.services.queue.history import HistoryService
from bot.services.queue.own_proposals import OwnProposalsService
from bot.services.queue.purge import PurgeService
from bot.services.queue.queue_service import QueueService
from bot.services.queue.statistics import StatisticsService
from bot.services.retention import LinkExpiry
from bot.services.review.claims import ClaimService
from bot.services.review.decisions import DecisionService
from bot.services.review.reconcile import DecisionReconciler
from bot.services.status import Status
from bot.services.synced_commands import SyncedCommandsStore
from bot.services.upkeep import Upkeep


@dataclass(frozen=True, slots=True, repr=False)
class Services:
    """The services that the bot and its cogs use."""

    accounts: Accounts
    draft_sources: DraftSources
    card_checks: CardHostChecks
    card_keeper: CardKeeper
    catalogue: Catalogue
    claims: ClaimService
    decisions: DecisionService
    decision_reconciler: DecisionReconciler
    deliveries: DeliveryService
    digests: Digests
    draft_service: DraftService
    following: Following
    guild_setup: GuildSetup
    history: HistoryService
    host_checks: HostChecks
    link_drafts: LinkDrafts
    link_expiry: LinkExpiry
    model_lookup: ModelLookup
    outages: Outages
    own_proposals: OwnProposalsService
    pace: Pace
    privacy: Privacy
    submission: SubmissionService
    purge: PurgeService
    queue: QueueService
    reconciler: Reconciler
    reminders: Reminders
    resubmission: Resubmission
    role_sync: RoleSync
    statistics: StatisticsService
    status: Status
    synced_commands: SyncedCommandsStore
    threads: Threads
    upkeep: Upkeep
    watch: QueueMonitor
