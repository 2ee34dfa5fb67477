"""``/account``: link, status, unlink; what is stored about a person, told and deleted."""

from discord import app_commands
from discord.ext import commands

from bot.client.bot import QUEUE_MOVED, ROLES_MOVED, CuratorBot
from bot.client.interactions import acknowledge, note_done
from bot.client.tree import VERB
from bot.client.types import Interaction
from bot.identity.errors import NotLinkedError
from bot.ui.account import account_status, unlink_question, visibility_set
from bot.ui.error_messages.attempts import Verb
from bot.ui.privacy import export_card, forget_question
from cogs.account.forms import facts_of, open_link_form


@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
class AccountCog(commands.GroupCog, group_name="account", group_description="Your AI-Horde account in this bot"):
    """A person's own link. Works in direct messages too."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot

    # No option of a command carries a key: options stay in the sender's history. A form does not.
    @app_commands.command(extras={VERB: Verb.LINK})
    async def link(self, interaction: Interaction) -> None:
        """Link your AI-Horde account: opens a form that asks for your key."""
        await open_link_form(interaction)

    @app_commands.command()
    async def status(self, interaction: Interaction) -> None:
        """Show your AI-Horde name, your roles and what you may do."""
        await acknowledge(interaction)
        self.bot.services.pace.count_read(interaction.user.id, is_urgent=True)
        standing = await self.bot.services.accounts.shown(interaction.user.id)
        view = account_status(facts_of(standing) if standing is not None else None, self.bot.theme)
        await interaction.edit_original_response(view=view)

    @app_commands.command(extras={VERB: Verb.SHOW_ME})
    @app_commands.describe(visible="Whether others here may look up your AI-Horde name and queue roles")
    async def visibility(self, interaction: Interaction, visible: bool) -> None:  # noqa: FBT001 - an option of a command
        """Choose whether others can look up your AI-Horde name and roles."""
        await acknowledge(interaction)
        await self.bot.services.privacy.set_visible(interaction.user.id, is_visible=visible)
        note_done(interaction)
        self.bot.dispatch(ROLES_MOVED)
        self.bot.dispatch(QUEUE_MOVED)
        await interaction.edit_original_response(view=visibility_set(is_visible=visible, theme=self.bot.theme))

    @app_commands.command()
    async def unlink(self, interaction: Interaction) -> None:
        """Delete your key from this bot; asks first."""
        await acknowledge(interaction)
        standing = await self.bot.services.accounts.standing(interaction.user.id)
        if standing is None:
            raise NotLinkedError(interaction.user.id)
        await interaction.edit_original_response(view=unlink_question(facts_of(standing)))

    @app_commands.command()
    async def export(self, interaction: Interaction) -> None:
        """Download everything that the bot stores about you, except your key."""
        await acknowledge(interaction)
        card = export_card(await self.bot.services.privacy.export(interaction.user.id))
        await interaction.edit_original_response(view=card.view, attachments=list(card.files))

    @app_commands.command(name="forget-me")
    async def forget_me(self, interaction: Interaction) -> None:
        """Delete everything that the bot stores about you; asks first."""
        await acknowledge(interaction)
        await interaction.edit_original_response(view=forget_question())
