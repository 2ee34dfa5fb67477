"""``/queue``: looking at what waits and at what was, and purging."""

from bot.client.bot import CuratorBot
from cogs.queue.cog import QueueCog
from cogs.queue.lists import LIST_ITEMS
from cogs.queue.mine import MINE_ITEMS
from cogs.queue.past import PAST_ITEMS
from cogs.queue.purge import PURGE_ITEMS

ITEMS = (*LIST_ITEMS, *MINE_ITEMS, *PAST_ITEMS, *PURGE_ITEMS)


async def setup(bot: CuratorBot) -> None:
    """Add the cog and its components to the bot."""
    bot.add_dynamic_items(*ITEMS)
    await bot.add_cog(QueueCog(bot))
