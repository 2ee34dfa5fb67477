"""Setup screen, shown with fresh tests after every change."""

from contextlib import suppress
from typing import Final

import discord

from bot.client.bot import QUEUE_MOVED, ROLES_MOVED
from bot.client.interactions import note_done
from bot.client.types import Interaction
from bot.services.errors import ManageServerError, ServerOnlyError
from bot.services.guilds.guild_setup import GuildSetupFacts, Setting
from bot.ui.setup import setup_view
from bot.ui.setup_controls import SettingChange
from cogs.setup.permission_checks import assert_may_give, with_test_results

SYNCED: Final = (Setting.REQUESTOR_ROLE, Setting.APPROVER_ROLE)


async def change_setting(
    interaction: Interaction, setting: Setting, value: int | str | None, *, is_undo: bool = False
) -> None:
    """Change one setting and show the screen with that line marked; acknowledge before.

    Raises:
        ManageServerError: the person may not manage this server.
        RoleNotGrantableError: the person could not give the role without the bot.
        UnknownModeError, BlockNeedsApproversError: the value is not possible.
    """
    bot, guild = interaction.client, guild_of(interaction)
    role = guild.get_role(value) if setting in SYNCED and isinstance(value, int) else None
    if role is not None:
        assert_may_give(interaction.user, role)
    before = (await bot.services.guild_setup.show(guild.id)).value(setting)
    facts = await bot.services.guild_setup.change(guild.id, setting, value)
    note_done(interaction)
    bot.dispatch(QUEUE_MOVED)
    if setting in SYNCED:
        bot.dispatch(ROLES_MOVED)
    await show_setup(interaction, facts, None if is_undo or before == value else SettingChange(setting, before))


async def show_setup(
    interaction: Interaction, facts: GuildSetupFacts, changed: SettingChange | None = None
) -> GuildSetupFacts:
    """Test the settings and show them as the response."""
    guild = guild_of(interaction)
    facts = with_test_results(facts, guild)
    view = setup_view(facts, guild.name, interaction.client.theme, changed)
    await interaction.edit_original_response(view=view)
    return facts


def guild_of(interaction: Interaction) -> discord.Guild:
    """Return the server of an interaction, if the person may manage it.

    Discord asks for the permission too, but an admin can give the commands to other roles.

    Raises:
        ServerOnlyError: the interaction is in no server.
        ManageServerError: the person may not manage it.
    """
    if interaction.guild is None:
        raise ServerOnlyError
    if not interaction.permissions.manage_guild:
        raise ManageServerError
    return interaction.guild


async def post_first_steps(guild: discord.Guild, view: discord.ui.LayoutView) -> None:
    """Post the first steps in the system channel, or the first channel open to the bot."""
    channels = [guild.system_channel, *guild.text_channels]
    for channel in channels:
        if channel is not None and channel.permissions_for(guild.me).send_messages:
            with suppress(discord.HTTPException):
                await channel.send(view=view)
                return
