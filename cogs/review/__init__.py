"""Deciding changes: the buttons of the review card and of the confirmation, and the same as commands."""

from bot.client.bot import CuratorBot
from cogs.review.buttons import BUTTONS
from cogs.review.cog import ReviewCog


async def setup(bot: CuratorBot) -> None:
    """Called by discord.py when the extension is loaded."""
    bot.add_dynamic_items(*BUTTONS)
    await bot.add_cog(ReviewCog(bot))


async def teardown(bot: CuratorBot) -> None:
    """Called by discord.py when the extension is unloaded."""
    bot.remove_dynamic_items(*BUTTONS)
