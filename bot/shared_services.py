"""Shared services: client, accounts and the polled queue, on which all features stand."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.connections import Connections
from bot.identity.accounts import Accounts
from bot.identity.roles import AllowLists, QueueRoles
from bot.identity.sliding_window import SlidingWindow
from bot.reference.client import ReferenceClient
from bot.reference.transport import Transport
from bot.services.card_links import CardLinks
from bot.services.catalogue import Catalogue
from bot.services.hosts.host_checks import HostChecks
from bot.services.polling.change_recorder import ChangeRecorder
from bot.services.polling.live_outcomes import LiveOutcomes
from bot.services.polling.notification_planner import NotificationPlanner
from bot.services.polling.queue_monitor import QueueMonitor
from bot.services.polling.queue_poller import MESSAGE_READS_A_MINUTE, QueuePoller
from bot.services.polling.queue_snapshot import QueueSnapshot
from bot.services.rate_limits import RateLimits
from bot.services.reader_key import ReaderKeyCheck
from bot.services.usage import Usages
from bot.settings import Settings
from storage.repositories import Repositories


class SharedServices:
    """Services that every feature uses, each built from those before it."""

    def __init__(
        self,
        settings: Settings,
        connections: Connections,
        repos: Repositories,
        *,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        """Build the shared services; reads and writes nothing yet."""
        self._settings, self._connections, self._repos, self._clock = settings, connections, repos, clock
        self._build_accounts(monotonic)
        self._build_polling(monotonic)

    def _build_accounts(self, monotonic: Callable[[], float]) -> None:
        """Build the client of the service, the live models in memory, and the accounts of people."""
        settings, connections, repos, clock = self._settings, self._connections, self._repos, self._clock
        self.client = ReferenceClient(transport=Transport(connections.service, clock=clock), monotonic=monotonic)
        self.rate_limits = RateLimits(clock, monotonic, self.client.key_checks)
        self.usages = Usages(self.client, clock)
        self.catalogue = Catalogue(self.client, self.usages, clock)
        self.host_checks = HostChecks(connections.hosts, clock)
        allow_lists = AllowLists(requestor_ids=settings.requestor_ids, approver_ids=settings.approver_ids)
        self.accounts = Accounts(
            links=repos.links,
            roles=QueueRoles(self.client, connections.horde, allow_lists),
            clock=clock,
            ttl=settings.role_ttl,
            monotonic=monotonic,
            idle_links=repos.idle_links,
        )

    def _build_polling(self, monotonic: Callable[[], float]) -> None:
        """Build the snapshot of the queue, its polls, and the recorder of changes that moved."""
        repos, clock, reader_key = self._repos, self._clock, self._settings.reader_key
        self.snapshot = QueueSnapshot()
        message_reads = SlidingWindow(MESSAGE_READS_A_MINUTE, timedelta(minutes=1), monotonic)
        self.poller = QueuePoller(self.client, reader_key, message_reads)
        self.card_links = CardLinks(repos.cards)
        self.live_outcomes = LiveOutcomes(self.catalogue, repos.live_differences, clock)
        planner = NotificationPlanner(repos.links, repos.subscriptions)
        self.recorder = ChangeRecorder(
            self.catalogue, repos.cards, repos.cursors, planner, self.live_outcomes, self.snapshot, clock
        )
        key_check = ReaderKeyCheck(reader_key, self._connections.horde)
        self.monitor = QueueMonitor(self.catalogue, self.poller, self.snapshot, self.recorder, key_check, clock)
