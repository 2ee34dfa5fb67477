"""``/setup``: where the review cards go; tests the bot's permissions there at once."""

from dataclasses import replace
from typing import override

import discord
from discord import app_commands
from discord.ext import commands

from bot.client.bot import CuratorBot
from bot.client.buttons import Acknowledgement, PersistentButton, Press
from bot.client.tree import VERB
from bot.services.errors import ServerOnlyError
from bot.services.guild_setup import GuildSetupFacts
from bot.ui.custom_ids import SETUP_TEMPLATE
from bot.ui.errors import Verb
from bot.ui.setup import setup_view

NEEDED = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "attach_files": "Attach Files",
}
"""Permissions of a review channel, and what Discord's clients call them."""

QUEUE_MOVED = "queue_moved"


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class SetupCog(commands.GroupCog, group_name="setup", group_description="Where Horde Curator works in this server"):
    """For server admins."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot

    @app_commands.command(name="review-channel", extras={VERB: Verb.SET})
    @app_commands.describe(channel="Where the review cards go")
    async def review_channel(self, interaction: discord.Interaction[CuratorBot], channel: discord.TextChannel) -> None:
        """Post review cards in a channel, one for each open change."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        guild = _guild(interaction)
        facts = await self.bot.services.guild_setup.use_review_channel(guild.id, channel.id)
        self.bot.dispatch(QUEUE_MOVED)
        await interaction.edit_original_response(view=setup_view(_tested(facts, guild), guild.name, self.bot.look))

    @app_commands.command()
    async def show(self, interaction: discord.Interaction[CuratorBot]) -> None:
        """What is set, and which permission is missing."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await _show(interaction)


class TestButton(PersistentButton, template=SETUP_TEMPLATE):
    """*Test again*: looks at the bot's permissions once more."""

    acknowledgement = Acknowledgement.EDIT

    @override
    async def on_press(self, interaction: Press) -> None:
        """Test, show, and post what could not be posted before."""
        facts = await _show(interaction)
        if facts.review_channel_id is not None and not facts.missing:
            await interaction.client.services.guild_setup.use_review_channel(facts.guild_id, facts.review_channel_id)
            interaction.client.dispatch(QUEUE_MOVED)


async def _show(interaction: discord.Interaction[CuratorBot]) -> GuildSetupFacts:
    guild, bot = _guild(interaction), interaction.client
    facts = _tested(await bot.services.guild_setup.show(guild.id), guild)
    await interaction.edit_original_response(view=setup_view(facts, guild.name, bot.look))
    return facts


def _tested(facts: GuildSetupFacts, guild: discord.Guild) -> GuildSetupFacts:
    if facts.review_channel_id is None:
        return facts
    channel = guild.get_channel(facts.review_channel_id)
    if channel is None:
        return replace(facts, missing=(NEEDED["view_channel"],))
    has = channel.permissions_for(guild.me)
    return replace(facts, missing=tuple(words for name, words in NEEDED.items() if not getattr(has, name)))


def _guild(interaction: discord.Interaction[CuratorBot]) -> discord.Guild:
    if interaction.guild is None:
        raise ServerOnlyError
    return interaction.guild


async def setup(bot: CuratorBot) -> None:
    """Called by discord.py when the extension is loaded."""
    bot.add_dynamic_items(TestButton)
    await bot.add_cog(SetupCog(bot))


async def teardown(bot: CuratorBot) -> None:
    """Called by discord.py when the extension is unloaded."""
    bot.remove_dynamic_items(TestButton)
