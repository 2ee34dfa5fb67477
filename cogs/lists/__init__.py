"""``/queue`` and ``/model``, and the pager under every list."""

from bot.client.bot import CuratorBot
from cogs.lists.models import ModelCog
from cogs.lists.pager import PAGER_ITEMS
from cogs.lists.purge import PurgeButton
from cogs.lists.queue import QueueCog

ITEMS = (*PAGER_ITEMS, PurgeButton)


async def setup(bot: CuratorBot) -> None:
    """Add the cog and its components to the bot."""
    bot.add_dynamic_items(*ITEMS)
    await bot.add_cog(QueueCog(bot))
    await bot.add_cog(ModelCog(bot))
