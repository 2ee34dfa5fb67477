"""Keeps the simulated world going in real time, and its open pages up to date."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import simcord
import structlog
from simcord.preview import Preview

from bot.demo import simcord_seams as seams

BEAT_S = 0.5
SHOWN_FOR = timedelta(seconds=20)

_log = structlog.stdlib.get_logger(__name__)


class Pump:
    """Moves virtual time as real time passes, one holder of `turn` at a time."""

    def __init__(self, env: simcord.Env, previews: Sequence[Preview], turn: asyncio.Lock) -> None:
        """Prepare.

        Args:
            env: The running simulation.
            previews: What to refresh, each only while a page looks at it.
            turn: Whoever moves the simulation holds it.
        """
        self._env = env
        self._previews = previews
        self._turn = turn
        self._shown = -1
        self._shown_at = datetime.now(UTC)

    async def run(self) -> None:
        """Beat until cancelled. A bot that keeps the simulation waiting is logged and survived."""
        while True:
            await asyncio.sleep(BEAT_S)
            async with self._turn:
                try:
                    # By the difference, not by the beat: what a slow beat cost is made up for in the next.
                    behind = (datetime.now(UTC) - self._env.now()).total_seconds()
                    await self._env.advance_time(max(behind, 0.0))
                    await self._refresh()
                except TimeoutError as error:
                    _log.warning("the simulation is slow", problem=str(error).splitlines()[0])

    async def _refresh(self) -> None:
        """Show what happened; and every now and then that time passed, for words such as "2 minutes ago"."""
        happenings = seams.happenings(self._env)
        is_old = datetime.now(UTC) - self._shown_at > SHOWN_FOR
        if happenings == self._shown and not is_old:
            return
        for preview in self._previews:
            if seams.open_pages(preview):
                await preview.refresh()
        self._shown, self._shown_at = seams.happenings(self._env), datetime.now(UTC)
