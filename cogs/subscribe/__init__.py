"""Subscriptions: following categories, models and requestors, and the button that ends one."""

from bot.client.bot import CuratorBot
from cogs.subscribe.buttons import MuteButton
from cogs.subscribe.cog import SubscribeCog


async def setup(bot: CuratorBot) -> None:
    """Called by discord.py when the extension is loaded."""
    bot.add_dynamic_items(MuteButton)
    await bot.add_cog(SubscribeCog(bot))


async def teardown(bot: CuratorBot) -> None:
    """Called by discord.py when the extension is unloaded."""
    bot.remove_dynamic_items(MuteButton)
