"""Review of changes: buttons of cards, confirmations and batches, and the same actions as commands."""

from bot.client.bot import CuratorBot
from cogs.review import batches, buttons
from cogs.review.cog import ReviewCog

ITEMS = (*buttons.BUTTONS, *batches.ITEMS)


async def setup(bot: CuratorBot) -> None:
    """Add the cog and its components to the bot."""
    bot.add_dynamic_items(*ITEMS)
    await bot.add_cog(ReviewCog(bot))
