"""``/help`` and ``/privacy``."""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import override

from discord import app_commands
from discord.ext import commands

from bot.client.bot import CuratorBot
from bot.client.components import Acknowledgement, PersistentButton
from bot.client.interactions import acknowledge
from bot.client.types import Interaction
from bot.identity.roles import Role
from bot.reference.models import ChangeStatus
from bot.services.proposals.resubmission import SENT_KEPT_FOR
from bot.ui.components import Markup
from bot.ui.custom_ids import HELP_TEMPLATE
from bot.ui.glyphs import Theme
from bot.ui.help import HelpReader, ProposalToRevise, all_commands, help_view
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
        await _show(interaction, help_view)

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


class HelpButton(PersistentButton, template=HELP_TEMPLATE):
    """*All commands*, and *Back*."""

    acknowledgement = Acknowledgement.EDIT

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Show all commands, or the short help again."""
        await _show(interaction, all_commands if self.fields["part"] == "all" else help_view)


async def _show(interaction: Interaction, draw: Callable[[HelpReader, Theme, Collection[str]], Markup]) -> None:
    bot = interaction.client
    known = {command.qualified_name for command in bot.tree.walk_commands()}
    await interaction.edit_original_response(view=draw(await _reader(interaction), bot.theme, known))


async def _reader(interaction: Interaction) -> HelpReader:
    """Return the person with the facts of their next steps; local reads only."""
    services, user_id, guild = interaction.client.services, interaction.user.id, interaction.guild
    setting = None if guild is None else await services.guild_setup.guild_settings.get(guild.id)
    reader = HelpReader(
        horde_name=None,
        roles=frozenset(),
        is_admin=guild is not None and interaction.permissions.manage_guild,
        is_unset=setting is not None and setting.review_channel_id is None,
    )
    standing = await services.accounts.standing(user_id)
    if standing is None:
        return reader
    horde_user_id, is_approver = standing.horde.user_id, standing.may(Role.APPROVER)
    own = await services.resubmission.waiting(horde_user_id)
    deployment = services.catalogue.deployment
    newest = [ProposalToRevise(one.change_id, one.digest, one.model_name, one.status == "rejected") for one in own[:1]]
    return replace(
        reader,
        horde_name=standing.horde.username,
        roles=standing.roles,
        is_read_only=deployment is not None and not deployment.takes_writes,
        drafts=len(await services.draft_service.of_user(user_id)),
        to_revise=len(own),
        newest_to_revise=next(iter(newest), None),
        oldest=await services.queue.oldest_known(user_id, horde_user_id) if is_approver else None,
        approved=len(services.snapshot.in_status(ChangeStatus.APPROVED)) if is_approver else 0,
    )


async def setup(bot: CuratorBot) -> None:
    """Add the cog and its components to the bot."""
    bot.add_dynamic_items(HelpButton)
    await bot.add_cog(HelpCog(bot))
