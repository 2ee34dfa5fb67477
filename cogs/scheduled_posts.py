"""Scheduled posts: daily reminders and weekly digests."""

from datetime import timedelta
from typing import Final, override

import structlog
from discord.ext import commands, tasks

from bot.client.bot import QUEUE_MOVED, CuratorBot
from bot.errors import BotError

CHECK_EVERY: Final = timedelta(minutes=1)
"""Interval between two checks for due posts."""

PAUSE: Final = timedelta(minutes=10)
"""Interval after a check that failed."""

log = structlog.get_logger(__name__)


class ScheduledPostsCog(commands.Cog):
    """Loop that queues due posts; the delivery worker sends them."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot

    @override
    async def cog_load(self) -> None:
        self.check.start()

    @override
    async def cog_unload(self) -> None:
        self.check.cancel()

    @tasks.loop(seconds=CHECK_EVERY.total_seconds())
    async def check(self) -> None:
        """Check once. Never raises; a failed check is repeated later."""
        pause = CHECK_EVERY if await self.queue_due() else PAUSE
        self.check.change_interval(seconds=pause.total_seconds())

    async def queue_due(self) -> bool:
        """Queue due posts; return whether all of that succeeded."""
        is_success = True
        reminders = self.bot.services.reminders
        for make in (reminders.remind, reminders.wake, self.bot.services.digests.make):
            try:
                if await make():
                    self.bot.dispatch(QUEUE_MOVED)
            except BotError as error:
                log.warning("scheduled_posts_postponed", reason=type(error).__name__)
                is_success = False
            except Exception:  # the other posts are due all the same
                log.exception("scheduled_posts_failed")
                is_success = False
        return is_success

    @check.before_loop
    async def _ready(self) -> None:
        await self.bot.wait_until_ready()


async def setup(bot: CuratorBot) -> None:
    """Add the cog and its components to the bot."""
    await bot.add_cog(ScheduledPostsCog(bot))
