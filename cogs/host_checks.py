"""Asks the hosts of files in pending changes, beside the poll, and has the cards redrawn."""

from datetime import timedelta
from typing import Final, override

import structlog
from discord.ext import commands, tasks

from bot.client.bot import CuratorBot

ASK_EVERY: Final = timedelta(seconds=20)
"""Interval of the rounds; a round without due changes makes no request."""

log = structlog.get_logger(__name__)


class HostChecksCog(commands.Cog):
    """The loop that keeps the host findings on cards up to date."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot

    @override
    async def cog_load(self) -> None:
        """Start asking."""
        self.ask.change_interval(seconds=ASK_EVERY.total_seconds())
        self.ask.start()

    @override
    async def cog_unload(self) -> None:
        """Stop asking."""
        self.ask.cancel()

    @tasks.loop()
    async def ask(self) -> None:
        """Ask once. Never raises; the next round tries again."""
        try:
            await self.bot.services.card_checks.ask_due()
        except Exception:
            log.exception("host_checks_failed")

    @ask.before_loop
    async def _ready(self) -> None:
        await self.bot.wait_until_ready()


async def setup(bot: CuratorBot) -> None:
    """Add the cog to the bot."""
    await bot.add_cog(HostChecksCog(bot))
