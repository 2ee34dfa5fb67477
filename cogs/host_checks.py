"""Asks the hosts of files: of pending changes beside the poll, of live models over a week."""

from datetime import timedelta
from typing import Final, override

import structlog
from discord.ext import commands, tasks

from bot.client.bot import QUEUE_MOVED, CuratorBot
from bot.errors import BotError
from bot.services.models.verification import SLOT

ASK_EVERY: Final = timedelta(seconds=20)
"""Interval of the rounds; a round without due changes makes no request."""

log = structlog.get_logger(__name__)


class HostChecksCog(commands.Cog):
    """Loops that keep host findings on cards current, and check live models weekly."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot

    @override
    async def cog_load(self) -> None:
        self.ask.start()
        if self.bot.services.verifies_weekly:
            self.verify.start()

    @override
    async def cog_unload(self) -> None:
        self.ask.cancel()
        self.verify.cancel()

    @tasks.loop(seconds=ASK_EVERY.total_seconds())
    async def ask(self) -> None:
        """Ask once. Never raises; the next round tries again."""
        try:
            await self.bot.services.card_checks.ask_due()
        except Exception:  # it would end the loop for good
            log.exception("host_checks_failed")

    @tasks.loop(seconds=SLOT.total_seconds())
    async def verify(self) -> None:
        """Ask about the live models that are due, and queue the weekly digest. Never raises."""
        try:
            await self.bot.services.verification.ask_due()
            if await self.bot.services.host_digests.make():
                self.bot.dispatch(QUEUE_MOVED)
        except BotError as error:
            log.info("verification_postponed", reason=type(error).__name__)
        except Exception:  # it would end the loop for good
            log.exception("verification_failed")

    @ask.before_loop
    @verify.before_loop
    async def _ready(self) -> None:
        await self.bot.wait_until_ready()


async def setup(bot: CuratorBot) -> None:
    """Add the cog to the bot."""
    await bot.add_cog(HostChecksCog(bot))
