"""Deciding changes: the buttons of the review card and of the confirmation, and the same as commands."""

from bot.client.bot import CuratorBot
from cogs.review import applying, bulk, buttons, claims
from cogs.review.cog import ReviewCog

ITEMS = (*buttons.BUTTONS, *claims.BUTTONS, *bulk.BUTTONS, *applying.BUTTONS)


async def setup(bot: CuratorBot) -> None:
    """Add the cog and its components to the bot."""
    bot.add_dynamic_items(*ITEMS)
    await bot.add_cog(ReviewCog(bot))
