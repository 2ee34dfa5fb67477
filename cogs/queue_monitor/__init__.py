"""The background: looks at the queue, and brings Discord in line with what is found."""

from bot.client.bot import CuratorBot
from cogs.queue_monitor.cog import QueueMonitorCog


async def setup(bot: CuratorBot) -> None:
    """Add the cog and its components to the bot."""
    await bot.add_cog(QueueMonitorCog(bot))
