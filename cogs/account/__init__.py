"""Linking an AI-Horde account, looking at the link, and unlinking."""

from bot.client.bot import CuratorBot
from cogs.account.buttons import CancelButton, ForgetButton, LinkButton, UnlinkButton
from cogs.account.cog import AccountCog

BUTTONS = (LinkButton, UnlinkButton, ForgetButton, CancelButton)


async def setup(bot: CuratorBot) -> None:
    """Add the cog and its components to the bot."""
    bot.add_dynamic_items(*BUTTONS)
    await bot.add_cog(AccountCog(bot))
