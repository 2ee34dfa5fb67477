"""``/subscribe``, and the button that ends a subscription."""

from bot.client.bot import CuratorBot
from cogs.subscribe.buttons import FollowButton, MuteButton
from cogs.subscribe.cog import SubscribeCog


async def setup(bot: CuratorBot) -> None:
    """Add the cog and its components to the bot."""
    bot.add_dynamic_items(FollowButton, MuteButton)
    await bot.add_cog(SubscribeCog(bot))
