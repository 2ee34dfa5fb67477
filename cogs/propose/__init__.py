"""Proposing a model: the forms, the draft and its buttons, the way into the queue."""

from bot.client.bot import CuratorBot
from cogs.propose.buttons import BUTTONS
from cogs.propose.cog import ProposeCog
from cogs.propose.resubmit import ReviseButton
from cogs.propose.update import LIVE_BUTTONS


async def setup(bot: CuratorBot) -> None:
    """Called by discord.py when the extension is loaded."""
    bot.add_dynamic_items(*BUTTONS, *LIVE_BUTTONS, ReviseButton)
    await bot.add_cog(ProposeCog(bot))


async def teardown(bot: CuratorBot) -> None:
    """Called by discord.py when the extension is unloaded."""
    bot.remove_dynamic_items(*BUTTONS, *LIVE_BUTTONS, ReviseButton)
