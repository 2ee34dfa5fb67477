"""Background work: polls the queue and delivers cards, posts and direct messages."""

from bot.client.bot import CuratorBot
from cogs.queue_monitor.cog import QueueMonitorCog


async def setup(bot: CuratorBot) -> None:
    """Add the cog and its components to the bot."""
    await bot.add_cog(QueueMonitorCog(bot))
