"""The container: every service, built on open connections."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from bot.connections import VERSION, Connections
from bot.identity.horde import ping
from bot.services.guilds.guild_setup import GuildSetup
from bot.services.guilds.membership import MembershipService
from bot.services.guilds.role_sync import RoleSync
from bot.services.hosts.link_reader import LinkReader
from bot.services.models.lookup import ModelLookup
from bot.services.models.verification import ModelVerification
from bot.services.notifications.cards import CardService
from bot.services.notifications.deliveries import DeliveryService
from bot.services.notifications.digest import Digests, HostDigests
from bot.services.notifications.direct_messages import DirectMessages
from bot.services.notifications.following import Following
from bot.services.notifications.news_builder import NewsBuilder
from bot.services.notifications.outages import Outages
from bot.services.notifications.refused_channels import RefusedChannels
from bot.services.notifications.reminders import Reminders
from bot.services.notifications.threads import Threads
from bot.services.notifications.undelivered import UndeliveredMessages
from bot.services.privacy import Privacy
from bot.services.proposals.draft_facts import DraftFactsBuilder
from bot.services.proposals.draft_hosts import DraftHosts
from bot.services.proposals.draft_service import DraftService
from bot.services.proposals.draft_sources import DraftSources
from bot.services.proposals.link_drafts import LinkDrafts
from bot.services.proposals.live_comparison import LiveComparison
from bot.services.proposals.reconcile import ProposalReconciler
from bot.services.proposals.resubmission import Resubmission
from bot.services.proposals.submission import SubmissionService
from bot.services.public_refusals import PublicRefusals
from bot.services.queue.history import HistoryService
from bot.services.queue.milestones import MilestoneCache
from bot.services.queue.own_proposals import OwnProposalsService
from bot.services.queue.purge import PurgeService
from bot.services.queue.queue_reader import QueueReader
from bot.services.queue.queue_service import QueueService
from bot.services.queue.statistics import StatisticsService
from bot.services.retention import LinkExpiry
from bot.services.review.approvals import ApprovalPolicy
from bot.services.review.batches import Batches
from bot.services.review.card_checks import CardHostChecks
from bot.services.review.change_checks import ChangeChecks
from bot.services.review.claims import ClaimService
from bot.services.review.concerns import ConcernsBuilder
from bot.services.review.decisions import DecisionService
from bot.services.review.facts import ChangeFactsBuilder
from bot.services.review.guards import DecisionGuards
from bot.services.review.reconcile import DecisionReconciler
from bot.services.review.replacements import Replacements
from bot.services.review.requestor_notices import RequestorNotices
from bot.services.review.revision_requests import RevisionRequestService
from bot.services.review.sending import BatchSender
from bot.services.status import Status
from bot.services.synced_commands import SyncedCommandsStore
from bot.services.upkeep import Upkeep
from bot.settings import Settings
from bot.shared_services import SharedServices
from storage.repositories import Repositories


class Services(SharedServices):
    """The shared services and those of every feature, each built from those before it."""

    def __init__(
        self,
        settings: Settings,
        connections: Connections,
        repos: Repositories,
        *,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        """Build every service from its collaborators; reads and writes nothing yet."""
        super().__init__(settings, connections, repos, clock=clock, monotonic=monotonic)
        self._draft_lifetime = timedelta(days=settings.draft_days)
        self._build_facts()
        self._build_review()
        self._build_proposals()
        self._build_lists()
        self._build_direct_messages()
        self._build_deliveries()
        self._build_scheduled_posts()
        self._build_guilds_and_operation()

    def _build_facts(self) -> None:
        """Build the facts of changes: what cards show, and what the file hosts say."""
        repos, clock = self._repos, self._clock
        self.card_checks = CardHostChecks(self.host_checks, self.snapshot.in_status, self.recorder.redraw)
        self._policy = ApprovalPolicy(
            repos.approvals, repos.guild_settings, self.accounts, self.recorder, self.usages, clock
        )
        self._change_checks = ChangeChecks(self.catalogue, self.snapshot, self.usages)
        self._replacements = Replacements(repos.sent_proposals, repos.revision_requests)
        self._facts_builder = ChangeFactsBuilder(
            client=self.client,
            catalogue=self.catalogue,
            snapshot=self.snapshot,
            card_links=self.card_links,
            checks=self._change_checks,
            replacements=self._replacements,
            policy=self._policy,
            requestor_notices=RequestorNotices(repos.links, repos.deliveries, repos.thread_posts),
            card_checks=self.card_checks,
            memberships=repos.memberships,
            intents=repos.intents,
            claims=repos.claims,
            live_outcomes=self.live_outcomes,
            reader_key=self._settings.reader_key,
            clock=clock,
        )

    def _build_review(self) -> None:
        """Build the decisions of approvers, and their claims and requests."""
        repos, clock, recorder, card_links = self._repos, self._clock, self.recorder, self.card_links
        guards = DecisionGuards(self.client, repos.cards, self.snapshot, recorder, card_links, self._policy, clock)
        self.claims = ClaimService(self.accounts, guards, repos.claims, recorder, card_links, clock)
        self.revision_requests = RevisionRequestService(
            self.accounts, guards, repos.revision_requests, repos.links, recorder, clock
        )
        concerns = ConcernsBuilder(
            self._change_checks, self._replacements, self.usages, repos.claims, self.card_checks, clock
        )
        batches = Batches(self.accounts, repos.intents, self._policy, clock)
        sender = BatchSender(self.client, self.snapshot, recorder, repos.intents, guards, self.live_outcomes, clock)
        self.decisions = DecisionService(
            accounts=self.accounts,
            batches=batches,
            snapshot=self.snapshot,
            recorder=recorder,
            poller=self.poller,
            card_links=card_links,
            policy=self._policy,
            guards=guards,
            concerns=concerns,
            facts_builder=self._facts_builder,
            sender=sender,
            selections=repos.selections,
            rate_limits=self.rate_limits,
            clock=clock,
        )
        self.decision_reconciler = DecisionReconciler(
            batches=batches,
            accounts=self.accounts,
            intents=repos.intents,
            recorder=recorder,
            poller=self.poller,
            sender=sender,
            live_outcomes=self.live_outcomes,
            deliveries=repos.deliveries,
            clock=clock,
        )

    def _build_proposals(self) -> None:
        """Build the drafts of requestors, and their submission."""
        repos, clock, keep_for, catalogue = self._repos, self._clock, self._draft_lifetime, self.catalogue
        comparison = LiveComparison(catalogue, self.usages, repos.drafts, clock)
        draft_facts = DraftFactsBuilder(
            self.accounts, catalogue, repos.intents, self.snapshot, comparison, self.host_checks, keep_for
        )
        self.draft_service = DraftService(catalogue, repos.drafts, repos.discarded_drafts, draft_facts, clock, keep_for)
        self.draft_sources = DraftSources(self.draft_service, catalogue)
        self.draft_hosts = DraftHosts(self.draft_service, self.host_checks)
        self.link_drafts = LinkDrafts(LinkReader(self._connections.hosts, clock), self.draft_service, catalogue)
        self.proposal_reconciler = ProposalReconciler(
            self.accounts, self.client, repos.intents, clock, self._settings.reader_key
        )
        self.resubmission = Resubmission(
            accounts=self.accounts,
            poller=self.poller,
            cards=repos.cards,
            sent=repos.sent_proposals,
            requests=repos.revision_requests,
            draft_service=self.draft_service,
            catalogue=catalogue,
            clock=clock,
        )
        self.submission = SubmissionService(
            accounts=self.accounts,
            client=self.client,
            catalogue=catalogue,
            draft_service=self.draft_service,
            intents=repos.intents,
            deliveries=repos.deliveries,
            monitor=self.monitor,
            snapshot=self.snapshot,
            recorder=self.recorder,
            card_links=self.card_links,
            replacements=self._replacements,
            reconciler=self.proposal_reconciler,
            live_comparison=comparison,
            clock=clock,
        )

    def _build_lists(self) -> None:
        """Build the lists: the queue, own proposals, history, purges, statistics and live models."""
        repos, clock, client, rate_limits = self._repos, self._clock, self.client, self.rate_limits
        snapshot, filters, reader_key = self.snapshot, repos.list_filters, self._settings.reader_key
        self._queue_reader = reader = QueueReader(self.accounts, client, self.catalogue, reader_key)
        self.queue = QueueService(
            accounts=self.accounts,
            reader=reader,
            checks=self._change_checks,
            card_checks=self.card_checks,
            facts_builder=self._facts_builder,
            monitor=self.monitor,
            snapshot=snapshot,
            cards=repos.cards,
            filters=filters,
            guild_settings=repos.guild_settings,
            claims=repos.claims,
            policy=self._policy,
            rate_limits=rate_limits,
            clock=clock,
        )
        self.own_proposals = OwnProposalsService(
            self.accounts, client, self.draft_service, snapshot, filters, reader_key, rate_limits, clock
        )
        self.history = HistoryService(reader, client, snapshot, repos.links, filters, rate_limits, clock)
        self.purge = PurgeService(self.accounts, client, reader, self.recorder, repos.purges, rate_limits, clock)
        self.statistics = StatisticsService(MilestoneCache(client, reader_key, clock), clock)
        self.model_lookup = ModelLookup(self.catalogue, snapshot, self.card_links, self.usages, filters, clock)

    def _build_direct_messages(self) -> None:
        """Build the contents of news and direct messages, and the expiry that they announce."""
        repos, clock = self._repos, self._clock
        idle_after = timedelta(days=self._settings.link_idle_days)
        self.link_expiry = LinkExpiry(self.accounts, repos.idle_links, clock, keep_for=idle_after)
        news_builder = NewsBuilder(
            monitor=self.monitor,
            snapshot=self.snapshot,
            poller=self.poller,
            reader=self._queue_reader,
            card_links=self.card_links,
            facts_builder=self._facts_builder,
            cards=repos.cards,
            links=repos.links,
            intents=repos.intents,
            subscriptions=repos.subscriptions,
            resubmission=self.resubmission,
            requests=repos.revision_requests,
            live_outcomes=self.live_outcomes,
            clock=clock,
        )
        self._direct_messages = DirectMessages(
            deliveries=repos.deliveries,
            personal_messages=repos.personal_messages,
            news_builder=news_builder,
            drafts=repos.drafts,
            intents=repos.intents,
            clock=clock,
            keep_for=self._draft_lifetime,
            link_expiry=self.link_expiry,
        )
        self.undelivered = UndeliveredMessages(
            direct_messages=self._direct_messages,
            news_builder=news_builder,
            deliveries=repos.deliveries,
            personal_messages=repos.personal_messages,
            thread_posts=repos.thread_posts,
            cards=repos.cards,
            memberships=repos.memberships,
            intents=repos.intents,
            clock=clock,
        )

    def _build_deliveries(self) -> None:
        """Build cards, and the delivery of cards, thread posts and direct messages."""
        repos, clock, deliveries = self._repos, self._clock, self._repos.deliveries
        self.card_service = CardService(
            cards=repos.cards,
            guild_settings=repos.guild_settings,
            snapshot=self.snapshot,
            recorder=self.recorder,
            poller=self.poller,
            card_links=self.card_links,
            facts_builder=self._facts_builder,
            clock=clock,
        )
        self._refused_channels = RefusedChannels(deliveries, repos.guild_settings, clock)
        self.deliveries = DeliveryService(
            deliveries,
            self.recorder,
            self.card_service,
            self._direct_messages,
            self.undelivered,
            self._refused_channels,
            repos.thread_posts,
            clock,
        )
        self.threads = Threads(repos.thread_posts, repos.intents, clock)
        self.following = Following(
            repos.subscriptions,
            self.catalogue,
            self.client,
            self._queue_reader,
            self.snapshot,
            repos.links,
            clock,
        )

    def _build_scheduled_posts(self) -> None:
        """Build what the clock posts: digests, outages, reminders, weekly checks of live models."""
        repos, clock, deliveries, guilds = self._repos, self._clock, self._repos.deliveries, self._repos.guild_settings
        self.verification = ModelVerification(self.catalogue, self.host_checks, repos.cursors, clock)
        self.verifies_weekly = self._settings.verify_weekly and self._settings.ask_file_hosts
        self.digests = Digests(self.statistics, self.card_links, guilds, deliveries, clock)
        self.host_digests = HostDigests(self.verification, guilds, deliveries, clock)
        self.outages = Outages(self.monitor, self.snapshot, deliveries, guilds, repos.cursors, repos.drafts, clock)
        self.reminders = Reminders(self.monitor, self.snapshot, self.card_links, guilds, deliveries, clock)

    def _build_guilds_and_operation(self) -> None:
        """Build the settings and roles of servers, privacy, status, and database upkeep."""
        settings, connections, repos, clock = self._settings, self._connections, self._repos, self._clock
        self.guild_setup = GuildSetup(repos.guild_settings, self._policy, self._refused_channels, self.monitor)
        self.memberships = MembershipService(repos.memberships, self.accounts, self.recorder, clock)
        self.role_sync = RoleSync(repos.guild_settings, repos.synced_roles, repos.links, self.accounts, clock)
        self.privacy = Privacy(self.accounts, repos.people, self.recorder, clock)
        self.status = Status(
            catalogue=self.catalogue,
            monitor=self.monitor,
            snapshot=self.snapshot,
            ping_ai_horde=partial(ping, connections.horde),
            service_url=settings.service_url,
            ai_horde_url=settings.ai_horde_url,
            poll_interval_s=round(settings.poll_interval_s),
            version_of_bot=VERSION,
            refused_channels=self._refused_channels,
            clock=clock,
        )
        self.synced_commands = SyncedCommandsStore(repos.cursors)
        self.public_refusals = PublicRefusals(repos.cursors, clock)
        self.upkeep = Upkeep(connections.database, repos.rotation, repos.cursors, repos.links, repos.deliveries)
