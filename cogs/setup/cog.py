"""``/setup``: one screen for all settings, and a command for each."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.client.bot import CuratorBot
from bot.client.interactions import acknowledge
from bot.client.tree import VERB
from bot.client.types import Interaction
from bot.services.guilds.guild_setup import REMINDER_DAYS_MAX, Setting, quiet_hours
from bot.services.review.approvals import APPROVALS_MAX
from bot.ui.error_messages.attempts import Verb
from bot.ui.setup import first_steps
from bot.ui.setup_controls import OWN_WORDS
from cogs.setup.screen import change_setting, guild_of, post_first_steps, show_setup

SET = {VERB: Verb.SET}


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class SetupCog(commands.GroupCog, group_name="setup", group_description="Settings of Horde Curator in this server"):
    """Command group for server admins."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot

    @app_commands.command()
    async def show(self, interaction: Interaction) -> None:
        """Set up the bot on one screen, and see which permissions are missing."""
        await acknowledge(interaction)
        await show_setup(interaction, await self.bot.services.guild_setup.show(guild_of(interaction).id))

    @app_commands.command(name="review-channel", extras=SET)
    @app_commands.describe(channel="Channel for review cards")
    async def review_channel(self, interaction: Interaction, channel: discord.TextChannel) -> None:
        """Post review cards in a channel, one for each open change."""
        await self._set(interaction, Setting.REVIEW_CHANNEL, channel.id)

    @app_commands.command(extras=SET)
    @app_commands.describe(channel="Channel for announcements. Leave empty to turn them off.")
    async def announcements(self, interaction: Interaction, channel: discord.TextChannel | None = None) -> None:
        """Announce in a channel which changes went live."""
        await self._set(interaction, Setting.ANNOUNCEMENT_CHANNEL, None if channel is None else channel.id)

    @app_commands.command(name="ping-role", extras=SET)
    @app_commands.describe(role="Discord role to ping. Leave empty to turn pings off.")
    async def ping_role(self, interaction: Interaction, role: discord.Role | None = None) -> None:
        """Ping a Discord role for each new card."""
        await self._set(interaction, Setting.PING_ROLE, None if role is None else role.id)

    @app_commands.command(name="requestor-role", extras=SET)
    @app_commands.describe(role="Discord role for requestors. Leave empty to turn it off.")
    async def requestor_role(self, interaction: Interaction, role: discord.Role | None = None) -> None:
        """Give a Discord role to linked members who may propose."""
        await self._set(interaction, Setting.REQUESTOR_ROLE, None if role is None else role.id)

    @app_commands.command(name="approver-role", extras=SET)
    @app_commands.describe(role="Discord role for approvers. Leave empty to turn it off.")
    async def approver_role(self, interaction: Interaction, role: discord.Role | None = None) -> None:
        """Give a Discord role to linked members who may approve."""
        await self._set(interaction, Setting.APPROVER_ROLE, None if role is None else role.id)

    @app_commands.command(name="own-changes", extras=SET)
    @app_commands.describe(mode="What happens when an approver approves their own proposal")
    async def own_changes(self, interaction: Interaction, mode: str) -> None:
        """Choose whether approvers may approve their own proposals."""
        await self._set(interaction, Setting.SELF_APPROVAL, mode)

    @own_changes.autocomplete("mode")
    async def _modes(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:  # noqa: ARG002 - three at most
        offered = await self.bot.services.guild_setup.self_approvals()
        return [
            app_commands.Choice(name=f"{mode.value}: own proposals {OWN_WORDS[mode][0]}", value=mode.value)
            for mode in offered
        ]

    @app_commands.command(extras=SET)
    @app_commands.describe(
        count=f"How many approvers must approve a change here, 1 to {APPROVALS_MAX}",
        most_used="Approvals for changes of the most used models; 0 means one more than for others",
    )
    async def approvals(
        self,
        interaction: Interaction,
        count: app_commands.Range[int, 1, APPROVALS_MAX],
        most_used: app_commands.Range[int, 0, APPROVALS_MAX] | None = None,
    ) -> None:
        """Set the number of approvals that a change needs."""
        await acknowledge(interaction)
        if most_used is not None:
            guild_id = guild_of(interaction).id
            await self.bot.services.guild_setup.change(guild_id, Setting.APPROVALS_MOST_USED, most_used)
        await change_setting(interaction, Setting.APPROVALS_REQUIRED, count)

    @app_commands.command(extras=SET)
    @app_commands.describe(days="Days until the reminder of a pending change; 0 turns reminders off")
    async def reminder(self, interaction: Interaction, days: app_commands.Range[int, 0, REMINDER_DAYS_MAX]) -> None:
        """Remind this server of changes that have waited too long."""
        await self._set(interaction, Setting.REMINDER_DAYS, days)

    @app_commands.command(name="quiet-hours", extras=SET)
    @app_commands.describe(
        begin="First hour (UTC, 0 to 23) without pings. Leave both empty to turn quiet hours off.",
        end="Hour (UTC, 0 to 23) at which pings start again, with one ping for all missed changes.",
    )
    async def quiet_hours(
        self,
        interaction: Interaction,
        begin: app_commands.Range[int, 0, 23] | None = None,
        end: app_commands.Range[int, 0, 23] | None = None,
    ) -> None:
        """Ping no role at night; the changes of the night share one ping in the morning."""
        await self._set(interaction, Setting.QUIET_FROM, quiet_hours(begin, end))

    @app_commands.command(extras=SET)
    @app_commands.describe(on="Whether to post a summary chart every Monday")
    async def digest(self, interaction: Interaction, on: bool) -> None:  # noqa: FBT001 - an option of a command
        """Post a weekly summary chart on Mondays."""
        await self._set(interaction, Setting.DIGEST, int(on))

    @app_commands.command(extras=SET)
    @app_commands.describe(on="Whether a rejection opens a thread under the card")
    async def threads(self, interaction: Interaction, on: bool) -> None:  # noqa: FBT001 - an option of a command
        """Open a thread under a card when there is something to discuss."""
        await self._set(interaction, Setting.THREADS, int(on))

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Post the first steps where the bot was invited."""
        if self.bot.serves(guild.id):
            await post_first_steps(guild, first_steps(self.bot.theme))

    async def _set(self, interaction: Interaction, setting: Setting, value: int | str | None) -> None:
        await acknowledge(interaction)
        await change_setting(interaction, setting, value)
