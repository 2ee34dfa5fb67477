"""What the bot says by itself at its hours: reminders of what waits, the week's digest."""

from datetime import timedelta
from typing import Final, override

import structlog
from discord.ext import commands, tasks

from bot.client.bot import QUEUE_MOVED, CuratorBot
from bot.errors import BotError

LOOK_EVERY: Final = timedelta(minutes=1)
"""Between two looks at the clock; what was said is not counted again."""

PAUSE: Final = timedelta(minutes=10)
"""After a look that failed: nothing that is said here is in a hurry."""


log = structlog.get_logger(__name__)


class ScheduledPostsCog(commands.Cog):
    """Has it made; the worker of posts brings it to Discord."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot

    @override
    async def cog_load(self) -> None:
        """Begin to look at the clock."""
        self.look.change_interval(seconds=LOOK_EVERY.total_seconds())
        self.look.start()

    @override
    async def cog_unload(self) -> None:
        """Stop looking."""
        self.look.cancel()

    @tasks.loop()
    async def look(self) -> None:
        """Look at the clock. Ends for nothing: what fails is tried again later."""
        pause = LOOK_EVERY if await self.say() else PAUSE
        self.look.change_interval(seconds=pause.total_seconds())

    async def say(self) -> bool:
        """Have everything said that is due; returns whether all of that worked."""
        has_worked = True
        for make in (self.bot.services.reminders.remind, self.bot.services.digests.make):
            try:
                if await make():
                    self.bot.dispatch(QUEUE_MOVED)
            except BotError as error:
                log.warning("nothing said", reason=type(error).__name__)
                has_worked = False
            except Exception:
                log.exception("looking at the clock broke")
                has_worked = False
        return has_worked

    @look.before_loop
    async def _ready(self) -> None:
        await self.bot.wait_until_ready()


async def setup(bot: CuratorBot) -> None:
    """Add the cog and its components to the bot."""
    await bot.add_cog(ScheduledPostsCog(bot))
