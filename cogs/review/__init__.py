"""Review of changes: buttons, confirmations and batches, and the same as commands."""

from bot.client.bot import CuratorBot
from cogs.review import batches, buttons
from cogs.review.cog import ReviewCog
from cogs.review.forms import FORM_BUILDERS

ITEMS = (*buttons.BUTTONS, *batches.ITEMS)


async def setup(bot: CuratorBot) -> None:
    """Add the cog and its components to the bot."""
    bot.add_dynamic_items(*ITEMS)
    bot.form_builders.update(FORM_BUILDERS)
    await bot.add_cog(ReviewCog(bot))
