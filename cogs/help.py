"""``/help`` and ``/privacy``."""

from dataclasses import replace

from discord import app_commands
from discord.ext import commands

from bot.client.bot import CuratorBot
from bot.client.interactions import acknowledge
from bot.client.types import Interaction
from bot.identity.roles import Role
from bot.reference.models import ChangeStatus
from bot.services.proposals.resubmission import SENT_KEPT_FOR
from bot.ui.help import HelpReader, help_view
from bot.ui.privacy import privacy_view


class HelpCog(commands.Cog):
    """Commands for everyone, also in direct messages."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot

    @app_commands.command()
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    async def help(self, interaction: Interaction) -> None:
        """Show what you can do, and your next step."""
        await acknowledge(interaction)
        known = {command.qualified_name for command in self.bot.tree.walk_commands()}
        viewer = await self._reader(interaction)
        await interaction.edit_original_response(view=help_view(viewer, self.bot.theme, known))

    async def _reader(self, interaction: Interaction) -> HelpReader:
        """Return the person with the facts of their next step; from memory, without a request."""
        services, user_id, guild = self.bot.services, interaction.user.id, interaction.guild
        is_admin = guild is not None and interaction.permissions.manage_guild
        setting = None if guild is None else await services.guild_setup.guild_settings.get(guild.id)
        reader = HelpReader(
            horde_name=None,
            roles=frozenset(),
            is_admin=is_admin,
            is_unset=setting is not None and setting.review_channel_id is None,
        )
        standing = await services.accounts.standing(user_id)
        if standing is None:
            return reader
        is_approver = standing.may(Role.APPROVER)
        return replace(
            reader,
            horde_name=standing.horde.username,
            roles=standing.roles,
            drafts=len(await services.draft_service.of_user(user_id)),
            oldest=await services.queue.oldest_known(user_id, standing.horde.user_id) if is_approver else None,
            approved=len(services.monitor.waiting(ChangeStatus.APPROVED)) if is_approver else 0,
        )

    @app_commands.command()
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    async def privacy(self, interaction: Interaction) -> None:
        """Show what the bot stores about you, where, how long, and who can read it."""
        await acknowledge(interaction)
        services = self.bot.services
        view = privacy_view(
            self.bot.theme,
            draft_days=services.draft_service.keep_for.days,
            link_days=services.link_expiry.keep_for.days,
            sent_days=SENT_KEPT_FOR.days,
        )
        await interaction.edit_original_response(view=view)


async def setup(bot: CuratorBot) -> None:
    """Add the cog and its components to the bot."""
    await bot.add_cog(HelpCog(bot))
