"""Setting the bot up in a server: every setting, and whether the bot can do there what it must."""

from bot.client.bot import CuratorBot
from cogs.setup.buttons import TestButton
from cogs.setup.cog import SetupCog


async def setup(bot: CuratorBot) -> None:
    """Add the cog and its components to the bot."""
    bot.add_dynamic_items(TestButton)
    await bot.add_cog(SetupCog(bot))
