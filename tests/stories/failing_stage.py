"""A bot whose every step may fail, for stories that break off at each."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

import pytest
import stamina
import structlog

from bot.demo.people import RITA
from bot.demo.reference_service import ReferenceService
from bot.settings import Settings
from tests.harness.failures import FailingTransport, Failures
from tests.harness.messages import posted_in, text_of
from tests.harness.simulation import Simulation, simulated
from tests.stories.people import link


@dataclass(slots=True, repr=False)
class FailingStage:
    """A bot whose every step may fail, with Rita's link, and the service's web page beside it."""

    simulation: Simulation
    failures: Failures
    network: FailingTransport
    service: ReferenceService
    monkeypatch: pytest.MonkeyPatch

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, settings: Settings, service: ReferenceService, monkeypatch: pytest.MonkeyPatch, *, attempts: int = 1
    ) -> AsyncIterator[Self]:
        """Start the bot; a further attempt would hide what becomes of a read that fails."""
        structlog.configure(
            wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL)
        )  # tracebacks are slow
        failures = Failures()
        network = FailingTransport(failures)
        with stamina.set_testing(True, attempts=attempts, cap=True):
            async with simulated(settings, inner=network) as simulation:
                failures.watch_discord(monkeypatch)
                stage = cls(simulation, failures, network, service, monkeypatch)
                stage.watch()
                await link(simulation.world, RITA)
                yield stage

    def watch(self) -> None:
        """Count the steps of the bot that runs now; it looks only when the story says so."""
        self.failures.watch_storage(self.simulation.bot, self.monkeypatch)
        self.simulation.bot.poll_interval = timedelta(days=1)

    async def restart(self) -> None:
        self.failures.bury()
        await self.simulation.env.settle()
        self.failures.revive()
        await self.simulation.restart()
        self.watch()

    def told(self, since: int = 0) -> list[str]:
        """Return Rita's direct messages after so many messages."""
        direct = posted_in(self.simulation.world.direct_messages(RITA), self.simulation.env)
        return [text_of(message) for message in direct[since:]]
