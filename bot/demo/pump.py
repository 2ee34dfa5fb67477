"""Keeps the simulated world going in real time, and its open pages up to date."""

import asyncio
from collections.abc import Sequence

import simcord
import structlog
from simcord.preview import Preview

from bot.demo import simcord_seams as seams

BEAT_S = 0.5

_log = structlog.stdlib.get_logger(__name__)


class Pump:
    """Moves virtual time as real time passes, one holder of `turn` at a time."""

    def __init__(self, env: simcord.Env, previews: Sequence[Preview], turn: asyncio.Lock) -> None:
        """Prepare.

        Args:
            env: The running simulation.
            previews: What to refresh, each only while a page looks at it; may grow later.
            turn: Whoever moves the simulation holds it.
        """
        self._env = env
        self._previews = previews
        self._turn = turn
        self._shown = -1

    async def run(self) -> None:
        """Beat until cancelled. What goes wrong inside the simulation is logged and survived."""
        loop = asyncio.get_running_loop()
        then = loop.time()
        while True:
            await asyncio.sleep(BEAT_S)
            now = loop.time()
            elapsed, then = now - then, now
            async with self._turn:
                try:
                    await self._env.advance_time(elapsed)
                    await self._refresh()
                except TimeoutError as error:
                    # Something in the bot waits longer than simcord settles; the next beat goes on from here.
                    _log.warning("simulation.slow", problem=str(error).splitlines()[0])

    async def _refresh(self) -> None:
        happenings = seams.happenings(self._env)
        if happenings == self._shown:
            return
        for preview in self._previews:
            if seams.open_pages(preview):
                await preview.refresh()
        self._shown = seams.happenings(self._env)
