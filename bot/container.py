"""The container: every service, built on open connections."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from bot.connections import VERSION, Connections
from bot.identity.accounts import Accounts
from bot.identity.horde import ping
from bot.identity.roles import AllowLists, QueueRoles
from bot.reference.client import ReferenceClient
from bot.reference.transport import Transport
from bot.services.catalogue import Catalogue
from bot.services.guilds.guild_setup import GuildSetup
from bot.services.guilds.membership import MembershipService
from bot.services.guilds.role_sync import RoleSync
from bot.services.links.host_checks import HostChecks
from bot.services.links.reader import LinkReader
from bot.services.models.lookup import ModelLookup
from bot.services.models.verification import ModelVerification
from bot.services.notifications.cards import CardKeeper
from bot.services.notifications.deliveries import DeliveryService
from bot.services.notifications.digest import Digests, HostDigests
from bot.services.notifications.direct_messages import DirectMessages
from bot.services.notifications.following import Following
from bot.services.notifications.news_builder import NewsBuilder
from bot.services.notifications.outages import Outages
from bot.services.notifications.refused_channels import RefusedChannels
from bot.services.notifications.reminders import Reminders
from bot.services.notifications.threads import Threads
from bot.services.pace import Pace
from bot.services.polling.live_outcomes import LiveOutcomes
from bot.services.polling.notification_planner import NotificationPlanner
from bot.services.polling.queue_monitor import QueueMonitor
from bot.services.polling.queue_poller import QueuePoller
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
from bot.services.reader_key import ReaderKeyCheck
from bot.services.retention import LinkExpiry
from bot.services.review.approvals import ApprovalPolicy
from bot.services.review.batches import Batches
from bot.services.review.card_checks import CardHostChecks
from bot.services.review.claims import ClaimService
from bot.services.review.concerns import ConcernsBuilder
from bot.services.review.decisions import DecisionService
from bot.services.review.facts import ChangeFactsBuilder
from bot.services.review.guards import DecisionGuards
from bot.services.review.reconcile import DecisionReconciler
from bot.services.review.revision_requests import RevisionRequestService
from bot.services.review.sending import BatchSender
from bot.services.status import Status
from bot.services.synced_commands import SyncedCommandsStore
from bot.services.upkeep import Upkeep
from bot.services.usage import Usages
from bot.settings import Settings
from storage.repositories import Repositories


class Services:
    """The services that the bot and its cogs use; the order of construction is that of the features."""

    def __init__(  # noqa: PLR0915 - a list of constructor calls, each with a name
        self,
        settings: Settings,
        connections: Connections,
        repos: Repositories,
        *,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        """Build every service from its collaborators; reads and writes nothing yet."""
        cards, deliveries, guild_settings, intents = repos.cards, repos.deliveries, repos.guild_settings, repos.intents
        filters, links, reader_key = repos.list_filters, repos.links, settings.reader_key
        draft_lifetime = timedelta(days=settings.draft_days)

        # The service, and the people who use it
        client = ReferenceClient(transport=Transport(connections.service, clock=clock), monotonic=monotonic)
        self.pace = pace = Pace(clock, monotonic, client.key_checks)
        usages = Usages(client=client, clock=clock)
        self.catalogue = catalogue = Catalogue(client=client, usages=usages, clock=clock)
        allow_lists = AllowLists(requestor_ids=settings.requestor_ids, approver_ids=settings.approver_ids)
        self.accounts = accounts = Accounts(
            links=links,
            roles=QueueRoles(reference=client, horde=connections.horde, allow_lists=allow_lists),
            clock=clock,
            ttl=settings.role_ttl,
            monotonic=monotonic,
            idle_links=repos.idle_links,
        )
        idle_for = timedelta(days=settings.link_idle_days)
        self.link_expiry = LinkExpiry(accounts=accounts, idle_links=repos.idle_links, clock=clock, keep_for=idle_for)

        # Polling
        planner = NotificationPlanner(links, deliveries, repos.thread_posts, repos.subscriptions)
        live_outcomes = LiveOutcomes(catalogue=catalogue, differences=repos.live_differences, clock=clock)
        self.monitor = monitor = QueueMonitor(
            catalogue=catalogue,
            cards=cards,
            cursors=repos.cursors,
            planner=planner,
            live_outcomes=live_outcomes,
            poller=QueuePoller(client=client, reader_key=reader_key),
            reader_key_check=ReaderKeyCheck(reader_key, connections.horde),
            clock=clock,
        )

        # File hosts
        self.host_checks = host_checks = HostChecks(connections.hosts, clock)
        self.card_checks = card_checks = CardHostChecks(host_checks, monitor.waiting, monitor.redraw)
        self.verification = ModelVerification(catalogue, host_checks, repos.cursors, clock)
        self.verifies_weekly = settings.verify_weekly and settings.ask_file_hosts

        # Cards
        policy = ApprovalPolicy(repos.approvals, guild_settings, accounts, monitor, usages, clock)
        facts = ChangeFactsBuilder(
            client=client,
            catalogue=catalogue,
            monitor=monitor,
            policy=policy,
            planner=planner,
            card_checks=card_checks,
            memberships=repos.memberships,
            intents=intents,
            usages=usages,
            claims=repos.claims,
            sent=repos.sent_proposals,
            requests=repos.revision_requests,
            live_outcomes=live_outcomes,
            reader_key=reader_key,
            clock=clock,
        )
        self.card_keeper = card_keeper = CardKeeper(
            cards=cards, guild_settings=guild_settings, monitor=monitor, facts=facts, clock=clock
        )

        # Proposals
        live_comparison = LiveComparison(catalogue=catalogue, usages=usages, drafts=repos.drafts, clock=clock)
        draft_facts = DraftFactsBuilder(catalogue, intents, monitor, live_comparison, host_checks, draft_lifetime)
        self.draft_service = draft_service = DraftService(
            catalogue, repos.drafts, repos.discarded_drafts, draft_facts, clock, draft_lifetime
        )
        self.draft_sources = DraftSources(draft_service=draft_service, catalogue=catalogue)
        self.draft_hosts = DraftHosts(draft_service, host_checks)
        self.link_drafts = LinkDrafts(LinkReader(connections.hosts, clock), draft_service, catalogue)
        self.reconciler = ProposalReconciler(
            accounts=accounts, client=client, intents=intents, clock=clock, reader_key=reader_key
        )
        self.resubmission = Resubmission(
            accounts=accounts,
            monitor=monitor,
            cards=cards,
            sent=repos.sent_proposals,
            requests=repos.revision_requests,
            draft_service=draft_service,
            catalogue=catalogue,
            clock=clock,
        )
        self.submission = SubmissionService(
            accounts=accounts,
            client=client,
            catalogue=catalogue,
            draft_service=draft_service,
            intents=intents,
            deliveries=deliveries,
            monitor=monitor,
            facts_builder=facts,
            reconciler=self.reconciler,
            live_comparison=live_comparison,
            clock=clock,
        )

        # Review
        guards = DecisionGuards(client=client, monitor=monitor, policy=policy, clock=clock)
        self.claims = ClaimService(accounts=accounts, guards=guards, claims=repos.claims, monitor=monitor, clock=clock)
        sender = BatchSender(
            client=client, monitor=monitor, intents=intents, guards=guards, live_outcomes=live_outcomes, clock=clock
        )
        batches = Batches(accounts=accounts, intents=intents, policy=policy, clock=clock)
        self.decisions = DecisionService(
            accounts=accounts,
            batches=batches,
            monitor=monitor,
            policy=policy,
            guards=guards,
            concerns=ConcernsBuilder(facts=facts, claims=repos.claims, card_checks=card_checks, clock=clock),
            facts_builder=facts,
            sender=sender,
            selections=repos.selections,
            pace=pace,
            clock=clock,
        )
        self.decision_reconciler = DecisionReconciler(
            batches=batches,
            accounts=accounts,
            intents=intents,
            monitor=monitor,
            sender=sender,
            live_outcomes=live_outcomes,
            deliveries=deliveries,
            clock=clock,
        )
        self.revision_requests = RevisionRequestService(
            accounts, guards, repos.revision_requests, links, monitor, clock
        )

        # Lists
        reader = QueueReader(accounts=accounts, client=client, catalogue=catalogue, reader_key=reader_key)
        self.queue = QueueService(
            accounts=accounts,
            reader=reader,
            facts=facts,
            monitor=monitor,
            cards=cards,
            filters=filters,
            guild_settings=guild_settings,
            claims=repos.claims,
            policy=policy,
            pace=pace,
            clock=clock,
        )
        self.own_proposals = OwnProposalsService(
            accounts=accounts,
            client=client,
            draft_service=draft_service,
            monitor=monitor,
            filters=filters,
            reader_key=reader_key,
            pace=pace,
            clock=clock,
        )
        self.history = HistoryService(
            reader=reader, client=client, monitor=monitor, links=links, filters=filters, pace=pace, clock=clock
        )
        self.purge = PurgeService(
            accounts=accounts,
            client=client,
            reader=reader,
            monitor=monitor,
            purges=repos.purges,
            pace=pace,
            clock=clock,
        )
        milestones = MilestoneCache(client=client, reader_key=reader_key, clock=clock)
        self.statistics = StatisticsService(milestones=milestones, clock=clock)
        self.model_lookup = ModelLookup(
            catalogue=catalogue, monitor=monitor, usages=usages, filters=filters, clock=clock
        )

        # Notifications
        news_builder = NewsBuilder(
            monitor=monitor,
            facts=facts,
            cards=cards,
            links=links,
            intents=intents,
            subscriptions=repos.subscriptions,
            resubmission=self.resubmission,
            requests=repos.revision_requests,
            live_outcomes=live_outcomes,
            clock=clock,
        )
        direct_messages = DirectMessages(
            deliveries=deliveries,
            personal_messages=repos.personal_messages,
            news_builder=news_builder,
            drafts=repos.drafts,
            intents=intents,
            thread_posts=repos.thread_posts,
            monitor=monitor,
            cards=cards,
            memberships=repos.memberships,
            clock=clock,
            keep_for=draft_lifetime,
            link_expiry=self.link_expiry,
        )
        refused_channels = RefusedChannels(deliveries=deliveries, guild_settings=guild_settings, clock=clock)
        self.deliveries = DeliveryService(
            deliveries=deliveries,
            monitor=monitor,
            card_keeper=card_keeper,
            direct_messages=direct_messages,
            refused_channels=refused_channels,
            thread_posts=repos.thread_posts,
            clock=clock,
        )
        self.digests = Digests(
            statistics=self.statistics,
            monitor=monitor,
            guild_settings=guild_settings,
            deliveries=deliveries,
            clock=clock,
        )
        self.host_digests = HostDigests(self.verification, guild_settings, deliveries, clock)
        self.outages = Outages(monitor, deliveries, guild_settings, repos.cursors, repos.drafts, clock)
        self.reminders = Reminders(monitor=monitor, guild_settings=guild_settings, deliveries=deliveries, clock=clock)
        self.threads = Threads(thread_posts=repos.thread_posts, intents=intents, clock=clock)
        self.following = Following(
            subscriptions=repos.subscriptions,
            catalogue=catalogue,
            client=client,
            monitor=monitor,
            links=links,
            clock=clock,
        )

        # Servers, privacy and operation
        self.guild_setup = GuildSetup(
            guild_settings=guild_settings, policy=policy, refused_channels=refused_channels, monitor=monitor
        )
        self.memberships = MembershipService(repos.memberships, accounts, monitor, clock)
        self.role_sync = RoleSync(
            guild_settings=guild_settings,
            mirrored_roles=repos.mirrored_roles,
            links=links,
            accounts=accounts,
            clock=clock,
        )
        self.privacy = Privacy(accounts=accounts, people=repos.people, monitor=monitor, clock=clock)
        self.status = Status(
            catalogue=catalogue,
            monitor=monitor,
            ping_ai_horde=partial(ping, connections.horde),
            service_url=settings.service_url,
            ai_horde_url=settings.ai_horde_url,
            poll_interval_s=round(settings.poll_interval_s),
            version_of_bot=VERSION,
            refused_channels=refused_channels,
            clock=clock,
        )
        self.synced_commands = SyncedCommandsStore(repos.cursors)
        self.public_refusals = PublicRefusals(repos.cursors, clock)
        self.upkeep = Upkeep(connections.database, repos.rotation, repos.cursors, links, deliveries)
