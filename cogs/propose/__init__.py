"""Proposing: commands, forms and buttons of drafts."""

from bot.client.bot import CuratorBot
from cogs.propose.buttons import BUTTONS
from cogs.propose.cog import ProposeCog
from cogs.propose.resubmit import ResubmitButton
from cogs.propose.update import UPDATE_BUTTONS


async def setup(bot: CuratorBot) -> None:
    """Called by discord.py when the extension is loaded."""
    bot.add_dynamic_items(*BUTTONS, *UPDATE_BUTTONS, ResubmitButton)
    await bot.add_cog(ProposeCog(bot))


async def teardown(bot: CuratorBot) -> None:
    """Called by discord.py when the extension is unloaded."""
    bot.remove_dynamic_items(*BUTTONS, *UPDATE_BUTTONS, ResubmitButton)
