"""Proposing: commands, forms and buttons of drafts."""

from bot.client.bot import CuratorBot
from cogs.propose.buttons import BUTTONS
from cogs.propose.cog import ProposeCog
from cogs.propose.rebuilt_forms import FORM_BUILDERS
from cogs.propose.resubmit import ResubmitButton
from cogs.propose.update import UPDATE_BUTTONS


async def setup(bot: CuratorBot) -> None:
    """Add the cog and its components to the bot."""
    bot.add_dynamic_items(*BUTTONS, *UPDATE_BUTTONS, ResubmitButton)
    bot.form_builders.update(FORM_BUILDERS)
    await bot.add_cog(ProposeCog(bot))
