"""``/queue``: looking at what waits and at what was, and purging."""

from bot.client.bot import CuratorBot
from cogs.queue.cog import QueueCog
from cogs.queue.lists import LIST_ITEMS


async def setup(bot: CuratorBot) -> None:
    """Called by discord.py when the extension is loaded."""
    bot.add_dynamic_items(*LIST_ITEMS)
    await bot.add_cog(QueueCog(bot))


async def teardown(bot: CuratorBot) -> None:
    """Called by discord.py when the extension is unloaded."""
    bot.remove_dynamic_items(*LIST_ITEMS)
