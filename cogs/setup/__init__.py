"""Setup of the bot in a server: settings, and tests of the bot's permissions."""

from bot.client.bot import CuratorBot
from cogs.setup.buttons import SettingButton, SettingMenu, TestButton
from cogs.setup.cog import SetupCog


async def setup(bot: CuratorBot) -> None:
    """Add the cog and its components to the bot."""
    bot.add_dynamic_items(TestButton, SettingMenu, SettingButton)
    await bot.add_cog(SetupCog(bot))
