"""Loop that advances the simulation in real time and refreshes open pages."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import simcord
import structlog
from simcord.preview import Preview

from bot.demo import simcord_seams as seams

BEAT_S = 0.5
SHOWN_FOR = timedelta(seconds=20)
FAILURES_MAX = 10
"""Failures in a row after which the simulation counts as broken, and the demo ends."""

_log = structlog.stdlib.get_logger(__name__)


class Pump:
    """Loop that advances virtual time with real time, under the lock `turn`."""

    def __init__(self, env: simcord.Env, previews: Sequence[Preview], turn: asyncio.Lock) -> None:
        """Create the loop; each preview is refreshed only while a page has it open."""
        self._env = env
        self._previews = previews
        self._turn = turn
        self._shown = -1
        self._shown_at = datetime.now(UTC)

    async def run(self) -> None:
        """Run until cancelled; log and tolerate delays and single failures of the simulation.

        Raises:
            Exception: The simulation failed `FAILURES_MAX` times in a row.
        """
        failures = 0
        while True:
            await asyncio.sleep(BEAT_S)
            async with self._turn:
                try:
                    # Advance by the difference to real time: a slow step is made up for in the next one.
                    behind = (datetime.now(UTC) - self._env.now()).total_seconds()
                    await self._env.advance_time(max(behind, 0.0))
                    await self._refresh()
                except TimeoutError as error:
                    _log.warning("simulation_delayed", problem=str(error).partition("\n")[0])
                except Exception as error:
                    failures += 1
                    if failures == FAILURES_MAX:
                        raise
                    _log.warning("simulation_failed", failures=failures, exc_info=error)
                else:
                    failures = 0

    async def _refresh(self) -> None:
        """Publish changes, and at intervals the passed time, for texts such as "2 minutes ago"."""
        happenings = seams.happenings(self._env)
        is_old = datetime.now(UTC) - self._shown_at > SHOWN_FOR
        if happenings == self._shown and not is_old:
            return
        for preview in self._previews:
            if seams.open_pages(preview):
                await preview.refresh()
        self._shown, self._shown_at = seams.happenings(self._env), datetime.now(UTC)
