"""Health of a running bot and metrics for Prometheus, without names or keys."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import override

from discord.ext import tasks
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.client.bot import CuratorBot
from bot.connections import VERSION
from bot.errors import BotError
from bot.reference.models import ChangeStatus
from bot.services.reader_key import ReaderProblem
from bot.services.upkeep import Stored
from storage.errors import StorageError

POLLING_COG = "QueueMonitorCog"

STALLED_AFTER = timedelta(minutes=10)
"""Duration after which a running poll counts as stalled."""


@dataclass(frozen=True, slots=True)
class Measures:
    """Snapshot of a running bot.

    Attributes:
        is_connected: whether Discord's gateway answers.
        gateway_latency_s: last latency in seconds, ``None`` before the first heartbeat.
        is_polling: whether the poll loop runs and makes progress.
        last_poll_at: when the queue was last read, ``None`` before the first poll.
        is_service_away: whether the service did not answer the last poll.
        reader_problem: why the reader key was refused at the last poll, ``None`` if it was not.
        changes: open changes by status, as last polled.
        stored: row counts of the database, ``None`` when it cannot be written or read.
        interactions: number by kind since the start.
        faults: number of unexpected errors since the start.
    """

    is_connected: bool
    gateway_latency_s: float | None
    is_polling: bool
    last_poll_at: datetime | None
    is_service_away: bool
    reader_problem: ReaderProblem | None
    changes: Mapping[str, int]
    stored: Stored | None
    interactions: Mapping[str, int]
    faults: int

    @property
    def is_well(self) -> bool:
        """Return whether every part of the bot works; the service itself is no part of it."""
        return self.is_connected and self.is_polling and self.stored is not None and not self.is_reader_refused

    @property
    def is_reader_refused(self) -> bool:
        """Return whether only another reader key helps; False while AI-Horde could not confirm it."""
        return self.reader_problem in (ReaderProblem.UNKNOWN_KEY, ReaderProblem.NO_ROLE)


async def measure(bot: CuratorBot) -> Measures:
    """Take a snapshot, without network requests."""
    latency, monitor = bot.latency, bot.services.monitor
    try:
        stored = await bot.services.upkeep.stored()
    except StorageError:
        stored = None
    is_known = math.isfinite(latency)
    return Measures(
        is_connected=bot.is_ready() and bot.ws.open,  # it stays ready while it connects again
        gateway_latency_s=latency if is_known else None,
        is_polling=_is_polling(bot),
        last_poll_at=monitor.last_poll_at,
        is_service_away=isinstance(monitor.problem, BotError) and monitor.reader_problem is None,
        reader_problem=monitor.reader_problem,
        changes={status.value: bot.services.snapshot.count(status) for status in ChangeStatus if status.is_open},
        stored=stored,
        interactions=dict(bot.counters.interactions),
        faults=bot.counters.faults,
    )


def exposition(measures: Measures) -> bytes:
    """Render the snapshot in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Snapshot(measures))
    return generate_latest(registry)


class _Snapshot(Collector):
    def __init__(self, measures: Measures) -> None:
        self._measures = measures

    @override
    def collect(self) -> Iterator[Metric]:
        measures = self._measures
        build = GaugeMetricFamily("horde_curator_build_info", "Always 1.", labels=["version"])
        build.add_metric([VERSION], 1)
        yield build
        for name, text, value in _gauges(measures):
            if value is not None:
                yield GaugeMetricFamily(f"horde_curator_{name}", text, value=value)
        changes = GaugeMetricFamily("horde_curator_changes", "Open changes of the queue.", labels=["status"])
        for status, count in measures.changes.items():
            changes.add_metric([status], count)
        yield changes
        interactions = CounterMetricFamily(
            "horde_curator_interactions", "Interactions since the start.", labels=["kind"]
        )
        for kind, count in measures.interactions.items():
            interactions.add_metric([kind], count)
        yield interactions
        yield CounterMetricFamily("horde_curator_faults", "Unexpected errors since the start.", value=measures.faults)


def _gauges(measures: Measures) -> Iterator[tuple[str, str, float | None]]:
    last, stored = measures.last_poll_at, measures.stored
    yield "gateway_connected", "Whether Discord's gateway answers.", measures.is_connected
    yield "gateway_latency_seconds", "Seconds until the gateway last answered.", measures.gateway_latency_s
    yield "polling", "Whether the poll loop runs and makes progress.", measures.is_polling
    yield "service_reachable", "Whether the queue could be read the last time.", not measures.is_service_away
    yield "reader_key_accepted", "Whether the reader key is not refused.", not measures.is_reader_refused
    yield "last_poll_timestamp_seconds", "When the queue was last read.", last.timestamp() if last else None
    yield "database_readable", "Whether the database can be written and read.", stored is not None
    yield "links", "Linked people.", stored.links if stored else None
    yield "refused_channels", "Channels in which Discord refused the bot.", stored.refused_channels if stored else None
    yield "notices_waiting", "Direct messages still to be delivered.", stored.notices if stored else None


def _is_polling(bot: CuratorBot) -> bool:
    cog = bot.get_cog(POLLING_COG)
    loop = getattr(cog, "poll", None)
    if not (isinstance(loop, tasks.Loop) and loop.is_running() and not loop.failed()):
        return False
    began = getattr(cog, "poll_began_at", None)
    if isinstance(began, datetime) and bot.clock() - began > STALLED_AFTER:
        return False
    problem = bot.services.monitor.problem
    return problem is None or isinstance(problem, BotError | StorageError)  # anything else is a fault of the bot
